"""What looks like advertising: words that a city lists, and links, counted; nothing is deleted for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_LINK: Final = re.compile(r"https?://|www\.", re.IGNORECASE)
# So many different signs together: a single word also stands in complaints about it.
ENOUGH: Final = 3


def signs(text: str, words: Iterable[str]) -> int:
    """Return how many different signs of advertising a text has: each listed word once, links as one."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
    return sum(word.casefold() in plain for word in set(words)) + (_LINK.search(plain) is not None)
