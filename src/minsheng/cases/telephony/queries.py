"""Reads of calls, agents and what is asked for. Numbers are opened for the caller's mask and for a call back alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef

from minsheng.cases.telephony.models import (
    TelephonyAgent,
    TelephonyAsk,
    TelephonyCall,
    TelephonyLeg,
    TelephonyTurn,
)
from minsheng.cases.telephony.values import Ask, Batch
from minsheng.core.ledger import journals
from minsheng.core.ledger.journals import Entry
from minsheng.core.ledger.values import canonical
from minsheng.core.people import vault
from minsheng.core.people.vault_keys import Cell
from minsheng.domain.telephony.agents import Agent
from minsheng.domain.telephony.calls import ENDED, Call, Line, fold

CELLS: Final[tuple[Cell, ...]] = ((TelephonyCall.objects, "call", "caller"),)
# What calls that an exchange of the city's own tells of have for a channel: no controller has them.
TOLD: Final = "cti:"
_AGENT: Final = tuple(each.name for each in fields(Agent))
# A call whose timeline is longer than this is one that nobody ended.
_LONGEST: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Talk:
    """Somebody who was brought into a call: who, from when to when, and what came of it: unreached, talked, passed.

    `until` none: they are still in it. Source: SZ-15.2.
    """

    party: str
    since: datetime
    until: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A call as its agent's desk shows it. `caller`: the number with stars, empty for none."""

    id: UUID
    line: str
    queue: str
    caller: str
    stage: str
    offered_at: datetime
    queued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    is_held: bool
    order: str
    outcome: str
    callback: bool
    party: str = ""  # whom the seat brought into the talk, as it is told
    party_answered: bool = False
    together: bool = False
    talks: tuple[Talk, ...] = ()


def stream(call: object) -> str:
    """Return the stream of a call's timeline and of its fact."""
    return f"call/{call}"


def timeline(call: UUID, *, since: datetime) -> list[Line]:
    """Return the lines of a call that was offered then, in order."""
    entries = journals.of(stream(call), since=since, until=since + _LONGEST)
    return sorted((line_of(each) for each in entries), key=lambda each: each.no)


def talks_of(lines: Sequence[Line]) -> tuple[Talk, ...]:
    """Return who was brought into a call, in order. Source: SZ-15.2, JY-9.1b."""
    found: list[Talk] = []
    for line in lines:
        if line.what == "consult":
            found.append(Talk(str(line.says["party"]), line.at))
        elif line.what == "left":
            found[-1] = replace(found[-1], outcome="passed")
        elif line.what == "party_gone":
            outcome = found[-1].outcome or str(line.says["outcome"])
            found[-1] = replace(found[-1], until=line.at, outcome=outcome)
    return tuple(found)


def line_of(entry: Entry) -> Line:
    """Return the line that an entry of the journal holds."""
    body: Mapping[str, Any] = entry.body
    call = entry.stream.partition("/")[2]
    at = entry.at.astimezone(UTC)
    return Line(call=call, no=int(entry.key), what=body["what"], at=at, agent=body["agent"], says=body["says"])


def digest_of(lines: Sequence[Line]) -> bytes:
    """Return what binds a timeline as a whole: SHA-256 over all of its lines in order."""
    told = [[each.no, each.what, each.at.astimezone(UTC).isoformat(), each.agent, each.says] for each in lines]
    return hashlib.sha256(canonical(told)).digest()


def live_calls(city: str) -> list[Call]:
    """Return the calls of a switch of ours that have not ended, as their timelines say."""
    rows = TelephonyCall.objects.filter(city=city, ended_at=None).order_by("offered_at")
    rows = rows.exclude(channel__startswith=TOLD)
    found = (fold(timeline(row.pk, since=row.offered_at)) for row in rows)
    return [each for each in found if each is not None and each.stage != ENDED]


def turn(city: str) -> int:
    """Return the number of the turn of whoever has a city's calls; 0 before the first."""
    return TelephonyTurn.objects.filter(pk=city).values_list("turn", flat=True).first() or 0


def agents(city: str) -> list[Agent]:
    """Return the agents, as the last controller left them."""
    rows = TelephonyAgent.objects.filter(city=city).values(*_AGENT)
    return [Agent(**{**row, "since": _utc(row["since"]), "idle_since": _utc(row["idle_since"])}) for row in rows]


def agent(id: str) -> TelephonyAgent | None:
    """Return somebody's row; None before they first came to a telephone."""
    return TelephonyAgent.objects.filter(pk=id).first()


def asks(city: str) -> list[Ask]:
    """Return what waits to be done, in order."""
    rows = TelephonyAsk.objects.filter(city=city, done_at=None).order_by("id")[:200]
    return [Ask(str(row.key), row.agent, row.role, row.kind, row.body, row.at) for row in rows]


def last_ask(agent: str) -> TelephonyAsk | None:
    """Return what somebody last asked for."""
    return TelephonyAsk.objects.filter(agent=agent).order_by("-id").first()


def number_of(call: UUID) -> str:
    """Return a caller's number in clear, to call them back; empty for none. Only the controller may."""
    row = TelephonyCall.objects.filter(pk=call).first()
    return _clear(row) if row is not None else ""


def shown(city: str, id: str, *, agent: str) -> Shown | None:
    """Return a call to the agent whose call it is, or was; None for everybody else. Source: JY-8d, SZ-26."""
    try:
        row = TelephonyCall.objects.filter(pk=UUID(id), city=city, agent=agent).first()
    except ValueError:
        row = None
    if row is None:
        return None
    number = _clear(row)
    lines = timeline(row.pk, since=row.offered_at)
    call = fold(lines)
    return Shown(
        id=row.pk,
        line=row.line,
        queue=row.queue,
        caller=vault.mask_phone(number) if number else "",
        stage=row.stage,
        offered_at=row.offered_at,
        queued_at=row.queued_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        is_held=call is not None and call.held_at is not None,
        order=row.order,
        outcome=row.outcome,
        callback=row.callback_of is not None,
        party=call.party if call is not None else "",
        party_answered=call is not None and call.third_at is not None,
        together=call is not None and call.together,
        talks=talks_of(lines),
    )


def newest_of(city: str, agent: str) -> str:
    """Return the call that an exchange of the city's own last gave somebody; empty once something came of it."""
    row = TelephonyCall.objects.filter(agent=agent, city=city).order_by("-offered_at").first()
    return str(row.pk) if row is not None and (row.ended_at is None or not row.outcome) else ""


def newest_talked(city: str, agent: str, *, since: datetime) -> str:
    """Return the last call from then on into which somebody's desk brought a third party; empty for none."""
    third = TelephonyLeg.objects.filter(call=OuterRef("pk"), is_party=True)
    rows = TelephonyCall.objects.filter(Exists(third), agent=agent, city=city, offered_at__gte=since)
    row = rows.order_by("-offered_at").first()
    return str(row.pk) if row is not None else ""


def waiting(city: str) -> int:
    """Return how many callers wait in queues now."""
    return TelephonyCall.objects.filter(city=city, ended_at=None, stage="QUEUED").count()


def fields_of(batch: Batch, id: str) -> dict[str, Any]:
    """Return the columns of a call as a batch leaves it."""
    call = batch.calls[id]
    found: dict[str, Any] = {
        "direction": call.direction, "line": call.line, "queue": call.queue, "channel": call.channel,
        "stage": call.stage, "agent": call.agent, "offered_at": call.offered_at, "queued_at": call.queued_at,
        "answered_at": call.answered_at, "ended_at": call.ended_at, "presses": call.presses, "missed": call.missed,
        "hold_seconds": int(call.held.total_seconds()), "cause": call.cause, "by": call.by,
        "callback_of": UUID(call.callback_of) if call.callback_of else None, "lines": call.no,
    }  # fmt: skip
    caller = batch.callers.get(id)
    return found | ({"caller_enc": caller.sealed, "caller_index": caller.index} if caller is not None else {})


def is_told(city: str, id: str) -> bool:
    """Tell whether an exchange of the city's own has the call: no controller does anything with it."""
    try:
        return TelephonyCall.objects.filter(pk=UUID(id), city=city, channel__startswith=TOLD).exists()
    except ValueError:
        return False


def _clear(row: TelephonyCall) -> str:
    """Return a number in clear; of a call back, that of the call that it answers."""
    if row.caller_enc is None:
        first = TelephonyCall.objects.filter(pk=row.callback_of).first() if row.callback_of is not None else None
        return _clear(first) if first is not None else ""
    return vault.decrypt(bytes(row.caller_enc), owner=f"call/{row.pk}", field="caller")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
