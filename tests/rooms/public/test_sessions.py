"""How long a citizen's session lasts, and what the next person at the same machine gets to see: nothing."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from tests.town_ground import Town
from tests.visiting_ground import ANSWERS, Citizen

from minsheng.public.portal.models import Draft

DAY = timedelta(hours=24)


def idle(citizen: Citizen, **ago: float) -> None:
    """Let the account of the session have been used last so long ago."""
    session = citizen.client.session
    session["citizen"] = {**session["citizen"]}
    session["citizen"][citizen.city]["seen"] = time.time() - timedelta(**ago).total_seconds()
    session.save()


@pytest.mark.parametrize("last", ["answer", "files", "wish"])
def test_the_cookie_lasts_as_long_as_the_draft_and_is_renewed_with_each_answer(town: Town, last: str) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
    cookie = citizen.client.cookies[settings.SESSION_COOKIE_NAME]
    cookie["max-age"] = 0

    if last == "answer":
        citizen.post("file/content", ANSWERS["content"])
    elif last == "files":
        citizen.post("file/files", {"onward": "1"})
    else:
        citizen.post("file/place/keep", {"place": "滨江路", "elder": "on", "next": "/"})

    assert citizen.client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == DAY.total_seconds()
    assert Session.objects.get().expire_date - timezone.now() > DAY - timedelta(minutes=1)


@pytest.mark.parametrize(("key", "ago"), [("seen", 15 * 60 + 1), ("began", 8 * 3600 + 1)])
def test_who_is_signed_in_as_staff_stays_no_longer_for_a_draft(town: Town, key: str, ago: int) -> None:
    citizen = Citizen(town.code, town.desk("seat"))
    citizen.begin()
    assert citizen.client.get("/password").status_code == 200
    session = citizen.client.session
    session[key] = time.time() - ago
    session.save()

    answer = citizen.client.get("/password")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_an_account_ends_when_idle_and_the_draft_stays(town: Town) -> None:
    citizen = Citizen(town.code)
    citizen.sign_in("13000000001")
    row = citizen.file(contact={"appellant": "citizen"})
    citizen.begin()
    idle(citizen, hours=1, minutes=59)
    before = citizen.client.session["citizen"][town.code]["seen"]
    assert row.number in citizen.shown("mine")
    assert citizen.client.session["citizen"][town.code]["seen"] - before >= 119 * 60
    idle(citizen, hours=2, seconds=1)

    page = citizen.shown("mine")

    assert "已自动退出" in page
    assert row.number not in page
    assert citizen.get(f"appeals/{row.number}").status_code == 404
    assert citizen.get("file/receipt").status_code == 404
    assert citizen.get("account")["Location"].endswith("/sign-in")
    assert Draft.objects.filter(order="").count() == 1
    assert citizen.get("file")["Location"].endswith("/file/content?resumed=1")


def test_who_signs_in_with_another_telephone_inherits_no_order_and_no_receipt(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    assert citizen.get(f"appeals/{row.number}").status_code == 200

    citizen.sign_in("13000000002")

    assert citizen.get(f"appeals/{row.number}").status_code == 404
    assert row.number not in citizen.shown("mine")
    assert citizen.get("file/receipt").status_code == 404
    assert citizen.get("file/receipt.pdf").status_code == 404
    # The last page of filing leads whoever pressed twice to the receipt.
    citizen.get("file/check")
    assert citizen.get(f"appeals/{row.number}").status_code == 404


def test_who_signs_in_with_the_telephone_of_what_was_filed_keeps_it(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    citizen.sign_in("13000000001")

    assert citizen.get(f"appeals/{row.number}").status_code == 200
    assert row.number in citizen.shown("mine")
    assert row.number in citizen.shown("file/receipt")


@pytest.mark.parametrize(("second", "asked"), [("13000000001", "content"), ("13000000002", "type")])
def test_a_draft_passes_into_an_account_but_not_from_one_to_another(town: Town, second: str, asked: str) -> None:
    citizen = Citizen(town.code)
    citizen.begin()
    citizen.sign_in("13000000001")
    assert "/file/content" in citizen.get("file")["Location"]
    town.later(minutes=2)

    citizen.sign_in(second)

    assert f"/file/{asked}" in citizen.get("file")["Location"]


def test_opening_an_order_by_its_code_changes_the_sessions_key_and_keeps_what_it_knew(town: Town) -> None:
    first = Citizen(town.code)
    row = first.file()
    code = first.code()
    citizen = Citizen(town.code)
    citizen.begin()
    before = citizen.client.session.session_key

    assert citizen.asked("query", {"number": row.number, "code": code}).status_code == 302

    assert citizen.client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert citizen.get(f"appeals/{row.number}").status_code == 200
    assert "/file/content" in citizen.get("file")["Location"]
