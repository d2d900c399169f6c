"""What a city's messages say: the sentences of writers (`values.Sentence`), in words of its own from a day on.

Each version is a row and a fact of the stream `messages/<city>`; of those that have begun the newest holds. Words
that a rule gives are nobody's to change. Source: JY-12.4, SQ-10.5a, SZ-15.3c.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from minsheng.core.features import queries as features
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as facts
from minsheng.core.ledger.values import ZONE, StoredEvent
from minsheng.core.messages.models import Template
from minsheng.core.messages.values import Sentence
from minsheng.domain import personal
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank
from minsheng.wording.findings import PERSONAL

WORDS_AT_MOST: Final = 300
# What a text message holds: alone, and as one of several that are put together again.
_ALONE: Final = 70
_PART: Final = 67
_PLACE: Final = re.compile(r"\{([a-z_]+)\}")
_END_OF_SENTENCE: Final = re.compile(r"(?<=[。！？!?；;\n])")


@dataclass(frozen=True, slots=True)
class Version:
    """A city's own words of a sentence; empty words are those of the program again."""

    number: int
    words: str
    starts_on: date
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a sentence stands on a day: the words that are sent, whose version they are, what is to come.

    `version`: 0 for the words of the program or the pack.
    """

    sentence: Sentence
    words: str
    version: int
    starts_on: date | None
    coming: Version | None
    versions: tuple[Version, ...]


def standings(city: str, *, now: datetime) -> list[Standing]:
    """Return every sentence that people of a city are sent, as it stands."""
    kept: dict[str, list[Version]] = {}
    for row in Template.objects.filter(city=city).order_by("-number"):
        kept.setdefault(row.kind, []).append(Version(row.number, row.words, row.starts_on, row.set_at))
    today = now.astimezone(ZONE).date()
    return [_standing(each, kept.get(each.kind, []), today) for each in _sentences(city, now)]


def standing(city: str, kind: str, *, now: datetime) -> Standing:
    """Return how one sentence stands. Raises: Rejected `template_gone`."""
    found = next((each for each in standings(city, now=now) if each.sentence.kind == kind), None)
    if found is None:
        raise Rejected("template_gone")
    return found


def words(city: str, kind: str, *, now: datetime) -> str:
    """Return a city's own words that hold now; empty where it has none."""
    today = now.astimezone(ZONE).date()
    begun = Template.objects.filter(city=city, kind=kind, starts_on__lte=today).order_by("-number")
    return begun.values_list("words", flat=True).first() or ""


@transaction.atomic
def set_words(city: str, kind: str, words: str, *, starts_on: date, actor: Actor, now: datetime) -> bool:
    """Let a sentence be said in these words from a day on; empty ones: as the program has it. Return whether it is new.

    Raises: Rejected `template_…`.
    """
    ledger.hold(f"messages/{city}")
    found = standing(city, kind, now=now)
    words = checked(found.sentence, words) if not is_blank(words) else ""
    if found.sentence.fixed:
        raise Rejected("template_fixed", clause=found.sentence.fixed)
    if starts_on < now.astimezone(ZONE).date():
        raise Rejected("template_from_today")
    newest = found.versions[0] if found.versions else None
    if (newest.words if newest else "") == words and (newest is None or newest.starts_on <= starts_on):
        return False
    number = newest.number + 1 if newest else 1
    Template.objects.create(city=city, kind=kind, number=number, words=words, starts_on=starts_on, set_at=now)
    body = {"kind": kind, "version": number, "words": words, "starts_on": starts_on}
    ledger.record(city, f"messages/{city}", "MessageWordsSet", body, actor=actor, now=now)
    return True


def checked(sentence: Sentence, words: str) -> str:
    """Return words as they are kept, if they can be sent. Raises: Rejected `template_…`."""
    words = cleaned(words).strip()
    if is_blank(words):
        raise Rejected("template_empty")
    if len(words) > WORDS_AT_MOST:
        raise Rejected("template_too_long", most=WORDS_AT_MOST)
    named = dict.fromkeys(_PLACE.findall(words))
    if re.search(r"[{}]", _PLACE.sub("", words)):
        raise Rejected("template_braces")
    known = "、".join(f"{{{each}}}" for each in sentence.places)
    if unknown := [each for each in named if each not in sentence.places]:
        if not known:
            raise Rejected("template_no_places", unknown=f"{{{unknown[0]}}}")
        raise Rejected("template_unknown_place", unknown=f"{{{unknown[0]}}}", known=known)
    if missing := [each for each in sentence.needed if each not in named]:
        raise Rejected("template_missing_place", missing="、".join(f"{{{each}}}" for each in missing))
    if kinds := dict.fromkeys(PERSONAL[span.kind] for span in personal.find(words)):
        raise Rejected("template_names_somebody", kinds="、".join(kinds))
    return words


def filled(words: str, values: Mapping[str, str]) -> str:
    """Return words with their places filled; a sentence whose place has nothing to be filled with is left out."""
    kept = []
    for part in _END_OF_SENTENCE.split(words):
        named = _PLACE.findall(part)
        if all(values.get(each) for each in named):
            kept.append(_PLACE.sub(lambda place: values[place[1]], part))
    return "".join(kept)


def preview(sentence: Sentence, words: str) -> str:
    """Return what would be sent about an invented order."""
    return f"{sentence.mark}{filled(words, sentence.example)}"


def parts(text: str) -> int:
    """Return how many text messages a text is."""
    return 1 if len(text) <= _ALONE else -(-len(text) // _PART)


def history(city: str, kind: str) -> list[StoredEvent]:
    """Return the facts of a sentence, the newest first."""
    every = facts.history(f"messages/{city}")
    return [event for event in reversed(every) if facts.content(event).get("kind") == kind]


def _sentences(city: str, now: datetime) -> list[Sentence]:
    found: dict[str, Sentence] = {}
    for writer in features.writers().values():
        for each in writer.sentences(city, now=now):
            found.setdefault(each.kind, each)
    return list(found.values())


def _standing(sentence: Sentence, versions: list[Version], today: date) -> Standing:
    begun = next((each for each in versions if each.starts_on <= today), None)
    newest = versions[0] if versions else None
    coming = newest if newest is not None and newest.starts_on > today else None
    own = begun.words if begun is not None and not sentence.fixed else ""
    return Standing(
        sentence,
        own or sentence.words,
        begun.number if own and begun is not None else 0,
        begun.starts_on if own and begun is not None else None,
        coming if not sentence.fixed else None,
        tuple(versions),
    )
