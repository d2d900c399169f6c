"""What would be published of an order, de-identified, and its confirmation by the auditor.

`preview` is what the auditor's page shows, `confirm` is called when the auditor decides to publish, in the transaction
of the command; public pages read `appeals.publication.confirmed` and nothing else. Source: JY-9.8a, A-73.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.appeals import publication
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.appeals.publication import Known, Part
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries, records
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor
from minsheng.domain.orders import events as ev
from minsheng.domain.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Preview:
    """The parts of an order that a public page would show; those without words are left out."""

    order: str
    parts: tuple[Part, ...]

    @property
    def needs_attention(self) -> bool:
        """Whether anything was found, so that a person has to confirm (A-73)."""
        return any(part.spans for part in self.parts)


def preview(order_id: str, *, now: datetime) -> Preview:
    """Return what would be published, with what was found and the words masked. Raises: Rejected `not_found`.

    Numbers of the city's units are public; the person complained about is masked wherever they are named.
    """
    row = _row(order_id)
    known = _known(row, now)
    parts = (publication.part_of(field, text, known=known) for field, text in _words(row).items() if text.strip())
    return Preview(row.id, tuple(parts))


def confirm(
    order_id: str,
    texts: Mapping[str, str],
    *,
    by: Actor,
    now: datetime,
    acknowledged: Collection[str] = (),
) -> None:
    """Keep the words that will be published: one text for each part of the preview.

    A telephone, identity number, plate or bank card that still stands is refused, unless its token
    (`appeals.publication.Remaining.token`) is among the acknowledged. Who may decide is the command's business.
    Raises: StillNamesSomebody (its `remaining` says where), TextMissing, Rejected `not_found`, `never_public`.
    """
    row = _row(order_id)
    if row.is_internal:
        raise Rejected("never_public")
    publication.confirm(
        row.id,
        city=row.city_id,
        texts=texts,
        wanted=[field for field, text in _words(row).items() if text.strip()],
        known=_known(row, now),
        acknowledged=acknowledged,
        by=by,
        now=now,
    )


def _row(order_id: str) -> models.Order:
    row = models.Order.objects.filter(id=order_id).first()
    if row is None:
        raise Rejected("not_found")
    return row


def _words(row: models.Order) -> dict[str, str]:
    words = appeals.words_of(records.appeal_of(row.id))
    return {"title": row.title, "content": words.content if words is not None else "", "reply": _reply(row.id)}


def _reply(order_id: str) -> str:
    """Return the last whole answer; a preliminary one is no result."""
    for stored in reversed(queries.history(order_id)):
        match records.from_ledger(stored).event:
            case ev.Replied(text=text, kind=kind) if text and kind != "preliminary":
                return text
            case ev.Answered(text=text) if text:
                return text
            case _:
                continue
    return ""


def _known(row: models.Order, now: datetime) -> Known:
    units = people.unit_facts(row.city_id, now=now).values()
    words = appeals.words_of(records.appeal_of(row.id))
    person = words.target_person.strip() if words is not None else ""
    return Known(
        public_numbers=tuple(unit.phone for unit in units if unit.phone),
        names=(person,) if person else (),
    )
