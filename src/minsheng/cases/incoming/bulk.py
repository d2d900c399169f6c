"""A pile of letters in one scan: parted at its separator sheets, each letter entered in the register for a seat.

No page is lost: what has no sheet, a used, foreign or unreadable one, is entered with the reason and its sheet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from minsheng.cases.incoming import carrying, sheets
from minsheng.cases.incoming.actions import KIND, opened
from minsheng.core.files import places
from minsheng.core.files.values import Checked
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.channels.incoming import ReceiveIncoming
from minsheng.gateways import ids
from minsheng.gateways.media import scans
from minsheng.gateways.media import sheets as printed

_CHANNEL: Final = "letter"


@dataclass(slots=True)
class Part:
    """A letter in a pile: its pages, counted from 0, its sheet's page and number, and why a person has to look."""

    pages: list[int] = field(default_factory=list)
    sheet: int | None = None
    number: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """How many letters a pile was, how many of them have a reason to be looked at; whether it came before."""

    letters: int = 0
    held: int = 0
    repeated: bool = False


def receive(content: bytes, *, city: str, by: Actor, arrived_on: date, now: datetime) -> Entered:
    """Enter every letter of a pile, all or none; the same file a second time enters nothing.

    Raises: ScanRefused, Unacceptable, AttachmentRefused, ScannerAway.
    """
    source = source_of(content)
    if is_known(source, city=city):
        return Entered(repeated=True)
    carrying.hold_clean([content])
    whole = scans.pdf_of([content])
    parts = parted(scans.pictures(whole), city=city)
    with transaction.atomic():
        ledger.hold(f"incoming {source} {city}")
        if is_known(source, city=city):
            return Entered(repeated=True)
        for place, part in enumerate(parts):
            _enter(part, whole, f"{source} {place}", city=city, by=by, arrived_on=arrived_on, now=now)
    return Entered(len(parts), sum(bool(part.note) for part in parts))


def source_of(content: bytes) -> str:
    """Return what a file is known by, however it is called."""
    return f"scan {hashlib.sha256(content).hexdigest()[:32]}"


def is_known(source: str, *, city: str) -> bool:
    """Tell whether a file came before."""
    return KIND.rows_in(city, source_no__startswith=f"{source} ").exists()


def parted(pages: Iterable[Image.Image], *, city: str) -> list[Part]:
    """Return the letters of a pile; what stands before the first sheet is one of its own."""
    parts: list[Part] = []
    for place, picture in enumerate(pages):
        begins = _begins(picture, city)
        if begins is not None:
            begins.sheet = place
            parts.append(begins)
            continue
        if not parts:
            parts.append(Part(note="sheet_missing"))
        parts[-1].pages.append(place)
    for part in parts:
        if not part.pages and not part.note:
            part.note = "sheet_empty"
    return parts


def _begins(picture: Image.Image, city: str) -> Part | None:
    """Return the letter that a page begins, being a sheet; None for a page of a letter."""
    found = [number for text in printed.codes(picture) if (number := sheets.number_of(text, city=city)) is not None]
    if any(found):
        return Part(number=next(filter(None, found)))
    if found:
        return Part(note="sheet_foreign")
    return Part(note="sheet_unread") if printed.is_framed(picture) else None


def _enter(part: Part, whole: bytes, source_no: str, *, city: str, by: Actor, arrived_on: date, now: datetime) -> None:
    id = ids.uuid7(now)
    stream = KIND.stream(id)
    if part.number and not part.note and not sheets.use(part.number, city=city, incoming=id, now=now):
        part.note = "sheet_used"
    # Whoever looks at what is held sees the sheet too; a letter in order has no need of it.
    pages = [part.sheet, *part.pages] if part.note and part.sheet is not None else part.pages
    command = ReceiveIncoming(
        source_no=source_no, channel=_CHANNEL, note=part.note, arrived_on=arrived_on, shelf=part.number
    )
    lifecycles.begin(KIND, command, city=city, by=SYSTEM, now=now, made=lambda _id: opened(id, city), id=id)
    checked = _checked(whole, pages, stream, city=city, by=by, now=now)
    carrying.keep_scans(checked, stream=stream, city=city, actor=by, now=now)


def _checked(whole: bytes, pages: list[int], stream: str, *, city: str, by: Actor, now: datetime) -> list[Checked]:
    """Return the pages as files that may be kept: one, or halves where one would be larger than files may be."""
    (pdf,) = scans.cut(whole, [pages])
    if len(pdf) > places.limits().file and len(pages) > 1:
        middle = len(pages) // 2
        return [
            each
            for half in (pages[:middle], pages[middle:])
            for each in _checked(whole, half, stream, city=city, by=by, now=now)
        ]
    name = _("扫描件") + (f"-{pages[0] + 1}.pdf")
    return [carrying.scan_checked(pdf, name=name, stream=stream, city=city, actor=by, now=now)]
