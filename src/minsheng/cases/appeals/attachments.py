"""Files of an order: taken in only when known by content and scanned, kept by digest, every reading on record.

Who may see or bring a file is decided where the order is known (`desks.attachment_pages`); here is what a file goes
through. The ledger holds digests, never names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum

from minsheng.cases.appeals import binding
from minsheng.cases.appeals.models import Attachment, PublicFile
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import antivirus, ids
from minsheng.gateways.antivirus import Clean, Infected, Scanner, Unscanned
from minsheng.gateways.files import FileStore, LocalFiles, digest_of
from minsheng.gateways.media.filetypes import KINDS, Known, Limits, examine

PREFIX = "attachment/"
# The name of a file whose row was lost: its own is nowhere else.
_NAMELESS = "附件"


class AttachmentRefused(Rejected):
    """A file that can't be added or removed; the code says why."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be attached: what it is, its digest, and whether somebody has looked for malicious software."""

    known: Known
    digest: str
    scan: str
    stream: BinaryIO


@dataclass(frozen=True, slots=True)
class Ground:
    """What a file is attached to: the order as it stands, what for, for which unit, in which joined appeal."""

    order: str
    city: str
    purpose: str
    unit: str
    round: int
    stage: str
    joined: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An attachment as pages and the API show it."""

    id: UUID
    order: str
    purpose: str
    unit: str
    round: int
    stage: str
    name: str
    media_type: str
    size: int
    digest: str
    scan: str
    uploaded_by: str
    uploaded_at: datetime
    joined: str

    @property
    def shows_inline(self) -> bool:
        """Whether a browser may show it in place."""
        return any(kind.media_type == self.media_type and kind.shows_inline for kind in KINDS)


def store() -> FileStore:
    """Return the store that the settings name."""
    return LocalFiles(settings.FILES_FOLDER)


def scanner() -> Scanner:
    """Return the scanner that the settings name; with none named, one that lets nothing in."""
    return antivirus.configured(
        settings.CLAMD, switched_off=settings.ANTIVIRUS_OFF, demonstration=settings.DEMO or settings.DEBUG
    )


def limits() -> Limits:
    """Return how large files may be."""
    return Limits(**settings.UPLOAD_LIMITS)


def check(stream: BinaryIO, *, name: str, ground: Ground, actor: Actor, scanner: Scanner, now: datetime) -> Checked:
    """Return what may be attached of a file, after looking at its content and for malicious software.

    Whoever brings something infected is on record.
    Raises: Unacceptable, AttachmentRefused, ScannerAway. Source: JY-10.3c.
    """
    known = examine(stream, name=name, limits=limits())
    match scanner.scan(stream):
        case Infected():
            ledger.refuse(
                at=now,
                city=ground.city,
                stream=f"order/{ground.order}",
                actor=actor_to_plain(actor),
                command="attach",
                code="file_infected",
            )
            raise AttachmentRefused("file_infected", name=known.name)
        case Clean():
            scan = "CLEAN"
        case Unscanned():
            scan = "UNSCANNED"
    return Checked(known, digest_of(stream).digest, scan, stream)


def attach(checked: Sequence[Checked], *, ground: Ground, actor: Actor, store: FileStore, now: datetime) -> list[UUID]:
    """Keep files for an order, all or none; return their ids. The same content is stored once.

    Raises: AttachmentRefused when the order would have too many or too much.
    """
    with transaction.atomic():
        ledger.hold(f"attachments order {ground.order}")
        _hold_to_limits(checked, ground.order)
        # In one order, so that two who bring the same files never wait for each other.
        for each in sorted(checked, key=lambda one: one.digest):
            ledger.hold(f"attachments file {each.digest}")
            store.put(each.stream)
        return [_keep(each, ground, actor, now) for each in checked]


def remove(
    attachment_id: UUID, *, order: str, round: int, stage: str, actor: Actor, store: FileStore, now: datetime
) -> None:
    """Take a file away again: only who brought it, and only until the order moves on. Raises: AttachmentRefused.

    The content goes with it, unless another attachment has the same.
    """
    with transaction.atomic():
        row = Attachment.objects.select_for_update().filter(id=attachment_id, order=order, removed_at=None).first()
        if row is None:
            raise AttachmentRefused("attachment_not_found")
        if row.uploaded_by != actor.person:
            raise AttachmentRefused("attachment_not_yours")
        if (row.round, row.stage) != (round, stage):
            raise AttachmentRefused("attachment_on_record")
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _append(row, "Removed", {}, actor=actor, now=now)
        digest = row.digest
        transaction.on_commit(lambda: forget(digest, store))


def read(attachment_id: UUID, *, actor: Actor, store: FileStore, now: datetime) -> BinaryIO:
    """Open a file after writing down who reads it; the caller has made sure that they may. Source: JY-23.5.

    Raises: AttachmentRefused for one that was removed; NoSuchFile when the store has lost it, FileAltered when what it
    has is not what was attached.
    """
    with transaction.atomic():
        row = Attachment.objects.select_for_update().filter(id=attachment_id, removed_at=None).first()
        if row is None:
            raise AttachmentRefused("attachment_not_found")
        content = store.open(row.digest)
        _append(row, "AttachmentRead", {}, actor=actor, now=now)
    return content


def of_order(order: str) -> list[Shown]:
    """Return an order's files, the oldest first. Who may see them is for the caller to hold to."""
    return _shown(Attachment.objects.filter(order=order, removed_at=None).order_by("id"))


def of_orders(orders: Iterable[str], *, purpose: str) -> list[Shown]:
    """Return the files of these orders that were brought for one purpose, the oldest first."""
    found = Attachment.objects.filter(order__in=list(orders), purpose=purpose, removed_at=None)
    return _shown(found.order_by("id"))


def rebuild(*, check: bool) -> tuple[int, int]:
    """Fold every attachment's stream again and compare with its row; return rows compared and rows that differed."""
    compared = changed = 0
    for stream in ledger_queries.streams(PREFIX):
        wanted = folded(ledger_queries.history(stream))
        row = Attachment.objects.filter(id=UUID(stream.removeprefix(PREFIX))).first()
        compared += 1
        if row is not None and all(getattr(row, name) == value for name, value in wanted.items()):
            continue
        changed += 1
        if not check:
            name = row.name if row is not None else _NAMELESS
            Attachment.objects.update_or_create(id=UUID(stream.removeprefix(PREFIX)), defaults={**wanted, "name": name})
    return compared, changed


def folded(events: Sequence[StoredEvent]) -> dict[str, Any]:
    """Return the columns that the facts of an attachment's stream give; the name is not among them."""
    first = events[0]
    removed = next((event.at for event in events if event.type == "Removed"), None)
    return {
        "joined": "",
        **{name: value for name, value in ledger_queries.content(first).items() if name != "bound"},
        "city_id": first.city,
        "uploaded_by": str(first.actor.get("person") or ""),
        "uploaded_at": first.at,
        "removed_at": removed,
    }


def forget(digest: str, store: FileStore) -> None:
    """Delete a content that nothing refers to any more; whoever attaches the same just now holds the lock."""
    with transaction.atomic():
        ledger.hold(f"attachments file {digest}")
        held = Attachment.objects.filter(digest=digest, removed_at=None).exists()
        if not held and not PublicFile.objects.filter(digest=digest).exists():
            store.delete(digest)


def _hold_to_limits(checked: Sequence[Checked], order: str) -> None:
    most = limits()
    present = Attachment.objects.filter(order=order, removed_at=None).aggregate(count=Count("id"), size=Sum("size"))
    if present["count"] + len(checked) > most.order_files:
        raise AttachmentRefused("too_many_files", most=most.order_files, present=present["count"])
    if (present["size"] or 0) + sum(each.known.size for each in checked) > most.order:
        raise AttachmentRefused("files_too_large", most=most.order // 1_048_576)


def _keep(checked: Checked, ground: Ground, actor: Actor, now: datetime) -> UUID:
    row = Attachment(
        id=ids.uuid7(now),
        order=ground.order,
        city_id=ground.city,
        purpose=ground.purpose,
        unit=ground.unit,
        round=ground.round,
        stage=ground.stage,
        joined=ground.joined,
        name=checked.known.name,
        salt=binding.new_salt(),
        media_type=checked.known.kind.media_type,
        size=checked.known.size,
        digest=checked.digest,
        scan=checked.scan,
        uploaded_by=actor.person or "",
        uploaded_at=now,
    )
    row.save(force_insert=True)
    names: tuple[str, ...] = ("order", "purpose", "unit", "round", "stage", "media_type", "size", "digest", "scan")
    # Most files are nobody's but the order's own citizen's: their facts are as they were before appeals could join.
    names += ("joined",) if row.joined else ()
    bound = binding.digest_of_name(bytes(row.salt), row.name)
    _append(row, "Attached", {**{name: getattr(row, name) for name in names}, "bound": bound}, actor=actor, now=now)
    return row.id


def _append(row: Attachment, type: str, body: Mapping[str, object], *, actor: Actor, now: datetime) -> None:
    """Append to the attachment's stream; the caller holds its row, so that nobody else does meanwhile."""
    ledger.record(row.city_id, f"{PREFIX}{row.id}", type, body, actor=actor, now=now)


def _shown(rows: Iterable[Attachment]) -> list[Shown]:
    return [Shown(**{name: getattr(row, name) for name in Shown.__dataclass_fields__}) for row in rows]
