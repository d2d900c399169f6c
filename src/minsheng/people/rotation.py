"""Taking personal data from retired keys to the current one, batch by batch: appellants, units' contacts, rosters.

Registrations that were not handed in are sealed for a day and forgotten; they are not taken over.
Source: GB/T 39786-2021; JY-8d.
"""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from minsheng.people import appellants, vault
from minsheng.people.models import Roster, UnitContact
from minsheng.people.vault_keys import KEY_OF_PHONE

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
    contacts, rosters = _rotate_phones(UnitContact.objects, "contact"), _rotate_phones(Roster.objects, "roster")
    return appellants.rotate_keys(limit=BATCH) + contacts + rosters


def _rotate_phones(kept: models.Manager[Any], owner: str) -> int:
    current = bytes.fromhex(vault.keyring().current.id)
    with transaction.atomic():
        sealed = kept.exclude(phone_enc=None).annotate(key=KEY_OF_PHONE).exclude(key=current)
        rows = list(sealed.select_for_update(skip_locked=True)[:BATCH])
        for row in rows:
            bound = {"owner": f"{owner}/{row.pk}", "field": "phone"}
            row.phone_enc = vault.encrypt(vault.decrypt(bytes(row.phone_enc), **bound), **bound)
        kept.bulk_update(rows, ["phone_enc"])
    return len(rows)
