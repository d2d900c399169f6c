"""The row of an attachment from the facts of its stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from minsheng.core.files.models import Attachment
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import salted
from minsheng.core.ledger.values import StoredEvent

PREFIX: Final = "attachment/"
# What facts leave out where it is so.
USUAL: Final = {"joined": "", "owner": "order"}
# The name of a file whose row was lost: its own is nowhere else.
_NAMELESS: Final = "附件"


def rebuild(*, check: bool) -> tuple[int, int]:
    """Fold every attachment's stream again and compare with its row; return rows compared and rows that differed."""
    compared = changed = 0
    for stream in ledger.streams(PREFIX):
        wanted = folded(ledger.history(stream))
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
        **USUAL,
        **{name: value for name, value in ledger.content(first).items() if name != "bound"},
        "city_id": first.city,
        "uploaded_by": str(first.actor.get("person") or ""),
        "uploaded_at": first.at,
        "removed_at": removed,
    }


def digest_of_name(salt: bytes, name: str) -> str:
    """Return the digest of a file's name."""
    return salted.digest(salt, {"name": name})
