"""Confirming who one is before many openings, exports, transfers and changes of one's factors; nothing is typed twice.

Clauses: GB/T 22239-2019 8.1.4.1 d, 8.1.4.11; JY-23.5.
"""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.town_ground import Town, form_of, steps, text_of, with_identity

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions, factors
from minsheng.core.people.models import Staff
from minsheng.core.people.signin import BEGAN, SEEN
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import one_time

PASSWORD = "Zhi-Ban-2026"
MINUTES = 15
REASON = "核对办理情况"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Check passwords fast: none of these tests is about them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def desk(town: Town, who: str, *, minutes: float = MINUTES + 1) -> Client:
    """Return a browser in which somebody signed in so many minutes ago and has been at work since."""
    staff = town.staff[who]
    if not Staff.objects.get(pk=staff).check_password(PASSWORD):
        actions.set_password(staff, password=PASSWORD, actor=SYSTEM, now=town.now)
    browser = town.desk(who)
    session = browser.session
    session[BEGAN], session[SEEN] = time.time() - 60 * minutes, time.time()
    session.save()
    return browser


def kept_in(page: str) -> dict[str, str]:
    """Return the fields that the page keeps, as a browser sends them."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def revealed(order: str) -> int:
    return sum(
        each.type == "IdentityRevealed" for stream in ledger.streams("identity/") for each in ledger.history(stream)
    )


def reveal(browser: Client, order: str, **more: str) -> Any:
    return browser.post(f"/orders/{order}/identity", {"reason": REASON, "fields_wanted": ["name"], **more})


@pytest.fixture
def order(town: Town) -> str:
    """Return an order whose appellant is known."""
    found = town.handled()
    with_identity(town, found)
    return found


def test_many_openings_are_confirmed_with_the_password_and_what_was_typed_is_still_there(
    town: Town, order: str
) -> None:
    browser = desk(town, "supervisor")
    most = policies.rules_for(town.code, now=town.now).step_up_openings
    for _ in range(most):
        assert "请再次确认身份" not in text_of(reveal(browser, order))

    asked = text_of(reveal(browser, order))
    kept = kept_in(asked)
    wrong = browser.post(f"/orders/{order}/identity", {**kept, "confirm-password": "wrong"})
    again = kept_in(text_of(wrong))
    before = revealed(order)
    right = browser.post(f"/orders/{order}/identity", {**again, "confirm-password": PASSWORD})

    assert "请再次确认身份" in asked
    assert (kept["reason"], kept["fields_wanted"]) == (REASON, "name")
    assert (wrong.status_code, right.status_code) == (422, 200)
    assert "当前密码不正确" in text_of(wrong)
    assert PASSWORD not in text_of(right)
    assert "张三丰" in text_of(right)
    assert revealed(order) == before + 1 == most + 1
    assert "请再次确认身份" not in text_of(reveal(browser, order))


def test_wrong_passwords_count_as_at_the_sign_in(town: Town, order: str) -> None:
    browser = desk(town, "supervisor")
    address = "/confirm?next=/cockpit/"

    tried = [browser.post(address, {"confirm-password": "wrong"}) for _ in range(5)]
    right = browser.post(address, {"confirm-password": PASSWORD})

    assert [each.status_code for each in (*tried, right)] == [422] * 6
    assert "账号已锁定" in text_of(right)


def test_who_has_a_factor_confirms_with_it(town: Town) -> None:
    browser = desk(town, "supervisor", minutes=1)
    staff = Staff.objects.get(pk=town.staff["supervisor"])
    begun = factors.set_up_codes(staff.pk, now=town.now)
    code = one_time.code_at(begun.secret, town.now)
    factors.confirm_codes(staff.pk, code, actor=SYSTEM, now=town.now)
    session = browser.session
    session[factors.SHOWN], session[BEGAN] = True, time.time() - 60 * (MINUTES + 1)
    session.save()
    town.later(minutes=1)

    asked = browser.get("/account/factors")
    page = text_of(browser.get(asked["Location"]))
    used = browser.post(asked["Location"], {"confirm-code": code})
    with_password = browser.post(asked["Location"], {"confirm-password": PASSWORD})
    right = browser.post(asked["Location"], {"confirm-code": one_time.code_at(begun.secret, town.now)})

    assert asked["Location"] == "/confirm?next=%2Faccount%2Ffactors"
    assert "验证码或恢复码" in page
    assert (used.status_code, with_password.status_code) == (422, 422)
    assert right["Location"] == "/account/factors"
    assert browser.get("/account/factors").status_code == 200


@pytest.mark.parametrize("address", ["/account/factors", "/cockpit/tiles.csv", "/cockpit/all.xlsx"])
def test_what_is_opened_after_a_while_is_asked_for_first(town: Town, address: str) -> None:
    late, lately = desk(town, "supervisor"), desk(town, "supervisor", minutes=MINUTES - 1)

    asked = late.get(address)

    assert asked.status_code == 302
    assert asked["Location"].startswith("/confirm?next=%2F")
    assert lately.get(address).status_code in (200, 404)
    assert late.post(asked["Location"], {"confirm-password": PASSWORD})["Location"] == address


def test_a_referral_to_the_discipline_organ_goes_on_with_what_was_filled_in(town: Town) -> None:
    order = town.register(type="report", publish="", target_unit="城管局")
    town.act(order, "dispatcher", "propose_referral")
    browser = desk(town, "designated_officer")
    address = f"/orders/{order}/do/refer/"
    fields = form_of(browser, order, "refer", branch="12.2a", handler="住建局", cadre="other")

    asked = text_of(browser.post(address, fields))
    before = steps(order)
    done = browser.post(address, {**kept_in(asked), "confirm-password": PASSWORD})

    assert "请再次确认身份" in asked
    assert {name: kept_in(asked)[name] for name in fields} == fields
    assert done.status_code == 302
    assert steps(order)[len(before) :][0] == "Referred"


def test_a_strange_address_is_not_gone_to(town: Town) -> None:
    browser = desk(town, "seat")

    answer = browser.post("/confirm?next=//elsewhere.example/", {"confirm-password": PASSWORD})

    assert answer["Location"] == "/"
