"""What a unit got: bulletins with a copy to it, to read and to sign for. Source: JY-14b, SZ-34b."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.domain.duties import report as duty
from minsheng.domain.rejected import Rejected
from minsheng.figures.reports import actions, forms, queries
from minsheng.figures.reports.actions import Key
from minsheng.figures.reports.cycle import issuing
from minsheng.figures.reports.models import Delivery
from minsheng.gateways import clock
from minsheng.workbench.downloads import attachment


@require_safe
@desk
def received(request: HttpRequest, person: Person) -> HttpResponse:
    """List what the unit got, the latest first."""
    unit = _unit(person)
    now = clock.now()
    return render(
        request,
        "reports/received.html",
        {
            "lines": [
                (each, issuing.title_of(each.report, now=now), uuid4())
                for each in queries.received(person.city, unit=unit)
            ]
        },
    )


@require_safe
@desk
def document(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Give a bulletin that the unit got, as it was sent."""
    row = _delivery(person, report_id).report
    return attachment(bytes(row.document or b""), "pdf", issuing.file_name(row, "pdf", now=clock.now()))


@require_POST
@desk
def sign(request: HttpRequest, person: Person, report_id: UUID) -> HttpResponse:
    """Sign for a bulletin."""
    _delivery(person, report_id)
    form = forms.ButtonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("表单已失效，请刷新后再操作。"))
        return redirect("reports:received")
    try:
        actions.acknowledge(
            report_id,
            city=person.city,
            recipient=person.unit or "",
            actor=person.actor,
            now=clock.now(),
            key=Key(f"staff:{person.id}", str(form.cleaned_data["key"])),
        )
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
    else:
        messages.success(request, _("已签收。"))
    return redirect("reports:received")


def _unit(person: Person) -> str:
    """Return the unit of somebody who acts for one. Raises: Http404."""
    if not person.in_unit_role or person.unit is None:
        raise Http404
    return person.unit


def _delivery(person: Person, report_id: UUID) -> Delivery:
    found = queries.delivery(report_id, city=person.city, recipient=_unit(person))
    if found is None or found.report.status != duty.SENT:
        raise Http404
    return found
