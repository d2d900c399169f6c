"""What the API says of an order: its state, its clocks with derivations, its facts without the words."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.api.schemas_out import breach_of
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.reading.words import Reading
from minsheng.cases.orders.storage import queries, records
from minsheng.core.ledger.values import ZONE, StoredEvent
from minsheng.domain import clocks as domain_clocks
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import timers
from minsheng.domain.orders.decide import allowed_commands
from minsheng.domain.orders.fields import Malformed, read_moment
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules

# What an appellant is told; everything else that units write stays between them and the hotline.
_ANSWERS = (ev.Answered, ev.Replied, ev.ProgressReported, ev.ResultReturned)


def moment(value: datetime | None) -> str | None:
    """Return a moment in the cities' zone, as ISO 8601 with its offset."""
    return value.astimezone(ZONE).isoformat() if value is not None else None


def lines(rows: Sequence[models.Order], *, actor: Actor, city: str) -> list[dict[str, Any]]:
    """Return the lines of a list as the actor reads them."""
    return [_line(row) for row in reading.retold(rows, actor=actor, city=city)]


def _line(row: models.Order) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "version": row.version,
        "title": row.title,
        "status": row.status,
        "status_label": wording.label_of_status(row.status, row.reason),
        "reason": row.reason,
        "type": row.type,
        "channel": row.channel,
        "units": row.units,
        "lead": row.lead,
        "matter": row.matter,
        "is_emergency": row.is_emergency,
        "registered_at": moment(row.registered_at),
        "closed_at": moment(row.closed_at),
        "due": moment(row.due) if row.due < queries.NEVER else None,
    }


def order(
    state: Order, *, number: str, city: str, actor: Actor, messages: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Return an order as the actor sees it, with the commands that its state leaves to them; `messages`: code, text."""
    said = appeals.words_of(records.appeal_of(state.id))
    read = reading.of(state, actor=actor, city=city, words=said)
    words = read.words(said)
    return {
        "id": state.id,
        "number": number,
        "version": state.version,
        "city": city,
        "status": state.status,
        "status_label": wording.label_of_status(state.status, state.reason),
        "reason": state.reason,
        "type": state.type,
        "channel": state.channel,
        "appellant": state.appellant,
        "publish": state.publish,
        "title": words.title if words else "",
        "content": words.content if words else "",
        "place": words.place if words else "",
        "said_at": moment(words.said_at) if words else None,
        "source_no": words.source_no if words else "",
        "target_unit": "" if state.sealed else state.target_unit,
        "is_sealed": state.sealed,
        "line": read.said(state.line),
        "system": read.said(state.system),
        "matter": read.said(state.matter),
        "units": [part.unit for part in state.parts],
        "lead": state.lead,
        "handler": state.handler,
        "responsible_unit": state.responsible_unit,
        "round": state.round,
        "parent": state.parent,
        "children": list(state.children),
        "repeat": state.repeat,
        "registered_at": moment(state.registered_at),
        "submitted_at": moment(state.submitted_at),
        "dispatched_at": moment(state.dispatched_at),
        "closed_at": moment(state.closed_at),
        "is_emergency": state.is_emergency,
        "published": state.published,
        "extension_pending": state.extension is not None,
        "in_extension": state.in_extension,
        "satisfied": state.satisfied,
        "resolved": state.resolved,
        "breaches": [breach_of(each) for each in state.breaches],
        "commands": [row.command.name for row in allowed_commands(state, by=actor)],
        "messages": [{"code": code, "text": text} for code, text in messages],
    }


def opened(found: reading.Opened) -> dict[str, Any]:
    """Return the words of an order as they were said."""
    words = found.words
    return {
        "title": words.title,
        "content": words.content,
        "place": words.place,
        "target_person": words.target_person,
        "added": [{"at": moment(each.at), "text": each.text, "joined": each.joined} for each in found.added],
    }


def answers(stored: Iterable[StoredEvent], *, read: Reading) -> list[dict[str, Any]]:
    """Return what was answered as the reader reads it, oldest first."""
    found = []
    for each in stored:
        event = records.from_ledger(each).event
        if isinstance(event, _ANSWERS):
            found.append(
                {
                    "version": each.version,
                    "at": moment(each.at),
                    "kind": getattr(event, "kind", "") or event.step,
                    "unit": getattr(event, "unit", ""),
                    "text": read.written(event.text),
                }
            )
    return found


def clocks(state: Order, rules: Rules) -> dict[str, Any]:
    """Return the clocks of an order, each with the derivation of its due moment."""
    return {"order": state.id, "version": state.version, "timers": [_clock(each, rules) for each in _ordered(state)]}


def _ordered(state: Order) -> list[Timer]:
    return sorted(state.timers.values(), key=lambda each: (each.basis.start, timers.NAMES.index(each.name), each.unit))


def _clock(timer: Timer, rules: Rules) -> dict[str, Any]:
    derived = domain_clocks.explain(timer, rules)
    basis = timer.basis
    return {
        "key": timer.key,
        "name": timer.name,
        "label": wording.TIMERS[timer.name],
        "unit": timer.unit,
        "standing": timer.status,
        "standing_label": wording.STANDINGS[timer.status],
        "due": moment(timer.due),
        "original_due": moment(timer.original_due),
        "provisional": timer.provisional,
        "done_at": moment(timer.done_at),
        "rest_seconds": timer.rest,
        "derivation": {
            "clause": basis.clause,
            "pack": basis.pack,
            "parameter": basis.key,
            "start": moment(derived.start),
            "length": derived.length,
            "counted": [{"start": moment(start), "end": moment(end)} for start, end in derived.counted],
            "skipped": [{"day": day.isoformat(), "why": why} for day, why in derived.skipped],
            "due": moment(derived.due),
        },
    }


def timeline(state: Order, stored: Iterable[StoredEvent]) -> dict[str, Any]:
    """Return the facts of an order: who did what when and what followed, never what was said."""
    facts = [_fact(each, records.from_ledger(each)) for each in stored]
    return {"order": state.id, "version": state.version, "facts": facts}


def _fact(stored: StoredEvent, fact: Fact) -> dict[str, Any]:
    return {
        "version": stored.version,
        "type": stored.type,
        "step": fact.event.step,
        "label": wording.STEPS.get(fact.event.step, fact.event.step),
        "at": moment(fact.at),
        "by": {
            "role": fact.by.role,
            "unit": fact.by.unit,
            "label": wording.label_of_actor(fact.by.role, fact.by.unit),
        },
        "status": fact.status,
        "reason": fact.reason,
        "clocks": [{"key": each.key, "status": each.status, "due": moment(each.due)} for each in fact.clocks],
        "notices": [{"kind": each.kind, "to": each.to} for each in fact.notices],
        "breaches": [breach_of(each) for each in fact.breaches],
        "annulled": [breach_of(each) for each in fact.annulled],
    }


def cursor(place: tuple[str, str] | None) -> str | None:
    """Return where the next page begins as one opaque word."""
    return base64.urlsafe_b64encode("|".join(place).encode()).decode() if place is not None else None


def place_of(word: str | None) -> tuple[str, str] | None:
    """Return where a page begins. Raises: Malformed for a word that no page gave."""
    if not word:
        return None
    try:
        at, bar, order_id = base64.urlsafe_b64decode(word.encode()).decode().partition("|")
    except (ValueError, binascii.Error):
        raise Malformed("after", "not_a_cursor") from None
    begins = read_moment("after", at, ZONE)
    if not bar or "\0" in order_id:
        raise Malformed("after", "not_a_cursor")
    return begins.isoformat(), order_id
