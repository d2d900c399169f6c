"""Signing in under attack: limits by account and address, one check of a password at a time, a way in that is recorded.

Clauses: SZ-9b, SQ-11; GB/T 22239-2019 8.1.4.1.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.town_ground import Town

from minsheng.app.cli import installation
from minsheng.app.cli.main import main
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions, limits, passes, signin
from minsheng.core.people.models import SignInPass, Staff

PASSWORD = "Zhi-Ban-2026"
MANY = limits.SIGN_IN_BY_ADDRESS.most


@pytest.fixture
def leader(town: Town) -> str:
    """Return the account of the leader on duty, with a password."""
    staff = Staff.objects.get(pk=town.staff["duty_leader"])
    actions.set_password(staff.pk, password=PASSWORD, actor=town.actor("admin"), now=town.now)
    return staff.username


@pytest.fixture
def quick(settings: Any) -> None:
    """Check passwords fast where a test needs many."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def sign_in(username: str, password: str = PASSWORD, *, address: str = "10.0.0.1", **more: str) -> Any:
    """Send the form from an address."""
    return Client(REMOTE_ADDR=address).post("/sign-in", {"username": username, "password": password, **more})


def lock(username: str) -> None:
    """Type five wrong passwords, as a stranger does."""
    for _ in range(5):
        sign_in(username, "wrong", address="192.0.2.7")


def given(town: Town, who: str, username: str, reason: str = "已回拨备案电话") -> Any:
    """Ask for a code at the page."""
    return town.desk(who).post("/sign-in/pass", {"username": username, "reason": reason})


def code_in(answer: Any) -> str:
    found = re.search(r'<strong class="number">(\d{10})<', answer.content.decode())
    assert found is not None, answer.content.decode()
    return found[1]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
    ],
)
def test_failures_of_an_address_or_its_network_end_its_trying(
    town: Town, leader: str, quick: None, first: str, second: str, together: bool
) -> None:
    for number in range(MANY):
        assert sign_in(f"nobody-{number}", address=first).status_code == 422

    answer = sign_in(leader, address=second)

    assert (answer.status_code == 429) is together
    assert ("从您所在的网络登录失败次数过多" in answer.content.decode()) is together
    assert ('name="code"' in answer.content.decode()) is together
    town.later(minutes=31)
    assert sign_in(leader, address=second).status_code == 302


def test_who_knows_the_password_is_not_counted(town: Town, leader: str, quick: None) -> None:
    for _ in range(MANY + 5):
        assert sign_in(leader).status_code == 302


def test_the_current_password_counts_as_a_sign_in_does(town: Town, leader: str, quick: None) -> None:
    desk = town.desk("duty_leader")
    change = {"old": "wrong", "new": "Another-Passw0rd", "again": "Another-Passw0rd"}

    wrong = [desk.post("/password", change).content.decode() for _ in range(5)]
    right = desk.post("/password", {**change, "old": PASSWORD})

    assert all("当前密码不正确" in page for page in wrong[:4])
    assert right.status_code == 422
    assert "账号已锁定" in right.content.decode()
    assert Staff.objects.get(username=leader).check_password(PASSWORD)
    assert sign_in(leader).status_code == 429


def test_a_locked_leader_on_duty_gets_in_with_a_code_that_somebody_has_given(town: Town, leader: str) -> None:
    lock(leader)
    locked = sign_in(leader)
    assert locked.status_code == 429
    assert 'name="code"' in locked.content.decode()
    code = code_in(given(town, "supervisor", leader))

    without = sign_in(leader)
    wrong = sign_in(leader, code="2222222222")
    strange = sign_in(leader, "wrong", code=code)
    lock(leader)
    again = code_in(given(town, "security_admin", leader))
    inside = sign_in(leader, code=again)
    lock(leader)
    twice = sign_in(leader, code=again)

    assert [each.status_code for each in (without, wrong, strange, inside, twice)] == [429, 422, 422, 302, 422]
    staff = Staff.objects.get(username=leader)
    facts = [each for each in ledger.history(f"staff/{staff.pk}") if each.type.startswith("SignInPass")]
    assert [each.type for each in facts] == ["SignInPassGiven", "SignInPassUsed"] * 2
    assert facts[0].actor["person"] == f"staff:{town.staff['supervisor']}"
    assert ledger.content(facts[0]) == {"reason": "已回拨备案电话"}
    assert code.encode() not in bytes(SignInPass.objects.latest("id").code_hash)


def test_a_code_ends_after_a_quarter_of_an_hour_and_after_five_wrong_ones(town: Town, leader: str, quick: None) -> None:
    lock(leader)
    late = code_in(given(town, "security_admin", leader))
    town.later(minutes=16)
    assert sign_in(leader, code=late).status_code == 422
    guessed = code_in(given(town, "security_admin", leader))
    for _ in range(5):
        sign_in(leader, code="2222222222")

    assert sign_in(leader, code=guessed).status_code == 422


def test_only_security_administrator_and_supervisor_of_the_city_give_codes_and_not_to_themselves(
    town: Town, leader: str
) -> None:
    own = Staff.objects.get(pk=town.staff["supervisor"]).username
    elsewhere = Staff.objects.create(username="elsewhere", display_name="外", city_id=_other_city(town), password="!")

    for other in ("seat", "admin", "audit_admin"):
        assert town.desk(other).get("/sign-in/pass").status_code == 403, other
    assert town.desk("officer@城管局").post("/sign-in/pass", {"username": leader, "reason": "急"}).status_code == 403
    assert Client().get("/sign-in/pass").status_code == 302
    for username, reason, said in (
        (own, "急需登录", "不能审批自己"),
        (elsewhere.username, "急需登录", "没有账号"),
        ("nobody", "急需登录", "没有账号"),
        (leader, "急", "请写明查看理由"),
        (leader, "", "请写明理由"),
    ):
        answer = given(town, "supervisor", username, reason)
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert not SignInPass.objects.exists()


def _other_city(town: Town) -> str:
    from tests import town_ground as towns

    return towns.build("suqian_c", town.set_clock, pack="suqian").code


def test_the_command_line_gives_a_code_too(
    town: Town, leader: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(installation, "opened", nullcontext)
    lock(leader)

    assert main(["staff", "pass", leader, "--reason", "值班电话核实"]) == 0
    code = capsys.readouterr().out.strip()
    assert main(["staff", "pass", "nobody", "--reason", "值班电话核实"]) == 1

    assert "没有账号" in capsys.readouterr().err
    assert sign_in(leader, code=code).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_strangers_who_try_at_once_are_checked_one_by_one_and_most_are_told_to_come_again(
    test_clock: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests import town_ground as towns

    towns.build("jiangyin", test_clock)
    at_work, most, release = [0], [0], threading.Event()
    lock_ = threading.Lock()

    def slow(password: str) -> str:
        with lock_:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        release.wait(20)
        with lock_:
            at_work[0] -= 1
        return "!"

    monkeypatch.setattr(signin, "make_password", slow)
    answers: list[Any] = []
    come_again = threading.Event()

    def stranger(number: int) -> None:
        answers.append(sign_in(f"stranger-{number}", address=f"192.0.2.{number}"))
        if len(answers) >= 6:
            come_again.set()
        connection.close()

    threads = [threading.Thread(target=stranger, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    assert come_again.wait(20)
    busy = list(answers)
    release.set()
    for each in threads:
        each.join(20)

    assert most[0] == 1
    assert [each.status_code for each in busy[:6]] == [503] * 6
    assert "请过几秒再试" in busy[0].content.decode()
    assert len(answers) == 8


def test_a_check_uses_one_core(town: Town, leader: str) -> None:
    assert ",p=1$" in Staff.objects.get(username=leader).password


def test_nobody_is_refused_for_long_when_nobody_else_tries() -> None:
    for _ in range(20):
        with signin.checking():
            pass
    with signin.checking(), pytest.raises(signin.TooBusy):
        signin.checking().__enter__()


def test_an_address_is_kept_as_a_keyed_hash_alone(town: Town, quick: None) -> None:
    sign_in("nobody", address="192.0.2.7")

    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM people_count")
        keys = [bytes(row[0]) for row in cursor.fetchall()]
    assert keys
    assert all(len(key) == 32 and b"192.0.2.7" not in key for key in keys)
    assert passes.GOOD_FOR.total_seconds() == 900


def test_code_is_not_used_up_for_somebody_who_is_asked_to_come_again(
    town: Town, leader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(leader)
    code = code_in(given(town, "supervisor", leader))
    monkeypatch.setitem(signin._WAIT_SECONDS, signin.Lane.VOUCHED, 0.01)

    with signin._CHECKING:
        assert sign_in(leader, code=code).status_code == 503
    assert sign_in(leader, code=code).status_code == 302
    assert SignInPass.objects.get(staff__username=leader).used_at is not None


def test_address_with_failures_of_late_leaves_the_places_to_others(town: Town, leader: str, quick: None) -> None:
    for number in range(10):
        assert sign_in(f"stranger-{number}", address="192.0.2.9").status_code == 422

    with signin.checking(signin.Lane.DOUBTED):
        # One of them is being checked: no more of them wait, and everybody else does.
        signin._CHECKING.release()
        try:
            assert sign_in("stranger-11", address="192.0.2.9").status_code == 503
            assert sign_in(leader, address="192.0.2.10").status_code == 302
        finally:
            signin._CHECKING.acquire()
