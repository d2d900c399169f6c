"""`minsheng shift`: shifts by hand and from a file, who sits there now, and hours without anybody. Clause: JS-1b."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from minsheng.app.cli import main, shift
from minsheng.core.people import actions
from minsheng.core.people.models import DeskShift
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture(autouse=True)
def city(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(shift.installation, "opened", _open)
    test_clock(NOW)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_staff(
        "suqian",
        username="li",
        display_name="李接听",
        password="x",
        is_demo=True,
        roles=["seat"],
        actor=SYSTEM,
        now=NOW,
    )


def run(*words: str) -> int:
    return main.main(["shift", *words, "--city", "suqian"])


def test_a_shift_is_entered_shown_and_taken_off(capsys: pytest.CaptureFixture[str]) -> None:
    entered = [run("add", "ordinary", "li", "2026-09-18 15:00", "2026-09-18 23:00") for _ in range(2)]
    said = capsys.readouterr().out
    run("now")
    now = capsys.readouterr().out
    listed = run("list")
    week = capsys.readouterr().out
    removed = run("remove", str(DeskShift.objects.get().pk))
    capsys.readouterr()
    run("now")

    assert (entered, listed, removed) == ([0, 0], 1, 0)
    assert "这一班已经登记过" in said
    assert "综合  李接听  2026-09-18 15:00 至 2026-09-18 23:00" in now
    assert "现在当班 1 人" in now
    assert "无人当班：综合  2026-09-18 23:00 至 2026-09-25 16:00" in week
    assert "现在当班 0 人" in capsys.readouterr().out


def test_a_file_is_taken_row_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "shifts.csv"
    rows = (
        "综合,li,2026-09-18 15:00,2026-09-18 23:00",
        "ordinary,li,2026-09-18 22:00,2026-09-19 06:00",
        "月球,li,2026-09-19 08:00,2026-09-19 12:00",
        "综合,nobody,2026-09-19 08:00,2026-09-19 12:00",
        "综合,li,明天,2026-09-19 12:00",
        "综合,,2026-09-19 08:00,2026-09-19 12:00",
    )
    path.write_text("\n".join(("席位,账号,开始时间,结束时间", *rows, "")), encoding="utf-8")

    statuses = [run("import", str(path), "--check"), DeskShift.objects.count(), run("import", str(path))]

    assert statuses == [1, 0, 1]
    assert DeskShift.objects.count() == 1
    assert "导入完成：新增 1 班，已有 0 班，不合格 5 行" in capsys.readouterr().out
    rejects = (tmp_path / "shifts.csv.rejects.csv").read_text(encoding="utf-8-sig")
    for said in (
        "已有一班（09-18 15:00 至 09-18 23:00）",
        "没有席位“月球”",
        "没有账号“nobody”",
        "“开始时间”无法识别",
        "请填写：账号",
    ):
        assert said in rejects
