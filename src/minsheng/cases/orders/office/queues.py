"""The lists of every desk: what waits for a role or a unit, by what is to be done. Read `queries.visible` first.

A queue is a condition on the columns of an order's row, so that all counts of a desk are one statement, and each list
is one index scan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from minsheng.cases.live import claims
from minsheng.cases.orders.models import Assignment, Order
from minsheng.cases.orders.office import oversight
from minsheng.cases.orders.storage import queries
from minsheng.core.drafts import texts
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.orders import waiting
from minsheng.domain.orders.order import CLOSED
from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount

PAGE = 25
# All that waits for the role, in whatever state.
WAITING = ""
# The list of everything that one may see; it is not counted, since it grows for ever.
EVERYTHING = "everything"
# Due within so much working time is "about to be overdue".
SOON = Amount(1, "WD")
# Numbers that grow without end are told up to here, as is "3 / 128": beyond, nobody needs the figure.
COUNTED_TO = 999

# Desks all of whose lists are parts of what waits for the role, but for those that are counted apart.
_OF_OWN_STATES = frozenset({"seat", "specialist", "dispatcher", "auditor", "callback_agent"})

Cursor = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """Whose queues, and at what moment. `soon`: until then a due moment counts as near."""

    actor: Actor
    city: str
    now: datetime
    soon: datetime
    rules: Rules
    desk: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """A list of a desk: its code in the address, the condition, newest first or most pressing, whether counted.

    `closed`: closed orders belong to it too. `apart`: counted by a statement of its own, since the condition looks
    beyond the columns that an index holds, or at what grows without end. `waiting`: it is a part of what waits for the
    role, state by state.
    """

    code: str
    where: Callable[[Ground], Q]
    newest: bool = False
    counted: bool = True
    closed: bool = False
    apart: bool = False
    waiting: bool = False


def ground(actor: Actor, *, city: str, rules: Rules, now: datetime, desk: str = "") -> Ground:
    """Return what the queues' conditions depend on; `desk`: where the actor's role sits."""
    return Ground(actor, city, now, rules.worktime.due(now, SOON).moment, rules, desk)


def of(actor: Actor, *, rules: Rules, desk: str = "") -> tuple[Queue, ...]:
    """Return the lists that belong to the actor's desk, in the order of its tabs.

    What is a special desk's own comes before what waits for everybody in the role. Source: JS-2.3e.
    """
    own = _of_role(actor, rules=rules)
    return (_DESKS[desk], *own) if desk in _DESKS and actor.role in _OF_OWN_STATES else own


def _of_role(actor: Actor, *, rules: Rules) -> tuple[Queue, ...]:
    own: tuple[Queue, ...]
    match actor.role:
        case "officer" | "leader" | "head":
            own = _UNIT if actor.role == "officer" else (_SUBMITTED_DRAFTS, *_UNIT)
        case "dispatcher":
            own = _DISPATCHER
        case "auditor":
            own = _AUDITOR
        case "callback_agent":
            own = _CALLBACK
        case "supervisor":
            own = _SUPERVISOR
        case "seat" | "specialist":
            own = _SEAT
        case role:
            own = (_WAITING, *(_status(state) for state in waiting.QUEUES.get(role, ())), _OVERDUE)
    if actor.role in rules.supervision_issuer and _SUPERVISED not in own:
        own = (*own, _SUPERVISED)
    if actor.role == rules.ext_approver and _EXTENSION not in own:
        own = (*own, _EXTENSION)
    return (*own, _EVERYTHING)


def find(code: str, actor: Actor, *, rules: Rules, desk: str = "") -> Queue | None:
    """Return a list of the actor's desk by its code, or None. Behind the supervisor's numbers are lists too."""
    if (behind := oversight.parse(code)) is not None:
        return _behind(*behind, code) if actor.role in oversight.ROLES else None
    return next((queue for queue in of(actor, rules=rules, desk=desk) if queue.code == code), None)


def counts(base: Ground) -> dict[str, int]:
    """Return how many orders each counted list holds: one statement over what is open, and one for each list apart.

    What grows without end (closed cases whose publication nobody decides) is counted no further than `COUNTED_TO` + 1.
    """
    lists = [queue for queue in of(base.actor, rules=base.rules, desk=base.desk) if queue.counted]
    together = {f"n{place}": queue for place, queue in enumerate(lists) if not queue.apart}
    found = queries.visible(base.actor, city=base.city).exclude(status=CLOSED)
    if base.actor.role in _OF_OWN_STATES:
        found = found.filter(_waiting(base))
    told = found.aggregate(**{name: Count("id", filter=queue.where(base)) for name, queue in together.items()})
    numbers = {queue.code: told[name] for name, queue in together.items()}
    numbers |= {queue.code: rows(queue, base)[: COUNTED_TO + 1].count() for queue in lists if queue.apart}
    return {queue.code: numbers[queue.code] for queue in lists}


def rows(queue: Queue, base: Ground) -> QuerySet[Order]:
    """Return the orders of a list, in no order."""
    found = queries.visible(base.actor, city=base.city)
    if not queue.closed:
        found = found.exclude(status=CLOSED)
    return found.filter(queue.where(base))


def page(queue: Queue, base: Ground, *, after: Cursor | None) -> tuple[list[Order], Cursor | None]:
    """Return one page of a list and where the next begins."""
    if base.actor.role in UNIT_ROLES and queue.code in (EVERYTHING, "done"):
        return _of_unit(queue, base, after)
    found = rows(queue, base)
    if queue.newest:
        return queries.newest(found, after=after, limit=PAGE)
    by_state = queue.waiting and base.actor.role not in UNIT_ROLES
    states = waiting.QUEUES.get(base.actor.role, ()) if by_state else ()
    return queries.page_of(found, after=after, limit=PAGE, states=states)


def _of_unit(queue: Queue, base: Ground, after: Cursor | None) -> tuple[list[Order], Cursor | None]:
    """Return a page of a unit's past. Orders it leads and orders it took part in have an index each: merge the two."""
    found = rows(queue, base)
    led, _ = queries.newest(found.filter(lead=base.actor.unit), after=after, limit=PAGE + 1)
    beside, _ = queries.newest(
        found.filter(is_joint=True, units__contains=[base.actor.unit]).exclude(lead=base.actor.unit),
        after=after,
        limit=PAGE + 1,
    )
    merged = sorted((*led, *beside), key=lambda row: (row.registered_at, row.id), reverse=True)
    if len(merged) <= PAGE:
        return merged, None
    last = merged[PAGE - 1]
    return merged[:PAGE], (last.registered_at.isoformat(), last.id)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order stands in a list: its neighbors, and `n` of `total` (None beyond what anybody counts)."""

    previous: str | None
    following: str | None
    n: int | None
    total: int | None


def place(queue: Queue, base: Ground, row: Order) -> Place:
    """Return the neighbors of an order in a list, also of one that has just left it."""
    found = rows(queue, base).exclude(id=row.id)
    # The bound on the first column lets the index begin at the order; the rest breaks ties.
    if queue.newest:
        key, forward, back = row.registered_at, ("-registered_at", "-id"), ("registered_at", "id")
        later = Q(registered_at__lte=key) & (Q(registered_at__lt=key) | Q(id__lt=row.id))
        earlier = Q(registered_at__gte=key) & (Q(registered_at__gt=key) | Q(id__gt=row.id))
    else:
        key, forward, back = row.due, ("due", "id"), ("-due", "-id")
        later = Q(due__gte=key) & (Q(due__gt=key) | Q(id__gt=row.id))
        earlier = Q(due__lte=key) & (Q(due__lt=key) | Q(id__lt=row.id))
    following = found.filter(later).order_by(*forward).values_list("id", flat=True).first()
    previous = found.filter(earlier).order_by(*back).values_list("id", flat=True).first()
    if not queue.counted:
        return Place(previous, following, None, None)
    before = found.filter(earlier)[: COUNTED_TO + 1].count()
    total = before + 1 + found.filter(later)[: COUNTED_TO + 1].count()
    known = total <= COUNTED_TO
    return Place(previous, following, before + 1 if known else None, total if known else None)


def cursor(text: str) -> Cursor | None:
    """Return where a page begins, as its address says; an address that was tampered with begins at the top."""
    moment, _, order_id = text.partition("~")
    try:
        aware = datetime.fromisoformat(moment).tzinfo is not None
    except ValueError:
        return None
    return (moment, order_id) if aware and order_id and "\0" not in order_id else None


def _behind(figure: oversight.Figure, unit: str, code: str) -> Queue:
    """Return the orders behind a number of the supervisor's desk."""
    return Queue(
        code,
        lambda base: oversight.condition(figure, unit, oversight.moment_of(base.now, rules=base.rules)),
        closed=figure.closed,
    )


def _status(*states: str) -> Queue:
    return Queue(states[0], lambda base: Q(status__in=states))


def _waiting(base: Ground) -> Q:
    return Q(status__in=waiting.QUEUES.get(base.actor.role, ()))


def _stage(stage: str) -> Callable[[Ground], Q]:
    return lambda base: Q(stages__contains=[f"{stage}@{base.actor.unit}"])


def _drafted(base: Ground) -> Q:
    """Answers that an officer has sent to the leader and that nobody has approved since. Source: JY-13.1c."""
    unit = base.actor.unit or ""
    reply = Q(texts.waits_for_approval("order", unit=unit)) & Q(status__in=_WITH_UNIT)
    return reply | Q(texts.waits_for_approval("supervision", unit=unit)) & Q(supervised=True)


def _assigned(base: Ground) -> Q:
    own = Assignment.objects.filter(order=OuterRef("pk"), person=base.actor.person or "")
    return Exists(own) & Q(status__in=_WITH_UNIT)


def _rejection_proposed(base: Ground) -> Q:
    """Appeals that a seat would not accept for another reason (R9). Source: SZ-13.7, SQ-7.6."""
    return Q(status="DRAFT") & Q(state__has_key="rejection_proposed") & ~Q(state__rejection_proposed="")


def _claimed(base: Ground) -> Q:
    return Q(claims.claimed_by("order", person=base.actor.person or "", now=base.now))


# Where an order is with its units: what has left these states is done for them.
_WITH_UNIT = ("DISPATCHED", "HANDLING", "SUPPLEMENT", "RETURN_REQUESTED", "REFERRED", "DETERMINE")

_WAITING = Queue(WAITING, _waiting, waiting=True)
_OVERDUE = Queue("overdue", lambda base: _waiting(base) & Q(due__lt=base.now), waiting=True)
_SOON = Queue("soon", lambda base: _waiting(base) & Q(due__gte=base.now, due__lt=base.soon), waiting=True)
_CLAIMED = Queue("claimed", _claimed, apart=True)
_EXTENSION = Queue("extension", lambda base: Q(extension_pending=True), apart=True)
# Also a closed order may still be under supervision.
_SUPERVISED = Queue("supervised", lambda base: Q(supervised=True), closed=True, apart=True)
_DISPUTE = Queue("dispute", lambda base: Q(is_disputed=True), apart=True)
_MINE = Queue("mine", lambda base: Q(registrar=base.actor.person or ""), newest=True, counted=False, closed=True)
_EVERYTHING = Queue(EVERYTHING, lambda base: Q(), newest=True, counted=False, closed=True)
_SUBMITTED_DRAFTS = Queue("approval", _drafted, closed=True, apart=True)

# What waits for the role and is a special desk's own, by desk: what enterprises asked, what may not wait.
_DESKS = {
    "enterprise": Queue("desk_enterprise", lambda base: _waiting(base) & Q(state__appellant="enterprise"), apart=True),
    "emergency": Queue("desk_emergency", lambda base: _waiting(base) & Q(is_emergency=True), apart=True),
}

_SEAT = (_WAITING, _status("DRAFT"), _status("EMERGENCY"), _MINE)
_DISPATCHER = (
    _WAITING,
    _status("SUBMITTED"),
    _status("RETURN_REQUESTED"),
    _status("REDO"),
    _EXTENSION,
    _DISPUTE,
    _status("EMERGENCY"),
    _OVERDUE,
    _CLAIMED,
)
_AUDITOR = (
    _WAITING,
    _status("REPLIED"),
    _EXTENSION,
    Queue("publication", lambda base: Q(publication_due=True), newest=True, closed=True, apart=True),
    _SOON,
    _OVERDUE,
    _CLAIMED,
)
_CALLBACK = (_WAITING, _status("CALLBACK"), _status("CALLBACK_MANUAL"), _SOON, _OVERDUE, _CLAIMED)
_SUPERVISOR = (
    _WAITING,
    Queue("late", lambda base: Q(due__lt=base.now)),
    Queue("near", lambda base: Q(due__gte=base.now, due__lt=base.soon)),
    _status("DETERMINE"),
    Queue("rejection", _rejection_proposed, apart=True),
    _status("RESEARCH"),
    _status("DECISION"),
    _SUPERVISED,
    _DISPUTE,
    Queue("look_back", lambda base: Q(status=CLOSED) & ~Q(lead=""), newest=True, counted=False, closed=True),
)
_UNIT = (
    _WAITING,
    Queue("to_sign", _stage("DISPATCHED")),
    Queue("handling", lambda base: _stage("HANDLING")(base) & Q(status__in=_WITH_UNIT)),
    _SOON,
    _OVERDUE,
    Queue("supervised", lambda base: Q(supervised=True, supervised_unit=base.actor.unit), closed=True, apart=True),
    Queue("co", lambda base: ~Q(lead=base.actor.unit)),
    Queue("assigned", _assigned, apart=True),
    Queue("returned", _stage("RETURN_REQUESTED")),
    Queue("done", lambda base: ~Q(status__in=_WITH_UNIT), newest=True, counted=False, closed=True),
)
