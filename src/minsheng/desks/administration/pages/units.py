"""Units: the tree and the list, a new one, one with all that hangs on it. Names and ends: `unit_change_pages`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.cases.honors import queries as honors
from minsheng.cases.orders import successions
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import clients, queries, regions, rosters, unit_details, units
from minsheng.core.people.queries import Person
from minsheng.core.people.unit_details import Listed, Wanted
from minsheng.core.policies import queries as policies
from minsheng.desks.administration import facts, listing
from minsheng.desks.administration.forms import units as forms
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import KeyedForm, done
from minsheng.domain import kinds
from minsheng.domain.rules import Rules
from minsheng.gateways import clock

_COLUMNS = (
    gettext_noop("单位"),
    gettext_noop("类别"),
    gettext_noop("层级"),
    gettext_noop("上级单位"),
    gettext_noop("地区"),
    gettext_noop("公开电话"),
    gettext_noop("状态"),
    gettext_noop("账号数"),
)
_FACTS_SHOWN = 100


@require_safe
@administrator
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the units as a tree, or those that are looked for; or give them as a file."""
    now = clock.now()
    form = forms.UnitListForm(request.GET)
    wanted = form.wanted()
    table = listing.Table(
        "units",
        _("单位"),
        tuple(map(_, _COLUMNS)),
        lambda: [_cells(each) for each in unit_details.every(person.city, wanted, now=now)],
    )
    if (file := listing.exported(request, person, table)) is not None:
        return file
    if wanted == Wanted():
        rows, onward = unit_details.tree(person.city, now=now), None
        total = len(rows)
    else:
        rows, onward = unit_details.page(person.city, wanted, after=listing.after(request), now=now)
        total = len(unit_details.every(person.city, wanted, now=now))
    context = {
        **listing.frame(form, onward=onward, total=total),
        "rows": [(each, *_labels(each), "　" * each.depth) for each in rows],
        "is_tree": wanted == Wanted(),
    }
    return render(request, "administration/units.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Add a unit."""
    names = unit_details.names(person.city)
    if request.method == "GET":
        return render(request, "administration/unit_new.html", {"form": forms.NewUnitForm(names=names)})
    form = forms.NewUnitForm(request.POST, names=names)

    def work(now: datetime) -> None:
        given = form.cleaned_data
        unit_details.add(
            person.city,
            given["name"],
            form.details(),
            joined_on=given["joined_on"],
            is_discipline=given["is_discipline"],
            actor=person.actor,
            now=now,
        )

    if not done(request, person, form, "unit new", work):
        return render(request, "administration/unit_new.html", {"form": form}, status=422)
    messages.success(request, _("已登记。请该单位备案联系人、安排值班，再开始交办。"))
    return redirect("administration:units")


@require_safe
@administrator
def unit(request: HttpRequest, person: Person, unit: int) -> HttpResponse:
    """Show a unit and what hangs on it."""
    return _page(request, person, _unit_or_404(person, unit), {})


@require_POST
@administrator
def do(request: HttpRequest, person: Person, unit: int, what: str) -> HttpResponse:
    """Change what a unit is, or which regions it serves."""
    found = _unit_or_404(person, unit)
    form: forms.DetailsForm | forms.ServeForm
    match what:
        case "details":
            form = forms.DetailsForm(request.POST, names=unit_details.names(person.city), auto_id="details_%s")
        case "regions":
            form = forms.ServeForm(request.POST, auto_id="regions_%s")
        case _:
            raise Http404

    def work(now: datetime) -> None:
        if isinstance(form, forms.DetailsForm):
            unit_details.change(person.city, found.name, form.details(), actor=person.actor, now=now)
        else:
            regions.serve(person.city, found.name, form.wanted(), actor=person.actor, now=now)

    if not done(request, person, form, f"unit {unit} {what}", work):
        return _page(request, person, found, {what: form}, status=422)
    messages.success(request, _("已办理。"))
    return redirect("administration:units_one", unit)


def _page(
    request: HttpRequest, person: Person, found: Listed, refused: dict[str, KeyedForm], *, status: int = 200
) -> HttpResponse:
    now, city = clock.now(), person.city
    rules = policies.rules_for(city, now=now)
    details = found.details
    served = regions.served(city).get(found.name, [])
    tree = regions.tree(city)
    lacks = rosters.lacking(city, worktime=rules.worktime_of(found.name), now=now, unit=found.name)
    shown = {
        "details": forms.DetailsForm(
            initial={name: getattr(details, name) for name in ("kind", "level", "region", "parent", "phone")},
            names=[each for each in unit_details.names(city) if each != found.name],
            auto_id="details_%s",
        ),
        "regions": forms.ServeForm(initial={"codes": "、".join(served)}, auto_id="regions_%s"),
        **refused,
    }
    stream = f"unit/{found.id}"
    events = ledger.history(stream, after_version=max(0, ledger.head(stream) - _FACTS_SHOWN))
    context = {
        "unit": found,
        "labels": _labels(found),
        "hours": _hours(rules, found.name),
        "regions": [tree.by_code[code].name for code in served if code in tree.by_code],
        "roster": "" if not lacks else _("今后几天完全没有人值班") if lacks[0].empty else _("今后几天有空缺"),
        "posts": next((each.posts for each in queries.compliance(city) if each.unit == found.name), ()),
        "clients": [each for each in clients.of_city(city) if each.unit == found.name],
        "orders": successions.open_orders(city, found.name),
        "belongings": units.belongings(city, unit=found.name, now=now),
        "honors": honors.standing(city, units=queries.known_as(found.name)),
        "former": units.former(city, words=found.name),
        "whats": list(wording.UNIT_CHANGES.items()),
        "lines": facts.lines(events[::-1], wording.UNIT_EVENTS),
        "forms": shown,
    }
    return render(request, "administration/unit.html", context, status=status)


def _hours(rules: Rules, unit: str) -> str:
    own = rules.office_hours_by_unit.get(unit)
    return kinds.written(own if own is not None else rules.office_hours)


def _unit_or_404(person: Person, unit: int) -> Listed:
    found = unit_details.one(person.city, unit, now=clock.now())
    if found is None:
        raise Http404
    return found


def _labels(each: Listed) -> tuple[str, str, str]:
    return (
        wording.UNIT_KINDS[each.details.kind],
        wording.UNIT_LEVELS[each.details.level],
        wording.UNIT_STATES[each.state],
    )


def _cells(each: Listed) -> tuple[Any, ...]:
    kind, level, state = _labels(each)
    details = each.details
    return (each.name, kind, level, details.parent, details.region, details.phone, state, each.staff)
