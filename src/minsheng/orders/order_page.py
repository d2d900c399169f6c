"""What the page of one order shows to one person: gathered here, judged by permissions and the life cycle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from minsheng import wording
from minsheng.appeals import queries as appeals
from minsheng.appeals.queries import Words
from minsheng.domain.orders.case import Row
from minsheng.domain.orders.commands import UNIT_ROLES
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, DRAFT, EMERGENCY, Order
from minsheng.domain.packs import Rules
from minsheng.orders import drafts, lights, lists, models, queries, shown
from minsheng.orders.forms import CommandForm, Ground, RevealForm
from minsheng.people import permissions
from minsheng.people import queries as people
from minsheng.people.permissions import Sight, Situation
from minsheng.people.queries import Identity, Person
from minsheng.policies import queries as policies

# Steps that a button alone is enough for; the others without fields ask once more on a page of their own.
_AT_ONCE = frozenset({"sign", "pass_audit", "report", "ask_decision", "handled", "notify_appellant"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A command that may be given now: its name, and the form when a button is enough."""

    name: str
    label: str
    form: CommandForm | None


def context_of(
    row: models.Order, person: Person, *, now: datetime, reveal: RevealForm, clear: Identity | None = None
) -> dict[str, Any]:
    """Return what the order's template needs. `clear`: parts of the identity that were just revealed."""
    order = queries.state_of(row)
    rules = policies.rules_for(person.city, now=now)
    words = appeals.words_of(row.id.partition(".")[0])
    situation = situation_of(order, words, person)
    sight = permissions.sight(person.actor, situation)
    known = words.appellant if words is not None else None
    masked = None
    if known is not None and sight is not Sight.NEVER:
        masked = people.masked([known], city=person.city).get(known)
    ground = Ground(rules, order, person.acting_as)
    facts = shown.facts_of(queries.history(row.id))
    due = row.due if row.due < queries.NEVER else None
    timer = lights.pressing(order, due) if due else None
    return {
        "row": row,
        "order": order,
        "state": wording.label_of_status(order.status, order.reason),
        "light": lights.of(timer, now=now, rules=rules) if order.is_open else None,
        "clock": wording.TIMERS.get(timer.name, "") if timer else "",
        "due": due,
        "flags": shown.flags_of(order),
        "words": words,
        "facts": facts_of(order, words, rules),
        "parts": [_part_words(order, place) for place in range(len(order.parts))],
        "identity": _fields(masked),
        "clear": _fields(clear),
        "has_identity": known is not None,
        "reveal": reveal if known is not None and may_ask(sight, situation) else None,
        "deadlines": shown.deadlines_of(order, now=now, rules=rules),
        "timeline": shown.timeline_of(facts, rules=rules),
        "choices": _choices(shown.offered(order, by=person.actor, rules=rules, now=now), ground, row),
        "stand_ins": _choices(shown.stand_in(order, by=person.actor, rules=rules, now=now), ground, row),
        "relatives": [
            (_relation(order, each.id), each, wording.label_of_status(each.status, each.reason))
            for each in lists.relatives(
                person.actor, city=person.city, ids=(order.parent, *order.children, *shown.linked_ids(facts))
            )
        ],
        "draft": reply_draft(row, person),
    }


def situation_of(order: Order, words: Words | None, person: Person) -> Situation:
    """Return what the sight of the identity depends on. Source: roles, JY-8d, JY-12, SZ-26."""
    actor = person.actor
    unit = actor.unit or ""
    complained = words.target_person if words is not None else ""
    is_handler = bool(unit) and (order.part(unit) is not None or order.handler == unit)
    return Situation(
        is_target=(bool(person.unit) and person.unit == order.target_unit) or complained == person.display_name,
        is_internal=order.is_internal,
        is_party=is_handler or (actor.role == "discipline" and order.is_internal),
        is_draft=order.status in (DRAFT, EMERGENCY),
        call_due=order.status in (CALLBACK, CALLBACK_MANUAL),
    )


def may_ask(sight: Sight, situation: Situation) -> bool:
    """Tell whether asking for the clear identity can succeed, so that the form is offered."""
    match sight:
        case Sight.REASON:
            return True
        case Sight.CALL:
            return situation.call_due
        case Sight.INTAKE:
            return situation.is_draft
        case _:
            return False


def reply_draft(row: models.Order, person: Person) -> drafts.DraftText | None:
    """Return the draft of the next answer; nobody but its unit sees it. Source: JY-13.1c."""
    if person.acting_as not in UNIT_ROLES or person.unit is None:
        return None
    return drafts.of(row.id, unit=person.unit)


def facts_of(order: Order, words: Words | None, rules: Rules) -> list[tuple[str, str]]:
    """Return what was registered and where it stands, as label and value."""
    choices = wording.CHOICES
    given = [
        ("诉求类型", rules.appeal_types.get(order.type, order.type)),
        ("渠道", rules.channels.get(order.channel, order.channel)),
        ("来源热线", order.line),
        ("诉求人类别", choices["appellant"].get(order.appellant, order.appellant)),
        ("公开意愿", choices["publish"].get(order.publish, "")),
        ("实名", "已提供" if order.real_name else ""),
        ("地点", words.place if words else ""),
        ("被反映单位", order.target_unit),
        ("被反映人", words.target_person if words else ""),
        ("应急等级", choices["level"].get(order.level, "")),
        ("上级时限", wording.moment_text(order.upper_due, rules) if order.upper_due else ""),
        ("轮次", f"第 {order.round} 轮" if order.parts else ""),
        ("办理单位", order.handler if order.is_internal else ""),
        ("督办", _supervision(order)),
        ("满意情况", "" if order.satisfied is None else "满意" if order.satisfied else "不满意"),
        ("解决情况", "" if order.resolved is None else "已解决" if order.resolved else "未解决"),
        ("公开情况", "已公开" if order.published else ""),
        ("来信日期", wording.moment_text(words.said_at, rules) if words and words.said_at else ""),
        ("登记时间", wording.moment_text(order.registered_at, rules) if order.registered_at else ""),
        ("办结时间", wording.moment_text(order.closed_at, rules) if order.closed_at else ""),
    ]
    return [(label, value) for label, value in given if value]


def _relation(order: Order, other: str) -> str:
    return "总单" if other == order.parent else "子单" if other in order.children else "关联"


def _supervision(order: Order) -> str:
    if order.supervision is None:
        return ""
    standing = {"ISSUED": "待反馈", "FEEDBACK": "已反馈，待审定", "CLOSED": "已结束"}[order.supervision.status]
    unit = wording.ROLES.get(order.supervision.unit, order.supervision.unit)
    return f"{unit}，{standing}"


def _part_words(order: Order, place: int) -> tuple[str, str, str]:
    part = order.parts[place]
    role = ("主办" if part.lead else "协办") if len(order.parts) > 1 else "承办"
    stage = {"DISPATCHED": "待签收", "HANDLING": "办理中", "RETURN_REQUESTED": "申请退回", "DONE": "已提交意见"}
    return part.unit, role, stage.get(part.stage, part.stage)


def _choices(rows: Iterable[Row], ground: Ground, row: models.Order) -> list[Choice]:
    return [_choice(each.command.name, ground, row) for each in rows]


def _choice(name: str, ground: Ground, row: models.Order) -> Choice:
    form = None
    if name in _AT_ONCE:
        made = CommandForm(name, ground=ground, initial={"key": uuid4(), "seen_version": row.version}, auto_id=False)
        form = made if made.is_empty else None
    return Choice(name, wording.COMMANDS[name], form)


def _fields(identity: Identity | None) -> list[tuple[str, str]]:
    if identity is None:
        return []
    values = (
        ("姓名", identity.name),
        ("联系电话", identity.phone),
        ("证件号码", identity.id_number),
        ("地址", identity.address),
    )
    return [(label, value) for label, value in values if value]
