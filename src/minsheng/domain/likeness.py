"""How like two appeals are: by the telling words that they share, the same place, the same category."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_PLACE, _CATEGORY = 3, 2
# With more words than this to go by, one that is shared alone says nothing.
_FEW_WORDS = 2


def plain(text: str) -> str:
    """Return a text as it is looked for: wide letters as narrow ones, capitals as small ones."""
    return unicodedata.normalize("NFKC", text).lower()


@dataclass(frozen=True, slots=True)
class Said:
    """What is compared: telling words of the text and of the place, and the category's code."""

    words: Sequence[str]
    place_words: Sequence[str] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order that might be about the same."""

    id: str
    title: str
    place: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Like:
    """An order that is like what was said, and why: the words of its title, whether place and category agree."""

    id: str
    weight: int
    shared: tuple[str, ...]
    same_place: bool
    same_category: bool


def pairs(text: str) -> list[str]:
    """Return the neighboring letters of a text, as the index of titles keeps them."""
    lower = text.lower()
    return list(dict.fromkeys(lower[place : place + 2] for place in range(len(lower) - 1)))


def ranked(said: Said, candidates: Iterable[Candidate], *, limit: int) -> list[Like]:
    """Return the candidates that are like what was said, the most like first; of equals the newest, by id."""
    likes = [like for each in candidates if (like := _like(said, each)) is not None]
    return sorted(likes, key=lambda like: (like.weight, like.id), reverse=True)[:limit]


def marked(title: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """Return a title in pieces, each with whether it is one of the words; longer words go before their parts."""
    wanted = sorted({word for word in words if word}, key=len, reverse=True)
    if not wanted:
        return [(title, False)]
    # Words that follow one another are one mark.
    pieces = re.split("((?:" + "|".join(map(re.escape, wanted)) + ")+)", title, flags=re.IGNORECASE)
    return [(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece]


def _like(said: Said, other: Candidate) -> Like | None:
    title = other.title.lower()
    shared = tuple(word for word in said.words if word in title)
    where = f"{title}{other.place.lower()}"
    same_place = any(word in where for word in said.place_words)
    same_category = bool(said.category) and said.category == other.category
    if not shared:
        return None
    if len(shared) == 1 and len(said.words) > _FEW_WORDS and not (same_place or same_category):
        return None
    weight = sum(len(word) for word in shared) + _PLACE * same_place + _CATEGORY * same_category
    return Like(other.id, weight, shared, same_place, same_category)
