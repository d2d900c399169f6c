"""Every count that keeps machines out is kept where it counts: the second time is refused and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.gateways import filesamples
from tests.pages.town import Town, fresh
from tests.public.test_open311 import REQUEST
from tests.public.visiting import Citizen

from minsheng.appeals import attachments
from minsheng.appeals import queries as appeals
from minsheng.citizens import limits
from minsheng.citizens.models import PhoneCode
from minsheng.domain.actors import SYSTEM
from minsheng.ledger.models import Refusal
from minsheng.orders import models, queries
from minsheng.people import actions as people
from minsheng.portal.models import Draft, DraftFile

# The first and the second time, and what the second would change.
Twice = tuple[Callable[[], Any], Callable[[], Any], Callable[[], object]]
PHONES = ("13000000001", "13000000002")
PICTURE, LETTER = ("现场.png", filesamples.PNG), ("说明.pdf", filesamples.PDF)


def filed(citizen: Citizen, **contact: str) -> Any:
    """File an appeal, or try to."""
    citizen.fill(contact={"appellant": "citizen", **contact})
    return citizen.asked("file/check", {"agreed": "on"})


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


def queries_from_an_address(town: Town) -> Twice:
    """Two browsers that both have the right number and code."""
    filing = Citizen(town.code)
    asked = {"number": filing.file().number, "code": filing.code()}
    browsers = Citizen(town.code), Citizen(town.code)
    first, second = (partial(browser.asked, "query", asked) for browser in browsers)
    return first, second, lambda: browsers[1].get(f"appeals/{asked['number']}").status_code


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
    ("FILE_BY_ADDRESS", files_from_an_address, 422),
    ("FILE_BY_PHONE", files_with_an_account, 422),
    ("CODE_BY_ADDRESS", codes_from_an_address, 422),
    ("CODE_BY_PHONE", codes_for_a_telephone, 422),
    ("QUERY_BY_ADDRESS", queries_from_an_address, 422),
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
