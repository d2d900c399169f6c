"""Taking personal data from retired keys to the current one, batch by batch: appellants, and the cells
of `vault_keys.cells`.

Work that was typed and not handed in is sealed for some days and forgotten; it is not taken over.
Source: GB/T 39786-2021; JY-8d.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models, transaction

from minsheng.core.people import appellants, vault
from minsheng.core.people.vault_keys import cells, key_of

BATCH = 500


@dataclass(slots=True)
class Rotated:
    """How many rows were sealed anew, and which could not be opened: those stay as they are."""

    moved: int = 0
    broken: dict[str, set[Any]] = field(default_factory=dict)  # keys of rows, by what they are to the cipher

    @property
    def seen(self) -> tuple[int, int]:
        """Return how many rows were sealed anew, and how many could not be."""
        return self.moved, sum(map(len, self.broken.values()))


def rotate() -> Rotated:
    """Seal everything anew that a retired key sealed. Reading and writing go on meanwhile.

    What can't be opened (its key is no longer among the settings, or it is damaged) holds nothing else up.
    """
    done = Rotated()
    while _rotate_batch(done):
        pass
    return done


def _rotate_batch(done: Rotated) -> bool:
    """Seal a batch of each kind anew; tell whether there may be more."""
    before = done.seen
    strange: set[UUID] = done.broken.get("identity", set())
    done.moved += appellants.rotate_keys(limit=BATCH, broken=strange)
    if strange:
        done.broken["identity"] = strange
    for kept, owner, of in cells():
        _rotate_cells(kept, owner, of, done)
    return before != done.seen


def _rotate_cells(kept: models.Manager[Any], owner: str, of: str, done: Rotated) -> None:
    column, current = f"{of}_enc", bytes.fromhex(vault.keyring().current.id)
    found_by = getattr(kept.model, "found_by", "")
    with transaction.atomic():
        sealed = kept.exclude(**{column: None}).annotate(key=key_of(of)).exclude(key=current)
        rows = []
        for row in sealed.exclude(pk__in=done.broken.get(owner, ())).select_for_update(skip_locked=True)[:BATCH]:
            bound = {"owner": f"{owner}/{row.pk}", "field": of}
            try:
                clear = vault.decrypt(bytes(getattr(row, column)), **bound)
            except vault.VaultBroken:
                done.broken.setdefault(owner, set()).add(row.pk)
                continue
            setattr(row, column, vault.encrypt(clear, **bound))
            if found_by:
                setattr(row, found_by, row.index_of(clear))
            rows.append(row)
        kept.bulk_update(rows, [column, *([found_by] if found_by else [])])
    done.moved += len(rows)
