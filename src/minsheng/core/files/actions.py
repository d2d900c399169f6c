"""What a file goes through: taken in only when known by content and scanned, kept by digest, every reading on record.

Who may see or bring one is for the gate of its owner (`gates`). The ledger holds digests, never names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Sum

from minsheng.core.files import gates, places, projection, queries
from minsheng.core.files.gates import Holding
from minsheng.core.files.models import Attachment
from minsheng.core.files.projection import PREFIX
from minsheng.core.files.values import AttachmentRefused, Checked, Ground, halves
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import salted
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.domain.actors import Actor
from minsheng.gateways import ids
from minsheng.gateways.antivirus import Clean, Infected, Scanner, Unscanned
from minsheng.gateways.files import FileStore, digest_of
from minsheng.gateways.media.filetypes import examine


def check(stream: BinaryIO, *, name: str, ground: Ground, actor: Actor, scanner: Scanner, now: datetime) -> Checked:
    """Return what may be attached of a file, after looking at its content and for malicious software.

    Whoever brings something infected is on record.
    Raises: Unacceptable, AttachmentRefused, ScannerAway. Source: JY-10.3c.
    """
    known = examine(stream, name=name, limits=places.limits())
    match scanner.scan(stream):
        case Infected():
            ledger.refuse(
                at=now,
                city=ground.city,
                stream=ground.stream,
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
    """Keep files for a stream, all or none; return their ids. The same content is stored once.

    Raises: AttachmentRefused when the stream would have too many or too much.
    """
    with transaction.atomic():
        ledger.hold(f"attachments of {ground.stream}")
        _hold_to_limits(checked, ground.stream)
        # In one order, so that two who bring the same files never wait for each other.
        for each in sorted(checked, key=lambda one: one.digest):
            ledger.hold(f"attachments file {each.digest}")
            store.put(each.stream)
        return [_keep(each, ground, actor, now) for each in checked]


def remove(attachment_id: UUID, *, held: Holding, actor: Actor, store: FileStore, now: datetime) -> None:
    """Take a file away again: only who brought it, and only until its owner moves on. Raises: AttachmentRefused.

    The content goes with it, unless another attachment has the same.
    """
    owner, thing = halves(held.stream)
    with transaction.atomic():
        rows = Attachment.objects.select_for_update().filter(owner=owner, order=thing, removed_at=None)
        row = rows.filter(id=attachment_id).first()
        if row is None:
            raise AttachmentRefused("attachment_not_found")
        if row.uploaded_by != actor.person:
            raise AttachmentRefused("attachment_not_yours")
        if (row.round, row.stage) != (held.round, held.stage):
            raise AttachmentRefused("attachment_on_record")
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _append(row, "Removed", {}, actor=actor, now=now)
        digest = row.digest
        transaction.on_commit(lambda: forget(digest, store))


def read(attachment_id: UUID, *, held: Holding, actor: Actor, store: FileStore, now: datetime) -> BinaryIO:
    """Open a file that exists for whoever asks, after writing down who reads it. Source: JY-23.5.

    Raises: AttachmentRefused for one that does not, or was removed; NoSuchFile when the store has lost it, FileAltered
    when what it has is not what was attached.
    """
    if queries.find(held, attachment_id) is None:
        raise AttachmentRefused("attachment_not_found")
    with transaction.atomic():
        row = Attachment.objects.select_for_update().filter(id=attachment_id, removed_at=None).first()
        if row is None:
            raise AttachmentRefused("attachment_not_found")
        content = store.open(row.digest)
        _append(row, "AttachmentRead", {}, actor=actor, now=now)
    return content


def forget(digest: str, store: FileStore) -> None:
    """Delete a content that nothing refers to any more; whoever attaches the same just now holds the lock."""
    with transaction.atomic():
        ledger.hold(f"attachments file {digest}")
        if not Attachment.objects.filter(digest=digest, removed_at=None).exists() and not gates.is_held(digest):
            store.delete(digest)


def _hold_to_limits(checked: Sequence[Checked], stream: str) -> None:
    owner, thing = halves(stream)
    most = places.limits()
    rows = Attachment.objects.filter(owner=owner, order=thing, removed_at=None)
    present = rows.aggregate(count=Count("id"), size=Sum("size"))
    if present["count"] + len(checked) > most.order_files:
        raise AttachmentRefused("too_many_files", most=most.order_files, present=present["count"])
    if (present["size"] or 0) + sum(each.known.size for each in checked) > most.order:
        raise AttachmentRefused("files_too_large", most=most.order // 1_048_576)


def _keep(checked: Checked, ground: Ground, actor: Actor, now: datetime) -> UUID:
    owner, thing = halves(ground.stream)
    row = Attachment(
        id=ids.uuid7(now),
        owner=owner,
        order=thing,
        city_id=ground.city,
        purpose=ground.purpose,
        unit=ground.unit,
        round=ground.round,
        stage=ground.stage,
        joined=ground.joined,
        name=checked.known.name,
        salt=salted.new_salt(),
        media_type=checked.known.kind.media_type,
        size=checked.known.size,
        digest=checked.digest,
        scan=checked.scan,
        uploaded_by=actor.person or "",
        uploaded_at=now,
    )
    row.save(force_insert=True)
    names: tuple[str, ...] = ("order", "purpose", "unit", "round", "stage", "media_type", "size", "digest", "scan")
    # Most files are an order's, for its own citizen: their facts are as they were before there were others.
    names += tuple(name for name, usual in projection.USUAL.items() if getattr(row, name) != usual)
    bound = projection.digest_of_name(bytes(row.salt), row.name)
    _append(row, "Attached", {**{name: getattr(row, name) for name in names}, "bound": bound}, actor=actor, now=now)
    return row.id


def _append(row: Attachment, type: str, body: Mapping[str, object], *, actor: Actor, now: datetime) -> None:
    """Append to the attachment's stream; the caller holds its row, so that nobody else does meanwhile."""
    ledger.record(row.city_id, f"{PREFIX}{row.id}", type, body, actor=actor, now=now)
