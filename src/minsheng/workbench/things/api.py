"""The API of things with a life cycle: list, see, begin, and every command of the table. docs/api.md says how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from minsheng.cases.orders.api import answers
from minsheng.cases.orders.api.callers import Caller, caller_of, key_of, seen_version_of
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles.kinds import Key, Kind, Outcome
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.workbench.things import queries

router = Router(tags=["事项"])
REPLAYED = "Idempotent-Replay"


class ThingOut(BaseModel):
    """A thing with a life cycle."""

    id: str
    kind: str
    number: str
    status: str
    version: int
    units: list[str]
    due: str | None
    late: bool
    may: list[str]


class ThingsOut(BaseModel):
    """A page of things; `next` begins the following one."""

    items: list[ThingOut]
    next: str | None


class CommandIn(BaseModel):
    """What a command says: its fields by name."""

    model_config = {"extra": "allow"}


class Paging(BaseModel):
    """Where a page begins."""

    after: Annotated[
        str | None, Field(None, pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="上一页的 next")
    ]


@router.get("/things/{prefix}", operation_id="list_things", summary="某类事项", response=ThingsOut)
def listing(request: HttpRequest, prefix: str, paging: Query[Paging]) -> HttpResponse:
    """Return the things of a kind that exist for the caller, the newest first."""
    caller = caller_of(request)
    kind = _kind(prefix)
    rows, onward = queries.page(kind, caller.actor, city=caller.city, tab="all", after=paging.after or "")
    return _reply({"items": [_told(kind, row, caller) for row in rows], "next": onward or None})


@router.get("/things/{prefix}/{id}", operation_id="see_thing", summary="一件事项", response=ThingOut)
def see(request: HttpRequest, prefix: str, id: str) -> HttpResponse:
    """Return a thing that exists for the caller."""
    caller = caller_of(request)
    kind = _kind(prefix)
    return _reply(_told(kind, _row(kind, id, caller), caller))


@router.post("/things/{prefix}", operation_id="begin_thing", summary="新建事项", response=ThingOut)
def begin(request: HttpRequest, prefix: str, command: str, body: CommandIn) -> HttpResponse:
    """Begin a thing by one of the commands that a kind begins with."""
    caller = caller_of(request)
    kind = _kind(prefix)
    opens, city = kind.opens, caller.city
    if opens is None:
        raise Rejected("not_found")
    key = _key(request, caller)
    done = actions.begin(
        kind, _built(kind, command, body), city=city, by=caller.actor, now=caller.now,
        made=lambda id: opens(id, city), key=key,
    )  # fmt: skip
    return _done(kind, done, caller)


@router.post("/things/{prefix}/{id}/{command}", operation_id="command_thing", summary="办理事项", response=ThingOut)
def do(request: HttpRequest, prefix: str, id: str, command: str, body: CommandIn) -> HttpResponse:
    """Carry out a command on a thing that exists for the caller."""
    caller = caller_of(request)
    kind = _kind(prefix)
    built, key = _built(kind, command, body), _key(request, caller)
    row = things.row_of(kind, id, caller.actor, city=caller.city)
    if row is None:
        # Their own command may have taken it out of their sight: who asks again is answered as then.
        return _done(kind, _answered(kind, id, type(built), key, caller), caller)
    try:
        done = actions.apply(
            kind, row.pk, built, city=caller.city, by=caller.actor, now=caller.now, key=key,
            seen_version=seen_version_of(request),
        )  # fmt: skip
    except Rejected:
        _row(kind, id, caller)  # who may not see it any more is not told who did what
        raise
    return _done(kind, done, caller)


def _kind(prefix: str) -> Kind[Any]:
    kind = queries.kind_of(prefix)
    if kind is None:
        raise Rejected("not_found")
    return kind


def _row(kind: Kind[Any], id: str, caller: Caller) -> Any:
    row = things.row_of(kind, id, caller.actor, city=caller.city)
    if row is None:
        raise Rejected("not_found")
    return row


def _built(kind: Kind[Any], command: str, body: CommandIn) -> Any:
    shapes = {row.command.name: row.command for row in kind.cycle.rows if kind.is_given(row.command.name)}
    if command not in shapes:
        raise Rejected("not_found")
    return fields.build(shapes[command], body.model_dump(), zone=ZONE)


def _key(request: HttpRequest, caller: Caller) -> Key:
    key = key_of(request, caller)
    return Key(key.scope, key.key, digest=key.fingerprint)


def _answered(kind: Kind[Any], id: str, command: type[Any], key: Key, caller: Caller) -> Outcome[Any]:
    try:
        done = actions.answered(kind, UUID(id), command, key=key, now=caller.now)
    except ValueError:
        done = None
    if done is None:
        raise Rejected("not_found")
    return done


def _done(kind: Kind[Any], done: Outcome[Any], caller: Caller) -> HttpResponse:
    """Answer with the thing as the command left it; of one that is out of sight now with that alone."""
    headers = {REPLAYED: "true"} if done.repeated else None
    row = things.row_of(kind, str(done.id), caller.actor, city=caller.city)
    if row is not None:
        return _reply(_told(kind, row, caller), headers=headers)
    left: dict[str, Any] = {"number": "", "units": [], "due": None, "late": False, "may": []}
    standing = {"status": done.state.status, "version": done.state.version}
    return _reply({"id": str(done.id), "kind": kind.cycle.name, **standing, **left}, headers=headers)


def _told(kind: Kind[Any], row: Any, caller: Caller) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": kind.cycle.name,
        "number": row.number,
        "status": row.status,
        "version": row.version,
        "units": list(kind.labels.parties(row, caller.actor)) if kind.labels is not None else row.units,
        "due": answers.moment(row.due),
        "late": row.is_late,
        "may": things.may_now(kind, row, caller.actor, now=caller.now),
    }


def _reply(body: object, *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(body), content_type="application/json", headers=headers)
