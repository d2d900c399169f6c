"""Numbers that people quote: day and a running count. A process takes them from the database in blocks."""

from __future__ import annotations

import threading
from datetime import datetime

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE

BLOCK = 100
_NEXT = b"SELECT nextval('orders_number')"
_guard = threading.Lock()
_waiting: list[int] = []


def next_number(now: datetime) -> str:
    """Return a number that no order has. Gaps mean nothing: a process that ends leaves the rest of its block."""
    with _guard:
        if not _waiting:
            row = ledger.execute(_NEXT, (), alone=True).fetchone()
            assert row is not None
            first = int(row[0])
            _waiting.extend(range(first + BLOCK - 1, first - 1, -1))
        count = _waiting.pop()
    return f"{now.astimezone(ZONE):%y%m%d}{count:08d}"
