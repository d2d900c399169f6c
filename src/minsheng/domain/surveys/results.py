"""Results of a survey: shares weighted by district, intervals of confidence, and no figure that tells of anybody.

A cell of fewer than five is not shown, nor any by which it could be told: the options of a question that are chosen
alone add up to all who answered it, so that another cell goes with a single small one; of several that may be chosen
each is also a count of those who did not choose it; a question that few skipped is not shown, since they chose what
leads past it; and a scale shows its mean or its cells, never the mean beside gaps.
Source: SZ-7b, SZ-26.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from minsheng.domain.surveys.questions import MULTIPLE, SCALE, TEXT, Question

LEAST: Final = 5
# Of the normal distribution, for 95 in a hundred.
_Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody answered, by the question's number, and the district that they named; who, nobody knows."""

    answers: Mapping[int, tuple[str, ...]]
    district: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """How an option was chosen: count, weighted share and its interval, 0 to 1; all None where it is not shown.

    The count beside a share that districts weigh would tell of small cells: it is then what the share makes of all.
    """

    option: str
    count: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a question; `of`: how many answered it, None where they are too few to say anything."""

    number: int
    of: int | None
    cells: tuple[Cell, ...] = ()
    mean: float | None = None
    low: float | None = None
    high: float | None = None


def weights(given: Sequence[Given], shares: Mapping[str, int]) -> list[float]:
    """Return what each answer weighs, so that districts weigh as in `shares`; one each where nothing is known of it.

    `shares`: how many people of each district the survey is about. Weights are one on average over those that have a
    district. Where fewer than five answered of a district nothing is weighed: each of them could be told.
    """
    named = [each.district for each in given if shares.get(each.district)]
    if any(named.count(district) < LEAST for district in set(named)):
        return [1.0] * len(given)
    answered = {district: named.count(district) for district in set(named)}
    people = sum(shares[district] for district in answered)
    return [
        shares[each.district] / people * len(named) / answered[each.district] if each.district in answered else 1.0
        for each in given
    ]


def interval(share: float, of: float) -> tuple[float, float]:
    """Return Wilson's interval of confidence (95 %) of a share of so many; also of none and of all it has a width."""
    middle = share + _Z**2 / (2 * of)
    half = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    below = 1 + _Z**2 / of
    return max(0.0, (middle - half) / below), min(1.0, (middle + half) / below)


def figures(questions: Sequence[Question], given: Sequence[Given], shares: Mapping[str, int]) -> list[Figures]:
    """Return the figures of all questions but those for texts."""
    weighed = list(zip(given, weights(given, shares), strict=True))
    found: list[Figures] = []
    told = {len(given)}
    for number, question in enumerate(questions, start=1):
        if question.kind == TEXT:
            continue
        own = [(each.answers[number], w) for each, w in weighed if number in each.answers]
        # How many skipped a question is how many chose what leads past it: that is a cell too.
        if any(0 < abs(each - len(own)) < LEAST for each in told):
            found.append(Figures(number, None))
            continue
        found.append(_of(number, question, own))
        told.add(len(own))
    return found


def _of(number: int, question: Question, told: list[tuple[tuple[str, ...], float]]) -> Figures:
    if len(told) < LEAST:
        return Figures(number, None)
    total = sum(weight for _, weight in told)
    # As many answers of equal weight would be as sure.
    effective = total**2 / sum(weight**2 for _, weight in told)
    counts = {option: sum(option in chosen for chosen, _ in told) for option in question.options}
    gone = hidden(counts, of=len(told), is_multiple=question.kind == MULTIPLE)
    cells = tuple(
        Cell(option) if option in gone else _cell(option, counts[option], told, total, effective)
        for option in question.options
    )
    if question.kind != SCALE:
        return Figures(number, len(told), cells)
    mean = sum(int(chosen[0]) * weight for chosen, weight in told) / total
    spread = sum(weight * (int(chosen[0]) - mean) ** 2 for chosen, weight in told) / total
    half = _Z * math.sqrt(spread / effective)
    return Figures(number, len(told), () if gone else cells, mean, mean - half, mean + half)


def _cell(option: str, count: int, told: list[tuple[tuple[str, ...], float]], total: float, effective: float) -> Cell:
    share = sum(weight for chosen, weight in told if option in chosen) / total
    if any(weight != 1.0 for _, weight in told):
        # Whole percents, of which no district's answers can be worked out; and no share of its own for the count.
        share = round(share, 2)
        count = round(share * len(told))
    return Cell(option, count, share, *interval(share, effective))


def hidden(counts: Mapping[str, int], *, of: int, is_multiple: bool) -> set[str]:
    """Return the cells that are not shown: small ones, and those by which a small one could be told."""
    if is_multiple:
        return {each for each, count in counts.items() if 0 < count < LEAST or 0 < of - count < LEAST}
    small = {each for each, count in counts.items() if 0 < count < LEAST}
    if small:
        # A cell that is known to be somebody's is told sooner: what nobody chose is hidden with it.
        small |= {each for each, count in counts.items() if not count}
    others = sorted((each for each in counts if each not in small and counts[each]), key=lambda one: (counts[one], one))
    # What is hidden adds up to what the others leave: it must be two cells at least, and of five people at least.
    while small and others and (len(small) < 2 or sum(counts[each] for each in small) < LEAST):
        small.add(others.pop(0))
    return small


def shown_districts(given: Iterable[Given]) -> dict[str, int | None]:
    """Return how many answered of each district, None where it is not shown; those that named none are `""`."""
    counts: dict[str, int] = {}
    for each in given:
        counts[each.district] = counts.get(each.district, 0) + 1
    gone = hidden(counts, of=sum(counts.values()), is_multiple=False)
    return {district: None if district in gone else count for district, count in sorted(counts.items())}
