"""The terms by which an article is found, and those that a question asks for, each with its weight.

Three kinds: words of the dictionary, pairs of neighboring letters (`·医保`), and pairs of neighboring syllables
(`~yibao`), which a letter typed for another of the same sound does not change. Pairs are of the title and the phrasings
alone.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from minsheng.domain.knowledge.content import Content
from minsheng.domain.likeness import pairs, plain
from minsheng.gateways import packfiles, segmenter, spelling

# How much a word counts by where it stands, and how often in a body at most.
_TITLE, _PHRASING, _TAG, _BODY, _MOST = 8.0, 6.0, 6.0, 1.0, 5.0
_PAIR, _SOUND = 3.0, 2.0
# BM25: how soon more of a word counts no more, how much a long text is held back, words of an ordinary article.
_K, _B, _ORDINARY = 2.5, 0.3, 300
# How much the kinds count in a question, beside its own words.
_ASKED_PAIR, _ASKED_SOUND, _ASKED_SYNONYM, _ASKED_SLIP = 0.4, 0.25, 0.8, 0.7
_LETTER: Final = re.compile(r"[\u4e00-\u9fffa-z0-9]+")
_LONGEST_ASKED: Final = 100
# Lengths of words in which a slip of the pen is looked for.
_SLIPS: Final = range(3, 7)


def of_version(content: Content, text: str) -> dict[str, float]:
    """Return the weights of a version's terms, BM25's part that lies in the article; `text`: its body without marks."""
    found: dict[str, float] = {}
    for weight, said in ((_TITLE, content.title), *((_PHRASING, each) for each in content.phrasings)):
        for word in set(segmenter.sought_words(plain(said))):
            found[word] = max(found.get(word, 0.0), weight)
        for pair in _pairs(said):
            found[pair] = max(found.get(pair, 0.0), _PAIR if weight == _TITLE else _PAIR - 0.5)
        for sound in _sounds(said):
            found[sound] = max(found.get(sound, 0.0), _SOUND if weight == _TITLE else _SOUND - 0.5)
    for tag in (*content.tags, content.item_code):
        for word in (plain(tag), *segmenter.sought_words(plain(tag))):
            if len(word) > 1:
                found[word] = max(found.get(word, 0.0), _TAG)
    body = Counter(segmenter.sought_words(plain(text)))
    for word, often in body.items():
        found[word] = found.get(word, 0.0) + min(_MOST, often * _BODY)
    length = _K * (1 - _B + _B * body.total() / _ORDINARY)
    return {term: round(weight * (_K + 1) / (weight + length), 4) for term, weight in found.items()}


def of_question(text: str, known_words: Sequence[str]) -> dict[str, float]:
    """Return the weights of the terms that a question asks for.

    `known_words`: the vocabulary of the city's articles, in which slips of the pen are looked for.
    """
    said = plain(text)[:_LONGEST_ASKED]
    found: dict[str, float] = dict.fromkeys(segmenter.sought_words(said), 1.0)
    for word in _synonyms(said, found):
        found.setdefault(word, _ASKED_SYNONYM)
    for word in _slips(said, known_words):
        found.setdefault(word, _ASKED_SLIP)
    for pair in _pairs(said):
        found[pair] = _ASKED_PAIR
    for sound in _sounds(said):
        found[sound] = _ASKED_SOUND
    return found


def told(found: Iterable[str]) -> list[str]:
    """Return the letters that terms stand for, as they are shown: words, the longest first, else pairs; no sounds."""
    words = [each for each in found if each[0] not in "·~"] or [each[1:] for each in found if each[0] == "·"]
    longest = sorted(set(words), key=lambda each: (-len(each), each))
    return [each for place, each in enumerate(longest) if not any(each in other for other in longest[:place])]


def _pairs(text: str) -> list[str]:
    return [f"·{pair}" for run in _LETTER.findall(segmenter.telling(plain(text))) for pair in pairs(run)]


def _sounds(text: str) -> list[str]:
    runs = spelling.syllables(segmenter.telling(text))
    return list(dict.fromkeys(f"~{one}{two}" for run in runs for one, two in pairwise(run)))


@cache
def _also() -> Mapping[str, tuple[str, ...]]:
    """Return what a word is also called, by the word: `packs/synonyms.toml`."""
    content = tomllib.loads((packfiles.shipped_folder() / "synonyms.toml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for group in content["two_way"]:
        for word in group:
            found[word] = (*found.get(word, ()), *(each for each in group if each != word))
    for word, others in content["one_way"].items():
        found[word] = (*found.get(word, ()), *others)
    return found


def _synonyms(said: str, words: Iterable[str]) -> Iterator[str]:
    for word, others in _also().items():
        if word in said or word in words:
            for other in others:
                yield from segmenter.sought_words(plain(other))


def _slips(said: str, known_words: Sequence[str]) -> Iterator[str]:
    """Give known words that a part of the question differs from in one letter.

    A slip of the pen breaks its word into single letters: only parts with one of these are looked at.
    """
    for run in _LETTER.findall(said):
        loose = segmenter.loose(run)
        for size in _SLIPS:
            for start in range(len(run) - size + 1):
                if loose & set(range(start, start + size)):
                    yield from spelling.slips(run[start : start + size], known_words)
