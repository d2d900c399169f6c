"""Whether what is published is what the auditor confirmed: texts, copies of files, the rows of cases.

Source: JY-9.8a, JY-20.11, A-73; `ledger.witnesses` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from minsheng.cases.appeals import public_binding
from minsheng.cases.appeals.actions import PREFIX as APPEAL
from minsheng.cases.appeals.publication import PREFIX
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.witnesses import Altered, Compared
from minsheng.public.publication import projection

# What makes confirmed words and copies go: another answer comes, or came (`orders.actions`).
_RETRACTING: Final = ("Reopened", "Replied", "Answered")


def compare(streams: Sequence[str]) -> Compared:
    """Compare confirmed texts and files with the facts of these streams, and the rows of cases with both."""
    facts = ledger.picked(streams, public_binding.TYPES)
    orders = [stream.removeprefix(PREFIX) for stream in streams]
    gone = ledger.picked([records.stream_of(order) for order in orders], _RETRACTING)
    seen = Compared(streams=len(streams))
    for order in orders:
        last = gone.get(records.stream_of(order))
        retracted = last[-1].position if last else 0
        given = [event for event in facts.get(f"{PREFIX}{order}", ()) if event.position > retracted]
        if not public_binding.texts_fit(order, given):
            seen.found(f"{PREFIX}{order}", "public_text")
        if not public_binding.files_fit(order, given):
            seen.found(f"{PREFIX}{order}", "public_file")
        if not projection.agrees(order) and not _unheard(order):
            seen.found(f"{PREFIX}{order}", "public_case")
    return seen


def strangers() -> list[Altered]:
    """Return confirmed texts, copies and public cases that the ledger knows nothing of."""
    tables = ("appeals_publictext", "appeals_publicfile", "publication_publiccase")
    found = {stream for table in tables for stream in ledger.without_stream(table, '"order"', PREFIX)}
    return [Altered(stream, "stranger") for stream in sorted(found)]


def _unheard(order: str) -> bool:
    """Tell whether the relay has still to tell of something that makes the case's row follow."""
    streams = [f"{PREFIX}{order}", records.stream_of(order), f"{APPEAL}{records.appeal_of(order)}"]
    return ledger.is_unheard(streams)
