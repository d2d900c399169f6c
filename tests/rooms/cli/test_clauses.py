"""The page of clauses: generated, and never out of date."""

from __future__ import annotations

from pathlib import Path

from minsheng.cli import clauses

ROOT = Path(__file__).parents[3]


def _checkout(folder: Path, *, code: str, test: str) -> Path:
    for name, text in (("src/minsheng/a.py", code), ("tests/test_a.py", test)):
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    (folder / "docs").mkdir()
    (folder / "docs" / "register.csv").write_text("id,kind\nJY-1,org-only\nJY-10.2a,deadline\nJY-11a,guard\n")
    return folder


def test_a_prefix_serves_its_clauses_and_no_longer_number(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path, code='"""Source: JY-10.2, JY-1."""', test="# JY-10.2a")

    page = clauses.render(checkout)

    assert "| JY-10.2a | deadline | proven | `a.py` | `tests/test_a.py` |" in page
    assert "| JY-1 | org-only | unproven | `a.py` |  |" in page
    assert "| JY-11a | guard | open |  |  |" in page


def test_the_page_in_the_checkout_is_the_newest() -> None:
    page = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")

    assert page == clauses.render(ROOT), "run .venv/bin/minsheng clauses"
