"""A survey at the desks: questions, results, export as a table; the agent's page that asks somebody by telephone.

Source: SZ-7b.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.surveys import actions, labels, queries
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.domain.rejected import Rejected
from minsheng.domain.surveys import survey
from minsheng.gateways import clock, spreadsheets
from minsheng.public.surveys.forms import SurveyForm
from minsheng.workbench import downloads

_AGENT: Final = "callback_agent"
_EXPORTS: Final = ("csv", "xlsx")


@require_safe
@desk
def show(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Show what a survey asks, and once it is over what came of it; texts are read by the office alone."""
    row = _row_or_404(person, id)
    state = actions.KIND.read(row)
    texts = queries.texts(row, state.questions) if person.acting_as == "office" else {}
    context = {
        "row": row,
        "state": wording.tr(labels.LABELS.states[row.status]),
        "ways": [wording.tr(labels.WAYS[each]) for each in state.ways],
        "lines": [labels.question_line(each) for each in state.questions],
        "districts": queries.districts(row),
        "texts": [(state.questions[number - 1].text, said) for number, said in texts.items()],
        "is_over": row.status in (survey.CLOSED, survey.PUBLISHED),
        "calls": queries.callees(row.pk) if survey.TELEPHONE in state.ways else {},
        "may_call": _may_call(person, row, state),
        **queries.told(row, state),
    }
    return render(request, "desks/survey.html", context)


@require_safe
@desk
def export(request: HttpRequest, person: Person, id: UUID, kind: str) -> HttpResponse:
    """Send the results as a table: the shown cells alone."""
    row = _row_or_404(person, id)
    if kind not in _EXPORTS or row.status not in (survey.CLOSED, survey.PUBLISHED):
        raise Http404
    told = queries.told(row, actions.KIND.read(row))["told"]
    rows = [
        (each["number"], each["text"], cell["option"], each["of"], cell["count"], cell["share"], cell["interval"])
        for each in told
        for cell in each["cells"]
    ]
    rows += [(each["number"], each["text"], _("平均分"), each["of"], None, each["mean"], each["interval"])
             for each in told if each["mean"]]  # fmt: skip
    columns = (_("题号"), _("题目"), _("选项"), _("答题份数"), _("份数"), _("比例"), _("置信区间（95%）"))
    notes = (_("少于五份的不列，由它能推算出的也不列，以免看出是谁。"),)
    return downloads.table(spreadsheets.Sheet(row.title[:25], columns, tuple(rows), notes), kind)


@require_http_methods(["GET", "POST"])
@desk
def call(request: HttpRequest, person: Person, id: UUID) -> HttpResponse:
    """Show an agent somebody who was drawn, and take what they say; the list says of them that they were asked."""
    row = _row_or_404(person, id)
    state = actions.KIND.read(row)
    if not _may_call(person, row, state):
        raise PermissionDenied("not on the telephone")
    if request.method == "GET":
        return _call_page(request, row, queries.callee(row.pk), SurveyForm(state.questions, _districts(person)))
    order, outcome = request.POST.get("order", ""), request.POST.get("outcome", "")
    form = SurveyForm(state.questions, _districts(person), data=request.POST)
    if (callee := queries.callee_of(row.pk, order)) is None:
        raise Http404
    try:
        if outcome == "number":
            if not callee.is_to_be_called:
                raise Rejected("survey_answered")
            phone = actions.number_of(order, city=person.city, by=person.actor, now=clock.now())
            empty = SurveyForm(state.questions, _districts(person))
            return _call_page(request, row, queries.callee_of(row.pk, order), empty, phone=phone or _("没有留下电话"))
        if outcome != "answered":
            actions.not_answered(row.pk, order, outcome)
            return redirect("desks:survey_call", id=row.pk)
        if form.is_valid():
            actions.answered_by_telephone(
                row.pk, order, form.answers(), city=person.city, key=form.key, now=clock.now(),
                district=form.cleaned_data.get("district", ""),
            )  # fmt: skip
            messages.success(request, _("答卷已收到。"))
            return redirect("desks:survey_call", id=row.pk)
    except Rejected as refused:
        form.full_clean()
        form.refuse(refused, wording.say(refused))
    return _call_page(request, row, queries.callee_of(row.pk, order), form, status=422)


def _call_page(
    request: HttpRequest, row: Any, callee: Any, form: SurveyForm, *, phone: str = "", status: int = 200
) -> HttpResponse:
    number = orders.peek([callee.order])[callee.order].number if callee is not None else ""
    context = {"row": row, "callee": callee, "number": number, "form": form, "phone": phone}
    return render(request, "desks/survey_call.html", context, status=status)


def _districts(person: Person) -> list[str]:
    return actions.districts(person.city)


def _may_call(person: Person, row: Any, state: survey.Survey) -> bool:
    return person.acting_as == _AGENT and row.status == survey.OPEN and survey.TELEPHONE in state.ways


def _row_or_404(person: Person, id: UUID) -> Any:
    row = things.row_of(actions.KIND, str(id), person.actor, city=person.city)
    if row is None:
        raise Http404
    return row
