"""Whether the words of cases and the copies in their evidence are those that the ledger has digests of.

Source: JY-20.11, JY-29; `ledger.witnesses` calls it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from minsheng.cases.accountability.models import Snapshot
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered, Compared
from minsheng.core.people import vault
from minsheng.core.words import witness as words

_PREFIX: Final = "case/"


def compare(streams: Sequence[str]) -> Compared:
    """Compare the words and copies of these cases with what their facts hold."""
    seen = words.compare(streams)
    for stream, events in ledger.picked(streams, ("CaseProposed",)).items():
        held = {each.partition(" ")[::2] for event in events for each in ledger.content(event)["event"]["snapshots"]}
        kept = Snapshot.objects.filter(case=UUID(stream.removeprefix(_PREFIX)))
        if {(row.order, _digest(row)) for row in kept} != held:
            seen.found(stream, "evidence")
    return seen


def strangers() -> list[Altered]:
    """Return cases that the ledger knows nothing of, and words that belong to no stream."""
    cases = [Altered(each, "stranger") for each in ledger.without_stream("accountability_case", "id", _PREFIX)]
    return [*cases, *words.strangers()]


def _digest(row: Snapshot) -> str:
    try:
        body = vault.decrypt(bytes(row.body_enc), owner=f"snapshot/{row.pk}", field="body")
    except vault.VaultBroken:
        return ""
    return hashlib.sha256(body.encode()).hexdigest()
