"""Fields of days and moments: a browser shows a value in its field only as ISO 8601 has it."""

from __future__ import annotations

import re
from pathlib import Path

import minsheng

_MADE = re.compile(r"Date(?:Time)?Input\(([^()]*)\)")
_FORMATS = {"date": 'format="%Y-%m-%d"', "datetime-local": 'format="%Y-%m-%dT%H:%M"'}


def test_every_field_of_a_day_or_a_moment_shows_its_value() -> None:
    made = [
        (path.name, found[1])
        for path in Path(minsheng.__path__[0]).rglob("*.py")
        for found in _MADE.finditer(path.read_text(encoding="utf-8"))
    ]

    assert len(made) > 10
    for name, arguments in made:
        kind = re.search(r'"type": "([\w-]+)"', arguments)
        assert kind is not None, name
        assert _FORMATS[kind[1]] in arguments, (name, arguments)
