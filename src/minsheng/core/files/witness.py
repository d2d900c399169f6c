"""Whether attached files, their names and what is known of them are what the ledger holds the digests of.

Source: JY-20.11, JY-10.3c; `ledger.witnesses` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from minsheng.core.files import places, projection
from minsheng.core.files.models import Attachment
from minsheng.core.files.projection import PREFIX
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered, Compared
from minsheng.gateways.files import FileAltered, FileStore, NoSuchFile, digest_of


def compare(streams: Sequence[str]) -> Compared:
    """Compare rows, names and contents with the facts of these streams."""
    facts = ledger.picked(streams, ("Attached", "Removed"))
    rows = Attachment.objects.in_bulk([UUID(stream.removeprefix(PREFIX)) for stream in facts])
    store = places.store()
    seen = Compared(streams=len(facts))
    for stream, events in facts.items():
        row = rows.get(UUID(stream.removeprefix(PREFIX)))
        if row is None or any(getattr(row, name) != value for name, value in projection.folded(events).items()):
            seen.found(stream, "attachment")
            continue
        bound = ledger.content(events[0]).get("bound")
        if bound is None:
            seen.unbound += 1
        elif projection.digest_of_name(bytes(row.salt), row.name) != bound:
            seen.found(stream, "attachment_name")
        if row.removed_at is None and not holds(store, row.digest, size=row.size):
            seen.found(stream, "file")
    return seen


def strangers() -> list[Altered]:
    """Return attachments that the ledger knows nothing of."""
    return [Altered(stream, "stranger") for stream in ledger.without_stream("appeals_attachment", "id", PREFIX)]


def holds(store: FileStore, digest: str, *, size: int) -> bool:
    """Tell whether the store has the very content; it is read whole, whatever was known of it before."""
    try:
        with store.open(digest) as stream:
            found = digest_of(stream)
    except (NoSuchFile, FileAltered):
        return False
    return (found.digest, found.size) == (digest, size)
