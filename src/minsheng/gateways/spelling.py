"""How Chinese words are spelled in Latin letters (pinyin), and which words of a list are one slip of the pen away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")


def syllables(text: str) -> list[list[str]]:
    """Return the syllables of each run of Chinese letters, without tones: 公积金 is gong, ji, jin."""
    return [lazy_pinyin(run) for run in _HAN.findall(text)]


def spelled(text: str) -> str:
    """Return a text's Chinese letters in full and by their first letters: `gongjijin gjj`."""
    letters = "".join(_HAN.findall(text))
    full = "".join(lazy_pinyin(letters))
    return f"{full} {''.join(lazy_pinyin(letters, style=Style.FIRST_LETTER))}"


def slips(word: str, known: Sequence[str], *, limit: int = 3) -> list[str]:
    """Return known words that differ in one letter: another one, or one too few in what was typed."""
    near = [each for size in (len(word), len(word) + 1) for each in _of_length(tuple(known), size)]
    found = process.extract(word, near, scorer=Levenshtein.distance, score_cutoff=1, limit=limit)
    return [each[0] for each in found if each[1] == 1]


@lru_cache(maxsize=64)
def _of_length(known: tuple[str, ...], size: int) -> list[str]:
    return [each for each in known if len(each) == size]
