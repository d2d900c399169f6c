"""The second factor: added by its holder, asked for at every sign-in, used once, and reset by somebody else alone.

Clauses: GB/T 22239-2019 8.1.4.1 b, d, 8.1.4.2 d; ASVS 6.3.3, 6.5.1, 6.6.3.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.keys_ground import SoftKey
from tests.town_ground import Town, text_of

from minsheng.app.cli import installation
from minsheng.app.cli.main import main
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions, factors, passes, tasks
from minsheng.core.people.models import Factor, KnownDevice, RecoveryCode, Staff
from minsheng.core.policies import queries as policies
from minsheng.core.policies.models import City
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import one_time

PASSWORD = "Zhi-Ban-2026"


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Check passwords fast: none of these tests is about them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def seat(town: Town) -> Staff:
    """Return a seat's account, with a password."""
    staff = Staff.objects.get(pk=town.staff["seat"])
    actions.set_password(staff.pk, password=PASSWORD, actor=SYSTEM, now=town.now)
    return Staff.objects.get(pk=staff.pk)


def demand(town: Town, **changes: Any) -> None:
    """Let the city's rules ask everybody for a second factor."""
    City.objects.filter(code=town.code).update(overlays=["dengbao3"])


def signed_in(staff: Staff, **more: str) -> tuple[Client, Any]:
    """Send name and password; return the browser and the answer."""
    browser = Client()
    return browser, browser.post("/sign-in", {"username": staff.username, "password": PASSWORD, **more})


def with_codes(town: Town, browser: Client) -> tuple[str, list[str]]:
    """Add an application for codes at the page; return its secret and the recovery codes."""
    browser.post("/account/factors/codes/begin")
    page = text_of(browser.get("/account/factors/codes"))
    secret = re.sub(r"\s", "", re.findall(r'<code class="number">([A-Z2-7 ]+)</code>', page)[0])
    done = text_of(browser.post("/account/factors/codes", {"code": one_time.code_at(secret, town.now)}))
    return secret, re.findall(r'<code class="number">([A-Z2-9-]{14})</code>', done)


def question_of(page: str) -> str:
    found = re.search(r'data-key-question="([^"]+)"', page)
    assert found is not None, page
    return unescape(found[1])


def with_key(browser: Client) -> SoftKey:
    """Add a security key at the page."""
    key = SoftKey()
    answer = key.add(question_of(text_of(browser.get("/account/factors"))))
    assert browser.post("/account/factors/key", {"answer": answer}).status_code == 200
    return key


def facts(staff: Staff) -> list[tuple[str, dict[str, Any]]]:
    """Return what the account's stream says of factors."""
    return [
        (each.type, ledger.content(each))
        for each in ledger.history(f"staff/{staff.pk}")
        if "Factor" in each.type or "Recovery" in each.type
    ]


def test_without_a_demand_nobody_is_asked_and_everybody_may_add_one(town: Town, seat: Staff) -> None:
    browser, answer = signed_in(seat)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/").status_code == 200

    secret, codes = with_codes(town, browser)

    assert len(set(codes)) == factors.RECOVERY_CODES
    row = Factor.objects.get()
    assert secret.encode() not in bytes(row.secret_enc or b"")
    assert not any(code.encode() in bytes(each.code_hash) for code in codes for each in RecoveryCode.objects.all())
    assert [each[0] for each in facts(seat)] == ["FactorAdded", "RecoveryCodesMade"]
    assert all(secret not in str(each) and codes[0] not in str(each) for each in facts(seat))


def test_who_has_a_factor_is_nobody_until_it_is_shown(town: Town, seat: Staff) -> None:
    secret, _ = with_codes(town, town.desk("seat"))
    town.later(minutes=1)

    browser, answer = signed_in(seat, next="/find")
    before = [browser.get(address) for address in ("/", "/find", "/account/factors", "/password")]
    wrong = browser.post("/sign-in/factor", {"code": "000000"})
    right = browser.post("/sign-in/factor", {"code": one_time.code_at(secret, town.now)})

    assert answer["Location"] == "/sign-in/factor"
    assert all(each.status_code == 302 and each["Location"].startswith("/sign-in?") for each in before)
    assert wrong.status_code == 422
    assert "不正确" in text_of(wrong)
    assert right["Location"] == "/find"
    assert browser.get("/find").status_code == 200
    assert ("FactorRefused", {"kind": "totp", "count": 1}) in facts(seat)


def test_a_code_is_never_taken_twice(town: Town, seat: Staff) -> None:
    secret, _ = with_codes(town, town.desk("seat"))
    at_set_up = one_time.code_at(secret, town.now)
    town.later(minutes=1)
    code = one_time.code_at(secret, town.now)

    first = signed_in(seat)[0].post("/sign-in/factor", {"code": code})
    again = signed_in(seat)[0].post("/sign-in/factor", {"code": code})
    older = signed_in(seat)[0].post("/sign-in/factor", {"code": at_set_up})

    assert [each.status_code for each in (first, again, older)] == [302, 422, 422]


def test_five_wrong_ones_end_the_trying_until_half_an_hour_is_over_or_a_pass_is_given(town: Town, seat: Staff) -> None:
    secret, codes = with_codes(town, town.desk("seat"))
    town.later(minutes=1)
    browser, _ = signed_in(seat)

    wrong = [browser.post("/sign-in/factor", {"code": text}) for text in ("1", "000000", "AAAA-AAAA-AAAA", "2", "3")]
    right = browser.post("/sign-in/factor", {"code": one_time.code_at(secret, town.now)})
    recovery = browser.post("/sign-in/factor", {"code": codes[0]})

    assert [each.status_code for each in (*wrong, right, recovery)] == [422] * 4 + [429] * 3
    assert "安全管理员" in text_of(right)
    code = passes.give(seat.username, city=town.code, reason="已回拨", actor=town.actor("supervisor"), now=town.now)
    browser, _ = signed_in(seat, code=code)
    assert browser.post("/sign-in/factor", {"code": one_time.code_at(secret, town.now)}).status_code == 302


def test_a_recovery_code_is_good_once_however_it_is_typed(town: Town, seat: Staff) -> None:
    _, codes = with_codes(town, town.desk("seat"))

    first = signed_in(seat)[0].post("/sign-in/factor", {"code": f" {codes[3].lower().replace('-', ' ')} "})
    again = signed_in(seat)[0].post("/sign-in/factor", {"code": codes[3]})

    assert [first.status_code, again.status_code] == [302, 422]
    assert ("RecoveryCodeUsed", {"left": 9}) in facts(seat)


def test_new_recovery_codes_end_those_of_before(town: Town, seat: Staff) -> None:
    desk = town.desk("seat")
    _, codes = with_codes(town, desk)

    made = re.findall(r'<code class="number">([A-Z2-9-]{14})</code>', text_of(desk.post("/account/factors/recovery")))

    assert len(made) == 10
    assert signed_in(seat)[0].post("/sign-in/factor", {"code": codes[0]}).status_code == 422
    assert signed_in(seat)[0].post("/sign-in/factor", {"code": made[0]}).status_code == 302


def test_a_security_key_signs_in_and_its_copy_does_not(town: Town, seat: Staff) -> None:
    key = with_key(town.desk("seat"))

    def show(shown: SoftKey) -> int:
        browser, _ = signed_in(seat)
        question = question_of(text_of(browser.get("/sign-in/factor")))
        status: int = browser.post("/sign-in/factor", {"answer": shown.show(question)}).status_code
        return status

    assert [show(key), show(key)] == [302, 302]
    copy = SoftKey(count=key.count - 1, private=key.private)
    assert show(copy) == 422
    assert show(SoftKey()) == 422
    assert show(SoftKey(origin="https://elsewhere.example", private=key.private, count=9)) == 422
    assert show(key) == 302


def test_a_keys_answer_fits_one_question(town: Town, seat: Staff) -> None:
    key = with_key(town.desk("seat"))
    browser, _ = signed_in(seat)
    answer = key.show(question_of(text_of(browser.get("/sign-in/factor"))))
    other, _ = signed_in(seat)
    other.get("/sign-in/factor")

    assert other.post("/sign-in/factor", {"answer": answer}).status_code == 422
    assert browser.post("/sign-in/factor", {"answer": "{}"}).status_code == 422
    assert browser.post("/sign-in/factor", {"answer": answer}).status_code == 422


def test_a_password_that_was_changed_meanwhile_is_asked_for_again(town: Town, seat: Staff) -> None:
    secret, _ = with_codes(town, town.desk("seat"))
    town.later(minutes=1)
    browser, _ = signed_in(seat)
    actions.set_password(seat.pk, password="Another-Passw0rd", actor=SYSTEM, now=town.now)

    answer = browser.post("/sign-in/factor", {"code": one_time.code_at(secret, town.now)})

    assert answer["Location"] == "/sign-in"
    assert browser.get("/find")["Location"].startswith("/sign-in?")


@pytest.mark.parametrize("role", ["seat", "admin", "security_admin"])
def test_a_role_that_must_have_one_gets_nowhere_without(town: Town, role: str) -> None:
    demand(town)
    desk = town.desk(role)

    for address in ("/", "/find", "/notices/", "/security", "/jobs", "/password", "/live/since?id=0"):
        answer = desk.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/account/factors"), address
    page = text_of(desk.get("/account/factors"))
    assert "添加后才能进入工作台" in page
    assert 'aria-label="主导航"' not in page

    with_codes(town, desk)

    assert desk.get("/").status_code == 200


def test_the_last_factor_stays_while_the_rules_ask_for_one(town: Town, seat: Staff) -> None:
    desk = town.desk("seat")
    with_codes(town, desk)
    demand(town)
    one = {"factor": str(Factor.objects.get().pk)}

    kept = desk.post("/account/factors/remove", one)
    City.objects.filter(code=town.code).update(overlays=[])
    gone = desk.post("/account/factors/remove", one)

    assert (kept.status_code, gone.status_code) == (409, 302)
    assert "请先添加另一个" in text_of(kept)
    assert not RecoveryCode.objects.exists()
    assert facts(seat)[-1][0] == "FactorRemoved"
    assert signed_in(seat)[1]["Location"] == "/"


def test_a_lost_factor_is_reset_by_the_security_administrator_with_a_reason(town: Town, seat: Staff) -> None:
    holder = town.desk("seat")
    with_codes(town, holder)
    guard = town.desk("security_admin")

    refused = guard.post("/security/factors/reset", {"username": seat.username, "reason": "丢"})
    done = guard.post("/security/factors/reset", {"username": seat.username, "reason": "手机丢失，已回拨核实"})

    assert refused.status_code == 422
    assert done.status_code == 302
    assert facts(seat)[-1] == ("FactorsReset", {"reason": "手机丢失，已回拨核实", "count": 1})
    assert holder.get("/find")["Location"].startswith("/sign-in?")
    assert signed_in(seat)[1]["Location"] == "/"
    again = guard.post("/security/factors/reset", {"username": seat.username, "reason": "再次重置一下"})
    assert "没有第二因素" in text_of(again)


def test_nobody_resets_their_own_and_nobody_else_resets(town: Town, seat: Staff) -> None:
    guard = town.desk("security_admin")
    with_codes(town, guard)
    own = Staff.objects.get(pk=town.staff["security_admin"]).username

    answer = guard.post("/security/factors/reset", {"username": own, "reason": "自己的丢了"})

    assert answer.status_code == 422
    assert "不能审批自己" in text_of(answer)
    for other in ("admin", "audit_admin", "supervisor", "seat"):
        assert town.desk(other).get("/security").status_code == 403, other
        sent = {"username": own, "reason": "不该由我办"}
        assert town.desk(other).post("/security/factors/reset", sent).status_code == 403, other
    assert Factor.objects.count() == 1


def test_the_command_line_resets_too(
    town: Town, seat: Staff, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(installation, "opened", nullcontext)
    with_codes(town, town.desk("seat"))

    assert main(["staff", "reset-factor", seat.username, "--reason", "手机丢失"]) == 0
    assert main(["staff", "reset-factor", seat.username, "--reason", "手机丢失"]) == 1

    assert "没有第二因素" in capsys.readouterr().err
    assert not Factor.objects.exists()


def test_a_browser_is_remembered_only_where_the_rules_allow_it(
    town: Town, seat: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, _ = with_codes(town, town.desk("seat"))
    town.later(minutes=1)
    browser, _ = signed_in(seat)
    asked = text_of(browser.get("/sign-in/factor"))
    browser.post("/sign-in/factor", {"code": one_time.code_at(secret, town.now), "remember": "on"})
    assert 'name="remember"' not in asked
    assert not KnownDevice.objects.exists()

    allow(monkeypatch, days=7)
    town.later(minutes=1)
    browser, _ = signed_in(seat)
    browser.post("/sign-in/factor", {"code": one_time.code_at(secret, town.now), "remember": "on"})
    browser.post("/sign-out")
    again = browser.post("/sign-in", {"username": seat.username, "password": PASSWORD})
    stranger = signed_in(seat)[1]
    town.later(days=8)
    late = browser.post("/sign-in", {"username": seat.username, "password": PASSWORD})

    assert [each["Location"] for each in (again, stranger, late)] == ["/", "/sign-in/factor", "/sign-in/factor"]
    tasks.forget(town.now)
    assert not KnownDevice.objects.exists()


def allow(monkeypatch: pytest.MonkeyPatch, *, days: int) -> None:
    """Let the city's rules remember browsers."""
    known = policies.rules_for
    monkeypatch.setattr(
        policies, "rules_for", lambda city, *, now: replace(known(city, now=now), second_factor_days=days)
    )


def test_codes_that_were_not_confirmed_in_time_are_begun_anew(town: Town, seat: Staff) -> None:
    desk = town.desk("seat")
    desk.post("/account/factors/codes/begin")
    desk.post("/account/factors/codes/begin")
    secret = factors.being_set_up(seat.pk, now=town.now)
    assert secret is not None
    assert Factor.objects.count() == 1
    town.later(minutes=16)

    late = desk.post("/account/factors/codes", {"code": one_time.code_at(secret.secret, town.now)})
    factors.forget(town.now + timedelta(minutes=1))

    assert late["Location"] == "/account/factors"
    assert not Factor.objects.exists()
    assert not facts(seat)
