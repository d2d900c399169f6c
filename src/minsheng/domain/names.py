"""Names of people, accounts, units, programs and cities as they are kept: seen as they are typed, and no two alike."""

from __future__ import annotations

import unicodedata
from typing import Final

from minsheng.domain.rejected import Rejected
from minsheng.domain.text import is_blank

AT_MOST: Final = 100


def checked(text: str, *, most: int = AT_MOST) -> str:
    """Return a name without blanks at its ends.

    Raises: Rejected `name_empty` where nothing is to be seen, `name_too_long`, `name_odd` with line ends, direction
    marks and other characters that nobody sees: two names that look alike would be two.
    """
    name = text.strip()
    if is_blank(name):
        raise Rejected("name_empty")
    if any(unicodedata.category(each) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp") for each in name):
        raise Rejected("name_odd")
    if len(name) > most:
        raise Rejected("name_too_long", most=most)
    return name


def checked_account(text: str, *, most: int = AT_MOST) -> str:
    """Return an account's name, which has no blanks in it either. Raises: Rejected as `checked`, `username_bad`."""
    name = checked(text, most=most)
    if any(each.isspace() for each in name):
        raise Rejected("username_bad", most=most)
    return name
