"""The lake from the command line: simulate, look, check, report; every refusal is a sentence, and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import lake_ground as making

from minsheng.app.cli import main
from minsheng.figures.lake import schema
from minsheng.figures.lake.store import Partition, Store


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a lake that the command made, without a database."""
    made = tmp_path_factory.mktemp("lakes") / "lake"
    done = making.command("simulate", "--year", "2023", "--scale", "0.0005", "--lake", str(made))
    assert done.returncode == 0, done.stderr
    assert "truth-2023.json" in done.stdout
    assert done.stderr.count("个月") == 24  # progress, a line a month
    return made


def test_the_report_prints_what_was_planted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main(["report", "annual", "--year", "2023", "--lake", str(folder), "--json"])

    assert status == 0
    assert json.loads(capsys.readouterr().out) == making.truth(Store(folder))


def test_the_report_prints_tables_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main(["report", "annual", "--year", "2023", "--lake", str(folder)])

    shown = capsys.readouterr().out
    assert status == 0
    assert all(f"E-{number}  " in shown for number in range(16))
    assert "个百分点" in shown


def test_published_and_produced_are_set_side_by_side(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main.main(["report", "annual", "--year", "2023", "--lake", str(folder), "--compare"])

    shown = capsys.readouterr().out
    assert status == 0
    assert "发布" in shown.splitlines()[0]
    assert "个相同" in shown


def test_the_report_reads_the_lake_that_the_environment_names(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINSHENG_LAKE", str(folder))

    assert main.main(["report", "annual", "--year", "2023", "--json"]) == 0
    assert "E-15" in capsys.readouterr().out


def test_a_broken_identity_is_not_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = making.simulated(tmp_path / "lake", scale=0.0002)
    file = store.read().partition("broadcasts", "suzhou", "2023-03")
    assert file is not None
    rows = [{**row, "answered": row["answered"] + 1} for row in store.rows(file).to_pylist()]
    twice = schema.table_of_rows("broadcasts", rows)
    with store.writing() as writer:
        writer.put(Partition("broadcasts", "suzhou", "2023-03", twice))
        writer.commit({})

    status = main.main(["report", "annual", "--year", "2023", "--lake", str(store.folder), "--json"])

    printed = capsys.readouterr()
    assert status == 1
    assert printed.out == ""
    assert "不能发布" in printed.err
    assert "E-3 现场回应＋直播后督办 应等于收到诉求总量" in printed.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "annual", "--year", "2023", "--lake", "nowhere"), "没有数据湖"),
        (("report", "annual", "--year", "1999", "--lake", "nowhere"), "没有 1999 年的常住人口数"),
        (("report", "annual", "--year", "1999", "--lake", "nowhere", "--compare"), "没有 1999 年的发布数据"),
        (("lake", "show", "--lake", "nowhere"), "没有数据湖"),
        (("simulate", "--year", "2023", "--scale", "3", "--lake", "nowhere"), "不在范围内"),
        (("simulate", "--year", "2023", "--pack", "atlantis", "--lake", "nowhere"), "没有 2023 年的发布数据"),
    ],
)
def test_what_can_not_be_done_is_said_and_changes_nothing(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    status = main.main(list(words))

    assert status == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "nowhere" / "manifest.json").exists()


def test_the_lake_is_shown_and_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["lake", "show", "--lake", str(folder)]) == 0
    assert "move_car" in capsys.readouterr().out
    assert main.main(["lake", "verify", "--lake", str(folder)]) == 0
    assert "一致" in capsys.readouterr().out


def test_a_changed_file_fails_the_verification(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = making.simulated(tmp_path / "lake", scale=0.0001)
    file = store.read().of("calls")[-1]
    (store.folder / file.path).write_bytes(b"something else")

    assert main.main(["lake", "verify", "--lake", str(store.folder)]) == 1
    assert file.path in capsys.readouterr().err
