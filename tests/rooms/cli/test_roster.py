"""`minsheng roster`: files of shifts with their rejects, and who has nobody. Clauses: SZ-9b, SQ-11, JY-10.5."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest

from minsheng.app.cli import main
from minsheng.app.cli import roster as command
from minsheng.core.people import actions
from minsheng.core.people.models import Roster
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM

NOW = datetime.fromisoformat("2026-09-18T16:00:00+08:00")
HEADING = "单位,开始时间,结束时间,值班人,电话,替班人,替班人电话"
ROW = "城管局,2026-09-18 17:30,2026-09-25 17:30,孙夜班,13700000001,,"


@contextmanager
def _open() -> Iterator[None]:
    """Stand in the place of an installation: the tests' database is open already."""
    yield


@pytest.fixture(autouse=True)
def city(db: None, monkeypatch: pytest.MonkeyPatch, test_clock: Callable[[datetime], None]) -> None:
    monkeypatch.setattr(command.installation, "opened", _open)
    test_clock(NOW)
    policies.open_city("suqian", name="宿迁", pack="suqian", actor=SYSTEM, now=NOW)
    for name in ("城管局", "住建局"):
        actions.add_unit("suqian", name=name, joined_on=date(2020, 1, 1), actor=SYSTEM, now=NOW)


def written(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "roster.csv"
    path.write_text("\n".join((HEADING, *rows, "")), encoding="utf-8")
    return str(path)


def test_a_file_is_taken_once_however_often(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, ROW)

    checked = main.main(["roster", "import", file, "--city", "suqian", "--check"])
    before = Roster.objects.count()
    statuses = [main.main(["roster", "import", file, "--city", "suqian"]) for _ in range(2)]

    said = capsys.readouterr().out
    assert (checked, before, statuses, Roster.objects.count()) == (0, 0, [0, 0], 1)
    assert "检查完成：新增 1 班" in said
    assert "导入完成：新增 0 班，已有 1 班" in said
    assert "13700000001" not in said


def test_bad_rows_go_to_a_file_for_their_owner_alone_that_can_be_taken_when_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, ROW, ROW.replace("孙夜班", "=1+1").replace("13700000001", "12"))
    rejects = Path(f"{file}.rejects.csv")

    status = main.main(["roster", "import", file, "--city", "suqian"])
    lines = list(csv.reader(rejects.read_text(encoding="utf-8-sig").splitlines()))
    mode = rejects.stat().st_mode & 0o777
    rejects.write_text(rejects.read_text(encoding="utf-8-sig").replace(",12,", ",13700000002,"), encoding="utf-8")
    again = main.main(["roster", "import", str(rejects), "--city", "suqian"])

    assert (status, again, mode) == (1, 0, 0o600)
    assert lines[1][0] == "3"
    assert lines[1][5] == "'=1+1"
    assert "不合格 1 行" in capsys.readouterr().out
    assert set(Roster.objects.values_list("person", flat=True)) == {"孙夜班", "=1+1"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "nowhere.csv", "--city", "suqian"], "文件不存在"),
        (["import", "{file}", "--city", "nowhere"], "没有代码为“nowhere”的城市"),
        (["import", "{file}", "--city", "suqian", "--rejects", "{file}"], "不能是值班表本身"),
    ],
)
def test_what_cannot_be_read_is_said_in_chinese(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    file = written(tmp_path, ROW)

    status = main.main(["roster", *(each.format(file=file) for each in arguments)])

    assert status == 2
    assert said in capsys.readouterr().err
    assert not Roster.objects.exists()


def test_a_file_without_units_needs_one_to_be_named(tmp_path: Path) -> None:
    file = written(tmp_path, ROW.replace("城管局", ""))

    without = main.main(["roster", "import", file, "--city", "suqian"])
    named = main.main(["roster", "import", file, "--city", "suqian", "--unit", "住建局"])

    assert (without, named) == (1, 0)
    assert Roster.objects.get().unit.name == "住建局"


def test_the_list_says_which_units_have_nobody_and_how_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main.main(["roster", "import", written(tmp_path, ROW), "--city", "suqian"])
    capsys.readouterr()

    status = main.main(["roster", "list", "--city", "suqian"])

    said = capsys.readouterr().out
    assert status == 0
    assert "住建局（没有任何人值班）" in said
    assert "没有任何人值班的单位 1 个，非工作时间有空缺的 0 个" in said
