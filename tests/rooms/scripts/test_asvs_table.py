"""The table of OWASP ASVS names tests that there are, and each of the 26 checks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def rows() -> list[tuple[str, str]]:
    """Return requirement and test of each row."""
    text = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
    return re.findall(r"^\| ([0-9][0-9., ]+) \|.*\| `([^`]+)` \|$", text, re.MULTILINE)


def test_every_check_has_a_row_of_its_own() -> None:
    asked = [each for each, _ in rows()]

    assert len(asked) == len(set(asked)) == 26
    assert all(re.fullmatch(r"\d+\.\d+\.\d+(, \d+\.\d+\.\d+)*", each) for each in asked)


def test_every_test_that_is_named_is_there() -> None:
    absent = []
    for _, named in rows():
        file, _, test = named.partition("::")
        path = ROOT / "tests" / file
        if not path.is_file() or (test and f"def {test}(" not in path.read_text(encoding="utf-8")):
            absent.append(named)

    assert absent == []
