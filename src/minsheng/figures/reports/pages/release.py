"""What everybody may read: published releases as page and PDF, in the frame of the public side. Source: AR-0."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng.domain.duties import report as duty
from minsheng.domain.report_kinds import period_of
from minsheng.figures.reports import queries, shown
from minsheng.figures.reports.cycle import issuing
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Report
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.workbench.downloads import attachment


@require_safe
@public
def index(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """List the city's published releases, the latest first."""
    found = queries.published(visitor.city.code)
    releases = [(row.pk, issuing.title_of(row, now=visitor.now), row.sent_at) for row in found]
    return render(request, "reports/releases.html", {"releases": releases})


@require_safe
@public
def release(request: HttpRequest, visitor: Visitor, report_id: UUID) -> HttpResponse:
    """Show a published release with its figures."""
    row = _published(visitor, report_id)
    kind = queries.kind_of(row)
    counted = figures.read(row.figures)
    return render(
        request,
        "reports/release.html",
        {
            "row": row,
            "title": issuing.title_of(row, now=visitor.now),
            "period": period_of(row.since, row.until),
            "sections": shown.sections_of(row, kind, counted, words=None, may_write=False, now=visitor.now),
            "counted": counted,
            "is_public": True,
        },
    )


@require_safe
@public
def document(request: HttpRequest, visitor: Visitor, report_id: UUID) -> HttpResponse:
    """Give a published release as PDF, the very one that was published."""
    row = _published(visitor, report_id)
    return attachment(bytes(row.document or b""), "pdf", issuing.file_name(row, "pdf", now=visitor.now))


def _published(visitor: Visitor, report_id: UUID) -> Report:
    row = queries.find(report_id, city=visitor.city.code)
    if row is None or row.status != duty.SENT or not queries.kind_of(row).is_public:
        raise Http404
    return row
