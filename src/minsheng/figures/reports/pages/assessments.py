"""Assessment of units: the assessed periods, why a unit has its points, scores that others gave, the population.

Source: SZ-36, SZ-37, JY-14b, JY-31, SQ-15, SQ-16, AR-1.2a.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.honors import queries as honors
from minsheng.core.people import queries as people
from minsheng.core.people.gates import desk
from minsheng.core.people.pages.confirming import exported
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.assessment import Line
from minsheng.domain.duties.report import EDITORS
from minsheng.domain.indicators import rounded
from minsheng.domain.rejected import Rejected
from minsheng.domain.report_kinds import period_of
from minsheng.figures.reports import forms, queries
from minsheng.figures.reports.cycle import assessment_inputs
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Report
from minsheng.figures.reports.pages.cycle import found, reads
from minsheng.gateways import clock, packfiles, spreadsheets
from minsheng.workbench.downloads import attachment

# What the columns of a file of scores may be called.
_HEADS = (("单位", "得分"), ("unit", "score"))


@require_safe
@desk
def index(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what is judged by, the assessed periods, and the scores that others gave."""
    reads(person)
    return _index(request, person)


@require_safe
@desk
def unit(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Show why a unit has its points and rank in a report, down to the orders behind them."""
    row, counted = _counted(person, report_id)
    name = request.GET.get("unit", "")
    lines = [each for each in counted.explained if each.unit == name and each.weight]
    if not lines:
        raise Http404
    cells = dict(counted[figures.ASSESSMENT][name].cells)
    scheme = packfiles.assessment_scheme(policies.rules_for(row.city_id, now=clock.now()))
    place = {"table": figures.ASSESSMENT, "row": name, "column": "到期工单"}
    return render(
        request,
        "reports/assessed_unit.html",
        {
            "row": row,
            "unit": name,
            "period": period_of(row.since, row.until),
            "lines": lines,
            "rank": cells["名次"].shown,
            "points": cells["得分"].shown,
            "orders": cells["到期工单"].shown,
            "rows_address": f"/reports/{row.pk}/rows?{urlencode(place)}",
            "steadiness": scheme.steadiness,
            "least": scheme.least,
            "honors": honors.standing(row.city_id, units=people.known_as(name)),
        },
    )


@require_safe
@desk
def unweighed(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Show what the criteria without weight say of each unit in a report; none of it enters a score."""
    row, counted = _counted(person, report_id)
    lines = [each for each in counted.explained if not each.weight]
    labels = dict.fromkeys(each.label for each in lines)
    units: dict[str, dict[str, figures.Explained]] = {}
    for each in lines:
        units.setdefault(each.unit, {})[each.label] = each
    return render(
        request,
        "reports/unweighed.html",
        {
            "row": row,
            "period": period_of(row.since, row.until),
            "labels": [(label, any(of[label].rate is not None for of in units.values())) for label in labels],
            "units": [(unit, [of[label] for label in labels]) for unit, of in sorted(units.items())],
        },
    )


@require_safe
@desk
@exported
def weighed_for(request: HttpRequest, person: Person, report_id: UUID, place: int) -> HttpResponse:
    """Give every unit's result as another assessment of the city weighs it. Source: SZ-38, SQ-17, JY-31."""
    row, counted = _counted(person, report_id)
    rules = policies.rules_for(row.city_id, now=clock.now())
    if not 0 < place <= len(rules.assessment_exports):
        raise Http404
    title, weights = list(rules.assessment_exports.items())[place - 1]
    ended = datetime.combine(row.until - timedelta(days=1), time(), rules.worktime.zone)
    scheme = packfiles.assessment_scheme(rules).weighed(weights)
    found_scores = figures.reweighed(counted.explained, scheme, people.unit_names(row.city_id, now=ended))
    judged = [each for each in scheme.criteria if each.weight]
    heads = (_("单位"), _("名次"), _("得分"), *(f"{_(each.label)} {each.weight}%" for each in judged))
    lines = tuple(
        (
            score.unit,
            score.rank,
            None if score.points is None else rounded(score.points, digits=2),
            *(_share(line) for line in score.lines if line.criterion.weight),
        )
        for score in found_scores
    )
    name = f"{title}（{period_of(row.since, row.until).name}）"
    return attachment(spreadsheets.csv_of(spreadsheets.Sheet(name, heads, lines)), "csv", f"{name}.csv")


def _share(line: Line) -> Decimal | None:
    return None if line.rate is None else rounded(line.rate * 100, digits=2)


def _counted(person: Person, report_id: UUID) -> tuple[Report, figures.Figures]:
    """Return a report that assesses units, with its figures. Raises: Http404."""
    row = found(person, report_id)
    if row.figures is None:
        raise Http404
    counted = figures.read(row.figures)
    if not counted.has(figures.ASSESSMENT):
        raise Http404
    return row, counted


@require_POST
@desk
def scores(request: HttpRequest, person: Person) -> HttpResponse:
    """Take in a file of scores; one bad line refuses all of it."""
    _edits(person)
    form = forms.ScoresForm(request.POST, request.FILES, criteria=_criteria(person))
    if form.is_valid():
        given = form.cleaned_data
        try:
            rows = _read(given["file"].read())
            number = assessment_inputs.import_scores(
                person.city,
                criterion=given["criterion"],
                since=given["since"],
                until=given["until"] + timedelta(days=1),
                rows=rows,
                by=person.actor,
                now=clock.now(),
            )
        except Rejected as rejected:
            form.add_error("file", wording.say(rejected))
        else:
            messages.success(request, _("已导入 %(number)s 个单位的得分，重新取数后计入评估。") % {"number": number})
            return redirect("reports:assessment")
    return _index(request, person, scores_form=form, status=422)


@require_POST
@desk
def population(request: HttpRequest, person: Person) -> HttpResponse:
    """Set the inhabitants of a year."""
    _edits(person)
    form = forms.PopulationForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        assessment_inputs.set_population(
            person.city, year=given["year"], count=given["count"], source=given["source"], by=person.actor,
            now=clock.now(),
        )  # fmt: skip
        messages.success(request, _("常住人口已保存，重新取数后生效。"))
        return redirect("reports:assessment")
    return _index(request, person, population_form=form, status=422)


def _index(
    request: HttpRequest,
    person: Person,
    *,
    scores_form: forms.ScoresForm | None = None,
    population_form: forms.PopulationForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    scheme = packfiles.assessment_scheme(rules)
    may_edit = person.acting_as in EDITORS
    criteria = _criteria(person)
    assessed = [
        (line.id, _(line.kind.label), period_of(line.since, line.until).name, wording.REPORT_STATES[line.status])
        for line in queries.assessed(person.city)
    ]
    return render(
        request,
        "reports/assessment.html",
        {
            "criteria": scheme.criteria,
            "is_own": bool(rules.assessment_weights),
            "steadiness": scheme.steadiness,
            "least": scheme.least,
            "assessed": assessed,
            "populations": queries.populations(person.city),
            "scores_form": (scores_form or forms.ScoresForm(criteria=criteria, initial={"key": uuid4()}))
            if may_edit and criteria
            else None,
            "population_form": (population_form or forms.PopulationForm(initial={"key": uuid4()}))
            if may_edit
            else None,
        },
        status=status,
    )


def _criteria(person: Person) -> list[tuple[str, str]]:
    rules = policies.rules_for(person.city, now=clock.now())
    scheme = packfiles.assessment_scheme(rules)
    return [(each.code, _(each.label)) for each in scheme.criteria if each.is_imported]


def _edits(person: Person) -> None:
    if person.acting_as not in EDITORS:
        raise Http404


def _read(content: bytes) -> list[tuple[str, str]]:
    """Return units and scores of a CSV file, in UTF-8 or GB 18030. Raises: Rejected `score_file_unreadable`."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Rejected("score_file_unreadable")
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error:
        raise Rejected("score_file_unreadable") from None
    for unit_name, score_name in _HEADS:
        if rows and {unit_name, score_name} <= set(rows[0]):
            return [((row[unit_name] or "").strip(), (row[score_name] or "").strip()) for row in rows]
    raise Rejected("score_file_unreadable")
