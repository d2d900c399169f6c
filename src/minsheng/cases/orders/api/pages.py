"""The API of orders: register, list, see, every command of the life cycle, clocks, timeline, identity.

Answers are written as they are documented in `schemas`; tests hold them to it. docs/api.md is for those who call it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from minsheng import wording
from minsheng.cases.appeals import actions as saying
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import actions, models
from minsheng.cases.orders.actions import Key, Outcome
from minsheng.cases.orders.api import answers, schemas, schemas_out
from minsheng.cases.orders.api.callers import Caller, caller_of, key_of, plain, seen_version_of
from minsheng.cases.orders.reading import finding, identities
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries, records
from minsheng.cases.orders.storage.projection import Words
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import appellants
from minsheng.core.people import queries as people
from minsheng.core.people.permissions import CATEGORIZERS
from minsheng.core.policies import queries as policies
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles

router = Router(tags=["工单"])

REPLAYED = "Idempotent-Replay"
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,63}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.\d{1,3})?")


def reply(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Return an answer as JSON."""
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)


class Paging(BaseModel):
    """Where a page begins, and how long it is."""

    after: Annotated[str | None, Field(None, max_length=200, description="上一页的 next")]
    limit: Annotated[int, Field(50, ge=1, le=200, description="每页件数")]


class Listing(Paging):
    """What a list may be narrowed by."""

    status: Annotated[schemas.Status | None, Field(None, description="状态")]
    unit: Annotated[str | None, Field(None, max_length=200, description="承办单位")]
    type: Annotated[schemas.Type | None, Field(None, description="诉求类型")]
    matter: Annotated[str | None, Field(None, max_length=200, description="同一事项标识")]
    since: Annotated[schemas.Moment | None, Field(None, description="在此时刻或之后登记")]


@router.post(
    "/appeals",
    operation_id="register",
    summary="登记诉求",
    response={201: schemas_out.OrderOut, 200: schemas_out.OrderOut},
)
def register(request: HttpRequest, body: schemas.AppealIn) -> HttpResponse:  # type: ignore[valid-type]
    """Put an appeal on record, and with `submit` hand it to dispatch. Source: SZ-15.1, JY-9.1a, SQ-10.1."""
    caller = caller_of(request)
    given = plain(body)
    identity = given.pop("identity", {})
    submit = given.pop("submit", False)
    words = _words(given)
    built = cmd.build("submit" if submit else "register", given, zone=ZONE)
    assert isinstance(built, cmd.AppealFields)
    outcome = _registered(built, identity=identity, words=words, caller=caller, key=key_of(request, caller))
    return _told(outcome, caller, status=201)


def _words(given: dict[str, Any]) -> Words:
    """Take what is kept beside the command out of a body. Raises: Malformed, Rejected `unknown_category`."""
    title = fields.plain_text("title", given.pop("title", ""), limit=schemas.TITLE)
    source_no = fields.plain_text("source_no", given.pop("source_no", ""), limit=schemas.SOURCE_NO)
    category = fields.plain_text("category", given.pop("category", ""), limit=schemas.CATEGORY)
    if category and category not in packfiles.categories().by_code:
        raise Rejected("unknown_category")
    said = given.pop("said_at", None)
    said_at = fields.read_moment("said_at", said, ZONE) if said is not None else None
    return Words(title=title, source_no=source_no, said_at=said_at, category=category)


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
        if known:
            kind = command.appellant or "citizen"
            appellant = appellants.keep_appellant(city=caller.city, kind=kind, now=caller.now, **known)
            words = replace(words, appellant=appellant)
        outcome = actions.register(command, city=caller.city, actor=caller.actor, now=caller.now, words=words, key=key)
        if outcome.repeated:
            transaction.set_rollback(True)
    return outcome


@router.get("/orders", operation_id="list_orders", summary="工单列表", response=schemas_out.OrderPage)
def listing(request: HttpRequest, narrowed: Query[Listing]) -> HttpResponse:
    """List the orders that exist for the caller, the newest first."""
    caller = caller_of(request)
    rows = _visible(caller)
    for name in ("status", "type"):
        if value := getattr(narrowed, name):
            rows = rows.filter(**{name: value})
    if unit := fields.plain_text("unit", narrowed.unit or "", limit=fields.SHORT):
        rows = rows.filter(units__contains=[unit])
    if matter := fields.plain_text("matter", narrowed.matter or "", limit=fields.SHORT):
        rows = rows.filter(matter=matter)
    if narrowed.since is not None:
        rows = rows.filter(registered_at__gte=fields.read_moment("since", narrowed.since, ZONE))
    found, following = queries.newest(rows, after=answers.place_of(narrowed.after), limit=narrowed.limit)
    return reply(
        {"items": answers.lines(found, actor=caller.actor, city=caller.city), "next": answers.cursor(following)}
    )


@router.get("/queue", operation_id="my_queue", summary="待办工单", response=schemas_out.QueuePage)
def queue(request: HttpRequest, paging: Query[Paging]) -> HttpResponse:
    """Return what waits for the caller's role, the most urgent first, with counts by state."""
    caller = caller_of(request)
    _visible(caller)
    rows = queries.queue(caller.actor, city=caller.city)
    found, following = queries.page_of(rows, after=answers.place_of(paging.after), limit=paging.limit)
    counts = queries.counts(caller.actor, city=caller.city)
    items = answers.lines(found, actor=caller.actor, city=caller.city)
    return reply({"items": items, "next": answers.cursor(following), "counts": counts})


def _visible(caller: Caller) -> QuerySet[models.Order]:
    """Return the orders that exist for the caller; a portal knows its citizens' orders, it doesn't list the city's."""
    if caller.actor.role == "citizen":
        raise Rejected("not_your_role", role="citizen")
    return queries.visible(caller.actor, city=caller.city)


@router.get("/orders/{order_id}", operation_id="get_order", summary="工单详情", response=schemas_out.OrderDetail)
def detail(request: HttpRequest, order_id: str) -> HttpResponse:
    """Return an order with its answers, and the masked identity where the role sees it."""
    caller = caller_of(request)
    row, state = _found(order_id, caller, sealed_too=True)
    identity = identities.masked(row, state, actor=caller.actor)
    body = answers.order(state, number=row.number, city=row.city_id, actor=caller.actor)
    body["identity"] = asdict(identity) if identity is not None else None
    words = appeals.words_of(records.appeal_of(state.id))
    read = reading.of(state, actor=caller.actor, city=row.city_id, words=words)
    body["answers"] = [] if state.sealed else answers.answers(queries.history(state.id), read=read)
    return reply(body, headers={"ETag": f'"{state.version}"'})


@router.get(
    "/orders/{order_id}/timers", operation_id="get_timers", summary="时限及推算", response=schemas_out.TimersOut
)
def clocks(request: HttpRequest, order_id: str) -> HttpResponse:
    """Return the order's clocks: due moments, how they stand, and how each came about."""
    caller = caller_of(request)
    _, state = _found(order_id, caller)
    return reply(answers.clocks(state, policies.rules_for(caller.city, now=caller.now)))


@router.get(
    "/orders/{order_id}/timeline", operation_id="get_timeline", summary="办理过程", response=schemas_out.TimelineOut
)
def timeline(request: HttpRequest, order_id: str) -> HttpResponse:
    """Return what happened to the order, without what was said."""
    caller = caller_of(request)
    _, state = _found(order_id, caller)
    return reply(answers.timeline(state, queries.history(state.id)))


@router.post(
    "/orders/{order_id}/identity",
    operation_id="reveal_identity",
    summary="查看诉求人身份",
    response=schemas_out.IdentityOut,
)
def reveal(request: HttpRequest, order_id: str, body: schemas.RevealIn) -> HttpResponse:
    """Return the identity in clear; who saw it and why is on record, at every call. Source: JY-23.5, SZ-26."""
    caller = caller_of(request)
    key = key_of(request, caller)
    wanted = tuple(body.fields or people.FIELDS)
    reason = fields.plain_text("reason", body.reason, limit=schemas.REASON)
    row, state = _found(order_id, caller)
    replayed = _noted_once(key, caller, state)
    identity = identities.reveal(row, state, actor=caller.actor, reason=reason, fields=wanted, now=caller.now)
    return reply(asdict(identity), headers={REPLAYED: "true"} if replayed else None)


@router.post(
    "/orders/{order_id}/category",
    operation_id="categorise",
    summary="确定诉求分类",
    response=schemas_out.CategoryOut,
)
def categorize(request: HttpRequest, order_id: str, body: schemas.CategoryIn) -> HttpResponse:
    """Say what an order's appeal is about, or say it better, as the desks do. Source: SZ-15.2."""
    caller = caller_of(request)
    key = key_of(request, caller)
    if caller.actor.role not in CATEGORIZERS:
        raise Rejected("not_your_role", role=caller.actor.role)
    category = fields.plain_text("category", body.category, limit=schemas.CATEGORY)
    if category and category not in packfiles.categories().by_code:
        raise Rejected("unknown_category")
    row, state = _found(order_id, caller)
    with transaction.atomic():
        replayed = _noted_once(key, caller, state)
        if not replayed:
            saying.categorize(
                records.appeal_of(row.id), category=category, city=caller.city, actor=caller.actor, now=caller.now
            )
    words = appeals.words_of(records.appeal_of(row.id))
    told = {"id": row.id, "category": words.category if words is not None else ""}
    return reply(told, headers={REPLAYED: "true"} if replayed else None)


@router.post(
    "/orders/{order_id}/words",
    operation_id="open_words",
    summary="查看诉求原文",
    response=schemas_out.WordsOut,
)
def open_words(request: HttpRequest, order_id: str, body: schemas.WordsIn) -> HttpResponse:
    """Return the words as they were said; who read them and why is on record, at every call. Source: JY-23.5."""
    caller = caller_of(request)
    key = key_of(request, caller)
    reason = fields.plain_text("reason", body.reason, limit=schemas.REASON)
    row, state = _found(order_id, caller, sealed_too=True)
    replayed = _noted_once(key, caller, state)
    opened = reading.open_words(row, state, actor=caller.actor, reason=reason, now=caller.now)
    return reply(answers.opened(opened), headers={REPLAYED: "true"} if replayed else None)


def _noted_once(key: Key, caller: Caller, state: Order) -> bool:
    """Claim the key of a reading, and tell whether it was used before.

    What was read is never kept as an answer: the same key shows it again, and is recorded again.
    """
    with transaction.atomic():
        known = ledger.once(key.scope, key=key.key, fingerprint=key.fingerprint, now=caller.now)
        if known is None:
            ledger.remember(key.scope, key=key.key, status=200, body={"order": state.id})
    return known is not None


def _found(order_id: str, caller: Caller, *, sealed_too: bool = False) -> tuple[models.Order, Order]:
    """Return an order that exists for the caller, else refuse as if there were none. Raises: Rejected `not_found`.

    A sealed one exists only for who asks for its shell or opens it.
    A portal that acts for citizens must name the identifier, which cannot be guessed; numbers can.
    """
    try:
        row = queries.find(_named(order_id, caller), actor=caller.actor, city=caller.city)
        if row.is_sealed and not sealed_too:
            raise Rejected("not_found")
    except Rejected as rejected:
        raise _noted(rejected, order_id, caller) from rejected
    return row, queries.state_of(row)


def _noted(refused: Rejected, order_id: str, caller: Caller) -> Rejected:
    """Put on record who asked for what does not exist for them, and return the refusal."""
    wanted = "".join(each for each in order_id[:80] if each.isprintable())
    ledger.refuse(
        at=caller.now, city=caller.city, stream=f"order/{wanted}", actor=actor_to_plain(caller.actor),
        command="read", code=refused.code,
    )  # fmt: skip
    return refused


def _exists(order_id: str, caller: Caller) -> str:
    """Return the identifier of an order that exists for the caller, without reading its state. Raises: Rejected."""
    name = _named(order_id, caller)
    rows = queries.existing(caller.actor, city=caller.city)
    found = rows.filter(id=name) if _UUID.fullmatch(name) else rows.filter(number=name)
    ids = list(found.values_list("id", flat=True)[:1])
    if not ids:
        raise _noted(Rejected("not_found"), order_id, caller)
    return str(ids[0])


def _named(order_id: str, caller: Caller) -> str:
    if _ID.fullmatch(order_id) is None or (caller.actor.role == "citizen" and _UUID.fullmatch(order_id) is None):
        raise Rejected("not_found")
    return order_id


def _carried_out(request: HttpRequest, order_id: str, command: type[cmd.Command], body: BaseModel) -> HttpResponse:
    """Carry out a command on an order. Raises: Rejected, Malformed."""
    caller = caller_of(request)
    key = key_of(request, caller)
    seen = seen_version_of(request)
    values = finding.with_ids(command.name, plain(body), actor=caller.actor, city=caller.city)
    built = cmd.build(command.name, values, zone=ZONE)
    try:
        found = _exists(order_id, caller)
    except Rejected:
        # The caller's own command may have hidden the order from them; the answer to it they may hear again.
        known = actions.answered(key, now=caller.now)
        if known is None:
            raise
        return _told(known, caller)
    try:
        outcome = actions.apply(built, order_id=found, actor=caller.actor, now=caller.now, key=key, seen_version=seen)
    except Rejected:
        # Somebody may have hidden it meanwhile: then the refusal must not tell what became of it.
        _exists(order_id, caller)
        raise
    return _told(outcome, caller)


def _told(outcome: Outcome, caller: Caller, *, status: int = 200) -> HttpResponse:
    rules = policies.rules_for(caller.city, now=caller.now) if outcome.messages else None
    body = answers.order(
        outcome.order,
        number=outcome.number,
        city=caller.city,
        actor=caller.actor,
        messages=[(each.code, wording.say(each, rules)) for each in outcome.messages],
    )
    headers = {"ETag": f'"{outcome.order.version}"'}
    if outcome.repeated:
        headers[REPLAYED] = "true"
        status = 200
    return reply(body, status=status, headers=headers)


def _add_commands() -> None:
    """Add one operation for every command of the life cycle; `register` has its own address."""
    for command in cmd.BY_NAME.values():
        if command is not cmd.Register:
            router.add_api_operation(
                f"/orders/{{order_id}}/{command.name}",
                ["POST"],
                _operation(command),
                operation_id=command.name,
                summary=wording.COMMANDS[command.name],
                description=schemas.described(command),
                response=schemas_out.OrderOut,
                tags=["办理"],
            )


def _operation(command: type[cmd.Command]) -> Any:
    def operation(request: HttpRequest, order_id: str, body: Any) -> HttpResponse:
        return _carried_out(request, order_id, command, body)

    # The framework reads the annotations: each command has a body of its own.
    operation.__annotations__ = {"request": HttpRequest, "order_id": str, "body": schemas.BODIES[command.name]}
    operation.__name__ = command.name
    return operation


_add_commands()
