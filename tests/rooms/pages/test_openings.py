"""One person opens so much personal data in an hour, whichever way; the auditors hear of who uses it up.

Clauses: SZ-26, JY-8d, JY-23.5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests import calling_ground as calling
from tests.secrets_ground import NAME, PHONE, filed
from tests.town_ground import Town, relayed, text_of, with_identity

from minsheng.cases.live.models import Signal
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification
from minsheng.core.ledger.models import Event, Refusal
from minsheng.core.people import appellants, openings
from minsheng.core.people.models import Staff
from minsheng.domain.actors import Actor

MOST = 60
REASON = "现场核实前联系诉求人"
BURST = f"一小时内查看个人信息已达上限（{MOST} 次）"


def used(town: Town, times: int, *, by: str = "supervisor") -> None:
    """Let somebody have opened something so many times."""
    for _ in range(times):
        openings.count(town.actor(by), city=town.code, stream="identity/x", command="reveal", now=town.now)


def refusals() -> list[tuple[str, str, str]]:
    """Return what was refused: the command, the code, and what the stream is of."""
    rows = Refusal.objects.order_by("id").values_list("command", "code", "stream")
    return [(command, code, stream.partition("/")[0]) for command, code, stream in rows]


def bursts() -> int:
    """Return how many alarms the ledger has."""
    return Event.objects.filter(type="OpeningsBurst").count()


def identity(town: Town, order: str, by: str) -> Any:
    """Open who it is on the order's page."""
    return town.desk(by).post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": REASON})


def words(town: Town, order: str, by: str) -> Any:
    """Open what was said on the order's page."""
    return town.desk(by).post(f"/orders/{order}/words", {"reason": REASON})


def search(town: Town, order: str, by: str) -> Any:
    """Look somebody up by telephone."""
    return town.desk(by).post("/find", {"words": "", "phone": PHONE})


def at_registration(town: Town, order: str, by: str) -> Any:
    """Look a caller up by telephone."""
    return town.desk(by).post("/orders/new/caller", {"phone": PHONE})


@pytest.mark.parametrize(
    ("way", "by", "command", "status", "shown"),
    [
        (identity, "supervisor", "reveal", 429, PHONE),
        (words, "supervisor", "open_words", 429, NAME),
        (search, "callback_agent", "look_up", 422, "路灯"),
        # The seat goes on registering; only the history is missing.
        (at_registration, "seat", "look_up", 200, "陆*"),
    ],
)
def test_one_more_than_the_limit_is_refused_in_every_way(
    town: Town, way: Callable[[Town, str, str], Any], by: str, command: str, status: int, shown: str
) -> None:
    order = filed(town, title="路灯不亮", content=f"我叫{NAME}，路灯不亮")
    used(town, MOST - 1, by=by)

    last = way(town, order, by)
    refused = way(town, order, by)

    assert last.status_code == 200
    assert shown in text_of(last)
    assert refused.status_code == status
    assert shown not in text_of(refused)
    assert BURST in text_of(refused)
    assert "2026-09-18 17:40:00 之后再查看" in text_of(refused)
    assert [(each[0], each[1]) for each in refusals()] == [(command, "openings_used_up")]
    assert bursts() == 1


def test_the_ways_count_together(town: Town) -> None:
    order = filed(town, submit=False, content=f"我叫{NAME}，路灯不亮")
    used(town, MOST - 3, by="seat")

    passed = [way(town, order, "seat").status_code for way in (identity, words, search)]
    refused = [way(town, order, "seat").status_code for way in (identity, words, search)]

    assert (passed, refused) == ([200, 200, 200], [429, 429, 422])
    assert refusals() == [
        ("reveal", "openings_used_up", "identity"),
        ("open_words", "openings_used_up", "words"),
        ("look_up", "openings_used_up", "openings"),
    ]


def test_the_api_counts_with_the_same_limit(town: Town) -> None:
    order = filed(town, content=f"我叫{NAME}，路灯不亮")
    city = calling.City(town.code, town.set_clock, ("supervisor",))
    body = {"reason": REASON}

    for number in range(MOST):
        way = ("identity", "words")[number % 2]
        assert city.post(f"/orders/{order}/{way}", body, by="supervisor").status == 200

    for way in ("identity", "words"):
        refused = city.post(f"/orders/{order}/{way}", body, by="supervisor")
        assert (refused.status, refused.code) == (429, "openings_used_up")
        assert refused.body["title"] == "过于频繁"
        assert BURST in refused.body["detail"]
        assert NAME not in str(refused.body)
    assert [each[0] for each in refusals()] == ["reveal", "open_words"]
    # Whoever asks on the page is somebody else.
    assert identity(town, order, "supervisor").status_code == 200


def test_the_hour_ends_and_another_begins(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    used(town, MOST)
    assert identity(town, order, "supervisor").status_code == 429

    town.later(minutes=59, seconds=59)
    assert identity(town, order, "supervisor").status_code == 429
    town.later(seconds=1)
    assert identity(town, order, "supervisor").status_code == 200


def test_each_person_has_a_limit_of_their_own(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    other = town.hire("副主任", "supervisor")
    used(town, MOST)

    answer = town.desk(other).post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": REASON})

    assert answer.status_code == 200


def test_another_role_of_the_same_person_has_no_limit_of_its_own(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    both = town.hire("值班主任", "supervisor", "office")
    town.staff["both"] = both
    for _ in range(MOST):
        openings.count(Actor("office", None, f"staff:{both}"), city=town.code, stream="x", command="reveal",
                       now=town.now)  # fmt: skip

    answer = town.desk(both, acting_as="supervisor").post(
        f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": REASON}
    )

    assert answer.status_code == 429


def test_what_is_refused_for_another_ground_does_not_count(town: Town) -> None:
    order = town.handled()
    with_identity(town, order)
    used(town, MOST - 1)

    town.desk("supervisor").post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": ""})
    town.desk("supervisor").post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "打13812345678"})

    assert identity(town, order, "supervisor").status_code == 200


def test_a_number_that_nobody_has_counts_as_well(town: Town) -> None:
    for number in range(MOST):
        town.desk("callback_agent").post("/find", {"words": "", "phone": f"139000000{number:02}"})

    answer = town.desk("callback_agent").post("/find", {"words": "", "phone": "13900000099"})

    assert BURST in text_of(answer)
    assert "13900000099" not in str([*Refusal.objects.values(), *Event.objects.values("stream", "body")])


def test_citizens_find_their_own_appeals_without_a_limit(town: Town) -> None:
    with_identity(town, town.handled())
    citizen = Actor("citizen", person="appellant:0198d4de")

    found = [
        appellants.look_up(city=town.code, phone=PHONE, actor=citizen, purpose="own appeals", now=town.now)
        for _ in range(MOST + 1)
    ]

    assert len(found) == MOST + 1
    assert refusals() == []


def test_the_auditors_are_told_once_an_hour_and_with_the_name(town: Town) -> None:
    Staff.objects.filter(pk=town.staff["supervisor"]).update(display_name="陈督办")
    used(town, MOST)
    for _ in range(3):
        with pytest.raises(openings.OpeningsUsedUp):
            used(town, 1)
    relayed()

    page = text_of(town.desk("auditor").get("/notices/"))

    assert page.count(f"陈督办{BURST}") == 1
    for other in ("supervisor", "seat", "dispatcher", "officer@城管局"):
        assert BURST not in text_of(town.desk(other).get("/notices/")), other
    (fact,) = ledger.history(f"openings/staff:{town.staff['supervisor']}")
    assert (fact.type, ledger.content(fact)["count"]) == ("OpeningsBurst", MOST)
    assert verification.verify().fault is None

    town.later(hours=1)
    used(town, MOST)
    relayed()
    assert text_of(town.desk("auditor").get("/notices/")).count(f"陈督办{BURST}") == 2


def test_the_auditors_page_of_notices_hears_of_it_at_once(town: Town) -> None:
    relayed()
    Signal.objects.all().delete()

    used(town, MOST)
    relayed()

    assert set(Signal.objects.values_list("city", "audience", "kind", "order")) == {
        (town.code, "role:auditor", "queue", ""),
        (town.code, "role:security_admin", "queue", ""),
    }
    page = town.desk("auditor").get("/notices/").content.decode()
    assert 'id="notices" hx-get="/notices/"' in page
    assert "live:queue from:body" in page


def test_below_the_limit_nobody_is_told(town: Town) -> None:
    used(town, MOST - 1)

    assert bursts() == 0
