"""Packs: what is in force with its clauses, two beside each other, and one that is to come after its stories held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.core.jobs import actions as jobs
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.core.policies import trials
from minsheng.core.policies.queries import CityFacts
from minsheng.desks.administration import listing
from minsheng.desks.administration.forms.packs import ActivateForm, Choices, DifferenceForm, TrialForm
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import KeyedForm, done
from minsheng.domain import comparing, kinds, packs
from minsheng.domain.packs import Entry
from minsheng.domain.parameters import GROUPS, NOT_YET, PARAMETERS, Parameter
from minsheng.gateways import clock
from minsheng.workbench import downloads


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter as the page shows it; `waits`: why nothing obeys it yet, empty where it is obeyed."""

    name: str
    label: str
    value: str
    source: str
    waits: str


@require_safe
@administrator
def in_force(request: HttpRequest, person: Person) -> HttpResponse:
    """Show every parameter that is in force, with its clause; or give them as a file."""
    chosen = policies.chosen_for(person.city, now=clock.now())
    entries = packs.laid(chosen)
    groups = [(group, _lines(group, entries)) for group in GROUPS]
    table = listing.Table(
        "parameters",
        _("规则参数"),
        (_("组"), _("参数"), _("名称"), _("取值"), _("条款")),
        lambda: [(group, each.name, each.label, each.value, each.source) for group, rows in groups for each in rows],
    )
    if (file := listing.exported(request, person, table)) is not None:
        return file
    context = {
        "city": policies.city(person.city),
        "chosen": chosen,
        "groups": groups,
        "total": sum(len(rows) for _group, rows in groups),
        "waiting": sum(bool(each.waits) for _group, rows in groups for each in rows),
        "kinds": downloads.TABLES,
    }
    return render(request, "administration/packs.html", context)


@require_safe
@administrator
def difference(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the parameters in which two packs differ."""
    library = policies.library(policies.city(person.city).pack_folder)
    names: Choices = [(each.name, f"{each.title}（{each.name}）") for each in library]
    form = DifferenceForm(request.GET if "one" in request.GET else None, names=names)
    rows: list[tuple[str, str, str, str, str, str]] | None = None
    if form.is_valid():
        sides = [packs.laid(comparing.chosen(library, form.cleaned_data[side], ())) for side in ("one", "other")]
        rows = [
            (each.name, each.label, *_cell(sides[0], each), *_cell(sides[1], each))
            for each in comparing.differing(*sides)
        ]
    context = {"form": form, "rows": rows, "same": len(PARAMETERS) - len(rows or [])}
    return render(request, "administration/pack_difference.html", context)


@require_http_methods(["GET", "POST"])
@administrator
def coming(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what is to come into force and how its stories went; ask for the trial of another."""
    city = policies.city(person.city)
    if request.method == "GET":
        return _coming_page(request, city, {})
    form = _trial_form(city, request)

    def work(now: datetime) -> None:
        given = form.cleaned_data
        trial = trials.ask(
            person.city,
            pack=given["pack"],
            overlays=given["overlays"],
            starts_on=given["starts_on"],
            actor=person.actor,
            now=now,
        )
        jobs.defer("rehearse_packs", key=str(trial))

    if not done(request, person, form, "pack trial", work):
        return _coming_page(request, city, {"ask": form}, status=422)
    messages.success(request, _("已安排演练，完成后在这里显示结果，再确认施行。"))
    return redirect("administration:packs_coming")


@require_POST
@administrator
def activate(request: HttpRequest, person: Person) -> HttpResponse:
    """Let the pack of a trial that held come into force on its day."""
    form = ActivateForm(request.POST)

    def work(now: datetime) -> None:
        trials.activate(person.city, form.cleaned_data["trial"], actor=person.actor, now=now)

    if not done(request, person, form, "pack activate", work):
        return _coming_page(request, policies.city(person.city), {"activate": form}, status=422)
    messages.success(request, _("已确定施行日期。"))
    return redirect("administration:packs_coming")


def _coming_page(
    request: HttpRequest, city: CityFacts, refused: Mapping[str, KeyedForm], *, status: int = 200
) -> HttpResponse:
    context = {
        "city": city,
        "trials": [
            (each, wording.TRIAL_STATES[each.state], ActivateForm(initial={"trial": each.id}))
            for each in trials.of_city(city.code)
        ],
        "forms": {"ask": _trial_form(city), **refused},
    }
    return render(request, "administration/packs_coming.html", context, status=status)


def _trial_form(city: CityFacts, request: HttpRequest | None = None) -> TrialForm:
    choices: dict[bool, Choices] = {False: [], True: []}
    for each in policies.library(city.pack_folder):
        choices[each.overlay].append((each.name, f"{each.title}（{each.name}）"))
    return TrialForm(request.POST if request is not None else None, packs=choices[False], overlays=choices[True])


def _lines(group: str, entries: Mapping[str, Entry]) -> list[Line]:
    return [
        Line(each.name, each.label, *_cell(entries, each), NOT_YET.get(each.attribute, ""))
        for each in PARAMETERS
        if each.group == group and each.attribute in entries
    ]


def _cell(entries: Mapping[str, Entry], parameter: Parameter) -> tuple[str, str]:
    """Return a parameter's value and where it comes from, in words."""
    entry = entries.get(parameter.attribute)
    if entry is None:
        return _("未写"), ""
    return kinds.written(entry.value), f"{entry.source}：{entry.reason}" if entry.reason else entry.source
