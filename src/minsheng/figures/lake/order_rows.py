"""What one order is in the lake: its row, its stages, its callbacks, from its state and its steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from minsheng.cases.orders.reading import exporting
from minsheng.cases.orders.reading.exporting import Given, Step, Told
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import statistics as people
from minsheng.core.policies import queries as policies
from minsheng.domain.categories import Categories
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED
from minsheng.domain.packs import Rules
from minsheng.domain.worktime import WorkTime
from minsheng.gateways import packfiles

Row = dict[str, Any]
# No accepted appeal of its own: refused, sent to an emergency line, or joined to another (SZ-13.6, JY-6.6).
_NOT_COUNTED = ("rejected", "emergency_referral", "linked")
_MILLI = 1000
_ORDERS_AT_ONCE = 4_000


@dataclass(frozen=True, slots=True)
class Scenery:
    """What is known of the order's city beside it: rules, the tree of categories, where units are."""

    rules: Rules
    categories: Categories
    regions: Mapping[str, str]
    now: datetime


def export(part: Range) -> Iterator[Fresh]:
    """Give all rows of the orders that got an event in this part of the ledger."""
    ids = exporting.touched(after_position=part.after_position, up_to=part.up_to)
    made: dict[tuple[str, str], dict[str, list[Row]]] = {}
    touched: dict[str, set[str]] = {}
    sceneries: dict[str, Scenery] = {}
    for start in _chunks(ids):
        for told in exporting.told(start):
            if told.city not in sceneries:
                sceneries[told.city] = _scenery(told.city, now=part.now)
            touched.setdefault(told.city, set()).add(told.state.id)
            for dataset, rows in _rows(told, sceneries[told.city]):
                made.setdefault((dataset, told.city), {}).setdefault(month_of(told), []).extend(rows)
    for (dataset, city), by_month in made.items():
        yield Fresh(dataset, city, by_month, frozenset(touched[city]))


def _rows(told: Told, scenery: Scenery) -> Iterator[tuple[str, list[Row]]]:
    yield "orders", [order_row(told, scenery)]
    yield "stages", stage_rows(told)
    yield "callbacks", callback_rows(told, by_message=scenery.rules.callback_chain[0] == "sms")
    yield "breaches", breach_rows(told)
    yield "supervisions", supervision_rows(told, now=scenery.now)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _ORDERS_AT_ONCE):
        yield ids[start : start + _ORDERS_AT_ONCE]


def _scenery(city: str, *, now: datetime) -> Scenery:
    return Scenery(policies.rules_for(city, now=now), packfiles.categories(), people.regions(city), now)


def month_of(told: Told) -> str:
    """Return the month that the order's rows are filed under."""
    return f"{_wall(told.state.registered_at):%Y-%m}"


def order_row(told: Told, scenery: Scenery) -> Row:
    """Return the row of `orders`."""
    state, rules = told.state, scenery.rules
    dispatched, completed = _first(told, "Dispatched", "Referred"), _completed(told, rules)
    clock = state.timer("handle") or state.timer("direct_answer") or state.timer("emergency_result")
    category = scenery.categories.by_code.get(told.category)
    unit = "" if state.children else state.lead or _asked_unit(told)
    return {
        "city": told.city,
        "order_id": state.id,
        "registered_at": _wall(state.registered_at),
        "parent": state.parent or None,
        "appellant": "enterprise" if state.appellant == "enterprise" else "citizen",
        "channel": state.channel,
        "source": source_of(state.channel, rules),
        "status": state.status,
        "reason": state.reason,
        "accepted": state.reason not in _NOT_COUNTED,
        "disposal": _disposal(told),
        "type": state.type,
        "consult": state.type == "consult",
        "category": told.category or None,
        "category_group": category.group if category is not None else None,
        "district": scenery.regions.get(unit) or told.district or None,
        "unit": unit or None,
        "first_unit": state.first_unit,
        "dispatched_at": _wall(dispatched),
        "due_at": _wall(clock.due) if clock is not None else None,
        "completed_at": _wall(completed),
        "closed_at": _wall(state.closed_at) if state.status == CLOSED else None,
        "handling_millidays": _millidays(dispatched, completed, rules.worktime_of(unit)),
        "timely": {"met": True, "missed": False}.get(clock.status) if clock is not None else None,
        "excluded": state.excluded,
        "extensions": _count(told, "ExtensionApproved"),
        "returns": _count(told, "ReturnAccepted"),
        "rounds": state.round,
        "urges": state.urges,
        "supervised": state.supervision is not None,
        "emergency": state.is_emergency,
        "repeated": bool(state.repeat),
        "published": state.published,
        "talent": False,
        "move_car": False,
        "exchange": _exchange(told),
    }


def source_of(channel: str, rules: Rules) -> str:
    """Return what an appeal counts as in the release (AR-2.1.1); only what is told by voice is the telephone's."""
    return rules.channel_sources.get(channel) or ("phone" if channel == "phone" else "online")


def stage_rows(told: Told) -> list[Row]:
    """Return the rows of `stages`: one for each state that the order was in, in order."""
    found: list[Row] = []
    unit = ""
    for step in told.steps:
        if step.type == "Dispatched":
            unit = str(step.event.get("lead", ""))
        if found and found[-1]["stage"] == step.status:
            continue
        moment = _wall(step.at)
        if found:
            found[-1]["left_at"] = moment
        found.append(
            {
                "city": told.city,
                "order_id": told.state.id,
                "registered_at": _wall(told.state.registered_at),
                "step": len(found),
                "stage": step.status,
                "unit": unit or None,
                "entered_at": moment,
                "left_at": None,
            }
        )
    return found


def callback_rows(told: Told, *, by_message: bool) -> list[Row]:
    """Return the rows of `callbacks`: one for each round in which the appellant was asked."""
    found: list[Row] = []
    round_, before = 1, ""
    for step in told.steps:
        if step.type == "Dispatched":
            round_ = int(step.event.get("round", round_))
        entered = step.status in (CALLBACK, CALLBACK_MANUAL) and before not in (CALLBACK, CALLBACK_MANUAL)
        if entered:
            found.append(_asked(told, step, round_))
        if step.type in ("CalledBack", "SmsAnswered") and found:
            _answer(found[-1], step)
        before = step.status
    for row in found:
        # A message goes out at once where messages come first (SQ-10.5a).
        row["reached"] = row["reached"] or by_message
        row["last"] = row is found[-1]
    return found


def _asked(told: Told, step: Step, round_: int) -> Row:
    state = told.state
    return {
        "city": told.city,
        "order_id": state.id,
        "registered_at": _wall(state.registered_at),
        "round": round_,
        "last": True,
        "asked_at": _wall(step.at),
        "how": None,
        "attempts": 0,
        "reached": False,
        "rated": False,
        "satisfied": None,
        "resolved": None,
        "unit": state.lead or None,
        "consult": state.type == "consult",
        "excluded": state.excluded,
        "exchange": _exchange(told),
    }


def _answer(row: Row, step: Step) -> None:
    event = step.event
    row["how"] = "sms" if step.type == "SmsAnswered" else event.get("how")
    row["attempts"] += 1
    row["reached"] = row["reached"] or step.type == "SmsAnswered" or bool(event.get("reached"))
    if event.get("satisfied") is not None:
        row.update(rated=True, satisfied=event["satisfied"])
    if event.get("resolved") is not None:
        row["resolved"] = event["resolved"]


def breach_rows(told: Told) -> list[Row]:
    """Return the rows of `breaches`: of an order that exists for few nobody reads in a table what its unit missed."""
    if told.state.is_internal or told.state.sealed:
        return []
    return [
        {**_of(told), "code": each.code, "unit": each.party or None, "counted_in": _wall(each.due or each.at)}
        for each in told.state.breaches
    ]


def supervision_rows(told: Told, *, now: datetime) -> list[Row]:
    """Return the rows of `supervisions`, one for each that the order was under; not of an order that exists for few."""
    if told.state.is_internal or told.state.sealed:
        return []
    return [
        {
            **_of(told),
            "subject": "order",
            "category": each.category,
            "unit": each.unit,
            "issued_at": _wall(each.issued_at),
            "due_at": _wall(each.due),
            "fed_back_at": _wall(each.answered_at),
            "level": each.level,
            "timely": _in_time(each, now),
        }
        for each in told.supervisions
    ]


def _in_time(given: Given, now: datetime) -> bool | None:
    """Tell whether a unit answered in time and as wanted: whoever did not is at a higher level by then."""
    if given.level > 1:
        return False
    if given.answered_at is not None and given.due is not None:
        return given.answered_at <= given.due
    return False if given.due is not None and given.due < now and given.answered_at is None else None


def _of(told: Told) -> Row:
    state = told.state
    return {
        "city": told.city, "order_id": state.id, "registered_at": _wall(state.registered_at),
        "excluded": state.excluded,
    }  # fmt: skip


def _disposal(told: Told) -> str:
    """Return who deals with it: a unit from submission on; else the specialist or the seat who answered, or will.

    Whom a specialist or an expert answered in a talk of three was answered by them (SZ-15.2).
    """
    state = told.state
    if state.submitted_at is not None or state.dispatched_at is not None or _count(told, "AcceptanceAsked"):
        return "unit"
    answered = next((step.role for step in told.steps if step.type == "Answered"), "")
    helped = bool(answered) and state.helped in ("specialist", "expert")
    return "specialist" if helped or answered == "specialist" else "seat"


def _asked_unit(told: Told) -> str:
    """Return the unit that was asked whether it accepts (SZ-14c)."""
    return next((str(step.event.get("unit", "")) for step in told.steps if step.type == "AcceptanceAsked"), "")


def _exchange(told: Told) -> str | None:
    if told.state.channel == "linked" and told.state.line == "110":
        return "from_110"
    sent = next((step for step in told.steps if step.type == "EmergencyReferred"), None)
    return "to_110" if sent is not None and str(sent.event.get("number")) == "110" else None


def _completed(told: Told, rules: Rules) -> datetime | None:
    """Return when the first reply that passed the audit was given, or the order closed, as the pack measures (A-66)."""
    if rules.limit_measured_at == "closed_at":
        return told.state.closed_at
    replied: datetime | None = None
    for step in told.steps:
        if step.type in ("Replied", "ClosedElsewhere", "EmergencyHandled", "ResultReturned"):
            replied = step.at
        if step.type in ("AuditPassed", "AuditWaived", "ResultReturned"):
            return replied or step.at
    return told.state.unit_completed_at


def _first(told: Told, *types: str) -> datetime | None:
    return next((step.at for step in told.steps if step.type in types), None)


def _count(told: Told, kind: str) -> int:
    return sum(step.type == kind for step in told.steps)


def _millidays(start: datetime | None, end: datetime | None, worktime: WorkTime) -> int | None:
    """Return office time between two moments in thousandths of the working day of the first."""
    if start is None or end is None:
        return None
    day = worktime.office_hours.length_on(worktime.local_day(start)) / timedelta(seconds=1)
    return int(worktime.between(start, end) / timedelta(seconds=1) * _MILLI // day)


def _wall(moment: datetime | None) -> datetime | None:
    """Return a moment as the city's clocks show it; every city of the platform keeps the same zone."""
    return moment.astimezone(ZONE).replace(tzinfo=None) if moment is not None else None
