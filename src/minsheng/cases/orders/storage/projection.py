"""The rows that orders show on screens: written with the facts, and rebuilt from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from minsheng.cases.appeals import actions as appeal_actions
from minsheng.cases.appeals import binding
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries, records, watching
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger import salted
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.facts import Fact
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import waiting
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, Order

_COLUMNS = (
    "version", "head", "status", "reason", "type", "channel", "lead", "units", "target_unit", "handler", "is_internal",
    "is_sealed", "is_emergency", "is_published", "extension_pending", "supervised", "stages", "supervised_unit",
    "is_disputed", "publication_due", "is_joint", "urged_since", "urges", "matter", "parent", "programme", "round",
    "registered_at",
    "closed_at", "due", "state",
)  # fmt: skip
_VALUES = ", ".join(f"%({name})s" for name in _COLUMNS)
_INSERT_TEXT = f"""
    INSERT INTO orders_order (id, city_id, number, title, registrar, {", ".join(_COLUMNS)})
    VALUES (%(id)s, %(city)s, %(number)s, %(title)s, %(registrar)s, {_VALUES})
"""  # noqa: S608 - column names are constants
_INSERT = _INSERT_TEXT.encode()
_INSERT_WITH_APPEAL = f"""
    WITH said AS ({appeal_actions.INSERT}) {_INSERT_TEXT}
""".encode()
_UPDATE = f"""
    UPDATE orders_order SET {", ".join(f"{name} = %({name})s" for name in _COLUMNS)} WHERE id = %(id)s
""".encode()  # noqa: S608


_DROP_BREACHES = b"DELETE FROM orders_breach WHERE order_id = %s"
_KEEP_BREACHES = b"""
    INSERT INTO orders_breach (city, order_id, seq, code, party, at, due, timer)
    SELECT %(city)s, %(order)s, seq, code, party, at, due, timer FROM unnest(
        %(seqs)s::int[], %(codes)s::text[], %(parties)s::text[], %(moments)s::timestamptz[], %(dues)s::timestamptz[],
        %(timers)s::text[]
    ) AS fresh (seq, code, party, at, due, timer)
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What was said, beside the fields of the command: kept with the appeal, never in the ledger."""

    appellant: UUID | None = None
    title: str = ""
    said_at: datetime | None = None
    source_digest: bytes | None = None
    source_no: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class AppealRow:
    """The words of a new appeal, for the same statement that writes the order's row."""

    appellant: UUID | None
    content: str
    place: str
    target_person: str
    said_at: datetime | None
    source_digest: bytes | None
    source_no: str
    category: str
    salt: bytes
    created_at: datetime

    @classmethod
    def of(cls, command: cmd.AppealFields, words: Words, *, created_at: datetime) -> AppealRow:
        """Return the words that a registration brings."""
        emergency = command.emergency
        return cls(
            appellant=words.appellant,
            content=command.said,
            place=command.place or (emergency.place if emergency else ""),
            target_person=command.target_person,
            said_at=words.said_at,
            source_digest=words.source_digest,
            source_no=words.source_no,
            category=words.category,
            salt=salted.new_salt(),
            created_at=created_at,
        )

    def bound(self, *, title: str) -> str:
        """Return the digest that binds these words to the fact of their registration."""
        words = {name: title if name == "title" else getattr(self, name) for name in binding.SAID}
        return salted.digest(self.salt, words)


def columns(state: Order, *, head: bytes) -> dict[str, object]:
    """Return what the row says of a state."""
    units = tuple(dict.fromkeys(name for name in (*(part.unit for part in state.parts), *_lasting(state)) if name))
    supervised = state.supervision is not None and state.supervision.status != "CLOSED"
    return {
        "version": state.version,
        "head": head,
        "status": state.status,
        "reason": state.reason,
        "type": state.type,
        "channel": state.channel,
        "lead": state.lead,
        "units": list(units),
        "target_unit": state.target_unit,
        "handler": state.handler,
        "is_internal": state.is_internal,
        "is_sealed": state.sealed,
        "is_emergency": state.is_emergency,
        "is_published": state.published,
        "extension_pending": state.extension is not None,
        "supervised": supervised,
        "stages": [f"{part.stage}@{part.unit}" for part in state.parts],
        "supervised_unit": state.supervision.unit if supervised and state.supervision is not None else "",
        "is_disputed": state.coordination,
        "publication_due": _publication_due(state),
        "is_joint": list(units) != [state.lead] and bool(units),
        "urged_since": state.urged_since,
        "urges": state.urges,
        "matter": state.matter,
        "parent": state.parent,
        "programme": state.programme,
        "round": state.round,
        "registered_at": state.registered_at,
        "closed_at": state.closed_at,
        "due": _next_moment(state),
        "state": records.encode_state(state),
    }


def _lasting(state: Order) -> tuple[str, ...]:
    """Return the units that keep seeing an order: lead, handler, supervised; not one whose return was accepted."""
    supervised = state.supervision.unit if state.supervision is not None else ""
    lead = state.lead if state.parts or state.responsible_unit or state.handler else ""
    return (lead, state.handler, supervised if supervised != "office" else "")


def _publication_due(state: Order) -> bool:
    """Return whether a closed case waits for the auditor's decision to publish it. Source: JY-9.8."""
    return (
        state.status == CLOSED
        and state.publish == "yes"
        and not state.also_private
        and state.publication is None
        and not state.is_internal
        and not state.parent
        and state.reason in HANDLED_REASONS
    )


def _next_moment(state: Order) -> datetime:
    running = [timer.due for timer in state.timers.values() if timer.status == "running" and timer.due is not None]
    overdue = [
        timer.due
        for timer in state.timers.values()
        if timer.status == "missed"
        and timer.done_at is None
        and timer.due is not None
        and timer.name in waiting.CLOCKS.get(state.status, ())
    ]
    return min(overdue or running, default=queries.NEVER)


def insert(
    state: Order, *, city: str, number: str, title: str, registrar: str, head: bytes, appeal: AppealRow | None
) -> None:
    """Write a new order's row, and with it the words of a new appeal. `registrar`: the person who took it."""
    values = {"id": state.id, "city": city, "number": number, "title": title, "registrar": registrar}
    values.update(columns(state, head=head))  # type: ignore[arg-type]
    if appeal is None:
        ledger.execute(_INSERT, values)
        return
    said = {
        "appellant": appeal.appellant,
        "content": appeal.content,
        "place": appeal.place,
        "target_person": appeal.target_person,
        "said_at": appeal.said_at,
        "source_digest": appeal.source_digest,
        "source_no": appeal.source_no,
        "category": appeal.category,
        "salt": appeal.salt,
        "created_at": appeal.created_at,
    }
    ledger.execute(_INSERT_WITH_APPEAL, {**values, **said})


def update(state: Order, *, city: str, head: bytes) -> None:
    """Let an order's row follow its state."""
    ledger.execute(_UPDATE, {"id": state.id, **columns(state, head=head)})


def keep_breaches(before: Order, after: Order, *, city: str) -> None:
    """Let the rows of breaches follow; only an annulment takes some away."""
    if after.breaches == before.breaches:
        return
    kept = len(before.breaches) if after.breaches[: len(before.breaches)] == before.breaches else 0
    if kept < len(before.breaches):
        ledger.execute(_DROP_BREACHES, (after.id,))
    fresh = after.breaches[kept:]
    ledger.execute(
        _KEEP_BREACHES,
        {
            "city": city,
            "order": after.id,
            "seqs": list(range(kept, len(after.breaches))),
            "codes": [each.code for each in fresh],
            "parties": [each.party for each in fresh],
            "moments": [each.at for each in fresh],
            "dues": [each.due for each in fresh],
            "timers": [each.timer for each in fresh],
        },
    )


def fold(stored: list[StoredEvent], order_id: str) -> tuple[Order, records.Filing]:
    """Return an order as its stored facts make it, and how it was filed."""
    order, filing = Order(order_id), records.Filing("")
    for each in stored:
        order = evolve(order, records.from_ledger(each))
        filing = records.filing_of(each) or filing
    return order, filing


def rebuild(*, check: bool) -> tuple[int, list[str]]:
    """Compare every row with its facts, and unless `check` write what differs; return how many and which differ."""
    compared = 0
    differing: list[str] = []
    for stream in ledger_queries.streams(records.PREFIX):
        stored = ledger_queries.history(stream)
        state, filing = fold(stored, records.order_id_of(stream))
        compared += 1
        row = models.Order.objects.filter(id=state.id).first()
        agrees = row is not None and _agrees(row, state, filing, head=stored[-1].hash)
        if not agrees or watching.differs(stored, state.id):
            differing.append(stream)
            if not check:
                _write_again(row, state, stored[-1], filing)
                watching.write_again(stored, state.id, city=stored[-1].city)
    if watching.restore_series(check=check):
        differing.append("series")
    return compared, differing


def registrar_of(first: Fact) -> str:
    """Return the person who put an order on record, empty for a machine; `first` is the order's first fact."""
    return first.by.person or ""


def _filed(state: Order, filing: records.Filing) -> dict[str, object]:
    """Return the columns that no step changes: the number, the title that the appeal has, who took it."""
    said = appeals.words_of(records.appeal_of(state.id))
    first = ledger_queries.history(records.stream_of(state.id))[0]
    registrar = registrar_of(records.from_ledger(first))
    return {"number": filing.number, "title": said.title if said is not None else "", "registrar": registrar}


def _agrees(row: models.Order, state: Order, filing: records.Filing, *, head: bytes) -> bool:
    """Return whether a row and its breaches are what the facts make."""
    wanted = {**columns(state, head=head), **_filed(state, filing)}
    breaches = row.breaches.order_by("seq").values_list("code", "party", "at", "due", "timer")
    return (
        records.state_from_plain(row.state) == state
        and all(_same(getattr(row, name), value) for name, value in wanted.items() if name != "state")
        and list(breaches) == [(each.code, each.party, each.at, each.due, each.timer) for each in state.breaches]
    )


def _write_again(row: models.Order | None, state: Order, last: StoredEvent, filing: records.Filing) -> None:
    with transaction.atomic():
        if row is None:
            filed: dict[str, Any] = _filed(state, filing)
            insert(state, city=last.city, head=last.hash, appeal=None, **filed)
        else:
            update(state, city=last.city, head=last.hash)
            models.Order.objects.filter(id=state.id).update(**_filed(state, filing))
        models.Breach.objects.filter(order_id=state.id).delete()
        keep_breaches(Order(state.id), state, city=last.city)


def _same(found: object, wanted: object) -> bool:
    if isinstance(found, memoryview):
        return bytes(found) == wanted
    return found == wanted
