"""Every count that keeps machines out is kept where it counts: the second time is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import files_ground as filesamples
from tests.town_ground import Town, fresh
from tests.visiting_ground import REQUEST, Citizen

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger.models import Refusal
from minsheng.core.people import actions as people
from minsheng.domain.actors import SYSTEM
from minsheng.public.citizens import limits
from minsheng.public.citizens.models import PhoneCode
from minsheng.public.portal.models import Draft, DraftFile

# The first and the second time, and what the second would change.
Twice = tuple[Callable[[], Any], Callable[[], Any], Callable[[], object]]
PHONES = ("13000000001", "13000000002")
# Of one IPv6 network, and of two.
NEAR, FAR = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), ("2001:db8:1:2::1", "2001:db8:1:3::1")
PICTURE, LETTER = ("现场.png", filesamples.PNG), ("说明.pdf", filesamples.PDF)


def filed(citizen: Citizen, **contact: str) -> Any:
    """File an appeal, or try to."""
    citizen.fill(contact={"appellant": "citizen", **contact})
    return citizen.asked("file/check", {"agreed": "on"})


def at(citizen: Citizen, address: str) -> Citizen:
    """Let somebody come from an address."""
    citizen.client.defaults["REMOTE_ADDR"] = address
    return citizen


def of_an_account(town: Town) -> Citizen:
    """Return somebody who has signed in."""
    citizen = Citizen(town.code)
    citizen.sign_in(PHONES[0])
    return citizen


def files_from_an_address(town: Town) -> Twice:
    """Two browsers and two telephones: only the address is the same."""
    first, second = (partial(filed, Citizen(town.code), phone=phone) for phone in PHONES)
    return first, second, models.Order.objects.count


def files_with_an_account(town: Town) -> Twice:
    """The telephone of the account counts, not one that is typed."""
    citizen = of_an_account(town)
    return partial(filed, citizen), partial(filed, citizen), models.Order.objects.count


def asks_for_a_code(town: Town, phone: str, *, minutes: int = 0) -> Any:
    """Ask for a code after so many minutes."""
    town.later(minutes=minutes)
    return Citizen(town.code).asked("sign-in", {"phone": phone})


def codes() -> object:
    """Return every code as it is kept."""
    return list(PhoneCode.objects.order_by("id").values())


def codes_from_an_address(town: Town) -> Twice:
    """Two telephones from one address."""
    first, second = (partial(asks_for_a_code, town, phone) for phone in PHONES)
    return first, second, codes


def codes_for_a_telephone(town: Town) -> Twice:
    """One telephone, later than the minute that has a count of its own."""
    again = partial(asks_for_a_code, town, PHONES[0], minutes=2)
    return again, again, codes


def codes_in_a_city(town: Town) -> Twice:
    """Two telephones from two addresses that have nothing to do with each other."""
    first, second = (partial(code_from, town, address, phone) for address, phone in zip(FAR, PHONES, strict=True))
    return first, second, codes


def code_from(town: Town, address: str, phone: str) -> Any:
    """Ask for a code from an address."""
    return at(Citizen(town.code), address).asked("sign-in", {"phone": phone})


def codes_from_a_network(town: Town) -> Twice:
    """Two addresses of one IPv6 network, as one line has them by the billion."""
    first, second = (partial(code_from, town, address, phone) for address, phone in zip(NEAR, PHONES, strict=True))
    return first, second, codes


def files_from_a_network(town: Town) -> Twice:
    """Two browsers, two telephones, two addresses of one IPv6 network."""
    first, second = (
        partial(filed, at(Citizen(town.code), address), phone=phone)
        for address, phone in zip(NEAR, PHONES, strict=True)
    )
    return first, second, models.Order.objects.count


def drafts_from_a_network(town: Town) -> Twice:
    """Two browsers with two addresses of one IPv6 network."""
    first, second = (
        partial(at(Citizen(town.code), address).post, "file/type", {"type": "help"}, follow=True) for address in NEAR
    )
    return first, second, Draft.objects.count


def acts_on_an_opened_order(town: Town) -> Twice:
    """Without an account the order counts."""
    citizen = Citizen(town.code)
    row = citizen.file()
    again = partial(citizen.act, row.number, "material", "material", text="补充的话")
    return again, again, lambda: (len(queries.history(row.id)), len(appeals.additions(row.id)))


def acts_of_an_account(town: Town) -> Twice:
    """With an account all its orders count together."""
    citizen = of_an_account(town)
    rows = [citizen.file(contact={"appellant": "citizen"}) for _ in PHONES]
    first, second = (partial(citizen.act, row.number, "urge", "urge", text="请快一点") for row in rows)
    return first, second, lambda: [len(queries.history(row.id)) for row in rows]


def brings(citizen: Citizen, address: str, file: tuple[str, bytes], **more: str) -> Any:
    """Bring a file."""
    return citizen.post(address, fresh(files=SimpleUploadedFile(*file), **more))


def drafts_from_an_address(town: Town) -> Twice:
    """Two browsers that both answer the first question."""
    first, second = (partial(Citizen(town.code).post, "file/type", {"type": "help"}, follow=True) for _ in PHONES)
    return first, second, Draft.objects.count


def files_of_a_draft(town: Town) -> Twice:
    """Two files, one at a time."""
    citizen = Citizen(town.code)
    citizen.begin()
    first, second = (partial(brings, citizen, "file/files", file, upload="1") for file in (PICTURE, LETTER))
    return first, second, DraftFile.objects.count


def files_of_an_order(town: Town) -> Twice:
    """Two files, added later."""
    citizen = Citizen(town.code)
    row = citizen.file()
    first, second = (partial(brings, citizen, f"appeals/{row.number}/material", file) for file in (PICTURE, LETTER))
    return first, second, lambda: (len(queries.history(row.id)), len(attachments.of_order(row.id)))


def verifications(town: Town) -> Twice:
    """The way to the register; what the session has of it is what would change."""
    citizen = of_an_account(town)
    again = partial(citizen.post, "real-name", {}, follow=True)
    return again, again, lambda: citizen.client.session["citizen"][town.code]["verify"]


def requests_of_a_client(town: Town) -> Twice:
    """Two requests of an Open311 client."""
    key = people.add_client(town.code, name="第三方应用", roles=["citizen"], actor=SYSTEM, now=town.now)
    again = partial(
        Citizen(town.code).client.post, f"/open311/{town.code}/v2/requests.json", REQUEST | {"api_key": key}
    )
    return again, again, models.Order.objects.count


CASES = [
    ("DRAFT_BY_ADDRESS", drafts_from_an_address, 200),
    ("DRAFT_BY_ADDRESS", drafts_from_a_network, 200),
    ("FILE_BY_ADDRESS", files_from_an_address, 422),
    ("FILE_BY_ADDRESS", files_from_a_network, 422),
    ("FILE_BY_PHONE", files_with_an_account, 422),
    ("CODE_BY_ADDRESS", codes_from_an_address, 422),
    ("CODE_BY_ADDRESS", codes_from_a_network, 422),
    ("CODE_BY_CITY", codes_in_a_city, 422),
    ("CODE_BY_PHONE", codes_for_a_telephone, 422),
    ("ACT_BY_ACCOUNT", acts_on_an_opened_order, 409),
    ("ACT_BY_ACCOUNT", acts_of_an_account, 409),
    ("UPLOAD_BY_ADDRESS", files_of_a_draft, 429),
    ("UPLOAD_BY_ADDRESS", files_of_an_order, 429),
    # The account's own page says it, after a redirection.
    ("VERIFY_BY_ACCOUNT", verifications, 200),
    ("POST_BY_CLIENT", requests_of_a_client, 429),
]


@pytest.mark.parametrize(("name", "twice", "status"), CASES, ids=[twice.__name__ for _, twice, _ in CASES])
def test_once_too_often_is_said_and_changes_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, name: str, twice: Callable[[Town], Twice], status: int
) -> None:
    first, second, state = twice(town)
    # Only now: what was needed to come so far does not count.
    monkeypatch.setattr(limits, name, replace(getattr(limits, name), name="of this test", most=1))

    allowed = first()
    before = state()
    refused = second()

    assert allowed.status_code in (200, 302)
    assert "操作过于频繁" not in allowed.content.decode()
    assert refused.status_code == status
    assert "操作过于频繁，请在" in refused.content.decode()
    assert state() == before


def test_wrong_codes_from_an_address_are_counted_and_right_ones_are_not(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing = at(Citizen(town.code), FAR[1])
    right = {"number": filing.file().number, "code": filing.code()}
    wrong = {"number": "26112800000000", "code": "000000"}
    monkeypatch.setattr(limits, "QUERY_BY_ADDRESS", replace(limits.QUERY_BY_ADDRESS, most=2))
    near = [at(Citizen(town.code), address) for address in NEAR]

    allowed = [browser.asked("query", right) for browser in near * 2]
    failed = [browser.asked("query", wrong) for browser in near]
    refused = near[0].asked("query", right)
    elsewhere = at(Citizen(town.code), FAR[1]).asked("query", right)

    assert [each.status_code for each in allowed] == [302] * 4
    assert ["操作过于频繁" in each.content.decode() for each in failed] == [False, False]
    assert refused.status_code == 422
    assert "操作过于频繁，请在" in refused.content.decode()
    assert elsewhere.status_code == 302


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (*NEAR, True),
        (*FAR, False),
        ("2001:db8:1:2::1", "2001:0DB8:1:2:0:0:0:1", True),
        ("fe80::1%eth0", "fe80::2", True),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("192.0.2.7", "192.0.2.8", False),
        ("", "", True),
    ],
)
def test_an_address_of_ipv6_counts_with_its_network(db: None, one: str, other: str, together: bool) -> None:
    now = datetime(2026, 9, 25, 8, 0, tzinfo=UTC)
    once = replace(limits.FILE_BY_ADDRESS, most=1)
    limits.hit(once, one, now=now)

    with pytest.raises(limits.TooOften) if together else nullcontext():
        limits.check(once, other, now=now)


def test_a_ceiling_of_one_city_is_none_of_anothers(town: Town, suqian: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CODE_BY_CITY", replace(limits.CODE_BY_CITY, most=1))

    answers = [code_from(each, *who) for each, who in zip((town, suqian), zip(FAR, PHONES, strict=True), strict=True)]

    assert ["操作过于频繁" in each.content.decode() for each in answers] == [False, False]


def test_who_asks_for_what_is_anothers_too_often_is_no_longer_written_down(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = Citizen(town.code).file()
    monkeypatch.setattr(limits, "STRANGE_BY_ADDRESS", replace(limits.STRANGE_BY_ADDRESS, most=1))
    other = Citizen(town.code)

    answers = [other.get(f"appeals/{row.number}") for _ in range(3)]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert answers[2].content == answers[0].content
    assert Refusal.objects.count() == 1
