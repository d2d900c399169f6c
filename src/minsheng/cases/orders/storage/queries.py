"""Reads of orders: locks, the facts that decisions need, the gate of visibility, queues and lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet, TextField
from django.db.models.functions import Cast

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import joins, planted, records
from minsheng.cases.registers import queries as registers
from minsheng.core.features import queries as features
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import permissions
from minsheng.core.people import queries as people
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.matters import matter_of
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import waiting
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, SEALING_CODES, Joined, Matter, Order
from minsheng.domain.rejected import Rejected

# An order's row as others pass it on: they read its columns, and never ask the table themselves.
Row = models.Order

# Late signatures are counted over a month or thirty days: older ones cannot matter (JY-20.2).
COUNTED_FOR = timedelta(days=62)
# Where no clock runs, an order comes last in its queue.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_ROW = b"""
    SELECT id, city_id, number, version, head, state::text, title FROM orders_order WHERE id = ANY(%s) ORDER BY id
"""
_LATE_SIGNS = b"""
    SELECT party, due FROM orders_breach
    WHERE city = %(city)s AND party = ANY(%(units)s) AND code = 'late_sign' AND due >= %(since)s
        AND NOT EXISTS (SELECT FROM orders_planted p WHERE p.order_id = split_part(orders_breach.order_id, '.', 1))
    ORDER BY due
"""
_LOCK = _ROW + b" FOR NO KEY UPDATE"


@dataclass(frozen=True, slots=True)
class Locked:
    """An order's row under lock: the state, and where its stream ends."""

    order: Order
    city: str
    number: str
    head: bytes
    title: str


def lock(order_ids: Iterable[str]) -> dict[str, Locked]:
    """Lock orders, in the order of their ids so that two who need the same ones can't block each other."""
    return _read(_LOCK, order_ids)


def peek(order_ids: Iterable[str]) -> dict[str, Locked]:
    """Read orders without a lock."""
    return _read(_ROW, order_ids)


def _read(statement: bytes, order_ids: Iterable[str]) -> dict[str, Locked]:
    rows = ledger.execute(statement, (sorted(set(order_ids)),), alone=statement is _ROW).fetchall()
    return {row[0]: Locked(records.decode_state(row[5]), row[1], row[2], bytes(row[4]), row[6]) for row in rows}


# Fields of commands that may name a unit.
_ONE_UNIT: Final = (
    "unit", "lead", "handler", "transfer_to", "joint_with", "successor", "target_unit", "party",
)  # fmt: skip
# What starts the clocks of units, which may have stricter limits of their own.
_STARTING: Final = (cmd.Dispatch, cmd.Redispatch, cmd.NameLead, cmd.Sign, cmd.Refer, cmd.RefuseReferral)


def facts_for(
    order: Order,
    command: cmd.Command | None,
    *,
    city: str,
    now: datetime,
    others: Mapping[str, Locked],
    appellant: UUID | None = None,
) -> Facts:
    """Return what a decision on the order needs to know from elsewhere.

    `others`: locked target, parent and parts. `appellant`: of an appeal that is not kept yet.
    """
    form = command if isinstance(command, cmd.AppealFields) else None
    matter_key = order.matter or (form.matter if form else "")
    target = others.get(other_order_of(command))
    parent = others.get(order.parent) if order.parent else None
    names = unit_names_in(order, command).union(*(unit_names_in(each.order, None) for each in others.values()))
    return Facts(
        units=people.unit_facts(city, names=names, now=now) if names else {},
        matter=_matter(order, matter_key, city, appellant) if matter_key else Matter(),
        late_signs=_late_signs(order, city, now),
        target=target.order if target is not None and target.city == city else None,
        parent=parent.order if parent else None,
        open_siblings=_open_siblings(order, parent.order) if parent else 0,
        children=tuple(each.order for each in others.values() if each.order.id.startswith(f"{order.id}.")),
        target_kin=tuple(
            each.order
            for each in others.values()
            if target and each.order.whole == target.order.whole and each.order.id != target.order.id
        ),
        goes_on=_elsewhere(order, others) if isinstance(command, cmd.SetPublish) else (),
        received=_elsewhere(order, others) if isinstance(command, cmd.Reject) else (),
        joined=_joined(order, command, city),
        category=_category(order) if isinstance(command, cmd.Dispatch) else None,
        session=_session(form.programme, city) if form and form.programme else "ON_AIR",
        own_limits=registers.own_limits(city, names) if names and isinstance(command, _STARTING) else {},
        plans=tuple(registers.plans_in_force(city)) if form and form.emergency else (),
    )


def _session(id: str, city: str) -> str:
    """Return where a session of a programme stands, empty for none of the city's."""
    kind = features.life_cycles()["programme"]
    try:
        row = kind.rows_in(city, pk=UUID(id)).first()
    except ValueError:
        return ""
    return str(row.status) if row is not None else ""


def _category(order: Order) -> str:
    words = appeals.words_of(records.appeal_of(order.id))
    return words.category if words else ""


def _elsewhere(order: Order, others: Mapping[str, Locked]) -> tuple[Order, ...]:
    """Return of the other orders those that are about another appeal."""
    return tuple(each.order for each in others.values() if each.order.whole != order.whole)


def _joined(order: Order, command: cmd.Command | None, city: str) -> Joined | None:
    if not isinstance(command, cmd.AddMaterial | cmd.Urge | cmd.RateJoined) or not command.joined:
        return None
    return joins.joined(order, appeal=command.joined, city=city, history=history(order.id))


def other_order_of(command: cmd.Command | None) -> str:
    """Return the order that a command speaks of besides its own: what it links to, or what it repeats."""
    match command:
        case cmd.Link():
            return command.to
        case cmd.MarkRepeat():
            return command.of
        case _:
            return ""


def reached_by(command: cmd.Command | None, *, order_id: str) -> set[str]:
    """Return the orders that a decision needs: its own, its parent, what it speaks of, and whatever else it reaches."""
    wanted = {order_id, other_order_of(command) or order_id, records.parent_of(order_id) or order_id}
    match command:
        case cmd.SetPublish():
            own = joins.family_of(order_id)
            joined_to = {to for each in own for to in joins.way(each)}
            wanted.update(own, *(joins.family_of(each) for each in sorted(joined_to)))
        case cmd.Link():
            wanted.update(joins.family_of(command.to))
        case cmd.Reject(code=code) if code in SEALING_CODES:
            wanted.update(joins.to(order_id))
        case _:
            pass
    return wanted


def unit_names_in(order: Order, command: cmd.Command | None) -> set[str]:
    """Return the units that a decision may look at."""
    names = {part.unit for part in order.parts} | {order.lead, order.handler, order.responsible_unit or ""}
    if command is not None:
        for field in _ONE_UNIT:
            names.add(getattr(command, field, ""))
        if isinstance(command, cmd.TransferCall):
            names.add(command.to)  # of a referral it says which desks are told
        for field in ("units", "co"):
            names.update(getattr(command, field, ()))
    return {name for name in names if name}


def _matter(order: Order, key: str, city: str, appellant: UUID | None) -> Matter:
    # What was planted makes nobody's complaint a repeated one.
    rows = planted.counted(models.Order.objects.filter(city=city, matter=key, parent="").exclude(id=order.id))
    states = [records.decode_state(text) for text in _states(rows)]
    if split := [each.id for each in states if each.children]:
        parts = models.Order.objects.filter(id__in=joins.parts_of(split))
        states += [records.decode_state(text) for text in _states(parts)]
    told = appeals.appellants_of([order.id, *(each.id for each in states)])
    who = appellant or told.get(order.id)
    of_others = {name for name, other in told.items() if who is not None and other != who}
    return matter_of(replace(order, matter=key), states, of_others=of_others)


def _states(rows: QuerySet[models.Order]) -> list[str]:
    return list(rows.annotate(text=Cast("state", TextField())).values_list("text", flat=True))


def _late_signs(order: Order, city: str, now: datetime) -> dict[str, tuple[datetime, ...]]:
    """Return late signatures of the units whose clock for signing is about to be missed; of nobody else."""
    units = {
        timer.unit
        for timer in order.timers.values()
        if timer.name == "sign" and timer.status == "running" and timer.due is not None and timer.due < now
    }
    if not units:
        return {}
    found: dict[str, tuple[datetime, ...]] = {}
    values = {"city": city, "units": sorted(units), "since": now - COUNTED_FOR}
    for party, due in ledger.execute(_LATE_SIGNS, values).fetchall():
        found[party] = (*found.get(party, ()), due)
    return found


def _open_siblings(order: Order, parent: Order) -> int:
    return models.Order.objects.filter(id__in=parent.children).exclude(id=order.id).exclude(status=CLOSED).count()


def ended(ids: Iterable[str], *, before: datetime) -> set[str]:
    """Return which of the orders have been closed since before a moment; one under supervision goes on."""
    over = models.Order.objects.filter(pk__in=list(ids), status=CLOSED, closed_at__lt=before, supervised=False)
    return set(over.values_list("id", flat=True))


def collected(city: str, session: str, *, number: str = "") -> dict[str, tuple[str, bool, bool]]:
    """Return the orders that a session has collected: by id, their states, whether they were submitted, and count.

    `number`: of one alone. Planted ones are worked on like the others, and do not count.
    """
    rows = models.Order.objects.filter(city=city, programme=session).exclude(programme="")
    if number:
        rows = rows.filter(Q(id=number) | Q(number=number))
    found = rows.order_by("id").values_list("id", "status", "state__submitted_at")
    rows_found = list(found)
    out = planted.among(id for id, _, _ in rows_found)
    return {id: (status, submitted is not None, id not in out) for id, status, submitted in rows_found}


def satisfied_of(session: str) -> int:
    """Return how many of a session's appeals left their appellant satisfied, answered on air or later (A-72)."""
    rows = models.Order.objects.filter(programme=session, state__satisfied=True).exclude(programme="")
    return planted.counted(rows).count()


def sessions_of(order_ids: Iterable[str]) -> set[str]:
    """Return the sessions of programmes that collected some of the orders."""
    rows = models.Order.objects.filter(pk__in=list(order_ids)).exclude(programme="")
    return set(rows.values_list("programme", flat=True))


def visible(actor: Actor, *, city: str) -> QuerySet[models.Order]:
    """Return the orders that the actor reads: the one gate of lists, counts, search, pages and API.

    A sealed order is in none of them, for nobody. Source: SZ-13.3, JY-6.3, SQ-7.3.
    """
    return existing(actor, city=city).filter(is_sealed=False)


def existing(actor: Actor, *, city: str) -> QuerySet[models.Order]:
    """Return the orders that exist for the actor, sealed ones among them, whose words nobody reads here.

    Internal referrals exist for the designated officer, the discipline organ once referred, and the handler;
    never for the unit complained about. Source: JY-12, JY-8d, roles.
    """
    rows = models.Order.objects.filter(city=city)
    if not permissions.sees_orders(actor.role):
        return rows.none()
    if actor.role in UNIT_ROLES:
        mine = rows.filter(units__contains=[actor.unit])
        return mine.exclude(Q(is_internal=True) & (~Q(handler=actor.unit) | Q(target_unit=actor.unit)))
    match actor.role:
        case "discipline":
            return rows.filter(is_internal=True, status__in=("REFERRED", CLOSED))
        case "connector":
            return rows.filter(is_internal=False, state__system="original")
        case _ if permissions.sees_referral(actor, is_party=False, is_target=False):
            return rows
        case _:
            return rows.filter(is_internal=False)


def find(order_id: str, *, actor: Actor, city: str) -> models.Order:
    """Return an order by id or number, if it exists for the actor, also a sealed one. Raises: Rejected `not_found`."""
    row = existing(actor, city=city).filter(Q(id=order_id) | Q(number=order_id)).first()
    if row is None:
        raise Rejected("not_found")
    return row


def state_of(row: models.Order) -> Order:
    """Return the domain value of a row."""
    return records.state_from_plain(row.state)


def queue(actor: Actor, *, city: str) -> QuerySet[models.Order]:
    """Return the open orders that wait for the actor's role."""
    rows = visible(actor, city=city).exclude(status=CLOSED)
    states = waiting.QUEUES.get(actor.role, ())
    return rows.filter(status__in=states)


def counts(actor: Actor, *, city: str) -> dict[str, int]:
    """Return how many orders wait in each state of the actor's queue, none left out."""
    found = dict(
        queue(actor, city=city)
        .values_list("status")
        .annotate(count=Count("id"))
        .order_by("status")
        .values_list("status", "count")
    )
    return {state: found.get(state, 0) for state in waiting.QUEUES.get(actor.role, ())}


def page_of(
    rows: QuerySet[models.Order], *, after: tuple[str, str] | None, limit: int, states: Sequence[str] = ()
) -> tuple[list[models.Order], tuple[str, str] | None]:
    """Return one page by due moment and id, and where the next one begins (keyset).

    With `states` each is read from its own stretch of the index and the stretches are merged: asked for all at once,
    the planner walks through everything that is due earlier, in whatever state.
    """
    parts = [rows.filter(status=state) for state in states] or [rows]
    pages = [_due_after(part, after).defer("state", "head")[: limit + 1] for part in parts]
    merged = pages[0].union(*pages[1:], all=True).order_by("due", "id") if len(pages) > 1 else pages[0]
    found = list(merged[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], (last.due.isoformat(), last.id)


def _due_after(rows: QuerySet[models.Order], after: tuple[str, str] | None) -> QuerySet[models.Order]:
    ordered = rows.order_by("due", "id")
    if after is None:
        return ordered
    moment = datetime.fromisoformat(after[0])
    return ordered.filter(due__gte=moment).filter(Q(due__gt=moment) | Q(id__gt=after[1]))


def newest(
    rows: QuerySet[models.Order], *, after: tuple[str, str] | None, limit: int
) -> tuple[list[models.Order], tuple[str, str] | None]:
    """Return one page, the newest first, and where the next one begins (keyset)."""
    ordered = rows.order_by("-registered_at", "-id")
    if after is not None:
        moment = datetime.fromisoformat(after[0])
        ordered = ordered.filter(registered_at__lte=moment).filter(Q(registered_at__lt=moment) | Q(id__lt=after[1]))
    found = list(ordered.defer("state", "head")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], (last.registered_at.isoformat(), last.id)


def known(order_ids: Iterable[str]) -> set[str]:
    """Return those of the ids that are orders here, whoever may see them."""
    return set(models.Order.objects.filter(id__in=list(order_ids)).values_list("id", flat=True))


def for_few(order_ids: Iterable[str]) -> set[str]:
    """Return those of the orders that exist for few: internal referrals, and what was refused as a secret (JY-12)."""
    few = Q(is_internal=True) | Q(is_sealed=True)
    return set(models.Order.objects.filter(few, id__in=list(order_ids)).values_list("id", flat=True))


def numbers(actor: Actor, *, city: str, ids: Iterable[str]) -> dict[str, str]:
    """Return the numbers of those of the orders that exist for the actor, by id."""
    rows = visible(actor, city=city).filter(id__in=list(ids))
    return dict(rows.order_by().values_list("id", "number"))


def parts_of(orders: Collection[str]) -> list[str]:
    """Return the ids of the parts into which orders were dispatched in parallel."""
    return list(models.Order.objects.filter(parent__in=orders).values_list("id", flat=True)) if orders else []


def history(order_id: str) -> list[StoredEvent]:
    """Return the order's facts as stored, oldest first."""
    return ledger_queries.history(records.stream_of(order_id))


def histories(order_ids: Iterable[str]) -> dict[str, list[StoredEvent]]:
    """Return the facts of several orders as stored, by order, oldest first; in one statement."""
    streams = [records.stream_of(each) for each in order_ids]
    found: dict[str, list[StoredEvent]] = {records.order_id_of(each): [] for each in streams}
    for event in ledger_queries.select("WHERE stream = ANY(%s) ORDER BY stream, version", (streams,)):
        found[records.order_id_of(event.stream)].append(event)
    return found


def closed_by_units(city: str, *, since: datetime, until: datetime, lead: str = "") -> list[tuple[str, str]]:
    """Return lead and number of the orders that units closed from a moment up to another; no internal referral, no
    sealed one among them. Planted ones are: the list that is drawn of is published, and nobody finds what it lacks.
    """
    rows = models.Order.objects.filter(
        city=city, status=CLOSED, reason__in=HANDLED_REASONS, is_internal=False, is_sealed=False,
        closed_at__gte=since, closed_at__lt=until, registered_at__lt=until,
    ).exclude(lead="")  # fmt: skip
    if lead:
        rows = rows.filter(lead=lead)
    return list(rows.order_by("number").values_list("lead", "number"))


def numbered(city: str, numbers: Collection[str]) -> list[models.Order]:
    """Return the orders with these numbers, by number."""
    return list(models.Order.objects.filter(city=city, number__in=list(numbers)).order_by("number"))
