"""How Chinese letters are read: one letter's readings with their tones, by pypinyin's table of the whole of Unicode."""

from __future__ import annotations

import os
from functools import lru_cache

# The table of words is large and answers another question: how a letter is read within a word.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin.constants import PINYIN_DICT


@lru_cache(maxsize=8192)
def of(letter: str) -> frozenset[str]:
    """Return the readings of a letter, none for what is no Chinese letter: dīng, zhēng."""
    found = PINYIN_DICT.get(ord(letter))
    return frozenset(found.split(",")) if found else frozenset()
