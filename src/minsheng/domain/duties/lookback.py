"""A round of looking back (回头看): of a quarter's closed orders so many of each unit are drawn, checked, published.

The draw is by a seed that is published with the result: an order's place is the SHA-256 of the seed, a colon and its
number, and the lowest of each unit are drawn. Whoever has the list of numbers counts it again. The center holds rounds
over all units, a unit over its own work. Source: JS-2.4c, SZ-41a, SQ-20a (A-82).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact
from minsheng.domain.lifecycle import NEW, Case, LifeCycle, Row, Standing, at_stage, needs
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

PLANNED, DRAWN, PUBLISHED = "PLANNED", "DRAWN", "PUBLISHED"
_QUARTER: Final = re.compile(r"([0-9]{4})Q([1-4])")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLookback:
    """Plan a round over a quarter, written as 2026Q3; the pack says how many in a hundred, unless a share is given."""

    name: ClassVar[str] = "plan_lookback"
    quarter: str = fields.text()
    percent: int | None = fields.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSample:
    """Draw the orders; each becomes a check."""

    name: ClassVar[str] = "draw_sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishLookback:
    """Publish what the checks found, with the seed."""

    name: ClassVar[str] = "publish_lookback"


@dataclass(frozen=True, slots=True)
class Share:
    """A unit's part of a round: closed orders of the quarter, how many were drawn, and by finding how many."""

    unit: str
    closed: int
    drawn: int
    found: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookbackPlanned(Event):
    holder: str
    quarter: str
    percent: int


@dataclass(frozen=True, slots=True)
class SampleDrawn(Event):
    """`digest`: the SHA-256 of the numbers of all closed orders, sorted, a line each; `orders`: those drawn."""

    seed: str
    digest: str
    shares: tuple[Share, ...]
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LookbackPublished(Event):
    seed: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Lookback(Standing):
    """A round as its facts make it."""

    holder: str = ""
    quarter: str = ""
    percent: int = 0
    seed: str = ""
    digest: str = ""
    shares: tuple[Share, ...] = ()
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a decision knows: numbers of the quarter's closed orders by unit, a fresh seed, and the checks' findings.

    `found`: by unit and finding; `open`: checks that nobody has finished.
    """

    population: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seed: str = ""
    found: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    open: int = 0


def quarter_of(text: str) -> tuple[date, date] | None:
    """Return the first day of a quarter and that of the next; None for what names no quarter."""
    found = _QUARTER.fullmatch(text.strip())
    if found is None:
        return None
    year, quarter = int(found[1]), int(found[2])
    if not 1949 <= year < 2200:
        return None
    first = date(year, 3 * quarter - 2, 1)
    return first, date(year + quarter // 4, 3 * quarter % 12 + 1, 1)


def sample(numbers: Iterable[str], *, seed: str, percent: int) -> tuple[str, ...]:
    """Return the numbers that a seed draws: so many in a hundred, rounded up, the lowest by their digest."""
    known = sorted(set(numbers))
    wanted = -(-len(known) * percent // 100)
    ranked = sorted(known, key=lambda each: (hashlib.sha256(f"{seed}:{each}".encode()).hexdigest(), each))
    return tuple(sorted(ranked[:wanted]))


def digest_of(numbers: Iterable[str]) -> str:
    """Return what binds a draw to the list that it was made of."""
    return hashlib.sha256("\n".join(sorted(set(numbers))).encode()).hexdigest()


def evolve(lookback: Lookback, fact: Fact) -> Lookback:
    """Return the round after one more fact."""
    event = fact.event
    if isinstance(event, LookbackPlanned):
        lookback = replace(lookback, holder=event.holder, quarter=event.quarter, percent=event.percent)
    elif isinstance(event, SampleDrawn):
        lookback = replace(lookback, seed=event.seed, digest=event.digest, shares=event.shares, orders=event.orders)
    else:
        assert isinstance(event, LookbackPublished)
        lookback = replace(lookback, shares=event.shares)
    return lifecycle.enveloped(lookback, fact)


def fire(lookback: Lookback, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return nothing: a round has no clock of its own, its checks have."""
    return ()


def recompute(lookback: Lookback, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return nothing: a round has no clock."""
    return ()


@at_stage("fields")
def quarter_over(case: Case[Lookback]) -> None:
    """Refuse a quarter that is none, or that has not ended."""
    days = quarter_of(case.command.quarter)
    if days is None:
        raise Rejected("quarter_malformed")
    if days[1] > case.now.date():
        raise Rejected("quarter_not_over")


@at_stage("fields")
def share_possible(case: Case[Lookback]) -> None:
    """Refuse a share that is none of a hundred; nought is what the pack says where it wants no round."""
    percent = case.command.percent if case.command.percent is not None else case.rules.lookback_sample
    if not 1 <= percent <= 100:
        raise Rejected("share_malformed")


@at_stage("unit")
def own_round(case: Case[Lookback]) -> None:
    """Keep a unit's round to the unit, and the center's to the center."""
    if (case.by.unit or "") != case.state.holder:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("window")
def anything_closed(case: Case[Lookback]) -> None:
    """Refuse to draw of nothing."""
    if not any(case.facts.population.values()):
        raise Rejected("nothing_to_draw")


@at_stage("window")
def all_checked(case: Case[Lookback]) -> None:
    """Refuse to publish while a check is open."""
    if case.facts.open:
        raise Rejected("checks_open", count=case.facts.open)


def _plan(case: Case[Lookback]) -> None:
    form = case.command
    percent = form.percent if form.percent is not None else case.rules.lookback_sample
    case.record(LookbackPlanned(case.by.unit or "", form.quarter.strip(), percent))


def _draw(case: Case[Lookback]) -> None:
    ground: Ground = case.facts
    shares: list[Share] = []
    orders: list[str] = []
    for unit, numbers in sorted(ground.population.items()):
        drawn = sample(numbers, seed=ground.seed, percent=case.state.percent)
        shares.append(Share(unit, len(set(numbers)), len(drawn)))
        orders += drawn
    everything = [number for numbers in ground.population.values() for number in numbers]
    case.record(SampleDrawn(ground.seed, digest_of(everything), tuple(shares), tuple(sorted(orders))))


def _publish(case: Case[Lookback]) -> None:
    found = case.facts.found
    shares = tuple(replace(each, found=dict(found.get(each.unit, {}))) for each in case.state.shares)
    for each in shares:
        if each.unit != case.state.holder:
            case.tell("lookback_published", f"officer@{each.unit}")
    if case.state.holder:
        case.tell("lookback_published", "supervisor")
    case.record(LookbackPublished(case.state.seed, shares))


CYCLE: Final = LifeCycle(
    name="lookback",
    states=(PLANNED, DRAWN, PUBLISHED),
    rows=(
        Row("B1", PlanLookback, (NEW,), (PLANNED,), ("supervisor", "leader", "head", "officer"), _plan,
            ("JS-2.4c",), guards=(needs("quarter"), quarter_over, share_possible)),
        Row("B2", DrawSample, (PLANNED,), (DRAWN,), ("supervisor", "leader", "head", "officer"), _draw, ("JS-2.4c",),
            guards=(own_round, anything_closed)),
        Row("B3", PublishLookback, (DRAWN,), (PUBLISHED,), ("supervisor", "leader", "head"), _publish, ("JS-2.4c",),
            guards=(own_round, all_checked)),
    ),
    events=(LookbackPlanned, SampleDrawn, LookbackPublished),
    start=Lookback,
    evolve=evolve,
    fire=fire,
    recompute=recompute,
    clocks=(),
    ends=(PUBLISHED,),
)  # fmt: skip
