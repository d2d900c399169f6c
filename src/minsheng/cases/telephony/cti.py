"""Calls of a city's own exchange, as it tells of them by HTTP: the same records, and the same page for the agent.

The exchange decides who answers; an agent is who has the account, the name or the number that it names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.db import transaction

from minsheng.cases.telephony import actions, queries
from minsheng.cases.telephony.models import TelephonyCall
from minsheng.cases.telephony.values import Batch, Caller
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import terms
from minsheng.core.policies import queries as policies
from minsheng.domain.telephony import calls as record
from minsheng.domain.telephony import routing, settings
from minsheng.domain.telephony.calls import ENDED, Call, Line
from minsheng.gateways.switch.cti import Told, Vendor

_CALLS: Final = UUID("2b0b7d0a-6a34-5a5c-8a8b-6f6d5f0a12c5")
AGENTS: Final = ("seat", "specialist")
# A message that comes again so soon after the end is the same call's.
_TOLD_TWICE: Final = timedelta(minutes=10)
# No call lasts so long.
_LOST: Final = timedelta(hours=4)


@transaction.atomic
def take(told: Told, *, vendor: Vendor, now: datetime) -> None:
    """Write what an exchange tells of a call; told twice, or too late, it says nothing new."""
    first = str(uuid5(_CALLS, f"{vendor.city} {vendor.name} {told.call}"))
    ledger.hold(queries.stream(first))
    id, row = _meant(first, told, now)
    call = record.fold(queries.timeline(row.pk, since=row.offered_at)) if row is not None else None
    made = _Made(call or Call(id=id), now)
    callers: dict[str, Caller] = {}
    if call is None:
        callers = _begin(made, told, vendor)
    if told.event == "answer" and made.call.answered_at is None and made.call.stage != ENDED:
        made.line("answered", agent=_agent(told.users, vendor.city, now))
    elif told.event == "answer" and made.call.stage != ENDED:
        # Somebody else took it over.
        taker = _agent(told.users, vendor.city, now)
        if taker and taker != made.call.agent:
            made.line("transferred", agent=taker)
    if told.event == "hangup" and made.call.stage != ENDED:
        made.line("ended", agent=made.call.agent, cause=told.cause or record.HUNG_UP, by="switch")
    if made.lines:
        batch = Batch(now, tuple(made.lines), {id: made.call}, callers=callers)
        actions.write(batch, city=vendor.city, now=now)


def _meant(id: str, told: Told, now: datetime) -> tuple[str, TelephonyCall | None]:
    """Return the call that a message is of: the last one that went by its name.

    Exchanges use names anew; a new call under the name of one that ended lately is told of twice.
    """
    row = TelephonyCall.objects.filter(pk=id).first()
    while row is not None and row.ended_at is not None:
        following = str(uuid5(_CALLS, f"{id} again"))
        later = TelephonyCall.objects.filter(pk=following).first()
        is_new = told.event == "newCall" and now - row.ended_at > _TOLD_TWICE
        if later is None and not is_new:
            break
        id, row = following, later
    return id, row


@transaction.atomic
def end_lost(now: datetime) -> int:
    """End calls of exchanges that said nothing of them for hours; return how many."""
    rows = TelephonyCall.objects.filter(ended_at=None, channel__startswith=queries.TOLD, offered_at__lt=now - _LOST)
    ended = 0
    for row in rows.order_by("pk")[:500]:
        ledger.hold(queries.stream(row.pk))
        call = record.fold(queries.timeline(row.pk, since=row.offered_at))
        if call is None or call.stage == ENDED:
            continue
        made = _Made(call, now)
        made.line("ended", agent=call.agent, cause=record.LOST, by="switch")
        actions.write(Batch(now, tuple(made.lines), {call.id: made.call}), city=row.city, now=now)
        ended += 1
    return ended


class _Made:
    """The lines that a message adds to a call."""

    def __init__(self, call: Call, now: datetime) -> None:
        self.call, self.lines, self.now = call, list[Line](), now

    def line(self, what: str, *, agent: str = "", **says: str | int) -> None:
        line = Line(call=self.call.id, no=self.call.no + 1, what=what, at=self.now, agent=agent, says=says)
        self.call = record.evolve(self.call, line)
        self.lines.append(line)


def _begin(made: _Made, told: Told, vendor: Vendor) -> dict[str, Caller]:
    """Let a call begin, by its first message whichever that is; return its number, sealed."""
    rules = policies.rules_for(vendor.city, now=made.now)
    number, caller = actions.sealed(vendor.city, made.call.id, told.theirs, area=rules.area_code or "")
    line = actions.line_of(told.ours)
    queue = routing.first_queue(settings.of(rules), line=line, caller=number)
    made.line("offered", channel=f"{queries.TOLD}{vendor.name}", line=line, queue=queue, direction=told.direction)
    if told.direction == record.IN:
        made.line("queued", queue=queue)
    return {made.call.id: caller} if caller is not None else {}


def _agent(users: Sequence[str], city: str, now: datetime) -> str:
    """Return whose account, or else whose name of one alone, is among those that an exchange names; empty for none."""
    held = terms.holders(city, on=now.astimezone(ZONE).date(), roles=AGENTS)
    for said in users:
        found = {each.actor for each in held if each.username == said} or {
            each.actor for each in held if each.name == said
        }
        if len(found) == 1:
            return found.pop()
    return ""
