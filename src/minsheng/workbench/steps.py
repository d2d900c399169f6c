"""What every desk's page needs around a command: the order or 404, the key of a form, what is said afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.orders.actions import Key, Outcome
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.core.drafts import typed
from minsheng.core.ledger.values import canonical
from minsheng.core.people.queries import Person
from minsheng.domain.rejected import Rejected
from minsheng.workbench.forms import CommandForm, Ground


def order_or_404(person: Person, order_id: str) -> queries.Row:
    """Return the row of an order. Raises: Http404 for what does not exist for this person (JY-12), or is sealed."""
    row = sealed_or_not(person, order_id)
    if row.is_sealed:
        raise Http404
    return reading.retold([row], actor=person.actor, city=person.city)[0]


def sealed_or_not(person: Person, order_id: str) -> queries.Row:
    """Return the order's row, also a sealed one's, its title not covered yet.

    Raises: Http404 for what does not exist for this person (JY-12).
    """
    if "\0" in order_id:
        raise Http404
    try:
        return queries.find(order_id, actor=person.actor, city=person.city)
    except Rejected as rejected:
        raise Http404 from rejected


def say(request: HttpRequest, outcome: Outcome, ground: Ground, done: str) -> None:
    """Tell what was done, and what the rules have to say about it; what was typed for it is needed no more."""
    typed.taken(request)
    messages.success(request, done)
    for message in outcome.messages:
        messages.warning(request, wording.say(message, ground.rules))


def key_of(person: Person, form: CommandForm, what: str, asked: Mapping[str, Any]) -> Key:
    """Return the idempotency key of a form: whose it is, which, and what was asked."""
    return Key(f"staff:{person.id}", str(form.cleaned_data["key"]), fingerprint(what, asked))


def asked(request: HttpRequest) -> dict[str, list[str]]:
    """Return what was sent, but for what changes with every showing of the form."""
    left_out = (
        "csrfmiddlewaretoken", "seen_version", "key", "list", "draft", "draft_key", "draft_page", "draft_person",
    )  # fmt: skip
    return {name: request.POST.getlist(name) for name in request.POST if name not in left_out}


def fingerprint(what: str, asked_for: Mapping[str, Any]) -> bytes:
    """Return a digest of what was asked, to tell a repeated press from a key that was used for something else."""
    return hashlib.sha256(what.encode() + b"\0" + canonical(records.plain_of(dict(asked_for)))).digest()


def done(number: str = "") -> str:
    """Return what is said after an ordinary step; one who is led on to the next order is told of which."""
    return _("工单 %(number)s 已办理。") % {"number": number} if number else _("已办理。")


def back_to_order(request: HttpRequest, row: queries.Row, *, part: str = "") -> HttpResponse:
    """Return to the order's page, in the list that one came from; `part` is the piece of the page to open."""
    code = request.POST.get("list")
    query = "" if code is None else f"?{urlencode({'list': code})}"
    return redirect(resolve_url("desks:order", order_id=row.id) + query + part)


def go_on(request: HttpRequest, *, code: str, onward: str | None, page: str) -> HttpResponse:
    """Go on to the next order of the list one came from, on the same kind of page; at the list's end, back to it."""
    if onward is not None:
        return redirect(f"{resolve_url(page, order_id=onward)}?{urlencode({'list': code})}")
    messages.info(request, _("这一列表已处理完。"))
    return redirect(resolve_url("desks:queue") + (f"?{urlencode({'tab': code})}" if code else ""))
