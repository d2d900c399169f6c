"""An order's facts as people read them: who did what and when, with which words, what it broke, who was told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng import wording
from minsheng.cases.knowledge import queries as knowledge
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.reading.words import Reading
from minsheng.cases.orders.storage import joins, records
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import queries as people
from minsheng.domain import notices
from minsheng.domain.actors import Actor
from minsheng.domain.facts import Breach, Fact, Notice
from minsheng.domain.orders import events as ev
from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount

# What of an event the timeline leaves out: keys, flags of the record, and what stands elsewhere on the page.
_SILENT_FIELDS = frozenset(
    {
        "call",
        "digest",
        "content_digest",
        "has_content",
        "parent",
        "matter",
        "children",
        "message",
        "order",
        "joined",
        "seq",
        "excluded",
        "source",
        "timely",
    }
)
_FIELD_OF_EVENT = {"informed": "citizen_informed", "consent": "leader_consent", "direct": "direct_answerable"}


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


def facts_of(stored: Iterable[StoredEvent]) -> list[Fact]:
    """Return the order's facts from what the ledger keeps."""
    return [records.from_ledger(each) for each in stored]


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """The answer that was given last, and by whom. `article`: what it cites, `cites`: it can be opened as it was."""

    text: str
    who: str
    at: datetime
    kind: str
    article: str = ""

    @property
    def cites(self) -> bool:
        """Tell whether what is cited is an article of the knowledge base; older answers name any text."""
        return bool(knowledge.edition_in(self.article))


def latest_answer(facts: Sequence[Fact], *, read: Reading = reading.CLEAR) -> AnswerShown | None:
    """Return the last answer that a unit or the hotline gave, as the reader reads it, or None."""
    for fact in reversed(facts):
        match fact.event:
            case ev.Replied(text=text, unit=unit, kind=kind) if text:
                return AnswerShown(read.written(text), unit, fact.at, kind)
            case ev.Answered(text=text, article=article) if text:
                who = wording.label_of_actor(fact.by.role)
                return AnswerShown(read.written(text), who, fact.at, "direct", read.written(article))
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


def timeline_of(facts: Sequence[Fact], *, rules: Rules, read: Reading) -> list[Line]:
    """Return the order's facts as the reader reads them, the newest last; names are read at once."""
    names = people.names([fact.by.person for fact in facts if fact.by.person])
    joined = joins.numbers([each for fact in facts if (each := _joined(fact))])
    return [_line(fact, names, joined, rules, read) for fact in facts]


def course_of(facts: Sequence[Fact], *, rules: Rules) -> list[Line]:
    """Return how an order was handled, for who may know no more: steps by role and unit, and what was missed.

    Nothing of what anybody said, no name, not who was told what. Source: JY-19.
    """
    lines = timeline_of(facts, rules=rules, read=reading.CLEAR)
    return [
        dataclasses.replace(line, words=(), notices=(), who=wording.label_of_actor(fact.by.role, fact.by.unit))
        for fact, line in zip(facts, lines, strict=True)
    ]


def _joined(fact: Fact) -> str:
    """Return the joined appeal whose citizen said it, empty for everybody else."""
    return getattr(fact.event, "joined", "")


def _line(fact: Fact, names: Mapping[str, str], joined: Mapping[str, str], rules: Rules, read: Reading) -> Line:
    event = fact.event
    kind = type(event).__name__
    step = wording.STEPS[event.step] if event.step else wording.EVENTS.get(kind, wording.STEPS[""])
    # What the citizen's side brought, whoever wrote it down.
    is_theirs = fact.by.role == "citizen" or isinstance(event, ev.CalledBack | ev.SmsAnswered | ev.Completed)
    let_go = read.said if is_theirs else read.written
    return Line(
        at=fact.at,
        who=who(fact.by, names, joined=joined.get(_joined(fact), "")),
        step=step,
        words=tuple((label, let_go(said)) for label, said in _words(event, fact.by, rules)),
        breaches=tuple(_breach(breach) for breach in fact.breaches),
        annulled=tuple(_breach(breach) for breach in fact.annulled),
        notices=tuple(wording.labeled(recipient(notice.to), wording.say(notice, rules)) for notice in fact.notices),
        state=wording.label_of_status(fact.status, fact.reason),
        is_step=bool(event.step),
    )


def who(by: Actor, names: Mapping[str, str], *, joined: str = "") -> str:
    """Return who did something: role, unit, name; for a citizen who called, who wrote it down.

    `joined`: the number of the joined appeal whose citizen it is.
    """
    name = names.get(by.person or "", "")
    label = wording.label_of_actor(by.role, by.unit)
    if joined:
        label = _("合并件 %(number)s 的诉求人") % {"number": joined}
    if by.role == "citizen":
        return _("%(who)s（%(name)s代录）") % {"who": label, "name": name} if name else label
    return f"{label} {name}".strip()


def _breach(breach: Breach) -> str:
    return wording.labeled(_party(breach.party), wording.BREACHES.get(breach.code, breach.code))


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
        case "channels":
            return wording.CHANNELS.get(text, text)
        case "kind" if text in notices.KINDS:
            return wording.say(Notice(text, "citizen", {}), rules)
        case "type":
            return wording.tr(rules.appeal_types.get(text, text))
        case "code":
            return f"{text} {wording.label_of_code(text, rules)}"
        case "exception":
            return wording.label_of_exception(value, rules)
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
