"""The audit desk beside the order: appeal and answer side by side, and what to look at by criterion.

Source: SZ-15.4, JY-9.5, SQ-10.4a.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from minsheng.core.people import queries as people
from minsheng.domain import personal, reply_checks
from minsheng.wording import findings
from minsheng.workbench.timeline import AnswerShown


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `why` says why it is marked, empty for what is not."""

    text: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the three criteria: its name, and what was found against it, each said once."""

    name: str
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """What the auditor has beside the order."""

    answer: AnswerShown
    pieces: tuple[Piece, ...]
    criteria: tuple[Criterion, ...]


def panel_of(answer: AnswerShown, *, appeal: str, city: str, now: datetime) -> Panel:
    """Return the panel for an answer under audit. Numbers of the city's units are no personal data."""
    public = [unit.phone for unit in people.unit_facts(city, now=now).values() if unit.phone]
    found = reply_checks.check(answer.text, appeal=appeal, known_public=public)
    kinds = {(span.start, span.end): span.kind for span in personal.find(answer.text, known_public=public)}
    marks = []
    for each in found:
        if each.start is not None and each.end is not None:
            kind = kinds.get((each.start, each.end), "")
            marks.append((each.start, each.end, findings.PERSONAL.get(kind) or findings.FINDINGS[each.code]))
    return Panel(
        answer=answer,
        pieces=pieces_of(answer.text, marks),
        criteria=tuple(
            Criterion(name, tuple(dict.fromkeys(findings.FINDINGS[each.code] for each in found if each.kind == kind)))
            for kind, name in findings.CRITERIA.items()
        ),
    )


def pieces_of(text: str, marks: Iterable[tuple[int, int, str]]) -> tuple[Piece, ...]:
    """Return a text cut at its marks; of marks that overlap the first counts."""
    pieces: list[Piece] = []
    place = 0
    for start, end, why in sorted(marks):
        if start < place:
            continue
        pieces += [Piece(text[place:start]), Piece(text[start:end], why)]
        place = end
    return tuple(piece for piece in (*pieces, Piece(text[place:])) if piece.text)


def marks_of(spans: Sequence[personal.Span]) -> list[tuple[int, int, str]]:
    """Return the marks of personal data."""
    return [(span.start, span.end, findings.PERSONAL[span.kind]) for span in spans]
