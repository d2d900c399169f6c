"""An order's files beside it: which of them somebody sees, and who may bring some, for what.

What a file goes through is in `core.files`; here is what depends on the order and on the person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.reading.words import Reading
from minsheng.cases.orders.storage import joins, queries, records
from minsheng.core.files import places
from minsheng.core.files.values import Shown
from minsheng.core.people import permissions, units
from minsheng.core.people.queries import Person
from minsheng.domain.orders.checking import lacks_document
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, DRAFT, EMERGENCY, REFERRED, Order
from minsheng.gateways.media.filetypes import ACCEPTED
from minsheng.workbench.overview import situation_of

_MEGABYTE = 1024 * 1024
_UNIT_PURPOSES = ("REPLY", "RETURN", "EXTENSION")
# In which the matter lies with units, and the stages of a unit's part in which it lies with that one.
_WITH_UNITS = ("DETERMINE", "DISPATCHED", "HANDLING", "SUPPLEMENT", "RETURN_REQUESTED", "EMERGENCY")
_WITH_THE_UNIT = ("DISPATCHED", "HANDLING", "RETURN_REQUESTED")


@dataclass(frozen=True, slots=True)
class FileShown:
    """One file of the list."""

    id: UUID
    name: str
    size: str
    purpose: str
    unit: str
    joined: str
    at: datetime
    is_unscanned: bool
    shows_inline: bool
    may_remove: bool


def context_of(row: queries.Row, person: Person, *, state: Order | None = None) -> dict[str, Any]:
    """Return what the template of an order's files needs besides `row`; `state` saves reading it once more."""
    order = state if state is not None else queries.state_of(row)
    purposes = purposes_of(order, person)
    names = labels()
    most = places.limits()
    found = visible(order, person)
    numbers = joins.numbers([each.joined for each in found if each.joined])
    return {
        "attachments": [
            FileShown(
                id=each.id,
                name=each.name,
                size=size_text(each.size),
                purpose=names[each.purpose],
                unit=each.unit,
                joined=numbers.get(each.joined, ""),
                at=each.uploaded_at,
                is_unscanned=each.scan == "UNSCANNED",
                shows_inline=each.shows_inline,
                may_remove=may_remove(each, order, person),
            )
            for each in found
        ],
        "may_attach": bool(purposes),
        "attachment_purposes": [(code, names[code]) for code in purposes],
        "attachment_key": uuid4(),
        "attachment_kinds": ",".join(f".{each}" for each in ACCEPTED),
        "attachment_limits": {
            "file": most.file // _MEGABYTE,
            "video": most.video // _MEGABYTE,
            "count": most.order_files,
            "order": most.order // _MEGABYTE,
        },
    }


def visible(order: Order, person: Person) -> list[Shown]:
    """Return the order's files that exist for the person; the order itself is known to exist for them.

    What the citizen brought belongs to the whole and is seen with each part. Who reads what is one table,
    `permissions.FILES`. Source: JY-23.5, JY-8d, roles ("attachments").
    """
    found = attachments.of_order(order.id)
    if (appeal := records.appeal_of(order.id)) != order.id:
        found = [*attachments.of_orders([appeal], purpose="APPEAL"), *found]
    if not found:
        return found
    words = appeals.words_of(records.appeal_of(order.id))
    situation = situation_of(order, person, words)
    read = reading.of(order, actor=person.actor, city=person.city, words=words, situation=situation)
    heirs = units.stand_ins(person.city, names={each.unit for each in found}) if person.in_unit_role else {}
    return [
        replace(each, name=_name(each, read))
        for each in found
        if permissions.reads_file(each.purpose, person.actor, situation, brought_by=heirs.get(each.unit, each.unit))
    ]


def _name(file: Shown, read: Reading) -> str:
    """Return a file's name as it may leave: a name may tell who somebody is."""
    return read.said(file.name) if file.purpose == "APPEAL" else read.written(file.name)


def purposes_of(order: Order, person: Person) -> tuple[str, ...]:
    """Return what the person may bring files for now; nothing for whom the order does not wait.

    Source: JY-10.3c (units), SZ-15.5b (written opinion), SZ-15.1 (intake), SZ-15.4 (audit).
    """
    match person.acting_as:
        case "officer" if order.status == REFERRED:
            return _UNIT_PURPOSES if order.handler == person.unit else ()
        case "officer" if order.status in _WITH_UNITS:
            part = order.part(person.unit)
            return _UNIT_PURPOSES if part is not None and part.stage in _WITH_THE_UNIT else ()
        case "officer" if order.status in (CALLBACK, CALLBACK_MANUAL) and lacks_document(order):
            # The written opinion may follow the answer.
            part = order.part(person.unit)
            return ("REPLY",) if part is not None and part.lead else ()
        case "officer" if _answers_supervision(order, person):
            return ("REPLY",)
        case "seat" | "specialist" if order.status in (DRAFT, EMERGENCY):
            return ("APPEAL",)
        case "dispatcher" | "auditor" if order.is_open:
            return ("COMMENT",)
        case _:
            return ()


def _answers_supervision(order: Order, person: Person) -> bool:
    """Tell whether a supervision order waits for the answer of the person's unit, as also after the end of its work."""
    given = order.supervision
    return given is not None and given.status == "ISSUED" and given.unit == person.unit


def may_remove(file: Shown, order: Order, person: Person) -> bool:
    """Tell whether the person may take a file away again: it is their own, and the order has not moved on."""
    own = file.order == order.id and file.uploaded_by == person.actor.person
    return own and (file.round, file.stage) == (order.round, order.status)


def labels() -> dict[str, str]:
    """Return the names of the purposes."""
    return {
        "APPEAL": _("诉求材料"),
        "REPLY": _("答复附件"),
        "RETURN": _("退回材料"),
        "EXTENSION": _("延期材料"),
        "COMMENT": _("内部备注"),
    }


def size_text(size: int) -> str:
    """Return a length as people read it."""
    return f"{size / _MEGABYTE:.1f} MB" if size >= _MEGABYTE else f"{max(1, round(size / 1024))} KB"
