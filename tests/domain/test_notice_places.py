"""What the words of a notice may have filled in is what the decisions fill in: the table is held to the code."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import minsheng.domain
from minsheng.domain import notices
from minsheng.wording import NOTICES

SOURCE = Path(next(iter(minsheng.domain.__path__)))


def told() -> dict[str, set[str]]:
    """Return the names of what each kind of notice about an order is told with."""
    found: dict[str, set[str]] = {}
    for path in [*(SOURCE / "orders").glob("*.py"), SOURCE / "lifecycle.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr in ("tell", "tell_unit") and isinstance(node.args[0], ast.Constant):
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                found.setdefault(str(node.args[0].value), set()).update(names)
    return found


def test_the_table_has_exactly_what_notices_are_told_with() -> None:
    with_places = {kind: names for kind, names in told().items() if names}

    assert with_places == {kind: set(names) for kind, names in notices.PLACES.items()}
    # Nothing tells it yet.
    assert set(told()) >= notices.KINDS - {"request_escalated"}


def test_the_platforms_own_words_keep_to_it() -> None:
    for kind in notices.KINDS:
        named = {name for _, name, _, _ in string.Formatter().parse(NOTICES[kind]) if name}
        assert named <= set(notices.PLACES.get(kind, ())), kind
