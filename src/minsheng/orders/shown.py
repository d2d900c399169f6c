"""What the pages show of orders: rows of queues, deadlines with their derivation, the timeline, what may be done."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from minsheng import wording
from minsheng.domain import kinds
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import decide, timers
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, Facts, Row
from minsheng.domain.orders.commands import Actor
from minsheng.domain.orders.facts import Fact, Timer
from minsheng.domain.orders.order import Order
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount
from minsheng.ledger.values import StoredEvent
from minsheng.orders import lights, models, queries, records
from minsheng.orders.lights import Light
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
STAND_IN_ROLES = ("seat", "callback_agent")


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
    flags: tuple[str, ...]


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


def rows_of(found: Sequence[models.Order], *, now: datetime, rules: Rules) -> list[QueueRow]:
    """Return a page of orders as its table shows them; the states are read at once."""
    states = queries.peek(row.id for row in found) if found else {}
    return [_row(row, states[row.id].order, now, rules) for row in found]


def _row(row: models.Order, order: Order, now: datetime, rules: Rules) -> QueueRow:
    open_moment = row.due if row.due < queries.NEVER and order.is_open else None
    timer = lights.pressing(order, open_moment) if open_moment else None
    if timer is None and order.is_open:
        timer = next((each for each in order.timers.values() if each.status == "paused"), None)
    light = lights.of(timer, now=now, rules=rules) if order.is_open else Light("grey", "已办结")
    others = len(order.parts) - 1
    return QueueRow(
        id=row.id,
        number=row.number,
        title=row.title or "（无标题）",
        kind=rules.appeal_types.get(row.type, row.type),
        channel=rules.channels.get(row.channel, row.channel),
        unit=f"{row.lead}等{others + 1}个单位" if others > 0 else row.lead,
        state=wording.label_of_status(row.status, row.reason),
        due=open_moment,
        clock=wording.TIMERS.get(timer.name, "") if timer else "",
        light=light,
        flags=flags_of(order),
    )


def flags_of(order: Order) -> tuple[str, ...]:
    """Return what is special about an order, in a word each."""
    supervised = order.supervision is not None and order.supervision.status != "CLOSED"
    special = (
        (order.is_emergency, "应急"),
        (order.is_internal, "内部批转"),
        (supervised, "督办"),
        (bool(order.repeat), "重复投诉"),
        (order.extension is not None, "延期待审"),
        (order.in_extension, "已延期"),
        (order.round > 1, f"第{order.round}轮"),
        (bool(order.urges), f"催办{order.urges}次"),
        (bool(order.upper_due), "上级时限"),
        (order.written_opinion, "要求书面意见"),
    )
    return tuple(word for holds, word in special if holds)


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
        f"{begin.astimezone(zone):%Y-%m-%d}（第{place}日）"
        if days and timer.working
        else f"{_moment(begin, zone)} 至 {_moment(end, zone)}"
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
        skipped=tuple(f"{day:%Y-%m-%d} {why}" for day, why in derived.skipped[:_MOST_LINES]),
    )


def _length(length: str, derived: str) -> str:
    if length == "until":
        return "指定时刻"
    if length.startswith("rest "):
        return f"余下的时间：{derived}"
    return kinds.written(Amount.parse(length))


def _moment(moment: datetime, zone: object) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"  # type: ignore[arg-type]


def facts_of(stored: Iterable[StoredEvent]) -> list[Fact]:
    """Return the order's facts from what the ledger keeps."""
    return [records.from_ledger(each) for each in stored]


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
        breaches=tuple(
            f"{_party(breach.party)}：{wording.BREACHES.get(breach.code, breach.code)}" for breach in fact.breaches
        ),
        annulled=tuple(
            f"{_party(breach.party)}：{wording.BREACHES.get(breach.code, breach.code)}" for breach in fact.annulled
        ),
        notices=tuple(f"{_recipient(notice.to)}：{wording.say(notice, rules)}" for notice in fact.notices),
        state=wording.label_of_status(fact.status, fact.reason),
        is_step=bool(event.step),
    )


def who(by: Actor, names: Mapping[str, str]) -> str:
    """Return who did something: role, unit, name; for a citizen who called, who wrote it down."""
    name = names.get(by.person or "", "")
    label = wording.label_of_actor(by.role, by.unit)
    if by.role == "citizen":
        return f"{label}（{name}代录）" if name else label
    return f"{label} {name}".strip()


def _party(party: str) -> str:
    return wording.ROLES.get(party, party)


def _recipient(to: str) -> str:
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
        yield _LABELS.get(key) or wording.FIELDS.get(key, key), _said(key, value, rules)


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
    "accepted": "认可",
    "confirmed": "确认不予受理",
    "round": "轮次",
    "other": "建议单位",
    "how": "方式",
    "grade": "评价",
    "timer": "时限",
    "issuer": "督办人",
    "successor": "接任单位",
    "role": "负责人",
    "leads_to": "转入",
    "last": "不得再次退回",
    "units": "承办单位",
}
_HOW = {"phone": "电话回访", "self": "自行评价", "sms": "短信", "started": "已启动处置", "transfer": "建议转派",
        "joint": "建议联合处置"}  # fmt: skip


def _said(key: str, value: object, rules: Rules) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return wording.moment_text(value, rules)
    if isinstance(value, tuple):
        return "、".join(_said(key, each, rules) for each in value)
    text = str(value)
    match key:
        case "channel":
            return rules.channels.get(text, text)
        case "type":
            return rules.appeal_types.get(text, text)
        case "timer":
            return wording.TIMERS.get(text, text)
        case "issuer" | "role":
            return wording.ROLES.get(text, text)
        case "grade":
            return rules.satisfaction_grades.get(text, text)
        case "ground":
            return wording.GROUNDS.get(text, text)
        case "leads_to":
            return wording.STATES.get(text, text)
        case "reason" if text in wording.REASONS:
            return wording.REASONS[text]
        case "length" if text != "until":
            return kinds.written(Amount.parse(text))
        case "length":
            return "指定时刻"
        case "how" | "kind" if text in _HOW:
            return _HOW[text]
        case "leader_consent" | "citizen_informed" if text == "yes":
            return "已确认"
        case "branch" if text in ("within_month", "unresolved"):
            return "办结后一个月内再次投诉" if text == "within_month" else "未解决前再次投诉"
        case _:
            return wording.CHOICES.get(key, {}).get(text, text)


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
