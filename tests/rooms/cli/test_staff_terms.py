"""`minsheng staff role|who|import-roles`: terms of roles by hand and from a file. Clauses: JS-2.3f, AR-2.6.1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import connection

from minsheng.app.cli import main, staff
from minsheng.core.features.values import BAD, GOOD
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions, checks, statistics
from minsheng.core.people.models import RoleAssignment, Staff
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")
HEADING = "账号,岗位,起始日期,截止日期,席位,级别,专员类别"


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture(autouse=True)
def city(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(staff.installation, "opened", _open)
    test_clock(NOW)
    policies.open_city("suzhou", name="苏州", pack="suzhou", actor=SYSTEM, now=NOW)
    for name in ("seat1", "seat2", "expert1", "expert2", "expert3"):
        actions.add_staff(
            "suzhou", username=name, display_name=f"某{name}", password="x", is_demo=True,
            roles=["seat" if name.startswith("seat") else "specialist"], actor=SYSTEM, now=NOW,
        )  # fmt: skip


def run(*words: str) -> int:
    return main.main(["staff", *words])


def test_a_role_is_given_its_term_and_listed_by_day(capsys: pytest.CaptureFixture[str]) -> None:
    given = run("role", "seat1", "seat", "--until", "2026-09-30", "--desk", "enterprise", "--level", "lead")
    capsys.readouterr()

    run("who", "--city", "suzhou", "--role", "seat", "--on", "2026-09-30")
    on_last = capsys.readouterr().out
    run("who", "--city", "suzhou", "--role", "seat", "--on", "2026-10-01")
    after = capsys.readouterr().out

    assert given == 0
    assert "seat1  某seat1  座席（企业，班长，… 至 2026-09-30）" in on_last
    assert "seat2" in on_last
    assert "seat1" not in after


def test_each_change_is_a_fact_and_the_same_once_more_is_none() -> None:
    pk = Staff.objects.get(username="seat1").pk
    for _ in range(2):
        run("role", "seat1", "seat", "--until", "2026-09-30")
    run("role", "seat1", "seat", "--end")

    facts = [(each.type, ledger.content(each)) for each in ledger.history(f"staff/{pk}")]

    assert [kind for kind, _ in facts] == ["StaffAdded", "RoleGiven", "RoleTaken"]
    assert facts[1][1]["ends_on"] == "2026-09-30"
    assert run("role", "seat1", "seat", "--end") == 1


def test_specialists_are_counted_by_kind_and_are_none_of_the_platforms_staff() -> None:
    before = statistics.stocks("suzhou", on=NOW.date())
    for name, kind in (("expert1", "enterprise"), ("expert2", "enterprise"), ("expert3", "talent")):
        run("role", name, "specialist", "--kind", kind, "--until", "2026-12-31")

    after = statistics.stocks("suzhou", on=NOW.date())
    later = statistics.stocks("suzhou", on=date(2027, 1, 1))

    kinds = [("specialists", "city", kind) for kind in ("enterprise", "talent")]
    assert [before[kind] for kind in kinds] == [0, 0]
    assert [after[kind] for kind in kinds] == [2, 1]
    assert [later[kind] for kind in kinds] == [0, 0]
    assert before["staff", "city", ""] == after["staff", "city", ""] == 2


def test_who_is_specialist_for_a_kind_today(capsys: pytest.CaptureFixture[str]) -> None:
    run("role", "expert1", "specialist", "--kind", "law", "--kind", "language")
    run("role", "expert2", "specialist", "--kind", "law", "--from", "2026-10-01")
    capsys.readouterr()

    assert run("who", "--city", "suzhou", "--kind", "law") == 0

    assert capsys.readouterr().out.splitlines() == [
        "expert1  某expert1  政策专员（法律，外语，长期）",
        "共 1 个岗位。",
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["role", "nobody", "seat"], "没有账号“nobody”"),
        (["role", "seat1", "seat", "--until", "2026-09-01"], "已经过去"),
        (["role", "seat1", "seat", "--from", "2026-12-01", "--until", "2026-11-01"], "早于起始日期"),
        (["role", "seat1", "seat", "--desk", "moon"], "没有席位“moon”，可选：ordinary（综合）"),
        (["role", "seat1", "dispatcher"], "不能由同一账号兼任"),
        (["who", "--city", "suzhou", "--kind", "magic"], "没有政策专员类别“magic”"),
    ],
)
def test_what_can_not_be_is_said(words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 1
    assert says in capsys.readouterr().err
    assert RoleAssignment.objects.count() == 5


def test_a_file_is_looked_at_then_taken_row_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "roles.csv"
    rows = (
        "seat1,座席,2026-09-01,2026年12月31日,企业,班长,",
        "expert1,specialist,,,,,企业、法律",
        "seat2,seat,明天,,,,",
        "seat2,dispatcher,,,,,",
        "nobody,seat,,,,,",
        ",seat,,,,,",
        "seat2,seat,,,月球,,",
    )
    path.write_text("\n".join((HEADING, *rows, "")), encoding="utf-8")

    checked = run("import-roles", str(path), "--city", "suzhou", "--check")
    nothing = RoleAssignment.objects.exclude(desk="").count()
    taken = run("import-roles", str(path), "--city", "suzhou")

    assert (checked, nothing, taken) == (1, 0, 1)
    assert "导入完成：新增 2 个岗位，已有 0 个岗位，不合格 5 行" in capsys.readouterr().out
    rejects = (tmp_path / "roles.csv.rejects.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in rejects[1:]] == ["4", "5", "6", "7", "8"]
    for said, line in zip(
        ("“起始日期”无法识别", "不能由同一账号兼任", "没有账号“nobody”", "请填写", "没有席位“月球”"),
        rejects[1:],
        strict=True,
    ):
        assert said in line
    first = RoleAssignment.objects.get(staff__username="seat1")
    assert (first.starts_on, first.ends_on, first.desk, first.level) == (
        date(2026, 9, 1), date(2026, 12, 31), "enterprise", "lead",
    )  # fmt: skip
    assert RoleAssignment.objects.get(staff__username="expert1").kinds == ["enterprise", "law"]


def test_doctor_sees_roles_that_meet_and_none_that_follow() -> None:
    row = RoleAssignment.objects.get(staff__username="seat1")
    RoleAssignment.objects.create(
        staff=row.staff, role="dispatcher", granted_at=NOW, granted_by="test", starts_on=date(2026, 10, 1)
    )
    seen = []
    for last in (None, date(2026, 9, 30)):
        RoleAssignment.objects.filter(pk=row.pk).update(ends_on=last)
        seen += [each.level for each in checks.duties(connection.connection, now=NOW)]

    assert seen == [BAD, GOOD]
