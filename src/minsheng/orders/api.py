"""The API of orders: register, list, see, every command of the life cycle, clocks, timeline, identity.

Answers are written as they are documented in `schemas`; tests hold them to it. docs/api.md is for those who call it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from minsheng import wording
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected
from minsheng.ledger import actions as ledger
from minsheng.orders import actions, identities, models, queries, records, schemas
from minsheng.orders import api_answers as answers
from minsheng.orders.actions import Key, Outcome, Words
from minsheng.orders.api_callers import Caller, caller_of, key_of, plain, seen_version_of
from minsheng.people import actions as people_actions
from minsheng.people import queries as people
from minsheng.policies import queries as policies

router = Router(tags=["工单"])

REPLAYED = "Idempotent-Replay"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,63}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.\d{1,3})?")


def reply(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an answer as JSON."""
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)


class Listing(BaseModel):
    """What a list may be narrowed by."""

    after: Annotated[str | None, Field(None, max_length=200, description="上一页的 next")]
    limit: Annotated[int, Field(50, ge=1, le=200, description="每页件数")]
    status: Annotated[schemas.Status | None, Field(None, description="状态")]
    unit: Annotated[str | None, Field(None, max_length=200, description="承办单位")]
    type: Annotated[schemas.Type | None, Field(None, description="诉求类型")]
    matter: Annotated[str | None, Field(None, max_length=200, description="同一事项标识")]
    since: Annotated[schemas.Moment | None, Field(None, description="在此时刻或之后登记")]


@router.post(
    "/appeals", operation_id="register", summary="登记诉求", response={201: schemas.OrderOut, 200: schemas.OrderOut}
)
def register(request: HttpRequest, body: schemas.AppealIn) -> HttpResponse:  # type: ignore[valid-type]
    """Put an appeal on record, and with `submit` hand it to dispatch. Source: SZ-15.1, JY-9.1, SQ-10.1."""
    caller = caller_of(request)
    given = plain(body)
    identity = given.pop("identity", {})
    submit = given.pop("submit", False)
    words = _words(given)
    built = cmd.build("submit" if submit else "register", given, zone=records.ZONE)
    assert isinstance(built, cmd.AppealFields)
    outcome = _registered(built, identity=identity, words=words, caller=caller, key=key_of(request, caller))
    return _told(outcome, caller, status=201)


def _words(given: dict[str, Any]) -> Words:
    """Take what is kept beside the command out of a body. Raises: Malformed."""
    title = fields.plain_text("title", given.pop("title", ""), limit=schemas.TITLE)
    source_no = fields.plain_text("source_no", given.pop("source_no", ""), limit=schemas.SOURCE_NO)
    said = given.pop("said_at", None)
    said_at = fields.read_moment("said_at", said, records.ZONE) if said is not None else None
    return Words(title=title, source_no=source_no, said_at=said_at)


def _registered(
    command: cmd.AppealFields, *, identity: Mapping[str, str], words: Words, caller: Caller, key: Key
) -> Outcome:
    """Keep the identity and register, both or neither. Raises: Rejected, Malformed."""
    known = {
        name: text
        for name, value in identity.items()
        if (text := fields.plain_text(f"identity.{name}", value, limit=schemas.ADDRESS))
    }
    with transaction.atomic():
        appellant = None
        if known:
            appellant = people_actions.keep_appellant(
                city=caller.city, kind=command.appellant or "citizen", now=caller.now, **known
            )
        outcome = actions.register(
            command,
            city=caller.city,
            actor=caller.actor,
            now=caller.now,
            words=msgspec.structs.replace(words, appellant=appellant) if False else _whose(words, appellant),
            key=key,
        )
        if outcome.repeated:
            transaction.set_rollback(True)
    return outcome
