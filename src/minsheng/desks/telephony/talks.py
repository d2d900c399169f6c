"""Bringing somebody into a talk, at a seat's desk: who can be reached, what goes to the controller, what is recorded.

Source: SZ-15.2, JY-9.1b, JY-13.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from minsheng import wording
from minsheng.cases.orders import actions as orders
from minsheng.cases.orders.storage import queries as history
from minsheng.cases.telephony import queries, reaching
from minsheng.core.ledger.queries import content
from minsheng.core.people import queries as people
from minsheng.core.people.queries import Person
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.telephony import parties
from minsheng.domain.telephony.calls import TALKING
from minsheng.wording import telephony as words
from minsheng.workbench.steps import fingerprint

_RECORDS: Final = ("ThreeWayHeld", "CallTransferred")
# So long a seat finds their last call's talks on their page.
_RECENT: Final = timedelta(hours=2)
_OUTCOMES: Final = wording.CHOICES["outcome"]
# What a seat may say of a talk of three; one that was passed on is a record of its own.
OUTCOMES: Final = ("answered", "order", "unreached")


@dataclass(frozen=True, slots=True)
class Told:
    """A talk of three as the page shows it; `number` from 1. `may_record`: it is over and there is an order for it."""

    number: int
    party: str
    since: datetime
    until: datetime | None
    outcome: str
    suggested: str
    is_passed: bool
    may_record: bool
    is_recorded: bool

    @property
    def key(self) -> UUID:
        """Return a key for its form."""
        return uuid4()


def shown(person: Person, call: queries.Shown | None, rules: Rules, *, unit: str, now: datetime) -> dict[str, Any]:
    """Return what the page shows while somebody talks: whom to choose from, and the third party in the talk."""
    if call is None or call.stage != TALKING:
        return {}
    known = reaching.reachable(person.city, rules, now=now, but=person.actor.person or "")
    which, there = reaching.who_of(person.city, unit, rules, now=now) if unit else ("", False)
    return {
        "choices": [
            (each.told, f"{words.PARTIES[each.kind]} {each.name}", _note(each, rules), each.is_there) for each in known
        ],
        "units": people.unit_names(person.city, now=now),
        "unit": unit,
        "unit_rung": words.RUNG[which] if which else "",
        "unit_there": there,
        "party": _name(call.party, _names(person, rules, now), rules) if call.party else "",
    }


def held(person: Person, call: queries.Shown | None, rules: Rules, *, now: datetime) -> dict[str, Any]:
    """Return the talks of three of a seat's call; without one, those of their last call of these two hours."""
    me = person.actor.person or ""
    if call is None and (last := queries.newest_talked(person.city, me, since=now - _RECENT)):
        call = queries.shown(person.city, last, agent=me)
    if call is None or not call.talks:
        return {}
    names = _names(person, rules, now)
    told = [
        Told(
            number=number,
            party=_name(each.party, names, rules),
            since=each.since,
            until=each.until,
            outcome=words.TALKS[each.outcome],
            suggested="unreached" if each.outcome == "unreached" else "answered",
            is_passed=each.outcome == "passed",
            may_record=bool(call.order) and bool(each.outcome),
            is_recorded=is_recorded,
        )
        for number, (each, is_recorded) in enumerate(zip(call.talks, _recorded(call, rules), strict=True), start=1)
    ]
    return {"talked": call, "told": told, "talk_outcomes": [(code, _OUTCOMES[code]) for code in OUTCOMES]}


def wanted(person: Person, told: str, unit: str, rules: Rules, *, now: datetime) -> str:
    """Return whom a seat wants, as they are told; a unit that was typed goes before a choice. Raises: Rejected."""
    if unit:
        if not people.unit_facts(person.city, names=[unit], now=now):
            raise Rejected("party_unknown")
        return unit
    if told not in {each.told for each in reaching.reachable(person.city, rules, now=now)}:
        raise Rejected("party_unknown")
    return told


def record(person: Person, call: queries.Shown | None, *, number: int, outcome: str, key: UUID, now: datetime) -> None:
    """Put a talk on the record of the order that came of its call, once under a key. Raises: Rejected."""
    if call is None or not call.order or not 1 <= number <= len(call.talks):
        raise Rejected("call_unknown")
    talk = call.talks[number - 1]
    command: cmd.Command
    if talk.outcome == "passed":
        command = cmd.TransferCall(to=talk.party, call=str(call.id))
    else:
        command = cmd.ThreeWay(party=talk.party, outcome=outcome if outcome in OUTCOMES else "", call=str(call.id))
    asked = fingerprint(f"{call.id} {number}", {"outcome": [outcome]})
    own = orders.Key(f"staff:{person.id}", str(key), asked)
    orders.apply(command, order_id=call.order, actor=person.actor, now=now, key=own)


def _recorded(call: queries.Shown, rules: Rules) -> list[bool]:
    """Tell of each talk of a call whether it stands on the record of its order; as often as it does."""
    kept = [
        (event["kind"], event["party"])
        for each in (history.history(call.order) if call.order else ())
        if each.type in _RECORDS and (event := content(each)["event"])["call"] == str(call.id)
    ]
    found = []
    for talk in call.talks:
        party = parties.read(talk.party, numbers=rules.emergency_numbers)
        found.append(party in kept)
        if party in kept:
            kept.remove(party)
    return found


def _names(person: Person, rules: Rules, now: datetime) -> dict[str, str]:
    return {each.told: each.name for each in reaching.reachable(person.city, rules, now=now)}


def _name(told: str, names: dict[str, str], rules: Rules) -> str:
    """Return what a party is called; whom nobody knows any more by their kind."""
    kind, id = parties.read(told, numbers=rules.emergency_numbers)
    if kind in (parties.UNIT, parties.EMERGENCY_LINE):
        return id
    return f"{words.PARTIES[kind]} {names.get(told, '')}".strip()


def _note(each: reaching.Reachable, rules: Rules) -> str:
    if each.kind == parties.SPECIALIST:
        kinds = (rules.specialist_kinds.get(kind, kind) for kind in each.note.split(",") if kind)
        return "、".join(wording.tr(kind) for kind in kinds)
    return each.note
