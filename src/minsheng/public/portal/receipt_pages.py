"""The receipt of what was filed last: as a page, and as a PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minsheng import wording
from minsheng.cases.orders.reading import own
from minsheng.cases.orders.storage import queries
from minsheng.core.policies import queries as policies
from minsheng.domain.rules import Rules
from minsheng.gateways import documents
from minsheng.public.citizens import visitors
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.portal import receipt, wizard_pages


@require_safe
@public
def receipt_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show the receipt of what was filed last; it can be read again while the session lasts."""
    made, _rules = _receipt(request, visitor)
    address = _query_address(request, visitor, made.number)
    context = {
        "receipt": made,
        "qr": documents.qr_svg(address, label=_("查询进度的二维码")),
        "address": address,
        "typed": receipt.typed(address),
    }
    return render(request, "portal/receipt.html", context)


@require_safe
@public
def receipt_pdf(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Send the receipt as a PDF."""
    made, rules = _receipt(request, visitor)
    name = content_disposition_header(True, _("诉求回执 %(number)s.pdf") % {"number": made.number}) or "attachment"
    return HttpResponse(
        receipt.pdf(made, city=visitor.city.name, rules=rules, address=_query_address(request, visitor, made.number)),
        content_type="application/pdf",
        headers={"Content-Disposition": name, "Cache-Control": "private, no-store"},
    )


def _receipt(request: HttpRequest, visitor: Visitor) -> tuple[receipt.Receipt, Rules]:
    kept = wizard_pages.filed_draft(request, visitor)
    row = own.of_id(visitor.city.code, kept.order) if kept is not None else None
    if kept is None or row is None:
        raise visitors.strange(visitor, wanted="receipt", command="read_receipt")
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    kind = wording.tr(rules.appeal_types.get(row.type, ""))
    made = receipt.of(queries.state_of(row), number=row.number, code=kept.answers["code"], rules=rules, kind=kind)
    return made, rules


def _query_address(request: HttpRequest, visitor: Visitor, number: str) -> str:
    """Return the query page's address; the code is never in one."""
    return visitors.outside(request, f"{reverse('portal:query', args=(visitor.city.code,))}?number={number}")
