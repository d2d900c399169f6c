"""Pictures of a thread: the original is kept as evidence, a copy without metadata is what anybody ever sees.

Everybody sees the copies once the thread is let in, without those that the administrator left out. Source: SZ-17b.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final

from django.db import transaction

from minsheng.cases.forum.actions import KIND
from minsheng.cases.forum.models import Picture, Thread
from minsheng.core.files import actions as keeping
from minsheng.core.files.gates import Gate, Holding
from minsheng.core.files.values import AttachmentRefused, Checked, Ground
from minsheng.core.ledger import actions as ledger
from minsheng.domain.actors import Actor
from minsheng.gateways.antivirus import Scanner
from minsheng.gateways.files import FileStore, digest_of
from minsheng.gateways.media import pictures

MOST: Final = 10
_PURPOSE: Final = "POST"


def checked(stream: BinaryIO, *, name: str, city: str, scanner: Scanner, now: datetime) -> Checked:
    """Return a picture that may be kept, after looking at its content and for malicious software.

    Raises: Unacceptable, AttachmentRefused, ScannerAway.
    """
    ground = Ground(f"forum/{city}", city, _PURPOSE, "", 1, "")
    found = keeping.check(stream, name=name, ground=ground, actor=Actor("citizen"), scanner=scanner, now=now)
    if found.known.kind.media_type not in pictures.PICTURES:
        raise AttachmentRefused("file_not_picture", name=found.known.name)
    return found


def keep(row: Thread, files: Sequence[Checked], *, store: FileStore, now: datetime) -> None:
    """Keep the pictures of a new thread, each with its copy, in the caller's transaction.

    Raises: AttachmentRefused, Unpublishable.
    """
    ground = Ground(KIND.stream(row.pk), row.city_id, _PURPOSE, "", 1, row.status)
    kept = keeping.attach(files, ground=ground, actor=Actor("citizen"), store=store, now=now)
    for place, (attachment, each) in enumerate(zip(kept, files, strict=True), start=1):
        copy, media_type, extension = pictures.stripped(each.stream, media_type=each.known.kind.media_type)
        with copy:
            # Whoever lets go of the same content just now looks for rows that have it, and must not miss this one.
            ledger.hold(f"attachments file {digest_of(copy).digest}")
            put = store.put(copy)
        Picture.objects.create(
            thread=row, place=place, attachment=attachment, digest=put.digest, size=put.size, media_type=media_type,
            extension=extension,
        )  # fmt: skip


def of(row: Thread, *, all: bool = False) -> list[Picture]:
    """Return the pictures of a thread, those that were left out too for its author and the administrator."""
    rows = Picture.objects.filter(thread=row).order_by("place")
    return list(rows if all else rows.filter(is_left_out=False))


def having(rows: Collection[Any]) -> set[Any]:
    """Return the keys of those of the threads that have pictures."""
    return set(Picture.objects.filter(thread__in=[row.pk for row in rows]).values_list("thread", flat=True))


@transaction.atomic
def leave_out(row: Thread, *, shown: Collection[int]) -> None:
    """Let everybody see these of the pictures alone, by their places."""
    rows = Picture.objects.filter(thread=row)
    rows.exclude(place__in=shown).update(is_left_out=True)
    rows.filter(place__in=shown).update(is_left_out=False)


class PicturesGate:
    """The gate of threads: nobody reads an original by a page, and copies are not to be deleted."""

    def holding(self, thing: str, who: object) -> Holding | None:
        """Return nothing: the copy is what people see, the original is evidence."""
        return None

    def holds(self, digest: str) -> bool:
        """Tell whether a copy of a picture is this content."""
        return Picture.objects.filter(digest=digest).exists()


GATE: Final[Gate] = PicturesGate()
