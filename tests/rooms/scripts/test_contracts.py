"""The import contracts catch what they are for: planted faults, each in a copy of the source."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project: source, contracts, and the contract type of our own."""
    folder = tmp_path_factory.mktemp("project")
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates", "locale", "*.toml", "*.yaml")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignored)
    shutil.copytree(ROOT / "scripts", folder / "scripts", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def said(folder: Path) -> tuple[int, str]:
    """Return the exit status of the contracts' check and what it printed."""
    lint = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    path = os.pathsep.join((str(folder), str(folder / "src")))
    checked = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"],
        cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return checked.returncode, checked.stdout + checked.stderr


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("core/ledger/values.py", "from minsheng.core.ledger import actions", "No circle among siblings"),
        ("core/people/labels.py", "from minsheng.cases.orders import actions", "Floors: imports point down only"),
        ("cases/live/hub.py", "from minsheng.cases.appeals import binding", "Rooms of cases"),
        (
            "desks/unit/pages.py",
            "from minsheng.cases.appeals import models",
            "A room's tables are imported by itself alone",
        ),
        ("cases/orders/actions.py", "from minsheng.gateways import clock", "Only the edges read the clock"),
        ("domain/text.py", "import django", "The domain is pure"),
        ("public/publication/queries.py", "from minsheng.public.publication import pages", "Inside every room"),
    ],
)
def test_planted_import_is_caught(copy: Path, file: str, line: str, broken: str) -> None:
    place = copy / "src" / "minsheng" / file
    whole = place.read_text(encoding="utf-8")
    place.write_text(f"{whole}\n\n{line}\n", encoding="utf-8")
    try:
        status, printed = said(copy)
    finally:
        place.write_text(whole, encoding="utf-8")

    assert status == 1
    assert any(line.startswith(broken) and line.endswith("BROKEN") for line in printed.splitlines()), printed
