"""What browsers are told of an order's facts, and who. The gate is `audience`.

Kinds, from quiet to loud: `queue` (lists and counts changed; names no order), `order` (it changed), `new` (it now waits
for the role), `urge`, `supervise`, `emergency`. `claim` and `presence` are told by requests, see `live.actions.tell`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from minsheng.cases.orders.reading import audience
from minsheng.cases.orders.reading.audience import Seen
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.facts import body_of
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import Telling, audience_of, post_audience, recipient, role_audience, unit_audience
from minsheng.domain.facts import Event, Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import waiting
from minsheng.domain.orders.order import REFERRED, RESTRICTED

LOUD = ("new", "urge", "supervise", "emergency")

# Which of the domain's notices are more than news of a list.
_BY_NOTICE: Mapping[str, str] = {
    "urged": "urge",
    "reminded": "urge",
    "supervision": "supervise",
    "supervision_suggested": "supervise",
    "supervision_answered": "supervise",
    "measure": "supervise",
    "emergency_reported": "emergency",
    "decision_wanted": "emergency",
    "emergency_decided": "emergency",
    "emergency_unit_wanted": "emergency",
    "emergency_open": "emergency",
}
# They have made the order themselves a moment ago: it is no news to them.
_MAKERS = ("seat", "specialist")
# Who reads the desk of supervision, beside the supervisor.
_DESK_OF_SUPERVISION = ("office", "joint_meeting", "duty_leader")
# Lists beside the states, by the facts that move them. The supervisor's lists hang on every due moment.
_BESIDE: Mapping[type[Event], tuple[str, ...]] = {
    ev.ExtensionRequested: ("dispatcher", "auditor"),
    ev.ExtensionApproved: ("dispatcher", "auditor"),
    ev.ExtensionRefused: ("dispatcher", "auditor"),
    ev.CoordinationRequested: ("dispatcher",),
    ev.LeadNamed: ("dispatcher",),
    ev.SupervisionSuggested: _DESK_OF_SUPERVISION,
    ev.SuggestionDismissed: _DESK_OF_SUPERVISION,
    ev.SupervisionIssued: _DESK_OF_SUPERVISION,
    ev.SupervisionRaised: _DESK_OF_SUPERVISION,
    ev.SupervisionAnswered: _DESK_OF_SUPERVISION,
    ev.SupervisionDecided: _DESK_OF_SUPERVISION,
    ev.Closed: ("auditor",),
    ev.PublicationDecided: ("auditor",),
}
_WATCHERS = ("supervisor",)


@dataclass(frozen=True, slots=True)
class Before:
    """Where an order stood before the facts; an empty status where it did not exist."""

    status: str = ""
    reason: str | None = None

    @property
    def is_internal(self) -> bool:
        """Whether it was an internal referral already."""
        return self.status in (RESTRICTED, REFERRED) or self.reason == "internal"


def told(streams: Mapping[str, Sequence[StoredEvent]]) -> list[Telling]:
    """Return the signals of orders' new events, by stream."""
    orders = audience.of(records.order_id_of(stream) for stream in streams)
    stood = _before(streams)
    found: list[Telling] = []
    for stream, stored in streams.items():
        # As it stands now, not as these facts left it: what has since been hidden must not be told.
        if (order := orders.get(records.order_id_of(stream))) is not None:
            facts = [records.from_ledger(each) for each in stored]
            found += of_order(order, before=stood.get(stream, Before()), facts=facts)
    return found


def _before(streams: Mapping[str, Sequence[StoredEvent]]) -> dict[str, Before]:
    """Return where each stream stood before its first new fact; in one statement."""
    former = ledger_queries.select(
        "JOIN unnest(%s::text[], %s::int[]) AS o (ostream, last) ON stream = o.ostream AND version = o.last",
        (list(streams), [min(each.version for each in stored) - 1 for stored in streams.values()]),
    )
    bodies = {each.stream: body_of(each) for each in former}
    return {stream: Before(body.status, body.reason) for stream, body in bodies.items()}


def of_order(order: Seen, *, before: Before, facts: Sequence[Fact]) -> list[Telling]:
    """Return what follows for browsers from new facts of an order that stands as `order` says.

    Whoever may not see it now hears nothing that names it. Those for whom it was in a list until these facts, and who
    may not see it any more, hear that their lists changed, and no reason. Source: JY-12.
    """
    loud: dict[str, str] = {}
    for told, kind in (*_newly_waiting(order, before, facts), *_from_notices(order, facts)):
        if kind in LOUD and LOUD.index(kind) >= LOUD.index(loud.get(told, LOUD[0])):
            loud[told] = kind
    named = [(told, "order") for told in audience.audiences(order)] + list(loud.items())
    found = [Telling(order.city, told, kind, order.id, order.version) for told, kind in named]
    return [*found, *(Telling(order.city, told, "queue") for told in _lists_of(order, before, facts))]


def _newly_waiting(order: Seen, before: Before, facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    kind = "emergency" if order.is_emergency else "new"
    for role, states in waiting.QUEUES.items():
        comes = order.status in states and before.status not in states
        if role not in UNIT_ROLES:
            if comes and role not in _MAKERS and audience.sees(Actor(role), order):
                yield role_audience(role), kind
            continue
        freshly = _units_given(facts) if role == "officer" else ()
        for unit in order.units:
            if (comes or unit in freshly) and audience.sees(Actor(role, unit), order):
                yield post_audience(role, unit=unit), kind


def _from_notices(order: Seen, facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    for fact in facts:
        for notice in fact.notices:
            kind = _BY_NOTICE.get(notice.kind, "")
            actor = recipient(notice.to)
            if actor is not None and kind and audience.sees(actor, order):
                yield audience_of(notice.to), kind


def _lists_of(order: Seen, before: Before, facts: Sequence[Fact]) -> list[str]:
    """Return the audiences whose lists or counts the facts may have changed."""
    passed = {before.status, *(fact.status for fact in facts)}
    roles = [role for role, states in waiting.QUEUES.items() if role not in UNIT_ROLES and passed.intersection(states)]
    roles += [role for fact in facts for role in _BESIDE.get(type(fact.event), ())]
    told = {role_audience(role): Actor(role) for role in (*roles, *_WATCHERS)}
    for fact in facts:
        for notice in fact.notices:
            if (actor := recipient(notice.to)) is not None and not actor.unit:
                told[audience_of(notice.to)] = actor
    # A unit's lists are one audience, whichever of its people a notice was for.
    for unit in (*order.units, *_units_named(facts)):
        told[unit_audience(unit)] = Actor("officer", unit)
    # What was ordinary until now has just left the lists of all who knew it; to them that is a count, not a reason.
    knew = not before.is_internal
    return [each for each, actor in told.items() if audience.sees(actor, order) or (knew and _saw(actor, before))]


def _saw(actor: Actor, before: Before) -> bool:
    """Tell whether an order that was ordinary may have stood in the actor's lists."""
    if actor.role in UNIT_ROLES:
        return before.status not in ("", "DRAFT", "SUBMITTED", "EMERGENCY")
    return before.status in waiting.QUEUES.get(actor.role, ()) or (actor.role in _WATCHERS and before.status != "")


def _units_given(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the units that the facts give work to."""
    found: list[str] = []
    for fact in facts:
        match fact.event:
            case ev.Dispatched(units=units) | ev.Split(units=units):
                found += units
            case ev.UnitAdded(unit=unit) | ev.AcceptanceAsked(unit=unit):
                found.append(unit)
            case ev.Referred(handler=handler):
                found.append(handler)
            case ev.UnitSucceeded(successor=successor):
                found.append(successor)
            case _:
                pass
    return tuple(found)


def _units_named(facts: Iterable[Fact]) -> tuple[str, ...]:
    """Return the units whose parts the facts touch, also of one that has just left the order."""
    found: list[str] = []
    for fact in facts:
        found += [clock.unit for clock in fact.clocks]
        found += [getattr(fact.event, "unit", ""), *getattr(fact.event, "units", ())]
    return tuple(dict.fromkeys(unit for unit in found if unit and unit != "office"))
