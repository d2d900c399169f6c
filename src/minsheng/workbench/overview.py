"""What the page of one order shows to one person: gathered here, judged by permissions and the life cycle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.appeals.queries import Added, Words
from minsheng.cases.orders.office import assignments, claims, queues
from minsheng.cases.orders.reading import finding, identities
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.reading.words import Reading
from minsheng.cases.orders.storage import queries, records
from minsheng.cases.registers import queries as registers
from minsheng.core.people import permissions, relayed
from minsheng.core.people import queries as people
from minsheng.core.people.permissions import CATEGORIZERS, Sight, Situation
from minsheng.core.people.queries import Identity, Person
from minsheng.core.policies import queries as policies
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import waiting
from minsheng.domain.orders.case import Row
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, Order
from minsheng.domain.packs import Rules
from minsheng.gateways import packfiles
from minsheng.workbench import (
    audit_panel,
    callback_panel,
    dispatch_panel,
    saved_words,
    shown,
    timeline,
    watched,
    written,
)
from minsheng.workbench.forms import CommandForm, Ground, RevealForm, WordsForm
from minsheng.workbench.shown import Deadline

# Who says what an appeal is about, or says it better.
# Steps that a button alone is enough for; the others without fields ask once more on a page of their own.
_AT_ONCE = frozenset({"sign", "pass_audit", "report", "ask_decision", "handled", "notify_appellant"})


# Keys of the steps that are taken all day; the sheet of keys names them.
_KEYS = {
    "submit": "s",
    "answer": "h",
    "dispatch": "a",
    "redispatch": "a",
    "sign": "s",
    "reply": "h",
    "approve_reply": "y",
    "contribute": "t",
    "request_return": "r",
    "request_extension": "e",
    "accept_return": "y",
    "refuse_return": "n",
    "approve_extension": "y",
    "refuse_extension": "n",
    "pass_audit": "y",
    "reject_audit": "n",
    "callback": "c",
    "urge": "u",
    "publish": "y",
}


_PLACES = {name: place for place, name in enumerate(_KEYS)}


@dataclass(frozen=True, slots=True)
class Choice:
    """A command that may be given now: its name, where its form is, its key, and the form when a button is enough."""

    name: str
    label: str
    address: str
    key: str
    is_first: bool
    in_place: bool
    form: CommandForm | None


@dataclass(frozen=True, slots=True)
class Way:
    """The list one came from: its code and name, and where the order stands in it."""

    code: str
    label: str
    place: queues.Place


def way_of(code: str | None, row: queries.Row, person: Person, *, rules: Rules, now: datetime) -> Way | None:
    """Return the list that one came from, with the order's neighbors; None when one came from elsewhere."""
    if code is None:
        return None
    chosen = queues.find(code, person.actor, rules=rules, desk=person.desk)
    if chosen is None:
        return None
    base = queues.ground(person.actor, city=person.city, rules=rules, now=now, desk=person.desk)
    return Way(code, shown.label_of_queue(code), queues.place(chosen, base, row))


def following(code: str | None, row: queries.Row, person: Person, *, rules: Rules, now: datetime) -> str | None:
    """Return the next order of the list one came from, asked for before a step takes this one out of it."""
    way = way_of(code, row, person, rules=rules, now=now)
    return way.place.following if way is not None else None


def context_of(
    row: queries.Row,
    person: Person,
    *,
    now: datetime,
    reveal: RevealForm,
    clear: Identity | None = None,
    opening: WordsForm | None = None,
    is_opened: bool = False,
    came_from: str | None = None,
) -> dict[str, Any]:
    """Return what the order's template needs. `clear`: parts of the identity that were just revealed; `opening`: the
    form that asks for the words as they were said, `is_opened`: they were just opened; `came_from`: the list one came
    from.
    """
    order = queries.state_of(row)
    rules = policies.rules_for(person.city, now=now)
    words = appeals.words_of(records.appeal_of(row.id))
    situation = situation_of(order, person, words)
    sight = permissions.sight(person.actor, situation)
    known = words.appellant if words is not None else None
    face = people.faces([known], city=person.city).get(known) if known is not None else None
    masked = face.masked if face is not None and sight is not Sight.NEVER else None
    read = reading.of(order, actor=person.actor, city=person.city, words=words, situation=situation, face=face)
    shown_as = reading.CLEAR if is_opened else read
    # Of here on nobody on the page meets the title as it stands in the row.
    row.title = shown_as.said(row.title)
    ground = Ground(rules, order, person.acting_as)
    facts = timeline.facts_of(queries.history(row.id))
    deadlines = shown.deadlines_of(order, now=now, rules=rules)
    relatives = [
        (_relation(order, each.id), each, wording.label_of_status(each.status, each.reason))
        for each in finding.relatives(
            person.actor, city=person.city, ids=(order.parent, *order.children, *timeline.linked_ids(facts))
        )
    ]
    choices = _choices(shown.offered(order, by=person.actor, rules=rules, now=now), ground, row)
    stand_ins = _choices(shown.stand_in(order, by=person.actor, rules=rules, now=now), ground, row)
    parts = [_part_words(order, place) for place in range(len(order.parts))]
    side = watched.side_of(row, order, person, rules=rules, now=now, read=shown_as)
    return {
        "row": row,
        "way": way_of(came_from, row, person, rules=rules, now=now),
        "came_from": came_from,
        "order": order,
        "state": wording.label_of_status(order.status, order.reason),
        "running": _running(deadlines) if order.is_open else [],
        "flags": shown.flags_of(order),
        "words": shown_as.words(words),
        "added": shown_as.added(_added(row, facts)),
        "facts": facts_of(order, shown_as.words(words), rules),
        "words_form": _opening(read, words, _added(row, facts), situation, person, opening),
        "is_opened": is_opened,
        "parts": parts,
        "identity": identity_rows(masked),
        "clear": identity_rows(clear),
        "has_identity": known is not None,
        "reveal": reveal if known is not None and permissions.may_ask(person.actor, situation) else None,
        "deadlines": deadlines,
        "timeline": timeline.timeline_of(facts, rules=rules, read=shown_as),
        "choices": choices,
        "stand_ins": [replace(each, is_first=False) for each in stand_ins],
        "relatives": relatives,
        "answer": timeline.latest_answer(facts, read=shown_as),
        "sides": _sides(
            has_identity=known is not None, has_units=bool(parts or relatives), is_watched=side is not None
        ),
        "supervision_side": side,
        "may_check": order.status == CLOSED and _may_check(order, person),
        **_callback(row, order, facts, person, ground, choices),
        **_audit(row, facts, words, person, ground, choices, now),
        **_dispatch(row, facts, words, read, person, ground, choices, now),
        **_claim(row, person, now),
        **_inside_unit(order, person, now=now),
        **_contacts(words, situation, person, row, shown_as),
        "draft": written.draft("reply", row, person),
        "category": _category(words, person),
    }


def _opening(
    read: Reading,
    words: Words | None,
    added: Sequence[Added],
    situation: Situation,
    person: Person,
    form: WordsForm | None,
) -> WordsForm | None:
    """Return the form that asks for the words as they were said: where something is covered, for whoever may."""
    if words is None or not reading.may_open(person.actor, situation):
        return None
    texts = (words.title, words.content, words.place, *(each.text for each in added))
    return (form or WordsForm()) if read.covers(*texts) else None


def _added(row: queries.Row, facts: Sequence[Fact]) -> list[Added]:
    """Return what the appellant said afterwards; a part of a parallel dispatch has it with the whole."""
    if row.parent or any(isinstance(fact.event, ev.MaterialAdded | ev.Split) for fact in facts):
        return appeals.additions(records.appeal_of(row.id))
    return []


def _category(words: Words | None, person: Person) -> dict[str, str] | None:
    """Return the category for whoever may correct it."""
    if words is None or person.acting_as not in CATEGORIZERS:
        return None
    return {"code": words.category, "path": packfiles.categories().path(words.category) if words.category else ""}


def _running(deadlines: list[Deadline]) -> list[Deadline]:
    """Return the clocks that run, the one that ends first before the others; what is paused has no end."""
    running = [each for each in deadlines if each.is_running]
    return sorted(running, key=lambda each: (each.due is None or each.light.color == "gray", each.due or each.start))


def _may_check(order: Order, person: Person) -> bool:
    """Tell whether the person may have a closed order looked back on: the center's, or the unit's own work."""
    if order.reason not in HANDLED_REASONS or not order.lead:
        return False
    return person.acting_as in ("supervisor", "office") or person.unit == order.lead


def _sides(*, has_identity: bool, has_units: bool, is_watched: bool) -> list[tuple[str, str]]:
    """Return the tabs beside an order, in their order."""
    sides = (
        ("deadlines", _("时限"), True),
        ("identity", _("诉求人"), has_identity),
        ("units", _("单位"), has_units),
        ("supervision", _("督办"), is_watched),
        ("files", _("附件"), True),
    )
    return [(code, name) for code, name, there in sides if there]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has claimed the order, as the page says it."""

    name: str
    claimed_at: datetime
    expires_at: datetime
    is_mine: bool


def _claim(row: queries.Row, person: Person, now: datetime) -> dict[str, Any]:
    """Return who has claimed the order at this desk, and whether it may be claimed."""
    role = person.acting_as
    if role not in claims.ROLES or row.status not in waiting.QUEUES.get(role, ()):
        return {"claim": None, "may_claim": False}
    held = claims.of([row.id], now=now).get(row.id)
    if held is None or held.role != role:
        return {"claim": None, "may_claim": True}
    is_mine = held.person == person.actor.person
    return {"claim": Holder(held.name, held.claimed_at, held.expires_at, is_mine), "may_claim": True}


def _callback(
    row: queries.Row, order: Order, facts: Sequence[Fact], person: Person, ground: Ground, choices: list[Choice]
) -> dict[str, Any]:
    """Return what the callback agent has beside an order that waits for a call; nothing at other desks."""
    if person.acting_as != "callback_agent" or not any(choice.name == "callback" for choice in choices):
        return {"callback": None}
    form = CommandForm("callback", ground=ground, initial={"key": uuid4(), "seen_version": row.version})
    answer = timeline.latest_answer(facts)
    return {
        "callback": callback_panel.panel_of(order, facts, answer, title=row.title, person=person, rules=ground.rules),
        "work_form": form,
        "snippets": saved_words.offered(person, form),
        "other_choices": [choice for choice in choices if choice.name != "callback"],
    }


def _audit(
    row: queries.Row,
    facts: Sequence[Fact],
    words: Words | None,
    person: Person,
    ground: Ground,
    choices: list[Choice],
    now: datetime,
) -> dict[str, Any]:
    """Return what the auditor has beside an answer that waits for its audit; nothing at other desks."""
    answer = timeline.latest_answer(facts)
    if person.acting_as != "auditor" or answer is None or not any(each.name == "pass_audit" for each in choices):
        return {"audit": None}
    appeal = words.content if words is not None else ""
    form = CommandForm("reject_audit", ground=ground, initial={"key": uuid4(), "seen_version": row.version})
    return {
        "audit": audit_panel.panel_of(answer, appeal=appeal, city=person.city, now=now),
        "work_form": form,
        "snippets": saved_words.offered(person, form),
        "pass_choices": [each for each in choices if each.name == "pass_audit"],
        "other_choices": [each for each in choices if each.name not in ("pass_audit", "reject_audit")],
    }


def _dispatch(
    row: queries.Row,
    facts: Sequence[Fact],
    words: Words | None,
    read: reading.Reading,
    person: Person,
    ground: Ground,
    choices: list[Choice],
    now: datetime,
) -> dict[str, Any]:
    """Return what the dispatcher has beside an order that waits for its unit; nothing at other desks."""
    name = next((each.name for each in choices if each.name in dispatch_panel.COMMANDS), None)
    if person.acting_as != "dispatcher" or name is None or row.status not in dispatch_panel.OPEN_AT_ONCE:
        return {"dispatch": None}
    form = CommandForm(name, ground=ground, initial={"key": uuid4(), "seen_version": row.version})
    seen = read.words(words)
    return {
        "dispatch": dispatch_panel.panel_of(
            words, facts, place=seen.place if seen is not None else "", city=person.city, now=now
        ),
        "work_form": dispatch_panel.prepare(form),
        "snippets": saved_words.offered(person, form),
        "other_choices": [each for each in choices if each.name != name],
    }


def _inside_unit(order: Order, person: Person, *, now: datetime) -> dict[str, Any]:
    """Return who of the person's own unit works on the order, and who might."""
    unit = person.actor.unit
    if unit is None or not order.is_open or (order.part(unit) is None and order.handler != unit):
        return {"colleagues": (), "assigned": None}
    return {
        "colleagues": people.colleagues(person.city, unit=unit, now=now),
        "assigned": assignments.of(order.id, unit=unit),
    }


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A contact with the citizen, as the page shows it."""

    id: str
    at: datetime
    who: str
    unit: str | None
    result_name: str
    note: str
    wants_result: bool


def _contacts(
    words: Words | None, situation: Situation, person: Person, row: queries.Row, read: Reading
) -> dict[str, Any]:
    """Return the log of contacts, for those who handle or oversee the order, and whether one may call now."""
    if words is None or words.appellant is None or situation.is_target:
        return {"contacts": (), "may_contact": False}
    entries = relayed.log_of(words.appellant, order=row.id)
    names = people.names(each.person for each in entries)
    results = {"reached": _("已接通"), "unreached": _("未接通"), "failed": _("中继未接通"), "": _("待登记结果")}
    shown_entries = [
        ContactShown(
            each.id, each.at, names.get(each.person, ""), each.unit, results[each.result],
            read.written(each.note),
            wants_result=not each.result and each.person == person.actor.person,
        )
        for each in entries
    ]  # fmt: skip
    return {
        "contacts": shown_entries,
        "may_contact": relayed.may_contact(person.actor, situation),
        "contact_key": uuid4(),
    }


def situation_of(order: Order, person: Person, words: Words | None = None) -> Situation:
    """Return what the sight of the identity depends on, for whoever sits here."""
    return identities.situation_of(order, actor=person.actor, city=person.city, words=words)


def facts_of(order: Order, words: Words | None, rules: Rules) -> list[tuple[str, str]]:
    """Return what was registered and where it stands, as label and value."""
    choices = wording.CHOICES
    given = [
        (_("诉求类型"), wording.tr(rules.appeal_types.get(order.type, order.type))),
        (_("分类"), shown.category_path(words.category) if words else ""),
        (_("渠道"), wording.tr(rules.channels.get(order.channel, order.channel))),
        (_("来源热线"), order.line),
        (_("诉求人类别"), choices["appellant"].get(order.appellant, order.appellant)),
        (_("公开意愿"), choices["publish"].get(order.publish, "")),
        (_("实名"), _("已提供") if order.real_name else ""),
        (_("地点"), words.place if words else ""),
        (_("被反映单位"), order.target_unit),
        (_("被反映人"), words.target_person if words else ""),
        (_("应急等级"), choices["level"].get(order.level, "")),
        (_("应急情形"), wording.tr(rules.emergency_grounds.get(order.ground, order.ground))),
        (_("应急预案"), registers.plan_name(order.plan)),
        (_("上级时限"), wording.moment_text(order.upper_due, rules) if order.upper_due else ""),
        (_("轮次"), _("第 %(n)s 轮") % {"n": order.round} if order.parts else ""),
        (_("办理单位"), order.handler if order.is_internal else ""),
        (_("督办"), _supervision(order)),
        (_("满意情况"), "" if order.satisfied is None else _("满意") if order.satisfied else _("不满意")),
        (_("解决情况"), "" if order.resolved is None else _("已解决") if order.resolved else _("未解决")),
        (_("公开情况"), _("已公开") if order.published else ""),
        (_("来信日期"), wording.moment_text(words.said_at, rules) if words and words.said_at else ""),
        (_("登记时间"), wording.moment_text(order.registered_at, rules) if order.registered_at else ""),
        (_("办结时间"), wording.moment_text(order.closed_at, rules) if order.closed_at else ""),
    ]
    return [(label, value) for label, value in given if value]


def _relation(order: Order, other: str) -> str:
    return _("总单") if other == order.parent else _("子单") if other in order.children else _("关联")


def _supervision(order: Order) -> str:
    if order.supervision is None:
        return ""
    standing = {"ISSUED": _("待反馈"), "FEEDBACK": _("已反馈，待审定"), "CLOSED": _("已结束")}[order.supervision.status]
    unit = wording.ROLES.get(order.supervision.unit, order.supervision.unit)
    return _("%(unit)s，%(standing)s") % {"unit": unit, "standing": standing}


def _part_words(order: Order, place: int) -> tuple[str, str, str]:
    part = order.parts[place]
    role = (_("主办") if part.lead else _("协办")) if len(order.parts) > 1 else _("承办")
    stage = {
        "DISPATCHED": _("待签收"),
        "HANDLING": _("办理中"),
        "RETURN_REQUESTED": _("申请退回"),
        "DONE": _("已提交意见"),
    }
    return part.unit, role, stage.get(part.stage, part.stage)


def _choices(rows: Iterable[Row], ground: Ground, row: queries.Row) -> list[Choice]:
    """Return what may be done, the usual step first."""
    names = sorted((each.command.name for each in rows), key=lambda name: _PLACES.get(name, len(_PLACES)))
    return [_choice(name, ground, row, is_first=place == 0) for place, name in enumerate(names)]


def _choice(name: str, ground: Ground, row: queries.Row, *, is_first: bool) -> Choice:
    form = None
    if name in _AT_ONCE:
        made = CommandForm(name, ground=ground, initial={"key": uuid4(), "seen_version": row.version}, auto_id=False)
        form = made if made.is_empty else None
    # Whether to publish is decided before the words that would go out.
    address = (
        reverse("desks:publication", args=(row.id,))
        if name in ("publish", "withdraw")
        else reverse("desks:do", args=(row.id, name))
    )
    in_place = name not in ("publish", "withdraw")
    return Choice(
        name, wording.COMMANDS[name], address, _KEYS.get(name, ""), is_first and name in _KEYS, in_place, form
    )


def identity_rows(identity: Identity | None) -> list[tuple[str, str]]:
    """Return what is known of an identity, with its labels; nothing for none."""
    if identity is None:
        return []
    values = (
        (_("姓名"), identity.name),
        (_("联系电话"), identity.phone),
        (_("证件号码"), identity.id_number),
        (_("地址"), identity.address),
    )
    return [(label, value) for label, value in values if value]
