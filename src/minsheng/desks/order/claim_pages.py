"""Claiming an order, giving it back, taking it over: the desks that several people share (领单)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from minsheng import wording
from minsheng.cases.live import actions as live
from minsheng.cases.orders.office import claims
from minsheng.cases.orders.storage import queries
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.domain.orders import waiting
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock
from minsheng.workbench.steps import back_to_order, order_or_404


@require_POST
@desk
def claim(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Claim an order; with `take_over` also from a colleague, who is told."""
    row, now = order_or_404(person, order_id), clock.now()
    if row.status not in waiting.QUEUES.get(person.acting_as, ()):
        messages.error(request, _("此件已不在您的待办中，不用领取。"))
        return back_to_order(request, row)
    try:
        former = claims.claim(row.id, city=person.city, by=person.actor, now=now, take_over="take_over" in request.POST)
    except Rejected as rejected:
        messages.error(request, wording.say(rejected))
        return back_to_order(request, row)
    if former is None:
        messages.success(request, _("已领取，其他人暂不能办理此件。"))
    else:
        messages.success(request, _("已从%(who)s接手此件。") % {"who": former.name})
    _tell(row, person, former)
    return back_to_order(request, row)


@require_POST
@desk
def release(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Give an order back that one has claimed."""
    row = order_or_404(person, order_id)
    if claims.release(row.id, by=person.actor):
        messages.success(request, _("已放回，其他人可以领取。"))
        _tell(row, person, None)
    else:
        messages.info(request, _("您没有领取此件，不用放回。"))
    return back_to_order(request, row)


def _tell(row: queries.Row, person: Person, former: claims.Held | None) -> None:
    """Let the desk's lists show it, and who lost the order hear of it."""
    now = clock.now()
    live.tell(city=person.city, audiences=[f"role:{person.acting_as}"], kind="queue", order=row.id, now=now)
    if former is not None:
        live.tell(city=person.city, audiences=[former.person], kind="order", order=row.id, now=now)
