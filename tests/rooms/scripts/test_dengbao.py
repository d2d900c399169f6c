"""The table of GB/T 22239-2019 names tests that there are, and says the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STATES = {"built": "已有", "in part": "部分", "open": "尚无"}


def rows(path: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return clause, state and tests of each row."""
    found = []
    for line in (ROOT / path).read_text(encoding="utf-8").splitlines():
        if line.startswith("| 8."):
            clause, _what, state, tests = (cell.strip() for cell in line.strip("|").split("|"))
            found.append((clause, state, tuple(re.findall(r"`([^`]+\.py)`", tests))))
    return found


def test_both_languages_have_the_same_rows() -> None:
    english = [(clause, STATES[state], tests) for clause, state, tests in rows("docs/dengbao.md")]

    assert len(english) > 20
    assert english == rows("docs/zh/dengbao.md")


def test_every_test_is_there() -> None:
    named = {name for _, _, tests in rows("docs/dengbao.md") for name in tests}

    assert [name for name in sorted(named) if not (ROOT / "tests" / name).is_file()] == []
    assert all(tests for _, state, tests in rows("docs/dengbao.md") if state != "open")
