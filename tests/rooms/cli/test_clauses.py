"""The page of clauses: generated, never out of date, and proven only by what names a clause exactly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from minsheng.app.cli import clauses
from minsheng.app.cli.main import main

ROOT = Path(__file__).parents[3]
MARKED = """
import pytest

@pytest.mark.clause({ids})
def test_signing() -> None: ...
"""


def _checkout(folder: Path, *, code: str = "", test: str = "", story: str = "", demo: str = "", pack: str = "") -> Path:
    files = {"a.py": code, "app/demo/b.py": demo, "packs/register.csv": REGISTER}
    files |= {"packs/x/pack.toml": pack, "packs/x/scenarios/s.yaml": story}
    for name, text in {f"src/minsheng/{name}": text for name, text in files.items()}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "docs").mkdir()
    (folder / "tests").mkdir()
    (folder / "tests" / "test_a.py").write_text(test, encoding="utf-8")
    return folder


REGISTER = "id,kind\nJY-1,org-only\nJY-10.2a,deadline\nJY-10.2b,guard\nJY-11a,guard\n"


def test_an_article_serves_its_letters_and_no_longer_number(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path, code='"""Source: JY-10.2, JY-1."""')

    page = clauses.render(checkout)

    assert "| JY-10.2a | deadline | served | `a.py` |  |" in page
    assert "| JY-1 | org-only | served | `a.py` |  |" in page
    assert "| JY-11a | guard | open |  |  |" in page


def test_neither_a_chapter_nor_a_value_of_a_pack_serves_a_clause(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path, code='"""Source: JY-10."""', pack='clause = "JY-11a"')

    page = clauses.render(checkout)

    assert "| JY-10.2a | deadline | open |  |  |" in page
    assert "| JY-11a | guard | open | `packs/x/pack.toml` |  |" in page


def test_only_a_mark_or_a_story_proves_and_only_what_it_names(tmp_path: Path) -> None:
    checkout = _checkout(
        tmp_path,
        code='"""Source: JY-10.2, JY-11."""',
        test=MARKED.format(ids='"JY-10.2a"') + "# JY-10.2, JY-11a",
        story="# JY-11a\npack: x\nclauses: [JY-10.2a]\nsteps: []\n",
    )

    page = clauses.render(checkout)

    told = "`tests/test_a.py::test_signing` · `packs/x/scenarios/s.yaml`"
    assert f"| JY-10.2a | deadline | proven | `a.py` | {told} |" in page
    assert "| JY-10.2b | guard | served | `a.py` |  |" in page
    assert "| JY-11a | guard | served | `a.py` |  |" in page


def test_what_only_the_demonstration_writes_is_called_so(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path, code='"""Source: JY-1."""', demo='"""Source: JY-1, JY-11a."""')

    page = clauses.render(checkout)

    assert "| JY-1 | org-only | served | `a.py` · `app/demo/b.py` |  |" in page
    assert "| JY-11a | guard | demonstration | `app/demo/b.py` |  |" in page


@pytest.mark.parametrize("ids", ['"JY-10.2"', '"JY-10.2a", "JY-99"', '"JY-10.2a to b"', '"JY-10.*"', "EVERYTHING"])
def test_a_mark_that_is_no_exact_id_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str], ids: str) -> None:
    checkout = _checkout(tmp_path, test=MARKED.format(ids=ids))

    status = main(["clauses", "--root", str(checkout)])

    said = capsys.readouterr().err
    assert status == 1
    assert said.startswith("tests/test_a.py::test_signing: 条款表里没有“")
    assert said.count("\n") == 1, "the id that is right is no fault"
    assert not (checkout / "docs" / "clauses.md").exists()


def test_a_story_that_names_no_clause_of_the_register_is_a_fault(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path, story="pack: x\nclauses: [JY-10]\nsteps: []\n")

    assert clauses.faults(checkout) == [
        "packs/x/scenarios/s.yaml: 条款表里没有“JY-10”，请逐条写出完整编号，如 JY-10.2a，不能写范围或前缀"
    ]


def test_what_is_served_by_demonstration_data_alone_can_not_be_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clauses, "DEMONSTRATED", {"calls": ("JY-10.2a",)})
    checkout = _checkout(tmp_path, code='"""Source: JY-10.2."""', test=MARKED.format(ids='"JY-10.2a"'))

    [fault] = clauses.faults(checkout)

    assert fault.startswith("tests/test_a.py::test_signing: JY-10.2a 只有演示数据支撑")
    assert "| JY-10.2a | deadline | demonstration | `a.py` |" in clauses.render(checkout)


@pytest.mark.parametrize("rests_on", clauses.DEMONSTRATED)
def test_what_is_called_demonstration_has_no_other_writer(rests_on: str) -> None:
    """Whoever writes it for a real city takes it from the list, and proves what it serves."""
    written = re.compile(rf"\b{rests_on}\(" if rests_on == "put_on_roster" else rf'"{rests_on}"(?!: False)')
    source = ROOT / "src" / "minsheng"
    writers = [*source.rglob("*.py")] if rests_on == "put_on_roster" else [
        source / "figures" / "lake" / name for name in ("export.py", "order_rows.py", "paper_rows.py")
    ]  # fmt: skip

    found = [
        path.relative_to(source).as_posix()
        for path in writers
        if "demo" not in path.parts
        and written.search(path.read_text(encoding="utf-8").replace("def put_on_roster", ""))
    ]

    assert found == []


def test_every_mark_in_the_checkout_is_in_the_register() -> None:
    assert clauses.faults(ROOT) == []


def test_the_page_in_the_checkout_is_the_newest() -> None:
    page = (ROOT / "docs" / "clauses.md").read_text(encoding="utf-8")

    assert page == clauses.render(ROOT), "run .venv/bin/minsheng clauses"
