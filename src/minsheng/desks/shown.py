"""What the pages show of orders: rows of queues, deadlines with their derivation, the timeline, what may be done."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng import wording
from minsheng.desks import lights
from minsheng.desks.lights import Light
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import decide, timers
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, Facts, Row
from minsheng.domain.orders.commands import Actor
from minsheng.domain.orders.facts import Breach, Fact, Timer
from minsheng.domain.orders.order import Order
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount
from minsheng.ledger.values import StoredEvent
from minsheng.orders import oversight, queries, queues, records
from minsheng.orders.queues import Queue
from minsheng.people import queries as people

# Lines of a derivation that a page prints; of months of calendar time nobody reads more.
_MOST_LINES = 40
# What of an event the timeline leaves out: keys, flags of the record, and what stands elsewhere on the page.
_SILENT_FIELDS = frozenset(
    {"content_digest", "has_content", "parent", "matter", "children", "message", "order", "seq", "excluded", "timely"}
)
_FIELD_OF_EVENT = {"informed": "citizen_informed", "consent": "leader_consent", "direct": "direct_answerable"}
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


@dataclass(frozen=True, slots=True)
class Line:
    """One fact on the timeline."""

    at: datetime
    who: str
    step: str
    words: tuple[tuple[str, str], ...]
    breaches: tuple[str, ...]
    annulled: tuple[str, ...]
    notices: tuple[str, ...]
    state: str
    is_step: bool


# Lists whose number should be nought.
_PRESSING = frozenset({"overdue", "late", "EMERGENCY"})


def tabs(actor: Actor, *, rules: Rules, counts: Mapping[str, int]) -> list[Tab]:
    """Return the lists of the actor's desk with their numbers."""
    return [_tab(queue, counts.get(queue.code)) for queue in queues.of(actor, rules=rules)]


def _tab(queue: Queue, count: int | None) -> Tab:
    return Tab(
        queue.code,
        label_of_queue(queue.code),
        count,
        is_pressing=queue.code in _PRESSING,
        is_at_least=queue.code in queues.OF_CLOSED and (count or 0) > queues.COUNTED_TO,
    )


def label_of_queue(code: str) -> str:
    """Return the name of a list of a desk, also of one behind a number of the supervisor's."""
    if (behind := oversight.parse(code)) is not None:
        figure, unit = behind
        return f"{wording.ROLES.get(unit, unit)} {wording.OVERSIGHT[figure.code]}".strip()
    return wording.QUEUES.get(code) or wording.STATES.get(code, code)


def address_behind(what: str, unit: str, *, after: str = "") -> str:
    """Return where the orders behind a number of the supervisor's desk are listed; `unit` empty for all."""
    parts = {"what": what, "unit": unit, "after": after}
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{reverse('desks:supervision_rows')}?{query}"


def rows_of(
    found: Sequence[queries.Row], *, now: datetime, rules: Rules, holders: Mapping[str, str] = NOBODY
) -> list[QueueRow]:
    """Return a page of orders as its table shows them; the states are read at once. `holders`: who has which."""
    states = queries.peek(row.id for row in found) if found else {}
    return [_row(row, states[row.id].order, now, rules, holders.get(row.id, "")) for row in found]


def _row(row: queries.Row, order: Order, now: datetime, rules: Rules, holder: str) -> QueueRow:
    open_moment = row.due if row.due < queries.NEVER and order.is_open else None
    timer = lights.pressing(order, open_moment) if open_moment else None
    if timer is None and order.is_open:
        timer = next((each for each in order.timers.values() if each.status == "paused"), None)
    light = lights.of(timer, now=now, rules=rules) if order.is_open else Light("grey", _("已办结"))
    others = len(order.parts) - 1
    return QueueRow(
        id=row.id,
        number=row.number,
        title=row.title or _("（无标题）"),
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
        (supervised, Flag(_("督办"), is_alert=True)),
        (order.coordination, Flag(_("争议"))),
        (bool(order.repeat), Flag(_("重复投诉"))),
        (order.extension is not None, Flag(_("延期待审"))),
        (order.in_extension, Flag(_("已延期"))),
        (order.round > 1, Flag(_("第%(n)s轮") % {"n": order.round})),
        (bool(order.urges), Flag(_("催办%(n)s次") % {"n": order.urges}, is_alert=True)),
        (bool(order.upper_due), Flag(_("上级时限"))),
        (order.written_opinion, Flag(_("要求书面意见"))),
    )
    return tuple(flag for holds, flag in special if holds)


def deadlines_of(order: Order, *, now: datetime, rules: Rules) -> list[Deadline]:
    """Return the order's clocks, those that run first, each with its derivation under the city's rules."""
    places = {"running": 0, "paused": 1, "missed": 2}
    ordered = sorted(
        order.timers.values(), key=lambda timer: (places.get(timer.status, 3), timer.due or timer.basis.start)
    )
    return [_deadline(timer, now, rules) for timer in ordered]


def _deadline(timer: Timer, now: datetime, rules: Rules) -> Deadline:
    basis, zone = timer.basis, rules.worktime.zone
    derived = timers.explain(timer, rules.worktime)
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


def facts_of(stored: Iterable[StoredEvent]) -> list[Fact]:
    """Return the order's facts from what the ledger keeps."""
    return [records.from_ledger(each) for each in stored]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """The answer that was given last, and by whom."""

    text: str
    who: str
    at: datetime
    kind: str


def latest_answer(facts: Sequence[Fact]) -> AnswerShown | None:
    """Return the last answer that a unit or the hotline gave, or None."""
    for fact in reversed(facts):
        match fact.event:
            case ev.Replied(text=text, unit=unit, kind=kind) if text:
                return AnswerShown(text, unit, fact.at, kind)
            case ev.Answered(text=text) if text:
                return AnswerShown(text, wording.label_of_actor(fact.by.role), fact.at, "direct")
            case _:
                pass
    return None


def linked_ids(facts: Iterable[Fact]) -> list[str]:
    """Return the orders that the facts point to: what this one was joined to or repeats, what was joined to it."""
    found = []
    for fact in facts:
        match fact.event:
            case ev.Linked(to=other) | ev.LinkReceived(order=other) | ev.RepeatMarked(of=other):
                found.append(other)
            case _:
                pass
    return list(dict.fromkeys(found))


def timeline_of(facts: Sequence[Fact], *, rules: Rules) -> list[Line]:
    """Return the order's facts as people read them, the newest last; names are read at once."""
    names = people.names([fact.by.person for fact in facts if fact.by.person])
    return [_line(fact, names, rules) for fact in facts]


def _line(fact: Fact, names: Mapping[str, str], rules: Rules) -> Line:
    event = fact.event
    kind = type(event).__name__
    step = wording.STEPS[event.step] if event.step else wording.EVENTS.get(kind, wording.STEPS[""])
    return Line(
        at=fact.at,
        who=who(fact.by, names),
        step=step,
        words=tuple(_words(event, fact.by, rules)),
        breaches=tuple(_breach(breach) for breach in fact.breaches),
        annulled=tuple(_breach(breach) for breach in fact.annulled),
        notices=tuple(wording.labelled(recipient(notice.to), wording.say(notice, rules)) for notice in fact.notices),
        state=wording.label_of_status(fact.status, fact.reason),
        is_step=bool(event.step),
    )


def who(by: Actor, names: Mapping[str, str]) -> str:
    """Return who did something: role, unit, name; for a citizen who called, who wrote it down."""
    name = names.get(by.person or "", "")
    label = wording.label_of_actor(by.role, by.unit)
    if by.role == "citizen":
        return _("%(who)s（%(name)s代录）") % {"who": label, "name": name} if name else label
    return f"{label} {name}".strip()


def _breach(breach: Breach) -> str:
    return wording.labelled(_party(breach.party), wording.BREACHES.get(breach.code, breach.code))


def _party(party: str) -> str:
    return wording.ROLES.get(party, party)


def recipient(to: str) -> str:
    """Return who a notice is for: role, or unit and role."""
    role, _, unit = to.partition("@")
    return wording.label_of_actor(role, unit or None)


def _words(event: object, by: Actor, rules: Rules) -> Iterable[tuple[str, str]]:
    assert dataclasses.is_dataclass(event)
    if type(event) is ev.Registered:
        return  # it stands on the page as the order's own facts
    for field in dataclasses.fields(event):
        value = getattr(event, field.name)
        if field.name in _SILENT_FIELDS or value in ("", None, (), False):
            continue
        if _stands_elsewhere(event, field.name, value, by):
            continue
        key = _FIELD_OF_EVENT.get(field.name, field.name)
        yield (_(_LABELS[key]) if key in _LABELS else "") or wording.FIELDS.get(key, key), _said(key, value, rules)


def _stands_elsewhere(event: object, name: str, value: object, by: Actor) -> bool:
    """Tell whether a word would only say again who acts, or what is so with every ordinary order."""
    if name == "unit":
        return value == by.unit
    if isinstance(event, ev.Linked | ev.RepeatMarked):
        return name in ("to", "of")
    if isinstance(event, ev.Dispatched):
        return (name == "lead" and len(event.units) == 1) or (name == "round" and value == 1)
    return False


_LABELS = {
    "accepted": gettext_noop("认可"),
    "confirmed": gettext_noop("确认不予受理"),
    "round": gettext_noop("轮次"),
    "other": gettext_noop("建议单位"),
    "how": gettext_noop("方式"),
    "grade": gettext_noop("评价"),
    "timer": gettext_noop("时限"),
    "issuer": gettext_noop("督办人"),
    "successor": gettext_noop("接任单位"),
    "role": gettext_noop("负责人"),
    "leads_to": gettext_noop("转入"),
    "last": gettext_noop("不得再次退回"),
    "units": gettext_noop("承办单位"),
}
_HOW = {
    "phone": gettext_noop("电话回访"),
    "self": gettext_noop("自行评价"),
    "sms": gettext_noop("短信"),
    "started": gettext_noop("已启动处置"),
    "transfer": gettext_noop("建议转派"),
    "joint": gettext_noop("建议联合处置"),
}


def _said(key: str, value: object, rules: Rules) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return wording.moment_text(value, rules)
    if isinstance(value, tuple):
        return wording.tr("、").join(_said(key, each, rules) for each in value)
    text = str(value)
    if key in ("leader_consent", "citizen_informed"):
        return _attested(text, rules)
    match key:
        case "channel":
            return wording.tr(rules.channels.get(text, text))
        case "type":
            return wording.tr(rules.appeal_types.get(text, text))
        case "timer":
            return wording.TIMERS.get(text, text)
        case "issuer" | "role":
            return wording.ROLES.get(text, text)
        case "grade":
            return wording.tr(rules.satisfaction_grades.get(text, text))
        case "ground":
            return wording.GROUNDS.get(text, text)
        case "leads_to":
            return wording.STATES.get(text, text)
        case "reason" if text in wording.REASONS:
            return wording.REASONS[text]
        case "length" if text != "until":
            return wording.length(Amount.parse(text))
        case "length":
            return _("指定时刻")
        case "how" | "kind" if text in _HOW:
            return _(_HOW[text])
        case "branch" if text in ("within_month", "unresolved"):
            return _("办结后一个月内再次投诉") if text == "within_month" else _("未解决前再次投诉")
        case _:
            return wording.CHOICES.get(key, {}).get(text, text)


def _attested(text: str, rules: Rules) -> str:
    """Return what was attested, as people read it: when, how, and the words."""
    if text == "yes":
        return _("已确认")
    first, _space, rest = text.partition(" ")
    try:
        moment = datetime.fromisoformat(first)
    except ValueError:
        return text
    way, _space, words = rest.partition(" ")
    if way in rules.channels:
        rest = f"{wording.tr(rules.channels[way])} {words}"
    return f"{wording.moment_text(moment, rules)} {rest}".strip()


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
        case "register":
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
