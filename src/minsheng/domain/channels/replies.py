"""What somebody means who answers a text message: a grade, by its number or its name, with or without politeness.

Source: SQ-10.5a, SQ-10.5b.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# What says nothing about the grade: politeness, what introduces it, signs.
_POLITE: Final = re.compile(r"您好|你好|谢谢|感谢|辛苦了|回复|评价|选择|我选|[^\w]", re.UNICODE)
# The last digits of an order's number, to say which one is meant.
_NUMBER: Final = re.compile(r"(?<!\d)(\d{4,})\D*$")


# How people say that they want no more news, as carriers have taught them.
_LEAVES: Final = frozenset({"TD", "退订", "取消订阅", "UNSUBSCRIBE", "STOP"})


def leaves(text: str) -> bool:
    """Tell whether somebody wants no more news."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text)).upper() in _LEAVES


@dataclass(frozen=True, slots=True)
class Reply:
    """A grade of the pack, and the last digits of the number that was written with it."""

    grade: str
    number: str = ""


def reply_of(text: str, grades: Mapping[str, str]) -> Reply | None:
    """Return what a text says, or None where it is no rating; `grades`: the pack's, in their order, with their names.

    A grade is its place in that order (`1`) or its name (`不满意`); both together must agree.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    named = _NUMBER.search(plain)
    number = named[1] if named is not None else ""
    plain = _POLITE.sub("", plain[: named.start(1)] if named is not None else plain)
    digits, name = re.sub(r"\D", "", plain), re.sub(r"\d", "", plain)
    places = {str(place): code for place, code in enumerate(grades, start=1)}
    by_name = {label: code for code, label in grades.items()}
    meant = {places.get(digits, "") if digits else None, by_name.get(name, "") if name else None} - {None}
    return Reply(grade, number) if len(meant) == 1 and (grade := str(next(iter(meant)))) else None
