"""The API of a unit's contacts: announce a change, file it with the centre, see what is filed. Source: JY-3b, JY-3c."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from minsheng.cases.orders.api import answers, schemas, schemas_out
from minsheng.cases.orders.api.callers import Caller, caller_of, key_of
from minsheng.cases.orders.api.pages import REPLAYED, reply
from minsheng.core.ledger import actions as ledger
from minsheng.core.people import contacts
from minsheng.core.people.contacts import Filing
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Malformed
from minsheng.domain.rejected import Rejected

router = Router(tags=["联系人"])


@router.get("/contacts", operation_id="list_contacts", summary="本单位联系人备案", response=schemas_out.ContactsOut)
def listing(request: HttpRequest) -> HttpResponse:
    """Return the posts of the caller's unit that are filled or to be filed."""
    caller = caller_of(request)
    return reply({"items": [_filing(each) for each in _own(caller)]})


@router.post("/contacts", operation_id="change_contact", summary="变更联系人", response=schemas_out.ContactOut)
def change(request: HttpRequest, body: schemas.ContactIn) -> HttpResponse:
    """Announce who holds a post from a day on; the filing is due from that day."""
    caller = caller_of(request)

    def work() -> UUID:
        return contacts.change(
            caller.city,
            post=fields.plain_text("post", body.post, limit=fields.SHORT),
            person=fields.plain_text("name", body.name, limit=schemas.NAME),
            phone=fields.plain_text("phone", body.phone, limit=schemas.PHONE),
            effective_on=_day(body.effective),
            actor=caller.actor,
            now=caller.now,
        )

    return _once(request, caller, work)


@router.post(
    "/contacts/{contact_id}/file", operation_id="file_contact", summary="备案联系人", response=schemas_out.ContactOut
)
def file(request: HttpRequest, contact_id: str, body: schemas.Empty) -> HttpResponse:
    """File an announced change with the centre."""
    caller = caller_of(request)
    try:
        contact = UUID(contact_id)
    except ValueError:
        raise Rejected("not_found") from None

    def work() -> UUID:
        contacts.file(contact, city=caller.city, actor=caller.actor, now=caller.now)
        return contact

    return _once(request, caller, work)


def _once(request: HttpRequest, caller: Caller, work: Callable[[], UUID]) -> HttpResponse:
    """Do the work once for its key and answer with the contact; the answer holds no personal data."""
    key = key_of(request, caller)
    with transaction.atomic():
        known = ledger.once(key.scope, key=key.key, fingerprint=key.fingerprint, now=caller.now)
        if known is not None:
            return reply(known.body, headers={REPLAYED: "true"})
        contact = work()
        body = next(_filing(each) for each in _own(caller) if each.id == contact)
        ledger.remember(key.scope, key=key.key, status=200, body=body)
    return reply(body)


def _own(caller: Caller) -> list[Filing]:
    if caller.actor.unit is None:
        raise Rejected("not_your_role", role=caller.actor.role)
    return contacts.filings(caller.city, unit=caller.actor.unit)


def _filing(filing: Filing) -> dict[str, Any]:
    return {
        "id": str(filing.id),
        "unit": filing.unit,
        "post": filing.post,
        "effective": filing.effective_on.isoformat(),
        "status": filing.status,
        "due": answers.moment(filing.due),
        "late": filing.late,
    }


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Malformed("effective", "not_a_day") from None
    if not fields.FIRST_YEAR <= day.year <= fields.LAST_YEAR:
        raise Malformed("effective", "not_a_day")
    return day
