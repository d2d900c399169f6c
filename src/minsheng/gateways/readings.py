"""How Chinese letters are read: one letter's readings with their tones, by pypinyin's table of the whole of Unicode."""

from __future__ import annotations

import os
import unicodedata
from functools import lru_cache
from itertools import islice, product

# The table of words is large and answers another question: how a letter is read within a word.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin.constants import PINYIN_DICT


@lru_cache(maxsize=8192)
def of(letter: str) -> frozenset[str]:
    """Return the readings of a letter, none for what is no Chinese letter: dīng, zhēng."""
    found = PINYIN_DICT.get(ord(letter))
    return frozenset(found.split(",")) if found else frozenset()


def initials(text: str, *, most: int = 8) -> tuple[str, ...]:
    """Return the first letters of how a text is read, as people type them: 路灯 is `ld`.

    Letters that are read in several ways give several, `most` at most; others stand for themselves, blanks for nothing.
    """
    letters = [sorted({_plain(each) for each in of(letter)}) or [letter.lower()] for letter in text if letter.isalnum()]
    return tuple(dict.fromkeys("".join(each) for each in islice(product(*letters), most)))


def _plain(reading: str) -> str:
    """Return the first letter of a reading without its tone."""
    return unicodedata.normalize("NFD", reading)[0]
