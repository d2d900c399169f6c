"""The board of monitoring, the list behind each number, who read an order's identity, a lead that becomes a case.

Source: JY-20.0, JY-20.11, JY-20.12, SZ-43.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.accountability import actions as cases
from minsheng.cases.monitoring import actions, board, readings
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.ledger.values import canonical
from minsheng.core.lifecycles import actions as things
from minsheng.core.lifecycles.kinds import Key
from minsheng.core.people import labels as called
from minsheng.core.people import queries as people
from minsheng.core.people import units
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.accountability.commands import ProposeCase
from minsheng.domain.monitoring.commands import ConfirmViolation
from minsheng.domain.monitoring_rule import OFFICE
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import clock
from minsheng.gateways.spreadsheets import Sheet
from minsheng.workbench import downloads

_PAGE = 30
_PARTIES = 40
# What an export holds at the most: a year of a large city.
_EXPORTED = 20_000
STATES = ("SUGGESTED", "RAISED", "TRANSFERRED", "DISMISSED", "ANNULLED")


@require_safe
@desk
def counters(request: HttpRequest, person: Person) -> HttpResponse:
    """Show how many violations of each rule stand for whom, in a month or a quarter, and what is near its threshold."""
    rules, now = _admitted(person), clock.now()
    period = _period(request, rules)
    seen = board.codes(rules, person.actor)
    found = board.lines(person.actor, city=person.city, period=period, rules=rules, now=now)
    begin = _begin(request.GET.get("from", ""))
    totals = {code: sum(line.counts.get(code, 0) for line in found) for code in seen}
    tiles = [
        {"code": code, "title": rule.title, "number": totals[code], "address": _behind(period, code=code)}
        for code, rule in seen.items()
        if totals[code]
    ]
    context = {
        "period": period,
        "quarter": _other(period),
        "tiles": tiles,
        "none": [(code, rule.title) for code, rule in seen.items() if not totals[code]],
        "may_record": any(person.acting_as in rule.creates for rule in seen.values()),
        "lines": [_line(line, period, seen) for line in found[begin : begin + _PARTIES]],
        "parties": len(found),
        "near": sum(1 for line in found if line.near),
        "suggested": board.suggested(person.actor, city=person.city),
        "suggestions": _behind(None, state="SUGGESTED"),
        "back": max(begin - _PARTIES, 0) if begin else None,
        "next": begin + _PARTIES if begin + _PARTIES < len(found) else None,
        "now": now,
    }
    return render(request, "desks/monitoring.html", context)


@require_safe
@desk
def behind(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the violations behind a number, or export them."""
    rules = _admitted(person)
    asked = {name: request.GET.get(name, "").replace("\0", "")[:100] for name in ("period", "code", "party", "state")}
    if asked["party"] == _party(OFFICE):
        asked["party"] = OFFICE
    period = _period(request, rules) if asked["period"] else None
    if asked["state"] and asked["state"] not in STATES:
        raise Http404
    seen = board.codes(rules, person.actor)
    found = board.rows(
        person.actor, city=person.city, period=period, code=asked["code"], party=asked["party"], state=asked["state"]
    )
    if (kind := request.GET.get("export", "")) in downloads.TABLES:
        return _exported(found[:_EXPORTED], person, rules, kind)
    begin = _begin(request.GET.get("from", ""))
    total = found.count()
    key = uuid4() if person.acting_as == "office" else None
    here = {name: value for name, value in asked.items() if value}
    context = {
        "asked": asked,
        "rows": _rows(list(found[begin : begin + _PAGE]), person, rules),
        "total": total,
        "codes": [(code, f"{code} {rule.title}") for code, rule in seen.items()],
        "states": [(each, _state(each)) for each in STATES],
        "party": _party(asked["party"]),
        "key": key,
        "kinds": downloads.TABLES,
        "back": _onward(here, begin - _PAGE) if begin else "",
        "next": _onward(here, begin + _PAGE) if begin + _PAGE < total else "",
    }
    return render(request, "desks/monitoring_rows.html", context)


@require_safe
@desk
def read_by(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Show who read the identity behind a violation's orders: for those who deal with such a violation (JY-20.11)."""
    row = _row_or_404(str(id), person)
    state = actions.VIOLATIONS.read(row)
    if not state.readings or person.acting_as not in state.creates:
        raise Http404
    found = readings.of(row)
    names = people.names(each.person for each in found)
    numbers = orders.numbers(person.actor, city=person.city, ids=row.orders)
    shown = [
        {
            "at": each.at,
            "who": names.get(each.person, each.person),
            "role": wording.ROLES[each.role],
            "unit": each.unit,
            "order": numbers.get(each.order, ""),
            "fields": "、".join(_(called.FIELD_NAMES[name]) for name in each.fields) or _("诉求原文"),
            "reason": each.reason,
        }
        for each in found
    ]
    return render(request, "desks/monitoring_readings.html", {"row": row, "readings": shown})


@require_POST
@desk
def propose(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Turn a lead into a proposed case with its evidence, in one press; pressed again it is the same case.

    A suggestion is confirmed by it. Source: SZ-43, JY-20.0, SQ-23.
    """
    row = _row_or_404(str(id), person)
    if person.acting_as != "office":
        raise Http404
    try:
        key = UUID(request.POST.get("key", ""))
    except ValueError:
        messages.error(request, _("表单已失效，请刷新后再操作。"))
        return redirect("things:thing", prefix="violation", id=str(id))
    try:
        made = _proposed(row, person, key)
    except Rejected as refused:
        messages.error(request, wording.say(refused))
        return redirect("things:thing", prefix="violation", id=str(id))
    messages.success(request, _("已提出问责建议。"))
    return redirect("things:thing", prefix="case", id=str(made))


def _proposed(row: board.ViolationRow, person: Person, key: UUID) -> UUID:
    """Confirm a suggestion and propose the case, both or neither. Raises: Rejected."""
    state, now, city = actions.VIOLATIONS.read(row), clock.now(), person.city
    rules = policies.rules_for(city, now=now)
    if row.party == OFFICE:
        raise Rejected("unit_unknown", unit=_party(OFFICE))
    who = board.person_of(row)
    today = units.stand_ins(city, names=[row.party]).get(row.party, row.party)
    command = ProposeCase(
        unit=today, person=who, grounds=(state.ground,), evidence=(*row.orders, row.number),
        text=f"{row.number}：{row.kind} {_title(row, rules)}",
    )  # fmt: skip
    made = cases.KIND.opens
    assert made is not None
    pressed = Key(f"staff:{person.id}", str(uuid5(key, row.number)), digest=canonical(row.number))
    with transaction.atomic():
        if row.status == "SUGGESTED":
            things.apply(actions.VIOLATIONS, row.pk, ConfirmViolation(), city=city, by=person.actor, now=now)
        return things.begin(
            cases.KIND, command, city=city, by=person.actor, now=now, made=lambda id: made(id, city), key=pressed
        ).id


def _admitted(person: Person) -> Rules:
    """Return the rules of the city. Raises: Http404 for whom there is no board."""
    if person.acting_as not in board.ROLES:
        raise Http404
    return policies.rules_for(person.city, now=clock.now())


def _row_or_404(id: str, person: Person) -> board.ViolationRow:
    row = board.row_of(id, person.actor, city=person.city)
    if row is None:
        raise Http404
    return row


def _period(request: HttpRequest, rules: Rules) -> board.Period:
    found = board.period_of(request.GET.get("period", ""), now=clock.now(), rules=rules)
    if found is None:
        raise Http404
    return found


def _other(period: board.Period) -> str:
    """Return the quarter of a month, or the last month of a quarter."""
    if len(period.months) > 1:
        return period.months[-1]
    year, _dash, month = period.name.partition("-")
    return f"{year}-Q{(int(month) + 2) // 3}"


def _begin(text: str) -> int:
    return min(int(text), 1_000_000) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _behind(period: board.Period | None, **asked: str) -> str:
    query = {**({"period": period.name} if period is not None else {}), **asked}
    return f"{reverse('desks:monitoring_rows')}?{urlencode(query)}"


def _onward(asked: dict[str, str], begin: int) -> str:
    return "?" + urlencode({**asked, "from": max(begin, 0)})


def _party(name: str) -> str:
    return _("热线办") if name == OFFICE else name


def _state(code: str) -> str:
    labels = actions.VIOLATIONS.labels
    assert labels is not None
    return wording.tr(labels.states[code])


def _line(line: board.Line, period: board.Period, seen: Any) -> dict[str, object]:
    return {
        "name": _party(line.party),
        "total": line.total,
        "address": _behind(period, party=line.party),
        "cells": [
            {
                "code": code, "title": rule.title, "number": line.counts[code],
                "address": _behind(period, party=line.party, code=code),
            }
            for code, rule in seen.items()
            if line.counts.get(code)
        ],
        "near": [
            {"code": code, "facts": facts, "threshold": threshold} for code, (facts, threshold) in line.near.items()
        ],
    }  # fmt: skip


def _rows(rows: list[board.ViolationRow], person: Person, rules: Rules) -> list[dict[str, Any]]:
    """Return violations as the list shows them, with the numbers of those orders that exist for the person."""
    numbers = orders.numbers(person.actor, city=person.city, ids=(id for row in rows for id in row.orders))
    return [
        {
            "row": row,
            "title": _title(row, rules),
            "party": _party(row.party),
            "state": _state(row.status),
            "orders": [(numbers[id], reverse("desks:order", args=(id,))) for id in row.orders if id in numbers],
            "may_propose": row.party != OFFICE and row.status in ("SUGGESTED", "RAISED"),
        }
        for row in rows
    ]


def _title(row: board.ViolationRow, rules: Rules) -> str:
    rule = rules.monitoring_rules.get(row.kind)
    return rule.title if rule is not None else ""


def _exported(rows: Any, person: Person, rules: Rules, kind: str) -> HttpResponse:
    """Return the list as a table: codes, parties, days; nobody who answers, nobody who complained."""
    columns = tuple(
        map(_, ("编号", "情形", "名称", "责任单位", "计入日期", "状态", "提醒督促次数", "移送编号", "工单编号"))
    )
    listed = [
        (
            each["row"].number, each["row"].kind, each["title"], each["party"], each["row"].counted.isoformat(),
            each["state"], each["row"].reminders, each["row"].dossier,
            "、".join(number for number, _address in each["orders"]),
        )
        for each in _rows(list(rows), person, rules)
    ]  # fmt: skip
    return downloads.table(Sheet(_("监察情形"), columns, tuple(listed)), kind)
