"""Taking personal data from retired keys to the current one, batch by batch: appellants, units' contacts, rosters.

Registrations that were not handed in are sealed for a day and forgotten; they are not taken over.
Source: GB/T 39786-2021; JY-8d.
"""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from minsheng.core.people import appellants, vault
from minsheng.core.people.vault_keys import PHONES_AT_WORK, key_of

BATCH = 500


def rotate() -> int:
    """Seal everything anew that a retired key sealed; return how many rows were. Reading and writing go on meanwhile.

    Raises: VaultBroken when a value's key is no longer among the settings; what was done before stays done.
    """
    moved = 0
    while batch := _rotate_batch():
        moved += batch
    return moved


def _rotate_batch() -> int:
    phones = sum(_rotate_phones(kept, owner, field) for kept, owner, field in PHONES_AT_WORK)
    return appellants.rotate_keys(limit=BATCH) + phones


def _rotate_phones(kept: models.Manager[Any], owner: str, field: str) -> int:
    column, current = f"{field}_enc", bytes.fromhex(vault.keyring().current.id)
    with transaction.atomic():
        sealed = kept.exclude(**{column: None}).annotate(key=key_of(field)).exclude(key=current)
        rows = list(sealed.select_for_update(skip_locked=True)[:BATCH])
        for row in rows:
            bound = {"owner": f"{owner}/{row.pk}", "field": field}
            setattr(row, column, vault.encrypt(vault.decrypt(bytes(getattr(row, column)), **bound), **bound))
        kept.bulk_update(rows, [column])
    return len(rows)
