"""What the API gives, as pydantic models. Answers are written without them; tests hold the answers to them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from minsheng.cases.orders.api.schemas import Status
from minsheng.domain.facts import Breach

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Problem(BaseModel):
    """A refusal (RFC 9457). `code` is stable, `detail` is a sentence for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: list[str]


class MessageOut(BaseModel):
    """Something the acting person is told although the command was accepted."""

    code: str
    text: str


class BreachOut(BaseModel):
    """A rule that a party did not keep."""

    code: str
    party: str
    at: Instant
    due: Instant | None
    timer: str


class OrderLine(BaseModel):
    """An order in a list."""

    id: str
    number: str
    version: int
    title: str
    status: Status
    status_label: str
    reason: str | None
    type: str
    channel: str
    units: list[str]
    lead: str
    matter: str
    is_emergency: bool
    registered_at: Instant
    closed_at: Instant | None
    due: Instant | None


class OrderPage(BaseModel):
    """One page of a list; `next` is the value of `after` for the next page."""

    items: list[OrderLine]
    next: str | None


class QueuePage(OrderPage):
    """The caller's queue: what waits for the role, with counts by state."""

    counts: dict[str, int]


class OrderOut(BaseModel):
    """An order as a command leaves it."""

    id: str
    number: str
    version: int
    city: str
    status: Status
    status_label: str
    reason: str | None
    type: str
    channel: str
    appellant: str
    publish: str
    title: str
    content: str
    place: str
    said_at: Instant | None
    source_no: str
    target_unit: str
    is_sealed: bool
    line: str
    system: str
    matter: str
    units: list[str]
    lead: str
    handler: str
    responsible_unit: str | None
    round: int
    parent: str
    children: list[str]
    repeat: str
    registered_at: Instant | None
    submitted_at: Instant | None
    dispatched_at: Instant | None
    closed_at: Instant | None
    is_emergency: bool
    published: bool
    extension_pending: bool
    in_extension: bool
    satisfied: bool | None
    resolved: bool | None
    breaches: list[BreachOut]
    commands: list[str]
    messages: list[MessageOut]


class IdentityOut(BaseModel):
    """An identity, masked or in clear; null where nothing is known or nothing was asked for."""

    name: str | None
    phone: str | None
    id_number: str | None
    address: str | None


class AnswerOut(BaseModel):
    """What was answered, when and by whom."""

    version: int
    at: Instant
    kind: str
    unit: str
    text: str


class AddedOut(BaseModel):
    """What was said afterwards, and when; `joined`: the number of the joined appeal whose citizen said it, if any."""

    at: Instant
    text: str
    joined: str


class CategoryOut(BaseModel):
    """What an order's appeal is about."""

    id: str
    category: str


class WordsOut(BaseModel):
    """The words of an order as they were said."""

    title: str
    content: str
    place: str
    target_person: str
    added: list[AddedOut]


class OrderDetail(OrderOut):
    """An order with its answers and the masked identity, where the caller's role sees even that."""

    identity: IdentityOut | None
    answers: list[AnswerOut]


class SegmentOut(BaseModel):
    """A stretch of time that was counted."""

    start: Instant
    end: Instant


class SkippedOut(BaseModel):
    """A day that was not counted, and why."""

    day: str
    why: str


class DerivationOut(BaseModel):
    """How a due moment came about."""

    clause: str
    pack: str
    parameter: str
    start: Instant
    length: str
    counted: list[SegmentOut]
    skipped: list[SkippedOut]
    due: Instant


class TimerOut(BaseModel):
    """A clock of an order."""

    key: str
    name: str
    label: str
    unit: str
    standing: str
    standing_label: str
    due: Instant | None
    original_due: Instant | None
    provisional: bool
    done_at: Instant | None
    rest_seconds: int | None
    derivation: DerivationOut


class TimersOut(BaseModel):
    """The clocks of an order."""

    order: str
    version: int
    timers: list[TimerOut]


class ActorOut(BaseModel):
    """A role, and the unit it is held in."""

    role: str
    unit: str | None
    label: str


class ClockOut(BaseModel):
    """A clock that a fact changed."""

    key: str
    status: str
    due: Instant | None


class NoticeOut(BaseModel):
    """Somebody who was to be told something."""

    kind: str
    to: str


class FactOut(BaseModel):
    """A fact of an order, without the words that were said."""

    version: int
    type: str
    step: str
    label: str
    at: Instant
    by: ActorOut
    status: str
    reason: str | None
    clocks: list[ClockOut]
    notices: list[NoticeOut]
    breaches: list[BreachOut]
    annulled: list[BreachOut]


class TimelineOut(BaseModel):
    """The facts of an order, oldest first."""

    order: str
    version: int
    facts: list[FactOut]


class ContactOut(BaseModel):
    """A post of a unit as filed; who holds it stays in the vault."""

    id: str
    unit: str
    post: str
    effective: str
    status: str
    due: Instant | None
    late: bool


class ContactsOut(BaseModel):
    """The posts of the caller's unit."""

    items: list[ContactOut]


def breach_of(breach: Breach) -> dict[str, object]:
    """Return a breach as the API shows it."""
    return {
        "code": breach.code,
        "party": breach.party,
        "at": breach.at.isoformat(),
        "due": breach.due.isoformat() if breach.due else None,
        "timer": breach.timer,
    }
