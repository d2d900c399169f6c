"""A code from the administrator sets a password, once; nobody learns which accounts there are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.administration_ground import kinds_of, plain, staff_of
from tests.town_ground import Town

from minsheng.core.people import passes

GOOD = "Tide-Lamp-58"


def send(username: str, code: str, password: str = GOOD, again: str = "") -> Any:
    given = {"username": username, "code": code, "new_password": password, "new_password_again": again or password}
    return Client().post("/sign-in/start", given)


@pytest.fixture
def code(town: Town) -> str:
    """Return a code for the seat."""
    name = staff_of(town, "seat").username
    return passes.give_password(name, city=town.code, reason="新来", actor=town.actor("admin"), now=town.now)


def test_the_code_sets_the_password_once_and_it_signs_in(town: Town, code: str) -> None:
    seat = staff_of(town, "seat")

    first, second = send(seat.username, code), send(seat.username, code)
    signed = Client().post("/sign-in", {"username": seat.username, "password": GOOD})

    seat.refresh_from_db()
    assert (first.status_code, second.status_code, signed.status_code) == (302, 422, 302)
    assert seat.check_password(GOOD)
    assert kinds_of(f"staff/{seat.pk}") == ["PasswordPassGiven", "PasswordPassUsed", "PasswordChanged", "SignedIn"]


def test_a_weak_password_is_refused_and_the_code_stays_good(town: Town, code: str) -> None:
    seat = staff_of(town, "seat")

    weak = send(seat.username, code, "123")
    other = send(seat.username, code, GOOD, "Tide-Lamp-59")
    good = send(seat.username, code)

    assert "密码至少" in plain(weak)
    assert "两次输入的新密码不一致" in plain(other)
    assert (weak.status_code, other.status_code, good.status_code) == (422, 422, 302)


def test_wrong_accounts_and_wrong_codes_read_the_same_and_five_end_the_code(town: Town, code: str) -> None:
    seat = staff_of(town, "seat")

    unknown, wrong = send("nobody", code), send(seat.username, "2222222222")
    for _ in range(4):
        send(seat.username, "2222222222")
    late = send(seat.username, code)

    assert plain(unknown).replace("nobody", "") == plain(wrong).replace(seat.username, "")
    assert "账号或验证码不正确" in plain(late)


def test_a_code_ends_after_a_week_and_does_not_unlock_a_sign_in(town: Town, code: str) -> None:
    seat = staff_of(town, "seat")
    assert not passes.use(seat.username, code, now=town.now)

    town.later(days=7, seconds=1)

    assert send(seat.username, code).status_code == 422
