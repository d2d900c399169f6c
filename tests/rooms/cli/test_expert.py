"""`minsheng expert`: experts by hand and from a file. Clauses: JS-2.2d, SZ-31a."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest

from minsheng.app.cli import expert, main
from minsheng.core.people import actions
from minsheng.core.people.models import Expert
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")
HEADING = "姓名,领域,推荐单位,工作单位,电话,任期起,任期止"


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture(autouse=True)
def city(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(expert.installation, "opened", _open)
    test_clock(NOW)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    actions.add_unit("suqian", name="人社局", joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)


def run(*words: str) -> int:
    return main.main(["expert", *words, "--city", "suqian"])


def test_an_expert_is_entered_listed_read_and_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("13912345678\n"))
    words = ("add", "顾问天", "--field", "社保", "--unit", "人社局", "--from", "2026-01-01", "--until", "2026-12-31")
    assert run(*words) == 0
    id = str(Expert.objects.get().pk)
    capsys.readouterr()

    run("list", "--field", "社保")
    listed = capsys.readouterr().out
    run("phone", id, "--reason", "核对名单")
    phone = capsys.readouterr().out
    ended = run("end", id, "--until", "2026-09-18")
    run("list", "--on", "2026-09-19")
    after = capsys.readouterr().out
    run("list", "--all")

    assert f"{id}  顾问天  社保（人社局推荐，2026-01-01 至 2026-12-31）" in listed
    assert "13912345678" not in listed
    assert phone == "13912345678\n"
    assert (ended, after) == (0, "共 0 名。\n")
    assert "共 1 名" in capsys.readouterr().out


def test_a_file_is_looked_at_then_taken_row_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "experts.csv"
    rows = (
        "顾问天,社保、劳动,人社局,江南大学,13912345678,2026-01-01,2026年12月31日",
        "甲,社保,没有局,,13912345678,2026-01-01,2026-12-31",
        "乙,,人社局,,13912345678,2026-01-01,2026-12-31",
        "丙,社保,人社局,,12,2026-01-01,2026-12-31",
        "丁,社保,人社局,,13912345678,2026-01-01,",
        "戊,社保,人社局,,13912345678,去年,2026-12-31",
        "己,社保,人社局,,13912345678,2026-01-01,2026-09-17",
        "庚,社保,人社局,,,2026-01-01,2026-12-31",
        "辛,社保,,,13912345678,2026-01-01,2026-12-31",
        "壬,社保,人社局,,13912345678,2026-12-31,2026-10-01",
    )
    path.write_text("\n".join((HEADING, *rows, "")), encoding="utf-8")

    statuses = [run("import", str(path), "--check"), Expert.objects.count(), run("import", str(path))]
    again = run("import", str(path))

    said = capsys.readouterr().out
    assert (statuses, again, Expert.objects.count()) == ([1, 0, 1], 1, 1)
    assert "导入完成：新增 1 名专家，已有 0 名专家，不合格 9 行" in said
    assert "新增 0 名专家，已有 1 名专家" in said
    assert "13912345678" not in said
    rejects = (tmp_path / "experts.csv.rejects.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    wanted = (
        "没有名为“没有局”",
        "请填写：领域",
        "电话号码不正确",
        "请填写：任期止",
        "“任期起”无法识别，请写成 2026-03-02。",
        "任期最后一日 2026-09-17 已经过去",
        "请填写：联系电话",
        "请填写：推荐单位",
        "任期最后一日早于任期第一日",
    )
    assert not any(words in line for words in ("岗", "留空", "值班") for line in rejects)
    assert all(words in line for words, line in zip(wanted, rejects, strict=True))
