"""Commands over the lake work in a process of their own, where nobody has set Django up before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def minsheng(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DJANGO_"))}
    environment = {**given, "MINSHENG_VAR": str(folder / "var"), "MINSHENG_LAKE": str(folder / "lake")}
    call = [sys.executable, "-m", "minsheng.app.cli.main", *words]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=False, cwd=folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("lake")
    done = minsheng(made, "simulate", "--year", "2023", "--scale", "0.0002", "--lake", str(made / "lake"))
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.mark.parametrize("words", [("--year", "2023"), ("--year", "2023", "--compare"), ("--year", "2023", "--json")])
def test_annual_report_is_printed_without_a_database(folder: Path, words: tuple[str, ...]) -> None:
    done = minsheng(folder, "report", "annual", *words)

    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stdout) > 1000


def test_lake_is_verified_and_shown(folder: Path) -> None:
    for action in ("verify", "show"):
        done = minsheng(folder, "lake", action)
        assert "Traceback" not in done.stderr, done.stderr
