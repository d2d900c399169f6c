"""Text as it enters: what no document can hold goes away, line ends are one character, what shows nothing is empty."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

# PostgreSQL keeps no NUL, UTF-8 no half of a surrogate pair. They never come from a keyboard, and are refused
# (`orders.fields.plain_text`) instead of cleaned.
UNKEPT: Final = re.compile("[\0\ud800-\udfff]")
# Word and PDF know no control characters but tab and line feed; XML 1.0 (2.2) forbids U+FFFE and U+FFFF too. Signs that
# turn the direction of what follows (U+202A to U+202E, U+2066 to U+2069) show other words than those that are there.
_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_FORBIDDEN: Final = re.compile(
    "[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"
)
# What spreadsheet programs begin a formula with, or skip before one.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Letters and signs that are nothing to look at, though Unicode counts them among the others.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def cleaned(text: str) -> str:
    """Return text without control characters, its line ends as line feeds; nothing if it shows nothing.

    Blanks at both ends stay, since a field may want them.
    """
    plain = _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))
    return plain if not is_blank(plain) or UNKEPT.search(plain) else ""


def kept_of(text: str) -> str:
    """Return of an address's text what a column can hold: nobody types the rest."""
    return UNKEPT.sub("", text)


def is_blank(text: str) -> bool:
    """Tell whether there is nothing to be seen: blanks, spaces of no width, direction marks, fillers, lone accents."""
    return all(each in _BLANK or unicodedata.category(each)[0] in "CZM" for each in text)


def for_spreadsheets(text: str) -> str:
    """Return a text that no spreadsheet program computes: one that begins like a formula gets an apostrophe.

    Source: OWASP's advice on CSV injection.
    """
    return f"'{text}" if text.lstrip(" \u3000").startswith(_FORMULA) else text


def from_spreadsheets(text: str) -> str:
    """Return a text without the apostrophe that `for_spreadsheets` has put before it."""
    return text[1:] if text.startswith("'") and for_spreadsheets(text[1:]) == text else text


def cleaned_values(value: object) -> object:
    """Return plain values, as JSON has them, with every text in them cleaned."""
    match value:
        case str():
            return cleaned(value)
        case list():
            return [cleaned_values(each) for each in value]
        case Mapping():
            return {key: cleaned_values(each) for key, each in value.items()}
        case _:
            return value
