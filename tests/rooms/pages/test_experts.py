"""Experts: fields, terms that the clock ends, the unit that answers, a telephone on record.

Clauses: JS-2.2d, SZ-8b, SZ-31a, JY-23.5.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from tests.town_ground import Town, moment, relayed

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import experts, feature, rotation, shifts, tasks, terms, vault_keys, witness
from minsheng.core.people.experts import Nomination
from minsheng.core.people.models import Expert, Staff, Unit
from minsheng.core.people.shifts import Shift
from minsheng.core.people.terms import Term
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected

PHONE = "13912345678"
LAST = date(2026, 9, 30)
GIVEN = Nomination("顾问天", ("社保", "劳动"), "住建局", date(2026, 1, 1), LAST, PHONE, "江南大学")


def nominated(town: Town, **other: object) -> UUID:
    id = experts.nominate(town.code, replace(GIVEN, **other), actor=SYSTEM, now=town.now)  # type: ignore[arg-type]
    assert id is not None
    return id


def names(town: Town, field: str = "") -> list[str]:
    page = town.desk("seat").get("/experts", {"field": field} if field else {})
    assert page.status_code == 200
    return [expert.name for expert, _ in page.context["rows"]]


@pytest.mark.clause("JS-2.2d")
def test_a_term_that_ended_is_not_offered_and_both_sides_are_reminded_ten_working_days_before(town: Town) -> None:
    town.at(moment("2026-09-01 09:00"))
    nominated(town)
    told = []
    # Ten working days before the 30th: the 25th is the Mid-Autumn festival, the 20th a Sunday that is worked.
    for day in range(10, 20):
        town.at(moment(f"2026-09-{day} 09:00"))
        tasks.remind_of_experts(town.now)
        relayed()
        words = "任期至 2026-09-30，请提前续聘"
        told.append(
            [town.desk(who).get("/notices/").content.decode().count(words) for who in ("office", "officer@住建局")]
        )
    other = town.desk("officer@城管局").get("/notices/").content.decode()

    first = next(place for place, each in enumerate(told) if each != [0, 0])
    assert told[first:] == [[1, 1]] * (10 - first)
    assert 10 + first == 16
    assert "顾问天" not in other
    town.at(moment("2026-09-30 23:59"))
    assert names(town) == ["顾问天"]
    town.at(moment("2026-10-01 00:00"))
    assert names(town) == []


def test_experts_are_found_by_field_from_their_first_day(town: Town) -> None:
    nominated(town)
    nominated(town, name="后来人", fields=("教育",), starts_on=date(2026, 9, 19))

    assert (names(town), names(town, "社保"), names(town, "教育")) == (["顾问天"], ["顾问天"], [])
    town.at(moment("2026-09-19 00:00"))
    assert names(town, "教育") == ["后来人"]


def test_a_telephone_is_sealed_shown_for_a_reason_and_the_reading_is_a_fact(town: Town) -> None:
    id = nominated(town)
    seat = town.desk("seat")

    without = seat.post("/experts/telephone", {"expert": str(id), "reason": ""})
    listed = seat.get("/experts")
    named = seat.post("/experts/telephone", {"expert": str(id), "reason": "替13000000001问社保"})
    shown = seat.post("/experts/telephone", {"expert": str(id), "reason": "三方通话咨询社保转移"})

    assert PHONE not in listed.content.decode() + without.content.decode() + named.content.decode()
    assert (without.status_code, named.status_code, shown.status_code) == (422, 422, 200)
    assert PHONE in shown.content.decode()
    facts = ledger.history(f"expert/{id}")
    assert [each.type for each in facts] == ["ExpertNominated", "ExpertContactRead"]
    assert (facts[1].actor["person"], ledger.content(facts[1])["reason"]) == (
        f"staff:{town.staff['seat']}", "三方通话咨询社保转移",
    )  # fmt: skip
    written = json.dumps([ledger.content(each) for each in facts], ensure_ascii=False, default=str)
    assert "顾问天" not in written
    assert PHONE not in written
    assert PHONE.encode() not in bytes(Expert.objects.get(pk=id).phone_enc or b"")


@pytest.mark.parametrize(
    "who", ["auditor", "callback_agent", "officer@住建局", "leader@住建局", "discipline", "command"]
)
def test_others_have_no_list_and_no_telephone(town: Town, who: str) -> None:
    id = nominated(town)
    browser = town.desk(who)

    answers = [
        browser.get("/experts").status_code,
        browser.post("/experts/telephone", {"expert": str(id), "reason": "想知道"}).status_code,
    ]

    assert answers == [403, 403]
    assert len(ledger.history(f"expert/{id}")) == 1


def test_the_navigation_leads_those_who_may_read(town: Town) -> None:
    assert feature.READERS == experts.READERS
    assert 'href="/experts"' in town.desk("seat").get("/").content.decode()
    assert 'href="/experts"' not in town.desk("auditor").get("/").content.decode()


def test_openings_of_telephones_count_as_openings(town: Town) -> None:
    id = nominated(town)
    actor = town.actor("seat")

    for _ in range(policies.rules_for(town.code, now=town.now).openings_per_hour):
        experts.telephone(town.code, id, reason="咨询", actor=actor, now=town.now)
    with pytest.raises(Rejected, match="openings_used_up"):
        experts.telephone(town.code, id, reason="咨询", actor=actor, now=town.now)


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (Actor("officer", "城管局", "staff:1"), "expert_not_your_unit"),
        (Actor("seat", None, "staff:1"), "not_your_role"),
    ],
)
def test_a_unit_keeps_its_own_alone(town: Town, actor: Actor, code: str) -> None:
    id = nominated(town)

    with pytest.raises(Rejected, match=code):
        experts.nominate(town.code, replace(GIVEN, name="又一人"), actor=actor, now=town.now)
    with pytest.raises(Rejected, match=code):
        experts.end(town.code, id, last=LAST, actor=actor, now=town.now)


def test_a_term_is_not_prolonged_into_the_next_one_of_the_same_expert(town: Town) -> None:
    id = nominated(town)
    nominated(town, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))
    nominated(town, name="另一人", starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))

    with pytest.raises(Rejected, match="expert_term_meets"):
        experts.end(town.code, id, last=date(2026, 10, 1), actor=SYSTEM, now=town.now)
    experts.end(town.code, id, last=date(2026, 9, 20), actor=SYSTEM, now=town.now)
    experts.end(town.code, id, last=LAST, actor=SYSTEM, now=town.now)

    assert Expert.objects.get(pk=id).ends_on == LAST


def test_a_term_is_prolonged_or_cut_from_today_on(town: Town) -> None:
    id = nominated(town)
    officer = town.actor("officer@住建局")

    with pytest.raises(Rejected, match="expert_term_is_past"):
        experts.end(town.code, id, last=date(2026, 9, 17), actor=officer, now=town.now)
    experts.end(town.code, id, last=date(2026, 9, 18), actor=officer, now=town.now)
    town.at(moment("2026-09-19 00:00"))

    assert names(town) == []
    with pytest.raises(Rejected, match="expert_gone"):
        experts.end(town.code, id, last=LAST, actor=officer, now=town.now)
    with pytest.raises(Rejected, match="expert_gone"):
        experts.telephone(town.code, id, reason="咨询", actor=town.actor("seat"), now=town.now)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"name": " "}, "field_missing"),
        ({"fields": ("", " ")}, "field_missing"),
        ({"phone": ""}, "field_missing"),
        ({"phone": "12"}, "bad_phone"),
        ({"unit": "没有局"}, "unknown_unit"),
        ({"ends_on": date(2025, 12, 31)}, "expert_term_ends_before_start"),
        ({"ends_on": date(2026, 9, 17)}, "expert_term_is_past"),
        ({"ends_on": date(2036, 1, 1)}, "expert_term_too_long"),
        ({"name": "长" * 51}, "expert_text_too_long"),
        ({"organization": "别处"}, "expert_term_meets"),
    ],
)
def test_what_can_not_be_is_refused(town: Town, other: dict[str, object], code: str) -> None:
    nominated(town)

    with pytest.raises(Rejected, match=code):
        nominated(town, **other)

    assert Expert.objects.count() == 1


def test_a_unit_that_has_left_nominates_nobody(town: Town) -> None:
    Unit.objects.filter(city=town.code, name="住建局").update(left_on=date(2026, 9, 18))

    with pytest.raises(Rejected, match="unit_has_left"):
        nominated(town)


def test_the_same_once_more_is_the_same(town: Town) -> None:
    nominated(town)

    assert experts.nominate(town.code, GIVEN, actor=SYSTEM, now=town.now) is None
    assert Expert.objects.count() == 1


def test_damaged_cells_are_found_and_keys_know_the_column(town: Town) -> None:
    id = nominated(town)
    assert witness.strangers() == []
    assert rotation.rotate().broken == {}
    assert (Expert.objects, "expert", "phone") in vault_keys.PHONES_AT_WORK

    sealed = bytes(Expert.objects.get(pk=id).phone_enc or b"")
    Expert.objects.filter(pk=id).update(phone_enc=sealed[:-1] + bytes([sealed[-1] ^ 1]))

    assert [each.stream for each in witness.strangers()] == [f"expert/{id}"]
    assert rotation.rotate().broken == {}  # under the current key: nothing to move
    shown = experts.telephone(town.code, id, reason="咨询", actor=town.actor("seat"), now=town.now)
    assert PHONE not in shown
    assert "无法解开" in shown


def test_specialists_of_today_are_shown_by_kind_and_those_on_shift_first(town: Town) -> None:
    for name, kind, last in (("甲法律", "law", None), ("乙企业", "enterprise", None), ("丙昨日", "law", LAST)):
        username = Staff.objects.get(pk=town.hire(name, "specialist")).username
        terms.give(username, Term("specialist", ends_on=last, kinds=(kind,)), actor=SYSTEM, now=town.now)
        if kind == "enterprise":
            shift = Shift("enterprise", username, moment("2026-10-01 08:00"), moment("2026-10-01 12:00"))
            shifts.put(town.code, shift, actor=SYSTEM, now=town.now)
    town.at(moment("2026-10-01 09:00"))

    rows = town.desk("seat").get("/experts").context["specialists"]

    assert [(name, kinds, here) for name, _, kinds, here in rows] == [
        ("乙企业", ["企业"], True), ("specialist甲", [], False), ("甲法律", ["法律"], False),
    ]  # fmt: skip
