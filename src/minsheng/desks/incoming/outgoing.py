"""Letters that are to be sent: printed with the address in the envelope's window, sent under a number, or returned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.orders.reading import finding
from minsheng.cases.orders.storage import records
from minsheng.core.ledger.values import ZONE
from minsheng.core.messages import by_hand
from minsheng.core.messages.by_hand import Standing
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.core.policies import queries as policies
from minsheng.desks.incoming.letters import ROLES
from minsheng.domain.facts import Notice
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import clock, documents
from minsheng.workbench import downloads

_LAYOUT: Final = Path(__file__).with_name("letter.typ")


@require_safe
@desk
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the letters that are to be sent, and those on their way. Source: JY-9.4, JY-12.4."""
    _check(person)
    now = clock.now()
    rules = policies.rules_for(person.city, now=now)
    context = {
        "waiting": _shown(by_hand.waiting(person.city, now=now), person, rules),
        "on_the_way": _shown(by_hand.on_the_way(person.city), person, rules),
    }
    return render(request, "desks/letters_outgoing.html", context)


@require_POST
@desk
def printed(request: HttpRequest, person: Person, letter: int) -> HttpResponse:
    """Print a letter; who has printed it, and that the address was used, is on record. Source: JY-23.5."""
    _check(person)
    now = clock.now()
    try:
        found = by_hand.prepared(letter, city=person.city, by=person.actor, now=now)
    except Rejected as refused:
        messages.error(request, wording.say(refused))
        return redirect("desks:letters_outgoing")
    orders = finding.of_ids(person.actor, city=person.city, ids=[records.order_id_of(found.stream)])
    rules = policies.rules_for(person.city, now=now)
    values = {
        "title": _("告知信"),
        "issuer": rules.display_name,
        "number": orders[0].number if orders else "",
        "number_label": _("工单编号"),
        "address": list(found.address),
        "paragraphs": [each for each in found.text.split("\n") if each.strip()],
        "day": "{0.year}年{0.month}月{0.day}日".format(now.astimezone(ZONE)),
    }
    content = documents.pdf(_LAYOUT, values, fonts=Path(settings.FONTS_FOLDER) if settings.FONTS_FOLDER else None)
    return downloads.attachment(content, "pdf", _("信函 %(n)s.pdf") % {"n": letter})


@require_POST
@desk
def sent(request: HttpRequest, person: Person, letter: int) -> HttpResponse:
    """Note that a letter was brought to the post, with its number there."""
    number = request.POST.get("postal_no", "")
    return _note(
        request, person, _("已登记寄出。"),
        lambda now: by_hand.sent(letter, city=person.city, postal_no=number, by=person.actor, now=now),
    )  # fmt: skip


@require_POST
@desk
def returned(request: HttpRequest, person: Person, letter: int) -> HttpResponse:
    """Note that a letter came back."""
    return _note(
        request, person, _("已登记退回，将改用其他渠道告知。"),
        lambda now: by_hand.returned(letter, city=person.city, by=person.actor, now=now),
    )  # fmt: skip


def _note(request: HttpRequest, person: Person, said: str, work: Callable[[datetime], None]) -> HttpResponse:
    _check(person)
    try:
        work(clock.now())
    except Rejected as refused:
        messages.error(request, wording.say(refused))
    else:
        messages.success(request, said)
    return redirect("desks:letters_outgoing")


def _check(person: Person) -> None:
    if person.acting_as not in ROLES:
        raise PermissionDenied


def _shown(rows: Sequence[Standing], person: Person, rules: Rules) -> list[dict[str, Any]]:
    """Return the letters with their orders, as far as these exist for the person."""
    ids = [records.order_id_of(each.stream) for each in rows if each.stream.startswith("order/")]
    orders = {each.id: each for each in finding.of_ids(person.actor, city=person.city, ids=ids)}
    return [
        {
            "letter": each,
            "order": orders.get(records.order_id_of(each.stream)) if each.stream.startswith("order/") else None,
            "told": wording.say(Notice(each.kind, "citizen", {}), rules),
        }
        for each in rows
    ]
