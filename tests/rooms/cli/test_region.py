"""`minsheng region`: a table of regions in any order, the region of a place, which units serve it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest

from minsheng.app.cli import main, region
from minsheng.core.people import actions
from minsheng.core.people.models import Region
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture(autouse=True)
def city(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(region.installation, "opened", _open)
    test_clock(NOW)
    policies.open_city("suzhou", name="苏州", pack="suzhou", actor=SYSTEM, now=NOW)
    actions.add_unit("suzhou", name="姑苏城管", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)


def run(*words: str) -> int:
    return main.main(["region", *words, "--city", "suzhou"])


def test_a_table_is_taken_and_answers_where_a_place_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "regions.csv"
    rows = (
        "320508001,平江街道,,",
        "320508,姑苏区,320500,",
        "320500,苏州市,,",
        "320508,姑苏区,320500,",
        "320502,沧浪区,320500,2012-10-26",
        "3205,短码,,",
        "320599001,孤儿街道,320599,",
        "320506,,320500,",
        "320504,金阊区,320500,很久以前",
    )
    path.write_text("\n".join(("代码,名称,上级代码,撤销日期", *rows, "")), encoding="utf-8")

    statuses = [run("import", str(path), "--check"), Region.objects.count(), run("import", str(path))]
    said = capsys.readouterr().out
    again = run("import", str(path))
    capsys.readouterr()
    run("serve", "姑苏城管", "320508")
    found = run("find", "姑苏区平江街道12号")
    where = capsys.readouterr().out
    run("list")
    listed = capsys.readouterr().out
    nowhere = run("find", "火星")

    rejects = (tmp_path / "regions.csv.rejects.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    wanted = ("上级代码", "不是区划代码", "没有代码为“320599”", "请填写：区划名称", "“撤销日期”无法识别")
    assert statuses == [1, 0, 1]
    assert (again, found, nowhere) == (1, 0, 1)
    assert "不合格" in said
    assert "320508001  苏州市 / 姑苏区 / 平江街道" in where
    assert "服务单位：姑苏城管" in where
    assert "  320508  姑苏区  姑苏城管" in listed
    assert "沧浪区  （2012-10-26 起撤销）" in listed
    assert any(each in line for each in wanted for line in rejects)


def test_the_states_own_codes_of_twelve_digits_make_the_same_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "regions.csv"
    rows = (
        "320508001001,钮家巷社区,",
        "320500000000,苏州市,",
        "320508000000,姑苏区,320500000000",
        "320508001000,平江街道,320508000000",
        "320500,苏州市,",
        "320508001,平江街道,320508",
    )
    path.write_text("\n".join(("统计用区划代码,名称,上级代码", *rows, "")), encoding="utf-8")

    statuses = [run("import", str(path)), run("import", str(path))]
    said = capsys.readouterr().out
    run("serve", "姑苏城管", "320508000000")
    run("find", "平江街道3号")
    where = capsys.readouterr().out
    ended = [run("end", code, "--on", "2026-09-01") for code in ("320508001001", "320508001000")]

    assert sorted(Region.objects.values_list("code", "parent__code")) == [
        ("320500", None),
        ("320508", "320500"),
        ("320508001", "320508"),
        ("320508001001", "320508001"),
    ]
    assert "新增 4 个区划，已有 2 个区划" in said
    assert "320508001  苏州市 / 姑苏区 / 平江街道" in where
    assert "服务单位：姑苏城管" in where
    assert (statuses, ended) == ([0, 0], [0, 0])
