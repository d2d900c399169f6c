"""Pictures and films that may be published: chosen one by one by the auditor, copied without metadata, nameless.

The original stays as it was given, for whoever handles the order; the copy alone is ever shown to everybody.
Source: JY-9.8a, JY-10.3c, A-73.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from minsheng.cases.appeals.models import PublicFile
from minsheng.cases.appeals.publication import PREFIX
from minsheng.core.files import actions as keeping
from minsheng.core.files.values import Shown
from minsheng.core.ledger import actions as ledger
from minsheng.domain.actors import Actor
from minsheng.gateways.files import FileStore, digest_of
from minsheng.gateways.media import pictures


@dataclass(frozen=True, slots=True)
class Open:
    """A published file: its number on the page, what it is, and where the copy lies."""

    place: int
    media_type: str
    extension: str
    size: int
    digest: str

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it as a picture."""
        return self.media_type.startswith("image/")


def publishable(files: Collection[Shown]) -> list[Shown]:
    """Return which of an order's files could be published at all."""
    return [each for each in files if pictures.is_publishable(each.media_type)]


def can_be_copied(file: Shown) -> bool:
    """Return whether this machine has what a bare copy of a file is made with; films need FFmpeg."""
    return pictures.can_be_stripped(file.media_type)


def chosen(order: str) -> set[UUID]:
    """Return the attachments that the auditor has chosen."""
    return set(PublicFile.objects.filter(order=order).values_list("attachment", flat=True))


def confirm(order: str, files: Collection[Shown], *, city: str, by: Actor, store: FileStore, now: datetime) -> None:
    """Let exactly these files be published, each as a copy without metadata. Raises: Unpublishable, keeping nothing.

    The caller has made sure that the files are the order's, and that who confirms may decide.
    """
    stream = f"{PREFIX}{order}"
    with transaction.atomic():
        ledger.hold(stream)
        if chosen(order) == {each.id for each in files}:
            return
        retract(order, store=store)
        rows = [_copied(order, place, each, by, store, now) for place, each in enumerate(files, start=1)]
        PublicFile.objects.bulk_create(rows)
        body = {"files": [_bound(row) for row in rows]}
        ledger.record(city, stream, "PublicFilesConfirmed", body, actor=by, now=now)


def retract(order: str, *, store: FileStore) -> None:
    """Publish none of an order's files any more; the copies go with the transaction, unless something else has them."""
    rows = PublicFile.objects.filter(order=order)
    digests = list(rows.values_list("digest", flat=True))
    if not digests:
        return
    rows.delete()
    transaction.on_commit(lambda: _forget(digests, store))


def of_order(order: str) -> list[Open]:
    """Return the files that the page of a published case shows."""
    return of_orders([order]).get(order, [])


def of_orders(orders: Collection[str]) -> dict[str, list[Open]]:
    """Return the published files of several cases by order; a case without any is left out."""
    found: dict[str, list[Open]] = {}
    for row in PublicFile.objects.filter(order__in=list(orders)).order_by("order", "place"):
        found.setdefault(row.order, []).append(Open(row.place, row.media_type, row.extension, row.size, row.digest))
    return found


def holds(digest: str) -> bool:
    """Tell whether a copy of this content is published."""
    return PublicFile.objects.filter(digest=digest).exists()


def _copied(order: str, place: int, each: Shown, by: Actor, store: FileStore, now: datetime) -> PublicFile:
    with store.open(each.digest) as original:
        copy, media_type, extension = pictures.stripped(original, media_type=each.media_type)
    with copy:
        # Whoever lets go of the same content just now looks for rows that have it, and must not miss this one.
        ledger.hold(f"attachments file {digest_of(copy).digest}")
        kept = store.put(copy)
    return PublicFile(
        order=order,
        attachment=each.id,
        place=place,
        digest=kept.digest,
        media_type=media_type,
        extension=extension,
        size=kept.size,
        confirmed_by=by.person or "",
        confirmed_at=now,
    )


def _bound(row: PublicFile) -> dict[str, object]:
    """Return what the ledger keeps of a copy."""
    names = ("digest", "media_type", "extension", "size")
    return {"attachment": str(row.attachment), **{name: getattr(row, name) for name in names}}


def _forget(digests: Collection[str], store: FileStore) -> None:
    for digest in digests:
        keeping.forget(digest, store)
