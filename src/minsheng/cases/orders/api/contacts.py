"""The API of a unit's contacts: announce a change, file it with the center, see what is filed. Source: JY-3b, JY-3c."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from minsheng.cases.orders.api import answers, schemas, schemas_out
from minsheng.cases.orders.api.callers import Caller, caller_of, key_of
from minsheng.cases.orders.api.pages import REPLAYED, reply
from minsheng.core.lifecycles.kinds import Key, Outcome
from minsheng.core.people import contacts
from minsheng.core.people import queries as people
from minsheng.core.people.contacts import Said
from minsheng.core.people.queries import Filing
from minsheng.domain.duties.contact import CLOCK, Contact
from minsheng.domain.orders import fields
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

    key = _key(request, caller)
    said = Said(
        post=fields.plain_text("post", body.post, limit=fields.SHORT),
        person=fields.plain_text("name", body.name, limit=schemas.NAME),
        phone=fields.plain_text("phone", body.phone, limit=schemas.PHONE),
        effective_on=fields.read_day("effective", body.effective),
    )
    return _answer(contacts.announce(caller.city, said, actor=caller.actor, now=caller.now, key=key))


@router.post(
    "/contacts/{contact_id}/file", operation_id="file_contact", summary="备案联系人", response=schemas_out.ContactOut
)
def file(request: HttpRequest, contact_id: str, body: schemas.Empty) -> HttpResponse:
    """File an announced change with the center."""
    caller = caller_of(request)
    try:
        contact = UUID(contact_id)
    except ValueError:
        raise Rejected("not_found") from None

    key = _key(request, caller)
    return _answer(contacts.file(contact, city=caller.city, actor=caller.actor, now=caller.now, key=key))


def _key(request: HttpRequest, caller: Caller) -> Key:
    key = key_of(request, caller)
    return Key(key.scope, key.key, digest=key.fingerprint)


def _answer(outcome: Outcome[Contact]) -> HttpResponse:
    """Answer with the contact as the command left it; the answer holds no personal data."""
    contact = outcome.state
    assert contact.effective is not None
    filing = Filing(
        id=outcome.id,
        unit=contact.unit,
        post=contact.post,
        person="",
        effective_on=contact.effective,
        status=contact.status,
        due=contact.timers[CLOCK].due,
        late=bool(contact.breaches),
    )
    return reply(_filing(filing), headers={REPLAYED: "true"} if outcome.repeated else None)


def _own(caller: Caller) -> list[Filing]:
    if caller.actor.unit is None:
        raise Rejected("not_your_role", role=caller.actor.role)
    return people.filings(caller.city, unit=caller.actor.unit)


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
