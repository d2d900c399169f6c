"""Checks and rounds on PostgreSQL: what their decisions need from orders, and what a finding does to its order."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from minsheng.cases.checks import queries as reading
from minsheng.cases.checks.models import Check, Lookback
from minsheng.cases.orders.storage import planted, queries
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as things
from minsheng.core.lifecycles.kinds import Held, Key, Kind, Labels, Outcome, Readers
from minsheng.core.people import queries as people
from minsheng.core.people import successors, units
from minsheng.domain.actors import Actor
from minsheng.domain.audiences import role_audience
from minsheng.domain.duties import check, lookback
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS
from minsheng.wording import checks as wording

_CENTER = ("supervisor", "duty_leader", "office", "joint_meeting")


def ask(
    command: check.AskCheck, *, city: str, by: Actor, now: datetime, key: Key | None = None
) -> Outcome[check.Check]:
    """Have a closed order checked. Raises: Rejected. Source: SZ-41a, SQ-20a, JS-2.4c."""
    row = queries.visible(by, city=city).filter(id=command.order).first() if "\0" not in command.order else None
    return _ask(command, row, city=city, by=by, now=now, key=key)


def _ask(
    command: check.AskCheck, row: queries.Row | None, *, city: str, by: Actor, now: datetime, key: Key | None = None
) -> Outcome[check.Check]:
    subject = check.Subject()
    if row is not None:
        is_handled = row.status == CLOSED and row.reason in HANDLED_REASONS and bool(row.lead)
        holder = by.unit or ""
        subject = check.Subject(row.number, row.lead, is_handled, bool(_open_checks(city, holder, [row.number])))

    def made(id: UUID) -> Check:
        return Check(id=id, city_id=city)

    return things.begin(CHECKS, command, city=city, by=by, now=now, made=made, facts=subject, key=key)


def _open_checks(city: str, holder: str, numbers: Iterable[str]) -> set[str]:
    """Return which of the orders have an unfinished check of the center, or of a unit's own."""
    rows = Check.objects.filter(city=city, target_unit=holder, number__in=list(numbers)).exclude(status=check.DONE)
    return set(rows.values_list("number", flat=True))


def plan(
    command: lookback.PlanLookback, *, city: str, by: Actor, now: datetime, key: Key | None = None
) -> Outcome[lookback.Lookback]:
    """Plan a round of looking back. Raises: Rejected. Source: JS-2.4c (A-82)."""

    def made(id: UUID) -> Lookback:
        return Lookback(id=id, city_id=city)

    return things.begin(LOOKBACKS, command, city=city, by=by, now=now, made=made, key=key)


class _Ground:
    """What a round's decision knows, read when it is asked for. Not a value: the row keeps what was drawn of."""

    def __init__(self, row: Any) -> None:
        self._row = row
        self.seed = secrets.token_hex(16)

    @cached_property
    def population(self) -> Mapping[str, tuple[str, ...]]:
        """The numbers of the orders that the quarter's units have closed; the row keeps them beside the draw."""
        state = LOOKBACKS.read(self._row)
        found = _closed(self._row.city_id, state)
        self._row.population = {unit: list(numbers) for unit, numbers in found.items()}
        return found

    @cached_property
    def found(self) -> Mapping[str, Mapping[str, int]]:
        """How many checks of the round found what, by unit."""
        return reading.found_in(self._row)

    @cached_property
    def open(self) -> int:
        """How many checks of the round are not finished."""
        return Check.objects.filter(round=str(self._row.pk)).exclude(status=check.DONE).count()


def _closed(city: str, state: lookback.Lookback) -> dict[str, tuple[str, ...]]:
    """Return the numbers of orders that were closed in a round's quarter, by unit; no internal referral among them."""
    days = lookback.quarter_of(state.quarter)
    assert days is not None
    since, until = (datetime.combine(day, time(), tzinfo=ZONE) for day in days)
    found: dict[str, list[str]] = {}
    for unit, number in queries.closed_by_units(city, since=since, until=until, lead=state.holder):
        found.setdefault(unit, []).append(number)
    # Two checks of one order at once would be laid on one answer: what is being checked is not drawn.
    busy = _open_checks(city, state.holder, [number for numbers in found.values() for number in numbers])
    return {unit: free for unit, numbers in found.items() if (free := tuple(n for n in numbers if n not in busy))}


def _drawn(held: Held[lookback.Lookback], command: Any, by: Actor) -> None:
    """Let each drawn order become a check, in the transaction of the draw."""
    if not isinstance(command, lookback.DrawSample):
        return
    for row in queries.numbered(held.city, held.state.orders):
        asked = check.AskCheck(order=row.id, round=str(held.row.pk))
        _ask(asked, row, city=held.city, by=by, now=held.now)


def _shown_check(state: check.Check) -> dict[str, object]:
    return {
        "kind": "own" if state.holder else "center",
        "number": state.number,
        "units": [state.holder] if state.holder else [],
        "target_unit": state.holder,
        "order": state.order,
        "unit": state.unit,
        "round": state.round,
        "found": state.found,
    }


def _shown_lookback(state: lookback.Lookback) -> dict[str, object]:
    told: Iterable[str] = (each.unit for each in state.shares) if state.status == lookback.PUBLISHED else ()
    return {
        "kind": "own" if state.holder else "center",
        "number": state.quarter,
        "units": list(dict.fromkeys(unit for unit in (state.holder, *told) if unit)),
        "target_unit": state.holder,
        "holder": state.holder,
    }


@dataclass(frozen=True, slots=True)
class CheckReaders(Readers):
    """The readers of checks: callback agents do the center's, and none of a unit's own."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        found = Readers.rows(self, rows, actor)
        return found.filter(target_unit="") if actor.role == "callback_agent" else found

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        agents = role_audience("callback_agent")
        yield from (each for each in Readers.audiences(self, row) if not (row.target_unit and each == agents))


def _of_planted(rows: Sequence[Any]) -> set[Any]:
    out = planted.among(row.order for row in rows)
    return {row.pk for row in rows if row.order in out}


CHECKS = Kind(
    check.CYCLE,
    model=Check,
    names=people.names,
    words=wording.CHECK_EVENTS,
    columns=_shown_check,
    readers=CheckReaders(
        roles=("callback_agent", *_CENTER), units=True, known_as=people.known_as, today=units.stand_ins
    ),
    labels=Labels(
        name="回访复核",
        states=wording.CHECK_STATES,
        commands=wording.CHECK_COMMANDS,
        fields=wording.CHECK_FIELDS,
        clocks=wording.CHECK_CLOCKS,
        choices={"found": wording.CHECK_FOUND},
    ),
    uncounted=_of_planted,
)
LOOKBACKS = Kind(
    lookback.CYCLE,
    model=Lookback,
    names=people.names,
    words=wording.LOOKBACK_EVENTS,
    facts=lambda asked: _Ground(asked.row),
    follow=_drawn,
    columns=_shown_lookback,
    readers=successors.readers(*_CENTER),
    labels=Labels(
        name="回头看",
        states=wording.LOOKBACK_STATES,
        commands=wording.LOOKBACK_COMMANDS,
        fields=wording.LOOKBACK_FIELDS,
        # Each unit sees its own part of the draw, on the desk's page.
        untold=("orders",),
    ),
)
