"""Cases on PostgreSQL, over the domain's `accountability.case`: what a decision needs to know, evidence, numbers.

Who answers, and every word, is kept sealed (`core.words`); the ledger and the row know a digest and an account.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from minsheng.cases.accountability import evidence, labels
from minsheng.cases.accountability.models import Case
from minsheng.cases.accountability.readers import READERS
from minsheng.cases.monitoring import queries as monitoring
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Held, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import vault
from minsheng.core.people.units import stand_ins
from minsheng.core.words import actions as words
from minsheng.core.words import queries as said
from minsheng.domain.accountability import case as domain
from minsheng.domain.accountability import commands as cmd
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected

__all__ = ["KIND"]


def _known(asked: Asked) -> domain.Known:
    state = KIND.read(asked.row) if asked.row is not None else domain.CaseFile("")
    command, city, now = asked.command, asked.city, asked.now
    named = getattr(command, "unit", "")
    today = stand_ins(city, names=[state.unit]) if state.unit else {}
    unit = today.get(state.unit, state.unit) or named
    decider = state.decider.partition("@")[2]
    units = people.unit_facts(city, names=_upwards(city, (unit, decider)), now=now)
    if not state.unit and named and named not in units:
        raise Rejected("unit_unknown", unit=unit)
    copies = _copies(asked, unit)
    person = getattr(command, "person", "")
    namesakes = people.namesakes(city, unit=unit, name=person, now=now) if person else ()
    if len(namesakes) > 1:
        raise Rejected("person_ambiguous", name=vault.mask_name(person))
    subject = said.said(KIND.stream(asked.row.pk), "person") if asked.row is not None and state.person else person
    return domain.Known(
        parents={name: each.parent for name, each in units.items() if each.parent},
        orders={name: each.order for name, each in copies.items()},
        reminders=sum(each.reminders for each in {each.order: each for each in copies.values()}.values())
        + _reminders(asked),
        decisions=_decisions(city, unit, subject) if isinstance(command, cmd.DecideMeasure) else (),
        is_same=person in ("", subject),
        account=namesakes[0] if len(namesakes) == 1 else "",
        namesakes=namesakes,
        is_head=any(people.heads(each, unit=unit, now=now) for each in namesakes),
        snapshots=tuple(dict.fromkeys(f"{each.order} {each.digest}" for each in copies.values())),
        today=today,
        pending=_pending(asked.row, state) if state.pending else {},
        named_on=_named_on(asked, unit, account=state.account or (namesakes[0] if namesakes else ""), name=subject),
        rosterless=frozenset(name for name, each in units.items() if not each.roster),
    )


def _upwards(city: str, units: tuple[str, ...]) -> set[str]:
    """Return the units and all that stand over them."""
    found: set[str] = set()
    for name in units:
        while name and name not in found:
            found.add(name)
            name = people.parent_of(city, unit=name)
    return found


def _copies(asked: Asked, unit: str) -> dict[str, evidence.Copy]:
    if not isinstance(asked.command, cmd.ProposeCase):
        return {}
    return evidence.copies(asked.command.evidence, unit=unit, actor=asked.by, city=asked.city)


def _reminders(asked: Asked) -> int:
    """Return the reminders of the violations that a proposal names as its evidence (JY-20.0, A-31)."""
    if not isinstance(asked.command, cmd.ProposeCase):
        return 0
    seen = monitoring.seen(asked.by, city=asked.city, numbers=asked.command.evidence)
    return sum(each.reminders for each in seen)


def _named_on(asked: Asked, unit: str, *, account: str, name: str) -> tuple[date, ...]:
    """Return the days on which the violations of the person who answers count (JY-22b)."""
    if not isinstance(asked.command, cmd.DecideMeasure) or not (account or name):
        return ()
    return tuple(monitoring.days_of(asked.city, unit=unit, account=account, name=name))


def _decisions(city: str, unit: str, person: str) -> tuple[datetime, ...]:
    """Return when earlier measures on the same subject were decided, those that were revoked left out."""
    found = []
    for row in KIND.rows_in(city, target_unit=unit, is_personal=bool(person)):
        state = KIND.read(row)
        if state.decided_at is None or state.is_revoked:
            continue
        if not person or said.said(KIND.stream(row.pk), "person") == person:
            found.append(state.decided_at)
    return tuple(found)


def _pending(row: Any, state: domain.CaseFile) -> dict[str, str]:
    """Return the organs that have not confirmed a hand-over: what the state has of each, by its name."""
    stream = KIND.stream(row.pk)
    words_of = said.of(stream)
    found = {}
    for event in ledger_queries.history(stream):
        organ = words_of.get(event.version, {}).get("organ")
        if organ and event.type == "CaseHandedOver":
            found[organ] = ledger_queries.content(event)["event"]["organ"]
    return {organ: kept for organ, kept in found.items() if kept in state.pending}


def _follow(held: Held[domain.CaseFile], command: Any, by: Actor) -> None:
    if isinstance(command, cmd.ProposeCase):
        copies = evidence.copies(command.evidence, unit=command.unit, actor=by, city=held.city)
        evidence.keep(held.row, copies.values(), now=held.now)


def _columns(state: domain.CaseFile) -> dict[str, object]:
    over = state.superior.partition("@")[2]
    return {
        "units": [unit for unit in dict.fromkeys((state.unit, over)) if unit],
        "target_unit": state.unit,
        "account": state.account,
        "namesakes": list(state.namesakes),
        "is_head": state.is_head,
        "is_personal": bool(state.person),
    }


def _opens(id: UUID, city: str) -> Case:
    """Return the row of a new case, with the next number of the city's year."""
    return Case(id=id, city_id=city, number=numbers.next_of(Case, "问责", id=id, city=city))


KIND = Kind(
    domain.CYCLE,
    model=Case,
    names=people.names,
    words=labels.EVENTS,
    facts=_known,
    follow=_follow,
    keeps=words.keep,
    columns=_columns,
    readers=READERS,
    labels=labels.LABELS,
    opens=_opens,
)
