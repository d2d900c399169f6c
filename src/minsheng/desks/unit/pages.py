"""The unit's desk beside the life cycle: assigning inside the unit, remarks on drafts, calling the citizen, print."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.office import assignments
from minsheng.cases.orders.storage import queries, records
from minsheng.core.drafts import texts, typed
from minsheng.core.people import relayed
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.domain.orders.fields import Malformed, plain_text
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock, number_relay
from minsheng.workbench import written
from minsheng.workbench.overview import situation_of
from minsheng.workbench.printed import sheet_of
from minsheng.workbench.steps import back_to_order, order_or_404

_LONGEST = 500


@require_POST
@desk
def assign(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Give the order to a colleague of one's own unit."""
    row = order_or_404(person, order_id)
    try:
        assignments.assign(
            row.id,
            city=person.city,
            person=request.POST.get("person", ""),
            note=plain_text("note", request.POST.get("note", ""), limit=_LONGEST),
            by=person.actor,
            now=clock.now(),
        )
    except (Rejected, Malformed) as rejected:
        typed.refused(request)
        messages.error(request, wording.say(rejected))
    else:
        typed.taken(request)
        messages.success(request, _("已分给经办人。"))
    return back_to_order(request, row)


@require_POST
@desk
def send_back(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Send a draft back to the officer, saying what is to be changed. Source: JY-13.1c."""
    row = order_or_404(person, order_id)
    if person.acting_as not in ("leader", "head") or person.unit is None:
        raise PermissionDenied("not a leader")
    try:
        remark = plain_text("remark", request.POST.get("remark", ""), limit=_LONGEST)
    except Malformed as fault:
        typed.refused(request)
        messages.error(request, wording.say(fault))
        return back_to_order(request, row)
    if not remark:
        messages.error(request, _("请写明要修改的地方，再退给经办人。"))
    elif texts.send_back(
        written.stream(request.POST.get("of", ""), row.id),
        unit=person.unit,
        remark=remark,
        seen=request.POST.get("seen", ""),
    ):
        typed.taken(request)
        messages.success(request, _("答复稿已退给经办人修改。"))
    else:
        typed.refused(request)
        messages.error(request, _("没有待审签的答复稿，请刷新后查看。"))
    return back_to_order(request, row)


@sensitive_post_parameters()
@require_POST
@desk
def contact(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Connect one's own telephone with the citizen's through the relay. Source: A-15, SZ-15.3b, JY-9.4."""
    row = order_or_404(person, order_id)
    appellant = _said_of(row)
    try:
        relayed.connect(
            appellant,
            city=person.city,
            actor=person.actor,
            situation=situation_of(queries.state_of(row), person),
            order=row.id,
            own_phone=request.POST.get("own_phone", ""),
            key=_key(request),
            relay=number_relay.configured(demonstration=settings.DEMO or settings.DEBUG),
            now=clock.now(),
        )
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
    else:
        messages.success(request, _("正在接通，请接听您的电话。通话后请登记联系结果。"))
    return back_to_order(request, row, part="#side-identity")


@require_POST
@desk
def note_contact(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Write down what came of a call."""
    row = order_or_404(person, order_id)
    appellant = _said_of(row)
    try:
        relayed.note(
            appellant,
            city=person.city,
            actor=person.actor,
            order=row.id,
            contact=request.POST.get("contact", ""),
            result=request.POST.get("result", ""),
            text=plain_text("note", request.POST.get("note", ""), limit=_LONGEST),
            now=clock.now(),
        )
    except (Rejected, Malformed) as rejected:
        typed.refused(request)
        messages.error(request, wording.say(rejected))
    else:
        typed.taken(request)
        messages.success(request, _("联系结果已登记。"))
    return back_to_order(request, row, part="#side-identity")


@require_safe
@desk
def printed(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Show the order as the sheet that a unit files (交办单): without who said it."""
    row = order_or_404(person, order_id)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    return render(request, "desks/printed.html", {"sheet": sheet_of(row, person, rules=rules, now=now), "row": row})


def _key(request: HttpRequest) -> UUID:
    """Return the form's key; a form without one is pressed once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid4()


def _said_of(row: queries.Row) -> UUID:
    """Return who said the words of an order. Raises: Http404 where nobody is known."""
    words = appeals.words_of(records.appeal_of(row.id))
    if words is None or words.appellant is None:
        raise Http404
    return words.appellant
