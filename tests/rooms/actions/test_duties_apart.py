"""No account and no client holds roles that must be apart, through whichever door; who does already is listed.

Clauses: SZ-7a, SZ-15.4, JY-9.5, JY-12.0, JY-13.1c, JY-20.11, JS-2.1c.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from minsheng.app.cli import client as client_command
from minsheng.app.cli import main
from minsheng.app.cli import staff as staff_command
from minsheng.app.demo import cities
from minsheng.core.features.values import BAD, GOOD
from minsheng.core.ledger.models import Event
from minsheng.core.people import actions
from minsheng.core.people import checks as people_checks
from minsheng.core.people.models import Client, RoleAssignment, Staff
from minsheng.core.policies import actions as policies
from minsheng.domain import separation
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import clock

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "Good-Passw0rd"
SAID = "“经办人”和“审核员”不能由同一账号兼任（延期的申请与审核），请减少岗位，或分设账号由不同的人办理。"
# One pair for each row of the table, as an account would hold it.
PAIRS = [(sorted(row.proposers)[0], sorted(row.deciders)[0]) for row in separation.TABLE]


@pytest.fixture
def city(db: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a city with a unit, in an installation that is open already: the tests' own."""

    @contextmanager
    def _open() -> Iterator[None]:
        yield

    for command in (staff_command, client_command):
        monkeypatch.setattr(command.installation, "opened", _open)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_unit("suqian", name="城管局", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)
    return "suqian"


def add(city: str, *roles: str, username: str = "someone") -> int:
    """Add an account of the unit."""
    return actions.add_staff(
        city, username=username, display_name="王某", password=PASSWORD, roles=roles, unit="城管局", actor=SYSTEM,
        now=NOW,
    )  # fmt: skip


def held_before(city: str, *roles: str, username: str = "someone") -> int:
    """Return an account that was given its roles before they had to be apart."""
    staff = add(city, roles[0], username=username)
    for role in roles[1:]:
        RoleAssignment.objects.create(staff_id=staff, role=role, granted_at=NOW, granted_by="test")
    return staff


def roles_of(staff: int) -> set[str]:
    """Return what an account holds."""
    return set(RoleAssignment.objects.filter(staff=staff).values_list("role", flat=True))


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_no_account_is_added_with_both(city: str, pair: tuple[str, str]) -> None:
    with pytest.raises(actions.DutiesNotSeparated) as refused:
        add(city, *pair, "specialist")

    assert {refused.value.params["proposer"], refused.value.params["decider"]} == set(pair)
    assert not Staff.objects.exists()


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_no_account_is_given_the_other(city: str, pair: tuple[str, str]) -> None:
    staff = add(city, pair[0])

    with pytest.raises(actions.DutiesNotSeparated):
        actions.set_roles(staff, roles=pair, actor=SYSTEM, now=NOW)

    assert roles_of(staff) == {pair[0]}
    assert not Event.objects.filter(type="RolesSet").exists()


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_no_client_is_made_with_both(city: str, pair: tuple[str, str]) -> None:
    with pytest.raises(actions.DutiesNotSeparated):
        actions.add_client(city, name="市局系统", roles=pair, unit="城管局", actor=SYSTEM, now=NOW)

    assert not Client.objects.exists()


def test_roles_that_go_together_are_given(city: str) -> None:
    staff = add(city, "seat", "specialist", "callback_agent")
    actions.set_roles(staff, roles=["seat", "auditor"], actor=SYSTEM, now=NOW)
    actions.add_client(city, name="门户", roles=["seat", "citizen"], actor=SYSTEM, now=NOW)

    assert roles_of(staff) == {"seat", "auditor"}
    assert Client.objects.get().roles == ["seat", "citizen"]


def test_the_commands_say_why_and_change_nothing(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    add(city, "officer")
    both = ["--role", "officer", "--role", "auditor"]
    doors = (
        ["staff", "add", "other", "--name", "李某", "--city", city, "--unit", "城管局", *both],
        ["staff", "roles", "someone", *both],
        ["client", "create", "市局系统", "--city", city, "--unit", "城管局", *both],
    )

    for door in doors:
        assert main.main(door) == 1, door
        said = capsys.readouterr()
        assert (said.out, said.err.strip()) == ("", SAID), door

    assert [(each.username, roles_of(each.pk)) for each in Staff.objects.all()] == [("someone", {"officer"})]
    assert not Client.objects.exists()


def test_an_account_with_both_does_not_come_back(city: str, capsys: pytest.CaptureFixture[str]) -> None:
    staff = held_before(city, "officer", "auditor")
    actions.set_active(staff, active=False, actor=SYSTEM, now=NOW)

    assert main.main(["staff", "enable", "someone"]) == 1
    assert capsys.readouterr().err.strip() == SAID
    assert not Staff.objects.get().is_active

    assert main.main(["staff", "roles", "someone", "--role", "officer"]) == 0
    assert main.main(["staff", "enable", "someone"]) == 0
    assert Staff.objects.get().is_active


def test_doctor_lists_who_holds_both_and_changes_nobody(city: str) -> None:
    held_before(city, "admin", "discipline", username="root")
    off = held_before(city, "officer", "leader", username="gone")
    Staff.objects.filter(pk=off).update(is_active=False)
    add(city, "seat", "auditor", username="fine")
    actions.add_client(city, name="市局系统", roles=["connector"], actor=SYSTEM, now=NOW)
    Client.objects.update(roles=["connector", "auditor"])

    (finding,) = people_checks.duties(connection.connection, now=clock.now())

    assert finding.level == BAD
    assert finding.what == (
        "有 2 个账号或调用方兼任了应当分开的岗位："
        "账号 root（系统管理员与纪委监委：系统管理、安全管理与审核、纪检、内部批转分开）、"
        "调用方 suqian 市局系统（对接系统与审核员：答复与审核、公开）"
    )
    assert "minsheng staff roles" in finding.advice
    assert roles_of(Staff.objects.get(username="root").pk) == {"admin", "discipline"}
    assert Client.objects.get().roles == ["connector", "auditor"]


def test_doctor_is_content_when_duties_are_apart(city: str) -> None:
    add(city, "seat", "auditor")

    (finding,) = people_checks.duties(connection.connection, now=clock.now())

    assert finding.level == GOOD


def test_every_account_of_the_demonstration_holds_to_it() -> None:
    for city in cities.CITIES:
        held: dict[str, list[str]] = {}
        for account in cities.accounts_of(city):
            held.setdefault(account.username, []).append(account.role)

        assert len(held) > 20
        assert [username for username, roles in held.items() if separation.clashes(roles)] == []
