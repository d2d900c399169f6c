"""A cell whose date no calendar holds is the refusal of its row, in every list that people keep in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest

from minsheng.app.cli import installation, main
from minsheng.core.people import actions
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")
LISTS = {
    "expert import": (
        "姓名,领域,推荐单位,电话,任期起,任期止",
        "{name},社保,人社局,13912345678,2026-01-01,{cell}",
        "2026-12-31",
        "任期止",
    ),
    "staff import-roles": ("账号,岗位,截止日期", "{name},座席,{cell}", "2026-12-31", "截止日期"),
    "shift import": (
        "席位,账号,开始时间,结束时间",
        "ordinary,{name},2026-09-19 08:00,{cell}",
        "2026-09-19 12:00",
        "结束时间",
    ),
    "region import": ("代码,名称,撤销日期", "{code},{name},{cell}", "2026-12-31", "撤销日期"),
    "roster import": (
        "单位,开始时间,结束时间,值班人,电话",
        "人社局,2026-09-19 {hour}:00,{cell},{name},13912345678",
        "2026-09-19 20:00",
        "结束时间",
    ),
}


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture(autouse=True)
def city(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(installation, "opened", _open)
    test_clock(NOW)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_unit("suqian", name="人社局", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)
    for name in ("jia", "yi", "bing"):
        actions.add_staff(
            "suqian", username=name, display_name=f"某{name}", password="x", is_demo=True,
            roles=["seat"], actor=SYSTEM, now=NOW,
        )  # fmt: skip


def table(path: Path, words: str, odd: str) -> None:
    heading, row, good, _ = LISTS[words]
    rows = [
        row.format(name=name, code=code, hour=hour, cell=cell)
        for name, code, hour, cell in (
            ("jia", "321302", "08", good), ("yi", "321311", "09", odd), ("bing", "321322", "10", good),
        )
    ]  # fmt: skip
    path.write_text("\n".join((heading, *rows, "")), encoding="utf-8")


@pytest.mark.parametrize("words", LISTS)
@pytest.mark.parametrize("odd", ["9999-12-31 23:00 -12:00", "0001-01-01 00:00", "2026-09-19 12:00 +99:99"])
def test_an_impossible_date_is_its_rows_refusal_and_no_other_rows(
    words: str, odd: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    table(path, words, odd)
    call = [*words.split(), str(path), "--city", "suqian"]

    statuses = [main.main([*call, "--check"]), main.main(call)]

    assert statuses == [1, 1]
    said = capsys.readouterr().out.splitlines()
    assert "新增 2 " in said[-1]
    assert "不合格 1 行" in said[-1]
    rejects = (tmp_path / "list.csv.rejects.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert [line.split(",")[0] for line in rejects] == ["3"]
    assert f"“{LISTS[words][3]}”无法识别" in rejects[0]
