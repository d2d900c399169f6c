"""Reads of attachments. Who may see them is for the gates to hold to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from minsheng.core.files.gates import Holding
from minsheng.core.files.models import Attachment
from minsheng.core.files.values import Checked, Shown, halves


@dataclass(frozen=True, slots=True)
class Twin:
    """Two files of one content: the name of the one that is brought, and of the one that is there or came before."""

    name: str
    other: str


def of_stream(stream: str) -> list[Shown]:
    """Return a stream's files, the oldest first."""
    owner, thing = halves(stream)
    return _shown(Attachment.objects.filter(owner=owner, order=thing, removed_at=None).order_by("id"))


def of_streams(streams: Iterable[str], *, purpose: str) -> list[Shown]:
    """Return the files of these streams, of one owner, that were brought for one purpose, the oldest first."""
    named = [halves(stream) for stream in streams]
    owners, things = {owner for owner, _ in named}, [thing for _, thing in named]
    found = Attachment.objects.filter(owner__in=owners, order__in=things, purpose=purpose, removed_at=None)
    return _shown(found.order_by("id"))


def find(held: Holding, attachment_id: UUID) -> Shown | None:
    """Return a file that exists for whoever asks, or nothing."""
    return next((each for each in held.readable() if each.id == attachment_id), None)


def twins(checked: Sequence[Checked], held: Holding) -> list[Twin]:
    """Return which of the files that are about to be brought have the content of another that one may read."""
    there = {each.digest: each.name for each in reversed(held.readable())}
    found = []
    for each in checked:
        if (other := there.get(each.digest)) is not None:
            found.append(Twin(each.known.name, other))
        there.setdefault(each.digest, each.known.name)
    return found


def _shown(rows: Iterable[Attachment]) -> list[Shown]:
    return [Shown(**{name: getattr(row, name) for name in Shown.__dataclass_fields__}) for row in rows]
