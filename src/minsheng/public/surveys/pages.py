"""Surveys for everybody: what can be answered, the questions, thanks, and published results. Nobody signs in here.

An answer keeps nothing of the visit: no session, no address, no hour. Source: SZ-7b, SZ-26.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.surveys import actions, queries
from minsheng.core.people.limits import Limit
from minsheng.domain.rejected import Rejected
from minsheng.domain.surveys import survey
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.surveys.forms import SurveyForm

# Many may stand behind one address; who answers a hundred times an hour is none of them.
ANSWER_BY_ADDRESS: Final = Limit("survey address", 60, timedelta(hours=1), by_address=True)


@require_safe
@public
def listing(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the surveys that anybody may answer, and those whose results are published."""
    rows = list(queries.public(visitor.city.code)[:100])
    context = {
        "open": [row for row in rows if row.status == survey.OPEN],
        "published": [row for row in rows if row.status == survey.PUBLISHED],
    }
    return render(request, "surveys/list.html", context)


@require_safe
@public
def thanks(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Thank whoever answered."""
    return render(request, "surveys/thanks.html")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def answer(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """Show a survey that everybody may answer, and take an answer."""
    row = queries.of(visitor.city.code, id)
    if row is None or not row.has_link or row.status == survey.DRAFT:
        raise Http404
    return _asked(request, visitor, row, way=survey.LINK)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def invited(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
    """Show a survey to somebody who was invited by message, and take one answer."""
    id = actions.survey_of(visitor.city.code, token) if len(token) < 100 else None
    row = queries.of(visitor.city.code, id) if id is not None else None
    if row is None:
        raise visitors.strange(visitor, wanted="survey", command="open_survey_link")
    return _asked(request, visitor, row, way=survey.MESSAGE, token=token)


@require_safe
@public
def results(request: HttpRequest, visitor: Visitor, id: UUID) -> HttpResponse:
    """Show the published results of a survey."""
    row = queries.of(visitor.city.code, id)
    if row is None or row.status != survey.PUBLISHED:
        raise Http404
    return render(request, "surveys/results.html", {"row": row, **queries.told(row, actions.KIND.read(row))})


def _asked(request: HttpRequest, visitor: Visitor, row: Any, *, way: str, token: str = "") -> HttpResponse:
    state = actions.KIND.read(row)
    data = request.POST if request.method == "POST" else None
    form = SurveyForm(state.questions, actions.districts(visitor.city.code), data=data)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                limits.hit(ANSWER_BY_ADDRESS, visitor.address, now=visitor.now)
                actions.answer(
                    row.pk, form.answers(), city=visitor.city.code, way=way, token=token, key=form.key, now=visitor.now,
                    district=form.cleaned_data.get("district", ""),
                )  # fmt: skip
            except Rejected as refused:
                form.refuse(refused, wording.say(refused))
            else:
                return redirect("surveys:thanks", visitor.city.code)
    context = {
        "row": row,
        "purpose": state.purpose,
        "ends": state.ends,
        "form": form,
        "is_open": row.status == survey.OPEN,
        "is_used": way == survey.MESSAGE and actions.is_used(token),
    }
    return render(request, "surveys/answer.html", context, status=status)
