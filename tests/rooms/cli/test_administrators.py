"""The three administrators of a city: asked for at the first start, three persons, and named by doctor where one lacks.

Clauses: GB/T 22239-2019 8.1.4.2 b, d, 8.1.5.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import connection

from minsheng.app.cli import city as city_command
from minsheng.app.cli import staff as staff_command
from minsheng.app.cli.main import main
from minsheng.core.features.values import BAD, GOOD
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import checks
from minsheng.core.people.models import RoleAssignment, Staff
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import ADMINISTRATORS, SYSTEM
from minsheng.gateways import clock

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
THREE = ["--admin", "root=甘某", "--security", "guard=安某", "--audit", "reader=沈某"]


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a new city, in an installation that is open already: the tests' own."""

    @contextmanager
    def _open() -> Iterator[None]:
        yield

    for command in (staff_command, city_command):
        monkeypatch.setattr(command.installation, "opened", _open)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    return "suqian"


def held() -> dict[str, set[str]]:
    """Return the accounts and what they hold."""
    rows = RoleAssignment.objects.values_list("staff__username", "role")
    found: dict[str, set[str]] = {}
    for username, role in rows:
        found.setdefault(username, set()).add(role)
    return found


def test_three_persons_get_an_account_each_whose_password_is_said_once(
    city: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["staff", "administrators", city, *THREE]) == 0

    said = capsys.readouterr().out.split("\n")[:3]
    assert held() == {"root": {"admin"}, "guard": {"security_admin"}, "reader": {"audit_admin"}}
    for line in said:
        username, password = line.split()[1], line.split()[-1]
        staff = Staff.objects.get(username=username)
        assert staff.check_password(password)
        assert [each.type for each in ledger.history(f"staff/{staff.pk}")] == ["StaffAdded"]
    assert list(Staff.objects.values_list("password_is_first", flat=True)) == [True] * 3


def test_who_is_missing_is_asked_for_at_the_keyboard(
    city: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("root\n甘某\nguard\n安某\nreader\n沈某\n"))

    assert main(["staff", "administrators", city]) == 0

    assert set(held()) == {"root", "guard", "reader"}
    assert "审计管理员的姓名：" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([*THREE[:4], "--audit", "reader=安某"], "三个不同的人"),
        (THREE[:4], "请一次写明本市还缺的各一人：系统管理员、安全管理员、审计管理员。"),
        ([*THREE[:4], "--audit", "reader"], "审计管理员的账号和姓名须都写明"),
        ([*THREE[:4], "--audit", "root=沈某"], "root"),
    ],
)
def test_what_can_not_be_is_refused_and_adds_nobody(
    city: str, given: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["staff", "administrators", city, *given]) == 1

    assert said in capsys.readouterr().err
    assert not Staff.objects.exists()


def test_a_city_that_has_all_three_is_told_so(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["staff", "administrators", city, *THREE])
    capsys.readouterr()

    assert main(["staff", "administrators", city]) == 1

    assert "都已有人担任" in capsys.readouterr().err
    assert len(held()) == 3


def test_doctor_names_the_administrators_that_a_city_lacks(city: str) -> None:
    main(["staff", "add", "root", "--name", "甘某", "--city", city, "--role", "admin"])

    (lacking,) = checks.administrators(connection.connection, now=clock.now())
    main(["staff", "administrators", city, *THREE[2:]])
    (whole,) = checks.administrators(connection.connection, now=clock.now())

    assert (lacking.level, lacking.what) == (BAD, "suqian 没有安全管理员、审计管理员")
    assert "minsheng staff administrators suqian" in lacking.advice
    assert whole.level == GOOD


def test_opening_a_city_says_what_comes_next(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["city", "open", "other", "--name", "他市", "--pack", "jiangyin"]) == 0

    assert "minsheng staff administrators other" in capsys.readouterr().out
    assert not Staff.objects.exists()


def test_no_account_holds_two_of_the_three(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    for one, other in zip(ADMINISTRATORS, (*ADMINISTRATORS[1:], ADMINISTRATORS[0]), strict=True):
        words = ["staff", "add", "both", "--name", "某", "--city", city, "--role", one, "--role", other]
        assert main(words) == 1, (one, other)
        assert "不能由同一账号兼任" in capsys.readouterr().err
    assert not Staff.objects.exists()
