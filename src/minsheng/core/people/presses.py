"""One press of a button, once: a form's key is claimed in the transaction of its work."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people.queries import Person


def once(person: Person, key: UUID, content: tuple[str, ...], work: Callable[[], None], *, now: datetime) -> None:
    """Do the work once under the form's key; a second press finds it done. Raises: KeyReused for other content."""
    fingerprint = hashlib.sha256("\0".join(content).encode()).digest()
    with transaction.atomic():
        if ledger.once(f"page:{person.id}", key=str(key), fingerprint=fingerprint, now=now) is None:
            work()
            ledger.remember(f"page:{person.id}", key=str(key), status=302, body={})
