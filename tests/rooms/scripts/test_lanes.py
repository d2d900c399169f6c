"""The suite's lanes: what is repeated, what never is, and how long a test may stand in the list of unsteady ones."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

TODAY = date(2026, 11, 29)
# Fails the first time and passes the second time.
UNSTEADY = """
from pathlib import Path

def test_page():
    seen = Path(__file__).with_name("seen")
    if not seen.exists():
        seen.touch()
        raise AssertionError
"""


@pytest.fixture
def lanes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the script, working in a project of its own."""
    place = Path(__file__).parents[3] / "scripts" / "lanes.py"
    found = importlib.util.spec_from_file_location("lanes", place)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, "lanes", module)
    found.loader.exec_module(module)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "unsteady.toml").touch()
    # The plugins of this project take seconds to load.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "FOLDER", tmp_path / "var" / "lanes")
    monkeypatch.setattr(module, "UNSTEADY", tmp_path / "tests" / "unsteady.toml")
    return module


@pytest.fixture
def run(lanes: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return what runs a lane of one test file."""

    def run_lane(content: str, *, lane: str = "journeys", name: str = "test_page.py") -> int:
        folder = tmp_path / "tests" / lane
        folder.mkdir()
        (folder / name).write_text(content)
        command = lanes.pytest_of(f"tests/{lane}")
        monkeypatch.setattr(lanes, "LANES", (lanes.Lane(lane, (command,), is_repeated=lane == "journeys"),))
        code: int = lanes.main([])
        return code

    return run_lane


def test_a_browsers_test_that_is_green_alone_is_green_and_listed(
    lanes: ModuleType, run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(UNSTEADY)

    said = capsys.readouterr().out
    assert code == 0
    assert [row["name"] for row in lanes.rows()] == ["tests/journeys/test_page.py::test_page"]
    assert "重跑后才通过，已记入 tests/unsteady.toml：tests/journeys/test_page.py::test_page" in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("content", "lane", "name"),
    [
        # Another lane.
        (UNSTEADY, "rooms", "test_page.py"),
        # One that hunts a race.
        (UNSTEADY, "journeys", "test_pages_at_once.py"),
        # It fails the second time, too.
        ("def test_page():\n    assert False\n", "journeys", "test_page.py"),
        # It cannot be read.
        ("import nothing_of_the_kind\n", "journeys", "test_page.py"),
    ],
)
def test_nothing_else_becomes_green(
    content: str, lane: str, name: str, lanes: ModuleType, run: Callable[..., int]
) -> None:
    assert run(content, lane=lane, name=name) == 1
    assert lanes.rows() == []


def test_a_run_within_a_run_leaves_the_outer_ones_folder_named(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINSHENG_TESTS_RUN", "/outer")

    run("def test_page(): ...\n")

    assert os.environ["MINSHENG_TESTS_RUN"] == "/outer"


def test_many_failures_are_not_repeated(lanes: ModuleType, run: Callable[..., int]) -> None:
    many = "".join(UNSTEADY.replace("test_page", f"test_{n}").replace('"seen"', f'"seen{n}"') for n in range(4))

    assert run(many) == 1


def test_every_lane_is_reported_when_one_fails(
    lanes: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    two = (lanes.Lane("first", (("false",),)), lanes.Lane("second", (("echo", "there"),)))
    monkeypatch.setattr(lanes, "LANES", two)

    code = lanes.main([])

    said = capsys.readouterr().out
    assert code == 1
    assert "失败  first" in said
    assert "通过  second" in said
    assert "there" in said


def test_a_listed_test_keeps_its_day_and_expires_after_fourteen(lanes: ModuleType) -> None:
    lanes.note(["tests/a.py::test_b[甲]"], today=TODAY)
    lanes.note(["tests/a.py::test_b[甲]"], today=date(2026, 12, 5))

    listed = lanes.rows()

    assert [(row["name"], row["on"]) for row in listed] == [("tests/a.py::test_b[甲]", TODAY)]
    assert lanes.expired(listed, today=date(2026, 12, 13)) == []
    assert lanes.expired(listed, today=date(2026, 12, 14)) == ["tests/a.py::test_b[甲]"]
