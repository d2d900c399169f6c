"""Password policies that the city's pack chooses, forgotten passwords, and accounts that nobody uses.

Clauses: GB/T 22239-2019 8.1.4.1 a, 8.1.4.2 c; ASVS 6.2.1, 6.2.5, 6.2.10, 6.3.8.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from tests.town_ground import Town, relayed, text_of

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions, dormant, tasks
from minsheng.core.people.forgotten import BY_ADDRESS
from minsheng.core.people.models import FormerPassword, PasswordRequest, RoleAssignment, Staff
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM

PASSWORD = "Zhi-Ban-2026"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Check passwords fast: many are checked here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def seat(town: Town) -> Staff:
    """Return a seat's account, with a password."""
    actions.set_password(town.staff["seat"], password=PASSWORD, actor=SYSTEM, now=town.now)
    return Staff.objects.get(pk=town.staff["seat"])


def choose(monkeypatch: pytest.MonkeyPatch, **rules: Any) -> None:
    """Let the city's pack say something else."""
    known = policies.rules_for
    monkeypatch.setattr(policies, "rules_for", lambda city, *, now: replace(known(city, now=now), **rules))


def refusal(town: Town, staff: Staff, password: str) -> str:
    try:
        actions.set_password(staff.pk, password=password, actor=SYSTEM, now=town.now)
    except ValidationError as fault:
        return str(fault.error_list[0].code)
    return ""


@pytest.mark.parametrize(
    ("password", "dengbao3", "asvs"),
    [
        ("Ab1-short", "password_too_short", "password_too_short"),
        ("Ab1-longer", "", "password_too_short"),
        ("twelve letters", "password_too_simple", ""),
        ("password1234", "password_too_common", "password_too_common"),
        ("Jiangyin-seat甲1", "password_too_similar", "password_too_similar"),
    ],
)
def test_each_policy_takes_what_it_says(
    town: Town, seat: Staff, monkeypatch: pytest.MonkeyPatch, password: str, dengbao3: str, asvs: str
) -> None:
    assert refusal(town, seat, password) == dengbao3
    choose(monkeypatch, password_policy="asvs")
    assert refusal(town, seat, password) == asvs


def test_none_of_the_last_five_comes_again_under_dengbao3(
    town: Town, seat: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = [PASSWORD, *(f"Zhi-Ban-{number}" for number in range(3001, 3005))]
    for password in former[1:]:
        assert refusal(town, seat, password) == ""

    assert [refusal(town, seat, password) for password in former] == ["password_used"] * 5
    assert FormerPassword.objects.count() == 4
    assert refusal(town, seat, "Zhi-Ban-3005") == ""
    assert refusal(town, seat, PASSWORD) == ""

    choose(monkeypatch, password_policy="asvs")
    assert refusal(town, seat, f"{PASSWORD}-longer") == ""
    assert refusal(town, seat, f"{PASSWORD}-longer") == ""
    assert not FormerPassword.objects.exists()


def test_a_password_of_ninety_one_days_lets_through_to_a_new_one_alone(town: Town, seat: Staff) -> None:
    town.later(days=91)
    browser = Client()
    browser.post("/sign-in", {"username": seat.username, "password": PASSWORD})

    for address in ("/", "/find", "/account/factors", "/live/since?id=0"):
        assert browser.get(address)["Location"] == "/password", address
    page = text_of(browser.get("/password"))
    change = {"old": PASSWORD, "new": "Zhi-Ban-3001", "again": "Zhi-Ban-3001"}
    same = browser.post("/password", {**change, "new": PASSWORD, "again": PASSWORD})
    changed = browser.post("/password", change)

    assert "请先设定新密码" in page
    assert "90 天内有效" in page
    assert "不能与最近 5 次" in text_of(same)
    assert changed.status_code == 302
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize("policy", ["dengbao3", "asvs"])
def test_a_password_that_was_made_for_somebody_is_changed_first(
    town: Town, seat: Staff, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    choose(monkeypatch, password_policy=policy)
    actions.set_password(seat.pk, password="Made-For-You-1", is_first=True, actor=SYSTEM, now=town.now)
    browser = Client()
    browser.post("/sign-in", {"username": seat.username, "password": "Made-For-You-1"})

    kept_out = [browser.get(address)["Location"] for address in ("/", "/find", "/orders/new")]
    page = text_of(browser.get("/password"))
    change = {"old": "Made-For-You-1", "new": "Zhi-Ban-3001-x", "again": "Zhi-Ban-3001-x"}
    changed = browser.post("/password", change)
    inside = browser.get("/").status_code
    again = Client()
    again.post("/sign-in", {"username": seat.username, "password": "Zhi-Ban-3001-x"})

    assert kept_out == ["/password"] * 3
    assert "系统生成" in page
    assert (changed.status_code, inside, again.get("/").status_code) == (302, 200, 200)
    assert not Staff.objects.get(pk=seat.pk).password_is_first


def test_a_password_does_not_age_under_asvs(town: Town, seat: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(monkeypatch, password_policy="asvs")
    town.later(days=400)
    browser = Client()
    browser.post("/sign-in", {"username": seat.username, "password": PASSWORD})

    assert browser.get("/").status_code == 200
    assert "至少 12 位" in text_of(browser.get("/password"))


def test_who_has_forgotten_gets_a_code_of_the_administrator_and_nobody_learns_of_accounts(
    town: Town, seat: Staff
) -> None:
    browser = Client()
    answers = [browser.post("/sign-in/forgotten", {"username": name}) for name in (seat.username, "nobody")]
    browser.post("/sign-in/forgotten", {"username": seat.username})

    assert len({re.sub(r'(value|nonce)="[^"]*"', "", text_of(each)) for each in answers}) == 1
    assert PasswordRequest.objects.count() == 1
    desk = town.desk("admin")
    listed = text_of(desk.get("/sign-in/requests"))
    assert seat.username in listed
    request = {"request": str(PasswordRequest.objects.get().pk)}
    assert desk.post("/sign-in/requests", {**request, "reason": ""}).status_code == 422
    given = text_of(desk.post("/sign-in/requests", {**request, "reason": "已回拨备案电话"}))
    code = re.search(r'<strong class="number">(\d{10})<', given)
    assert code is not None
    assert seat.username not in given
    new = {"new_password": "Zhi-Ban-3001", "new_password_again": "Zhi-Ban-3001"}
    browser.post("/sign-in/start", {"username": seat.username, "code": code[1], **new})

    assert Staff.objects.get(pk=seat.pk).check_password("Zhi-Ban-3001")
    again = desk.post("/sign-in/requests", {**request, "reason": "已回拨备案电话"})
    assert "已经办过" in text_of(again)
    types = [each.type for each in ledger.history(f"staff/{seat.pk}")]
    assert types[-4:] == ["PasswordRequested", "PasswordPassGiven", "PasswordPassUsed", "PasswordChanged"]


def test_a_request_that_is_nobodys_is_taken_off_the_list(town: Town, seat: Staff) -> None:
    Client().post("/sign-in/forgotten", {"username": seat.username})
    request = {"request": str(PasswordRequest.objects.get().pk)}
    for other in ("security_admin", "supervisor", "seat"):
        assert town.desk(other).get("/sign-in/requests").status_code == 403, other
        assert town.desk(other).post("/sign-in/requests/refuse", request).status_code == 403, other

    town.desk("admin").post("/sign-in/requests/refuse", request)
    town.desk("admin").post("/sign-in/requests/refuse", {"request": "x"})

    assert seat.username not in text_of(town.desk("admin").get("/sign-in/requests"))
    assert ledger.history(f"staff/{seat.pk}")[-1].type == "PasswordRequestRefused"
    tasks.forget(town.now + timedelta(days=31))
    assert not PasswordRequest.objects.exists()


def test_an_address_asks_for_so_many_and_no_more(town: Town) -> None:
    browser = Client()

    asked = [browser.post("/sign-in/forgotten", {"username": f"nobody-{n}"}) for n in range(BY_ADDRESS.most + 1)]

    assert [each.status_code for each in asked] == [200] * BY_ADDRESS.most + [429]


def test_accounts_that_nobody_uses_end_but_for_the_last_of_each_administrator(town: Town) -> None:
    second = town.hire("second", "admin")
    Staff.objects.filter(pk=town.staff["seat"]).update(last_seen=town.now - timedelta(days=91))
    Staff.objects.filter(pk=town.staff["dispatcher"]).update(last_seen=town.now - timedelta(days=89))
    for name in ("admin", "security_admin", "audit_admin"):
        Staff.objects.filter(pk=town.staff[name]).update(last_seen=town.now - timedelta(days=200))
    Staff.objects.filter(pk=second).update(last_seen=town.now - timedelta(days=200))

    tasks.end_dormant(town.now)
    tasks.end_dormant(town.now)
    relayed()

    ended = set(Staff.objects.filter(is_active=False).values_list("pk", flat=True))
    admins = set(RoleAssignment.objects.filter(role="admin", staff__is_active=True).values_list("staff", flat=True))
    assert town.staff["seat"] in ended
    assert len(ended) == 2
    assert len(admins) == 1
    (fact,) = (each for each in ledger.history(f"staff/{town.staff['seat']}") if each.type == "StaffDormant")
    assert ledger.content(fact)["notices"][0]["to"] == "admin"
    (left,) = admins
    assert "已自动停用" in text_of(town.desk(left).get("/notices/"))


def test_no_account_ends_where_the_pack_says_never(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    Staff.objects.update(last_seen=town.now - timedelta(days=900))
    choose(monkeypatch, dormant_days=0)

    assert dormant.end(town.code, now=town.now) == 0
    assert not Staff.objects.filter(is_active=False).exists()
