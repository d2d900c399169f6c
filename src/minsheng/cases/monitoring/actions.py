"""Violations and dossiers on PostgreSQL, over `domain.monitoring`: what decisions need to know, numbers, counters.

Who answers, and every word, is kept sealed (`core.words`). Counters move in the transaction of what they count.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from minsheng.cases.monitoring import counters, labels, readers
from minsheng.cases.monitoring.counters import Cell
from minsheng.cases.monitoring.models import Dossier, Occurrence, Violation
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles.kinds import Asked, Held, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import units, vault
from minsheng.core.words import actions as words
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.monitoring import commands as cmd
from minsheng.domain.monitoring import counting, dossier, violation
from minsheng.domain.monitoring_rule import OFFICE, UNIT
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

__all__ = ["DOSSIERS", "VIOLATIONS", "opens_violation"]


def _known(asked: Asked) -> violation.Known:
    state = VIOLATIONS.read(asked.row) if asked.row is not None else violation.Violation("")
    command = asked.command
    named = _orders(asked, getattr(command, "evidence", ()))
    unit = state.party or getattr(command, "unit", "")
    about = (*named.values(), *state.orders)
    facts = people.unit_facts(asked.city, names=(unit,), now=asked.now) if unit not in ("", OFFICE) else {}
    if not state.party and unit and unit not in facts:
        raise Rejected("unit_unknown", unit=unit)
    person = getattr(command, "person", "")
    # Who answers is of the unit as it is called today.
    today = units.stand_ins(asked.city, names=[unit]).get(unit, unit)
    namesakes = people.namesakes(asked.city, unit=today, name=person, now=asked.now) if person and today else ()
    if len(namesakes) > 1:
        raise Rejected("person_ambiguous", name=vault.mask_name(person))
    return violation.Known(
        orders=named,
        restricted=bool(orders.for_few(about)) if about else False,
        account=namesakes[0] if namesakes else "",
        namesakes=namesakes,
        rosterless=frozenset(name for name, each in facts.items() if not each.roster),
    )


def _orders(asked: Asked, names: Iterable[str]) -> dict[str, str]:
    """Return the orders among what was named, by what was typed: those that exist for the actor or the supervisor.

    An order that is evidence is held to who read it, also where whoever records it has no desk for orders (JY-20.11).
    """
    found: dict[str, str] = {}
    for name in names:
        for actor in (asked.by, Actor("supervisor")):
            with suppress(Rejected):
                found.setdefault(name, orders.find(name, actor=actor, city=asked.city).id)
    return found


def opens_violation(id: UUID, city: str) -> Violation:
    """Return the row of a new violation; its number follows once it is decided for whom it exists."""
    return Violation(id=id, city_id=city, month="", counted=ids.moment_of(id).date())


def _opens_dossier(id: UUID, city: str) -> Dossier:
    return Dossier(id=id, city_id=city)


def _cell(held: Held[violation.Violation], *, hidden: bool) -> Cell:
    state = held.state
    return Cell(held.city, state.code, state.party, held.row.month, hidden)


def _counted(held: Held[violation.Violation], command: Any, by: Actor) -> None:
    """Number a new violation, and move the counters by what a command did to it."""
    state, hidden = held.state, held.state.is_hidden
    match command:
        case cmd.RaiseViolation() | cmd.RecordViolation():
            # Hidden ones have a series of their own, or gaps would tell.
            word = "监察密" if hidden else "监察"
            number = numbers.next_of(Violation, word, id=held.row.pk, city=held.city)
            held.row.number = number
            held.row.save(update_fields=["number"])
            if state.counts:
                counters.move(violations={_cell(held, hidden=hidden): 1})
        case cmd.ConfirmViolation():
            counters.move(violations={_cell(held, hidden=hidden): 1})
        case cmd.AnnulViolation():
            counters.move(violations={_cell(held, hidden=hidden): -1})
            _free(held)
        case _:
            pass


def _free(held: Held[violation.Violation]) -> None:
    """Let the facts of an annulled violation count no more by its rule: those that are left begin anew (JY-25.3)."""
    state = held.state
    rows = list(Occurrence.objects.filter(key__in=state.facts).order_by("pk"))
    cells = (
        Cell(held.city, state.code, row.party, counting.month_of(row.at, held.rules), row.is_hidden)
        for row in rows
        if row.counts_for(state.code)
    )
    counters.move(facts=counters.tally(cells, by=-1))
    for row in rows:
        row.freed_by = [*row.freed_by, state.source]
        row.save(update_fields=["freed_by"])


def _columns(state: violation.Violation) -> dict[str, object]:
    assert state.counted is not None
    unit = state.party if state.party != OFFICE else ""
    is_told = bool(unit) and UNIT in state.sees
    return {
        "kind": state.code,
        "units": [unit] if is_told else [],
        "target_unit": unit,
        "is_restricted": state.is_hidden,
        "party": state.party,
        "month": f"{state.counted:%Y-%m}",
        "counted": state.counted,
        "source": state.source,
        "orders": list(state.orders),
        "seers": list(state.sees),
        "counts": state.counts,
        "is_personal": bool(state.person),
        "account": state.account,
        "reminders": state.reminders,
        "dossier": state.dossier,
        "is_lapsed": state.lapsed,
    }


def _dossier_known(asked: Asked) -> dossier.Known:
    """Return the violations that a dossier is to hand on, as far as they exist for the actor, under their locks."""
    if not isinstance(asked.command, cmd.TransferViolations):
        return dossier.Known()
    hold()
    named = [each for each in asked.command.violations if "\0" not in each]
    seen = things.visible(VIOLATIONS, asked.by, city=asked.city).filter(number__in=named)
    locked = seen.order_by("pk").select_for_update(of=("self",))
    return dossier.Known({row.number: VIOLATIONS.read(row) for row in locked})


def _handed_on(held: Held[dossier.Dossier], command: Any, by: Actor) -> None:
    """Number a new dossier, and let each of its violations say in which one it was handed on."""
    if not isinstance(command, cmd.TransferViolations):
        return
    word = "移送密" if held.state.is_hidden else "移送"
    held.row.number = numbers.next_of(Dossier, word, id=held.row.pk, city=held.city)
    held.row.save(update_fields=["number"])
    mark = cmd.MarkTransferred(dossier=held.row.number)
    for id in held.state.violations:
        lifecycles.apply(VIOLATIONS, UUID(id), mark, city=held.city, by=SYSTEM, now=held.now)


def _dossier_columns(state: dossier.Dossier) -> dict[str, object]:
    return {"seers": list(state.sees), "receivers": list(state.receivers), "is_restricted": state.is_hidden}


def hold() -> None:
    """Let one after the other move what monitoring counts: facts that are heard, and violations that people decide on.

    Taken before any row: whoever holds it waits for no row of somebody who waits for it.
    """
    ledger.hold("monitoring")


VIOLATIONS = Kind(
    violation.CYCLE,
    model=Violation,
    names=people.names,
    words=labels.VIOLATION_EVENTS,
    facts=_known,
    follow=_counted,
    keeps=words.keep,
    columns=_columns,
    readers=readers.VIOLATIONS,
    labels=labels.VIOLATIONS,
    opens=opens_violation,
    waits=lambda: hold(),
)
DOSSIERS = Kind(
    dossier.CYCLE,
    model=Dossier,
    names=people.names,
    words=labels.DOSSIER_EVENTS,
    facts=_dossier_known,
    follow=_handed_on,
    keeps=words.keep,
    columns=_dossier_columns,
    readers=readers.DOSSIERS,
    labels=labels.DOSSIERS,
    opens=_opens_dossier,
)
