"""What the pages show of orders: lists and their rows, deadlines with their derivation, what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.orders.office import oversight, queues
from minsheng.cases.orders.office.queues import Queue
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries
from minsheng.core.people.queries import Person
from minsheng.domain import clocks as domain_clocks
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import decide
from minsheng.domain.orders.case import Case, Facts, Row
from minsheng.domain.orders.order import Order
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount
from minsheng.gateways import packfiles
from minsheng.workbench import lights
from minsheng.workbench.lights import Light

# Lines of a derivation that a page prints; of months of calendar time nobody reads more.
_MOST_LINES = 40
# Checks that look at what is being said, or at other orders: they can't be made before the form is filled in.
_SAID_IN_THE_FORM = ("rejecting_authority", "link_target_open", "enough_answers", "publishable")
NOBODY: Mapping[str, str] = {}
STAND_IN_ROLES = ("seat", "callback_agent")


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of a desk: its code in the address, its name, how many there are (None: not counted)."""

    code: str
    label: str
    count: int | None
    is_pressing: bool
    is_at_least: bool = False

    @property
    def number(self) -> str:
        """Return the number as it stands beside the name; one that was not counted to its end says so."""
        return f"{queues.COUNTED_TO}+" if self.is_at_least else str(self.count)


@dataclass(frozen=True, slots=True)
class Flag:
    """What is special about an order, in a word; an alert stands out."""

    word: str
    is_alert: bool = False

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One order in a list."""

    id: str
    number: str
    title: str
    kind: str
    channel: str
    unit: str
    state: str
    due: datetime | None
    clock: str
    light: Light
    flags: tuple[Flag, ...]
    holder: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock of an order, with everything by which its due moment can be checked."""

    name: str
    unit: str
    standing: str
    light: Light
    due: datetime | None
    original_due: datetime | None
    provisional: bool
    start: datetime
    length: str
    clause: str
    edition: str
    counted: tuple[str, ...]
    skipped: tuple[str, ...]
    is_running: bool


# Lists whose number should be nought.
_PRESSING = frozenset({"overdue", "late", "EMERGENCY", "desk_emergency"})


def tabs(actor: Actor, *, rules: Rules, counts: Mapping[str, int], desk: str = "") -> list[Tab]:
    """Return the lists of the actor's desk with their numbers."""
    return [_tab(queue, counts.get(queue.code)) for queue in queues.of(actor, rules=rules, desk=desk)]


def _tab(queue: Queue, count: int | None) -> Tab:
    return Tab(
        queue.code,
        label_of_queue(queue.code),
        count,
        is_pressing=queue.code in _PRESSING,
        is_at_least=queue.apart and (count or 0) > queues.COUNTED_TO,
    )


def label_of_queue(code: str) -> str:
    """Return the name of a list of a desk, also of one behind a number of the supervisor's."""
    if (behind := oversight.parse(code)) is not None:
        figure, unit = behind
        return f"{wording.ROLES.get(unit, unit)} {wording.OVERSIGHT[figure.code]}".strip()
    return wording.QUEUES.get(code) or wording.STATES.get(code, code)


def category_path(code: str) -> str:
    """Return what an appeal is about from the top down, in the reader's language; empty for no category."""
    return " / ".join(wording.tr(name) for name in packfiles.categories().path(code).split(" / ")) if code else ""


def address_behind(what: str, unit: str, *, after: str = "") -> str:
    """Return where the orders behind a number of the supervisor's desk are listed; `unit` empty for all."""
    parts = {"what": what, "unit": unit, "after": after}
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{reverse('desks:supervision_rows')}?{query}"


def rows_of(
    found: Sequence[queries.Row],
    person: Person,
    *,
    now: datetime,
    rules: Rules,
    holders: Mapping[str, str] = NOBODY,
) -> list[QueueRow]:
    """Return a page of orders as its table shows them to the person, states read at once. `holders`: who has which."""
    states = queries.peek(row.id for row in found) if found else {}
    titles = reading.titles(found, actor=person.actor, city=person.city)
    return [_row(row, states[row.id].order, titles[row.id], now, rules, holders.get(row.id, "")) for row in found]


def _row(row: queries.Row, order: Order, title: str, now: datetime, rules: Rules, holder: str) -> QueueRow:
    open_moment = row.due if row.due < queries.NEVER and order.is_open else None
    timer = lights.pressing(order, open_moment) if open_moment else None
    if timer is None and order.is_open:
        timer = next((each for each in order.timers.values() if each.status == "paused"), None)
    light = lights.of(timer, now=now, rules=rules) if order.is_open else Light("gray", _("已办结"))
    others = len(order.parts) - 1
    return QueueRow(
        id=row.id,
        number=row.number,
        title=title or _("（无标题）"),
        kind=wording.tr(rules.appeal_types.get(row.type, row.type)),
        channel=wording.tr(rules.channels.get(row.channel, row.channel)),
        unit=_("%(unit)s等%(n)s个单位") % {"unit": row.lead, "n": others + 1} if others > 0 else row.lead,
        state=wording.label_of_status(row.status, row.reason),
        due=open_moment,
        clock=wording.TIMERS.get(timer.name, "") if timer else "",
        light=light,
        flags=flags_of(order),
        holder=holder,
        is_open=order.is_open,
    )


def flags_of(order: Order) -> tuple[Flag, ...]:
    """Return what is special about an order, in a word each."""
    supervised = order.supervision is not None and order.supervision.status != "CLOSED"
    special = (
        (order.is_emergency, Flag(_("应急"), is_alert=True)),
        (order.is_internal, Flag(_("内部批转"), is_alert=True)),
        (order.confidential, Flag(_("保密"), is_alert=True)),
        (supervised, Flag(_("督办"), is_alert=True)),
        (bool(order.rejection_proposed), Flag(_("提请不予受理"))),
        (order.coordination, Flag(_("争议"))),
        (bool(order.repeat), Flag(_("重复投诉"))),
        (order.extension is not None, Flag(_("延期待审"))),
        (order.in_extension, Flag(_("已延期"))),
        (order.round > 1, Flag(_("第%(n)s轮") % {"n": order.round})),
        (bool(order.urges), Flag(_("催办%(n)s次") % {"n": order.urges}, is_alert=True)),
        (bool(order.upper_due), Flag(_("上级时限"))),
        (order.written_opinion, Flag(_("要求书面意见"))),
    )
    tags = (Flag(wording.CHOICES["tag"][each]) for each in order.tags)
    return (*(flag for holds, flag in special if holds), *tags)


def deadlines_of(order: Order, *, now: datetime, rules: Rules) -> list[Deadline]:
    """Return the order's clocks, those that run first, each with its derivation under the city's rules."""
    places = {"running": 0, "paused": 1, "missed": 2}
    ordered = sorted(
        order.timers.values(), key=lambda timer: (places.get(timer.status, 3), timer.due or timer.basis.start)
    )
    return [_deadline(timer, now, rules) for timer in ordered]


def _deadline(timer: Timer, now: datetime, rules: Rules) -> Deadline:
    basis, zone = timer.basis, rules.worktime.zone
    derived = domain_clocks.explain(timer, rules)
    days = not any(mark in basis.length for mark in ("WH", "MIN", "CH", "rest", "until"))
    counted = [
        _("%(day)s（第%(n)s日）") % {"day": f"{begin.astimezone(zone):%Y-%m-%d}", "n": place}
        if days and timer.working
        else _("%(from)s 至 %(to)s") % {"from": _moment(begin, zone), "to": _moment(end, zone)}
        for place, (begin, end) in enumerate(derived.counted[:_MOST_LINES], start=1)
    ]
    return Deadline(
        name=wording.TIMERS.get(timer.name, timer.name),
        unit=timer.unit,
        standing=wording.STANDINGS.get(timer.status, timer.status),
        light=lights.of(timer, now=now, rules=rules),
        due=timer.due,
        original_due=timer.original_due if timer.original_due != timer.due else None,
        provisional=timer.provisional,
        start=basis.start,
        length=_length(basis.length, derived.length),
        clause=basis.clause,
        edition=basis.pack,
        counted=tuple(counted),
        is_running=lights.still_runs(timer),
        skipped=tuple(f"{day:%Y-%m-%d} {wording.tr(why)}" for day, why in derived.skipped[:_MOST_LINES]),
    )


def _length(length: str, derived: str) -> str:
    if length == "until":
        return _("指定时刻")
    if length.startswith("rest "):
        return _("余下的时间：%(length)s") % {"length": derived}
    return wording.length(Amount.parse(length))


def _moment(moment: datetime, zone: object) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"  # type: ignore[arg-type]


def offered(order: Order, *, by: Actor, rules: Rules, now: datetime) -> tuple[Row, ...]:
    """Return what the actor may do now: role, unit, state and pack let it through; the form's own checks come later.

    A clock that is over is no reason to hide a command: its refusal says which, and what to do instead.
    """
    return tuple(row for row in decide.allowed_commands(order, by=by) if _passes(row, order, by, rules, now))


def stand_in(order: Order, *, by: Actor, rules: Rules, now: datetime) -> tuple[Row, ...]:
    """Return what a seat or a callback agent may write down for the citizen on the phone."""
    if by.role not in STAND_IN_ROLES:
        return ()
    return offered(order, by=Actor("citizen", person=by.person), rules=rules, now=now)


def _passes(row: Row, order: Order, by: Actor, rules: Rules, now: datetime) -> bool:
    case = Case(order, row.command(), by, rules, Facts(), now.astimezone(rules.worktime.zone))
    match row.command.name:
        case "reject" if (by.role == "supervisor") and "R9" not in rules.reject_codes:
            return False
        case "approve_reply" if by.unit in order.approved:
            return False
        case "leader_follow_up" if not order.leader_duty:
            return False
        case "mark_repeat" if order.repeat:
            return False
        case "unmark_repeat" if not order.repeat:
            return False
        # An order to which another was joined knows its matter.
        case "rate_joined" if not order.matter:
            return False
        case "register":
            return False
        case "dismiss_suggestion":  # it stands beside each suggestion
            return False
    try:
        for guard in row.guards:
            stage = guard.stage  # type: ignore[attr-defined]
            if stage in ("role", "unit", "state", "bar") and guard.__name__ not in _SAID_IN_THE_FORM:
                guard(case)
    except Rejected:
        return False
    return True


def for_command(name: str, *, by: Actor) -> Actor | None:
    """Return as whom the command is carried out: the actor, the citizen on the phone, or None for nobody."""
    row = BY_COMMAND[cmd.BY_NAME[name]]
    if by.role in row.who:
        return by
    if "citizen" in row.who and by.role in STAND_IN_ROLES:
        return Actor("citizen", person=by.person)
    return None
