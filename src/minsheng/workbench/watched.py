"""What the desks show of suggestions and supervision orders: the rule and its threshold, the evidence, the standing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.orders.office import oversight, supervisions
from minsheng.cases.orders.office.supervisions import SuggestionRow, SupervisionRow
from minsheng.cases.orders.reading.words import Reading
from minsheng.cases.orders.storage import queries
from minsheng.core.people.queries import Person
from minsheng.domain.facts import Event, Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import timers
from minsheng.domain.orders.order import Order
from minsheng.domain.orders.supervision import grounds_of
from minsheng.domain.packs import Rules
from minsheng.workbench import timeline

_RULE_OF: Final[Mapping[str, str]] = {
    "audit_rejected_again": "supervision_rejections_k2",
    "many_units": "multi_unit_k4",
    "still_open": "supervision_overdue_k5",
    "upper": "upper_channels",
}
# These hang on no list: a finding is a person's, and an answer that is overdue always asks for the next level.
_ALWAYS: Final = ("inadequate", "unwilling", "false_report", "supervision_missed")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that suggests: its category, what it looks at, and the clause of the pack, if it gives one."""

    category: str
    label: str
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class SuggestionShown:
    """A suggestion: which rule made it, the facts that it rests on, and how it stands.

    `raises`: a press would raise the open supervision order; `is_held`: one is open and has time, so that none is
    issued now; `is_over`: the order is closed, and is to be opened again first.
    """

    id: int
    category: str
    category_label: str
    rule: Rule
    evidence: tuple[str, ...]
    at: datetime
    standing: str
    is_open: bool
    why: str
    raises: bool
    is_held: bool
    is_over: bool


@dataclass(frozen=True, slots=True)
class SupervisionShown:
    """A supervision order as it stands; `color` is that of its light."""

    seq: int
    number: str
    category: str
    category_label: str
    unit: str
    issuer: str
    level: int
    standing: str
    color: str
    issued_at: datetime | None
    due: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    has_paper: bool


@dataclass(frozen=True, slots=True)
class Side:
    """What stands beside an order: its supervision orders, and for the hotline's desks what is suggested."""

    orders: list[SupervisionShown]
    suggestions: list[SuggestionShown]
    may_issue: bool
    may_sanction: bool


def side_of(
    row: queries.Row, order: Order, person: Person, *, rules: Rules, now: datetime, read: Reading
) -> Side | None:
    """Return the side of an order, None where there is nothing to show; a unit sees no suggestion."""
    may_issue = person.acting_as in rules.supervision_issuer
    may_sanction = may_issue and bool(order.responsible_unit) and bool(grounds_of(order))
    if order.supervision is None and not order.suggestions and not may_sanction:
        return None
    suggested, issued = supervisions.of_order(row.id)
    if person.acting_as not in oversight.ROLES:
        suggested = []
    if not suggested and not issued and not may_sanction:
        return None
    shown = suggestions_shown(suggested[::-1], rules=rules, now=now, reading={row.id: read})
    return Side(supervisions_shown(issued[::-1], now=now), shown, may_issue, may_sanction)


def rules_shown(rules: Rules) -> list[Rule]:
    """Return the rules that the city's pack has, in the order of their categories."""
    auto = rules.supervision_auto_rules
    grounds = [
        ("K1", ("livelihood", "central_work")),
        ("K2", ("audit_rejected_again",)),
        ("overdue", ("overdue",)),
        ("dissatisfied", ("dissatisfied",)),
        ("K3", ("upper", "instructed", "media")),
        ("K4", ("many_units",)),
        ("K5", ("still_open",)),
    ]
    found = []
    for code, each in grounds:
        if code in auto:
            category = code if code in supervisions.CATEGORIES else "K2"
            found += [rule_of(category, ground, rules) for ground in each]
    return [*found, *(rule_of("K2", ground, rules) for ground in _ALWAYS)]


def rule_of(category: str, ground: str, rules: Rules) -> Rule:
    """Return the rule behind a ground, in words with the pack's thresholds."""
    text = {
        "audit_rejected_again": _("答复第 %(n)s 次未通过审核") % {"n": rules.supervision_rejections_k2},
        "many_units": _("承办单位满 %(units)s 个，或涉及 %(levels)s 个层级")
        % {"units": rules.multi_unit_k4, "levels": rules.multi_level_k4},
        "still_open": _("超期满 %(wait)s仍未办结") % {"wait": wording.plain_length(rules.supervision_overdue_k5)}
        if rules.supervision_overdue_k5 is not None
        else _("超期后仍未办结"),
        "upper": _("来自上级渠道的工单"),
        "overdue": _("承办单位到期未办结"),
        "dissatisfied": _("诉求人对办理结果不满意"),
        "supervision_missed": _("督办单到期没有反馈，升为下一级"),
    }.get(ground)
    if text is None:
        label = wording.GROUNDS.get(ground, ground)
        is_finding = ground in ("inadequate", "unwilling", "false_report")
        text = (
            _("核查、复核结论为：%(label)s") % {"label": label}
            if is_finding
            else _("标注重点：%(label)s") % {"label": label}
        )
    clause = rules.clauses.get(_RULE_OF.get(ground, ""), "")
    if not clause and ground not in _ALWAYS:
        clause = rules.clauses.get("supervision_auto_rules", "")
    return Rule(category, wording.GROUNDS.get(ground, ground), text, clause)


def suggestions_shown(
    found: Sequence[SuggestionRow], *, rules: Rules, now: datetime, reading: Mapping[str, Reading] | None = None
) -> list[SuggestionShown]:
    """Return suggestions with their evidence; free words are told only where `reading` says how they are read."""
    orders = [each.order_id for each in found]
    stored = queries.histories(dict.fromkeys(orders))
    facts = {order: timeline.facts_of(events) for order, events in stored.items()}
    states = queries.peek(orders) if orders else {}
    shown = []
    for each in found:
        state = states[each.order_id].order
        read = reading.get(each.order_id) if reading is not None else None
        evidence = evidence_of(facts[each.order_id], each.category, each.ground, until=each.at, rules=rules, read=read)
        shown.append(_suggestion(each, state, evidence, rules, now, read))
    return shown


def _suggestion(
    each: SuggestionRow, state: Order, evidence: tuple[str, ...], rules: Rules, now: datetime, read: Reading | None
) -> SuggestionShown:
    given = state.supervision if state.supervision is not None and state.supervision.is_open else None
    timer = state.timer("supervision", given.unit) if given is not None else None
    is_late = given is not None and given.status == "ISSUED" and timer is not None and timer.due is not None
    raises = is_late and timer is not None and timer.due is not None and timer.due < now
    why = state.suggestions[each.seq].why if each.seq < len(state.suggestions) else ""
    return SuggestionShown(
        id=each.pk,
        category=each.category,
        category_label=wording.CHOICES["category"][each.category],
        rule=rule_of(each.category, each.ground, rules),
        evidence=evidence,
        at=each.at,
        standing=_standings()[each.status],
        is_open=each.status == "open",
        why=read.written(why) if read is not None else why,
        raises=raises,
        is_held=given is not None and not raises,
        is_over=given is None and not state.is_open,
    )


def _standings() -> dict[str, str]:
    return {"open": _("待处理"), "issued": _("已督办"), "dismissed": _("不予督办"), "lapsed": _("工单办结，未督办")}


def supervisions_shown(found: Sequence[SupervisionRow], *, now: datetime) -> list[SupervisionShown]:
    """Return supervision orders as they stand now."""
    return [_supervision(each, now) for each in found]


def _supervision(each: SupervisionRow, now: datetime) -> SupervisionShown:
    late = each.status == "ISSUED" and each.due is not None and each.due < now
    standing, color = {
        "ISSUED": (_("逾期未反馈"), "red") if late else (_("待反馈"), "green"),
        "FEEDBACK": (_("反馈待审核"), "yellow"),
        "CLOSED": (_("已结"), "gray"),
    }[each.status]
    return SupervisionShown(
        seq=each.seq,
        number=each.number,
        category=each.category,
        category_label=wording.CHOICES["category"][each.category],
        unit=wording.ROLES.get(each.unit, each.unit),
        issuer=wording.ROLES.get(each.issuer, each.issuer),
        level=each.level,
        standing=standing,
        color=color,
        issued_at=each.issued_at,
        due=each.due,
        answered_at=each.answered_at,
        closed_at=each.closed_at,
        has_paper=bool(each.number),
    )


def evidence_of(
    facts: Sequence[Fact], category: str, ground: str, *, until: datetime, rules: Rules, read: Reading | None
) -> tuple[str, ...]:
    """Return the facts up to a moment that a suggestion rests on, one sentence each."""
    told = _EVIDENCE.get(ground)
    kept = [fact for fact in facts if fact.at <= until]
    sentences = [_sentence(fact, told, rules, read) for fact in kept if told is not None and told(fact, ground)]
    return tuple(sentences)


def _sentence(fact: Fact, told: object, rules: Rules, read: Reading | None) -> str:
    moment = wording.moment_text(fact.at, rules)
    match fact.event:
        case ev.AuditRejected(defect=defect, comment=comment):
            said = wording.CHOICES["defect"].get(defect, defect)
            return _with_words(_("%(at)s 审核不通过：%(said)s") % {"at": moment, "said": said}, comment, read)
        case ev.Dispatched(units=units) | ev.Split(units=units):
            names = wording.tr("、").join(units)
            return _("%(at)s 交办 %(n)s 个单位：%(units)s") % {"at": moment, "n": len(units), "units": names}
        case ev.Registered(channel=channel):
            return _("%(at)s 登记，渠道为%(channel)s") % {
                "at": moment,
                "channel": wording.tr(rules.channels.get(channel, channel)),
            }
        case ev.Tagged(tag=tag, link=link):
            label = wording.CHOICES["tag"][tag]
            return _with_words(_("%(at)s 标注：%(label)s") % {"at": moment, "label": label}, link, read)
        case ev.FindingRecorded(found=found, text=text):
            label = wording.CHOICES["found"].get(found, found)
            return _with_words(_("%(at)s 结论：%(label)s") % {"at": moment, "label": label}, text, read)
        case ev.TimerMissed(timer=timer):
            name = wording.TIMERS.get(timer, timer)
            return _("%(name)s于 %(at)s 到期") % {"name": name, "at": moment}
        case _:
            return _("%(at)s 诉求人不满意") % {"at": moment}


def _with_words(sentence: str, words: str, read: Reading | None) -> str:
    return f"{sentence}（{read.written(words)}）" if words and read is not None else sentence


def _missed(*names: str) -> Callable[[Fact, str], bool]:
    return lambda fact, ground: isinstance(fact.event, ev.TimerMissed) and fact.event.timer in names


def _kind(*kinds: type[Event]) -> Callable[[Fact, str], bool]:
    return lambda fact, ground: isinstance(fact.event, kinds)


_FOUND: Final = lambda fact, ground: isinstance(fact.event, ev.FindingRecorded) and fact.event.found == ground  # noqa: E731
_TAGGED: Final = lambda fact, ground: isinstance(fact.event, ev.Tagged) and fact.event.tag == ground  # noqa: E731
_EVIDENCE: Final[Mapping[str, Callable[[Fact, str], bool]]] = {
    "audit_rejected_again": _kind(ev.AuditRejected),
    "many_units": _kind(ev.Dispatched, ev.Split),
    "upper": _kind(ev.Registered),
    "livelihood": _TAGGED,
    "central_work": _TAGGED,
    "instructed": _TAGGED,
    "media": _TAGGED,
    "inadequate": _FOUND,
    "unwilling": _FOUND,
    "false_report": _FOUND,
    "overdue": _missed(*timers.WORK),
    "still_open": _missed(*timers.WORK),
    "supervision_missed": _missed("supervision"),
    "dissatisfied": _kind(ev.Dissatisfied),
}
