"""Rolls and commendations on PostgreSQL, over `domain.honors`: whom a name means, and what speaks for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from minsheng.cases.honors import labels
from minsheng.cases.honors.models import Award, Roll
from minsheng.cases.honors.readers import AWARDED_READERS
from minsheng.cases.orders.reading import merits
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import successors
from minsheng.core.words import actions as words
from minsheng.domain.honors import award, roll
from minsheng.domain.honors.merits import Merit
from minsheng.domain.rejected import Rejected

__all__ = ["AWARDS", "ROLLS"]


def _roll_known(asked: Asked) -> roll.Known:
    unit, year = asked.by.unit or "", getattr(asked.command, "year", None) or 0
    if asked.row is not None or not merits.is_year(year):
        return roll.Known()
    # Two that are listed at once by one unit: the second finds the first.
    ledger.hold(f"roll {unit} {asked.city}")
    known = people.unit_facts(asked.city, names=asked.command.names, now=asked.now)
    standing = ROLLS.rows_in(asked.city, target_unit__in=people.known_as(unit), year=year)
    found = {name: merits.of_unit(asked.city, unit=name, year=year, now=asked.now) for name in known}
    for name in asked.command.names:
        if name not in found and (merit := _of_person(asked, unit, name, year)) is not None:
            found[name] = merit
    return roll.Known(
        merits=found,
        parents={name: each.parent or "" for name, each in known.items()},
        listed=frozenset({(unit, year)} if standing.exclude(status=roll.WITHDRAWN).exists() else ()),
    )


def _award_known(asked: Asked) -> award.Known:
    command = asked.command
    unit = getattr(command, "unit", "") or (asked.row.target_unit if asked.row is not None else "")
    units = people.unit_facts(asked.city, names=[unit] if unit else [], now=asked.now)
    if unit and asked.row is None and unit not in units:
        raise Rejected("unit_unknown", unit=unit)
    rosterless = frozenset(name for name, each in units.items() if not each.roster)
    year = getattr(command, "year", None) or 0
    if not merits.is_year(year):
        return award.Known(rosterless=rosterless)
    if not command.person:
        return award.Known({unit: merits.of_unit(asked.city, unit=unit, year=year, now=asked.now)}, rosterless)
    merit = _of_person(asked, unit, command.person, year)
    return award.Known({} if merit is None else {command.person: merit}, rosterless)


def _of_person(asked: Asked, unit: str, name: str, year: int) -> Merit | None:
    """Return what speaks for somebody of the unit. Raises: Rejected `person_ambiguous`."""
    accounts = people.namesakes(asked.city, unit=unit, name=name, now=asked.now)
    if len(accounts) > 1:
        raise Rejected("person_ambiguous", name=name)
    return merits.of_person(asked.city, unit=unit, account=accounts[0], year=year, now=asked.now) if accounts else None


def _roll_columns(state: roll.Roll) -> dict[str, Any]:
    return {"units": [state.unit], "target_unit": state.unit, "year": state.year}


def _award_columns(state: award.Award) -> dict[str, Any]:
    approved = state.approved_on if state.status == award.AWARDED else None
    return {"units": [state.unit], "target_unit": state.unit, "year": state.year, "approved_on": approved}


ROLLS = Kind(
    roll.CYCLE,
    model=Roll,
    names=people.names,
    words=labels.ROLL_EVENTS,
    facts=_roll_known,
    keeps=words.keep,
    columns=_roll_columns,
    readers=successors.readers("office", "joint_meeting", "command", "supervisor"),
    labels=labels.ROLLS,
    opens=lambda id, city: _opened(Roll, "表扬名单", id, city),
)
AWARDS = Kind(
    award.CYCLE,
    model=Award,
    names=people.names,
    words=labels.AWARD_EVENTS,
    facts=_award_known,
    keeps=words.keep,
    columns=_award_columns,
    readers=AWARDED_READERS,
    labels=labels.AWARDS,
    opens=lambda id, city: _opened(Award, "表扬", id, city),
)


def _opened(model: Any, word: str, id: UUID, city: str) -> Any:
    return model(id=id, city_id=city, number=numbers.next_of(model, word, id=id, city=city))
