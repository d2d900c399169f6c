"""The supervisor's desk: how each unit stands, the orders behind every number, and urging from there.

Source: SZ-39, SZ-41, SQ-18, SQ-21, JY-20.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.orders import actions
from minsheng.cases.orders.actions import Key
from minsheng.cases.orders.office import oversight, queues
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries
from minsheng.cases.registers import queries as registers
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CLOSED
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench import shown
from minsheng.workbench.steps import fingerprint, order_or_404

# Numbers that should be nought.
_PRESSING = frozenset({"unsigned", "over", "late_signs", "silent"})
# Units on one page of the table: the worst stand first.
_UNITS = 30
# What somebody can still look through before pressing.
MOST_AT_ONCE = 50
# Whom the life cycle lets urge (T42); the others ask the unit by a supervision order.
_URGING = frozenset({"office"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, where the orders behind it are (nought has none), and how it is read out."""

    code: str
    label: str
    number: int
    address: str
    spoken: str
    is_pressing: bool


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the table."""

    name: str
    cells: tuple[Cell, ...]


@require_safe
@desk
def units(request: HttpRequest, person: Person) -> HttpResponse:
    """Show how every unit stands, those with the most overdue first."""
    _oversees(person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    wanted = request.GET.get("unit", "").replace("\0", "").strip()[:100]
    total, found = oversight.standings(person.actor, city=person.city, moment=oversight.moment_of(now, rules=rules))
    chosen = [each for each in found if wanted in _name(each.unit)] if wanted else found
    begin = _begin(request.GET.get("from", ""))
    shown_now = chosen[begin : begin + _UNITS]
    return render(
        request,
        "desks/supervision.html",
        {
            "lacks_plan": registers.lacks_plan(person.city, rules),
            "tiles": _cells(total),
            "lines": [UnitLine(_name(each.unit), _cells(each)) for each in shown_now],
            "wanted": wanted,
            "known": len(chosen),
            "late": sum(1 for each in chosen if each.numbers["over"]),
            "begin": begin + 1,
            "end": begin + len(shown_now),
            "back": _page_address(wanted, begin - _UNITS) if begin else "",
            "next": _page_address(wanted, begin + _UNITS) if begin + _UNITS < len(chosen) else "",
            "now": now,
        },
    )


@require_safe
@desk
def rows(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the orders behind a number, the most pressing first."""
    _oversees(person)
    unit, what = request.GET.get("unit", ""), request.GET.get("what", "")
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    code = f"{what}{oversight.OF}{unit}"
    chosen = queues.find(code, person.actor, rules=rules)
    if chosen is None or oversight.OF in what:
        raise Http404
    base = queues.ground(person.actor, city=person.city, rules=rules, now=now)
    after = queues.cursor(request.GET.get("after", ""))
    found, following = queues.page(chosen, base, after=after)
    return render(
        request,
        "desks/supervision_rows.html",
        {
            "rows": shown.rows_of(found, person, now=now, rules=rules),
            "current": code,
            "label": wording.OVERSIGHT[what],
            "unit": unit,
            "unit_name": _name(unit),
            "what": what,
            "here": shown.address_behind(what, unit),
            "next": shown.address_behind(what, unit, after="~".join(following)) if following else "",
            "begun": after is not None,
            "urge_key": uuid4() if person.acting_as in _URGING else None,
            "may_issue": person.acting_as in rules.supervision_issuer,
            "pick": person.acting_as in _URGING or person.acting_as in rules.supervision_issuer,
            "now": now,
        },
    )


@require_POST
@desk
def urge(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Urge the unit of one order from the list, in one press; pressed again from the same page it is the same urge."""
    if person.acting_as not in _URGING:
        raise Http404
    row = order_or_404(person, order_id)
    figure = oversight.parse(request.POST.get("list", ""))
    back = shown.address_behind(figure[0].code, figure[1]) if figure is not None else resolve_url("desks:supervision")
    try:
        key = uuid5(UUID(request.POST.get("key", "")), row.id)
    except ValueError:
        messages.error(request, _("表单已失效，请刷新后再操作。"))
        return redirect(back)
    if row.status == CLOSED:
        messages.error(request, wording.say(Rejected("not_allowed_now", status=row.status)))
        return redirect(back)
    try:
        actions.apply(
            cmd.Urge(),
            order_id=row.id,
            actor=person.actor,
            now=clock.now(),
            key=Key(f"staff:{person.id}", str(key), fingerprint(f"{row.id} urge", {})),
        )
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
    else:
        messages.success(request, _("已催办 %(number)s。") % {"number": row.number})
    return redirect(back)


@require_POST
@desk
def urge_several(request: HttpRequest, person: Person) -> HttpResponse:
    """Urge the units of several ticked orders, each by itself with a result of its own. Source: SZ-39, SQ-18.0."""
    if person.acting_as not in _URGING:
        raise Http404
    figure = oversight.parse(request.POST.get("list", ""))
    back = shown.address_behind(figure[0].code, figure[1]) if figure is not None else resolve_url("desks:supervision")
    ids = [each for each in dict.fromkeys(request.POST.getlist("orders")) if "\0" not in each]
    try:
        batch = UUID(request.POST.get("key", ""))
    except ValueError:
        messages.error(request, _("表单已失效，请刷新后再操作。"))
        return redirect(back)
    if not ids or len(ids) > MOST_AT_ONCE:
        said = _("没有选中工单。请回到列表勾选。") if not ids else _(
            "一次最多办理 %(most)s 件，您选了 %(n)s 件。请分批办理。"
        ) % {"most": MOST_AT_ONCE, "n": len(ids)}  # fmt: skip
        messages.error(request, said)
        return redirect(back)
    found = {row.id: row for row in queries.visible(person.actor, city=person.city).filter(id__in=ids).defer("state")}
    rows = reading.retold([found[each] for each in ids if each in found], actor=person.actor, city=person.city)
    lines = [(row, _urged(row, person, batch)) for row in rows]
    done = sum(1 for _row, refusal in lines if not refusal)
    return render(request, "desks/supervision_urged.html", {"lines": lines, "done": done, "back": back})


def _urged(row: queries.Row, person: Person, batch: UUID) -> str:
    """Urge one order of a batch, once however often it is sent; return why not, empty if it was done."""
    if row.status == CLOSED:
        return wording.say(Rejected("not_allowed_now", status=row.status))
    key = Key(f"staff:{person.id}", str(uuid5(batch, row.id)), fingerprint(f"{row.id} urge", {}))
    try:
        actions.apply(cmd.Urge(), order_id=row.id, actor=person.actor, now=clock.now(), key=key)
    except Rejected as rejected:
        return wording.say(rejected, policies.rules_for(person.city, now=clock.now()))
    return ""


def _oversees(person: Person) -> None:
    """Raise Http404 for who oversees no units."""
    if person.acting_as not in oversight.ROLES:
        raise Http404


def _begin(text: str) -> int:
    """Return at which unit a page of the table begins; an address that was tampered with begins at the top."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 6 else 0


def _page_address(wanted: str, begin: int) -> str:
    parts = {"unit": wanted, "from": str(max(begin, 0))}
    return "?" + urlencode({name: value for name, value in parts.items() if value not in ("", "0")})


def _name(unit: str) -> str:
    """Return a unit's name; a supervision order may also have gone to the office."""
    return wording.ROLES.get(unit, unit)


def _cells(standing: oversight.Standing) -> tuple[Cell, ...]:
    labels = wording.OVERSIGHT
    return tuple(
        Cell(
            code,
            labels[code],
            number,
            shown.address_behind(code, standing.unit) if number else "",
            f"{_name(standing.unit)} {labels[code]} {number}".strip(),
            is_pressing=code in _PRESSING and number > 0,
        )
        for code, number in standing.numbers.items()
    )
