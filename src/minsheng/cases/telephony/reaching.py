"""Whom a seat can bring into a talk now, and under which number the switch calls them.

Numbers are for the controller alone; lists say who would be rung, and whether anybody can be. Source: SZ-15.2, JY-13.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from minsheng.cases.telephony.models import TelephonyAgent
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import experts, terms
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.telephony import parties
from minsheng.domain.telephony.agents import READY

# Why an expert's number was read, as their record says it.
REASON: Final = "三方通话接入"
CONTACT, DUTY = "contact", "duty"
# Who of a unit is rung in office hours, the first with a number; a leader is rung for no talk.
_POSTS: Final = ("经办人", "联系人", "负责人")


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody a seat may ask for: how they are told, what they are called, and whether they can be rung now."""

    told: str
    kind: str
    name: str
    note: str = ""
    is_there: bool = True


def reachable(city: str, rules: Rules, *, now: datetime, but: str = "") -> list[Reachable]:
    """Return specialists, experts of today, emergency lines and other platforms; `but`: the seat who asks."""
    day = now.astimezone(ZONE).date()
    ready = set(TelephonyAgent.objects.filter(city=city, state=READY).values_list("pk", flat=True))
    found = [
        Reachable(
            parties.written(parties.SPECIALIST, each.actor), parties.SPECIALIST, each.name, ",".join(each.term.kinds),
            each.actor in ready,
        )
        for each in terms.holders(city, on=day, roles=("specialist",))
        if each.actor != but
    ]  # fmt: skip
    found += [
        Reachable(parties.written(parties.EXPERT, str(each.id)), parties.EXPERT, each.name, "、".join(each.fields))
        for each in experts.in_term(city, on=day)
    ]
    found += [Reachable(each, parties.EMERGENCY_LINE, each) for each in rules.emergency_numbers if each.isdigit()]
    tiers = rules.telephony_tiers.items()
    return found + [
        Reachable(parties.written(parties.TIER, code), parties.TIER, code, number) for code, number in tiers
    ]


def who_of(city: str, unit: str, rules: Rules, *, now: datetime) -> tuple[str, bool]:
    """Return whether a unit's contact or its duty person is rung now, by the hour, and whether there is a number."""
    which, number = _of_unit(city, unit, rules, now)
    return which, bool(number)


def number_of(city: str, kind: str, party: str, *, rules: Rules, by: Actor, now: datetime) -> str:
    """Return the number under which the switch calls a party, empty for none. Only the controller may.

    That an expert's was read is a fact of theirs, with the seat who asked.
    """
    if kind == parties.EMERGENCY_LINE:
        return party if party.isdigit() else ""  # 水上 is no number that can be dialed
    if kind == parties.TIER:
        return rules.telephony_tiers.get(party, "")
    if kind == parties.UNIT:
        return _of_unit(city, party, rules, now)[1]
    try:
        return experts.telephone(city, UUID(party), reason=REASON, actor=by, now=now)
    except (ValueError, Rejected):
        return ""


def _of_unit(city: str, unit: str, rules: Rules, now: datetime) -> tuple[str, str]:
    """Return whose number of a unit it is, and the number: the contact's in office hours, else the duty person's."""
    if not rules.worktime_of(unit).in_office(now):
        return DUTY, people.phone_on_duty(city, unit=unit, at=now) or ""
    filed = people.contacts(city, unit=unit, on=now.astimezone(ZONE).date())
    phones = [filed[post].phone for post in _POSTS if post in filed]
    return CONTACT, next((phone for phone in phones if phone), "")
