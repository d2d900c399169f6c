"""Whether a report's figures, words, document and instructions are what the ledger holds the digests of.

Source: JY-20.11, SZ-35a, JY-14b; `ledger.witnesses` calls it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.ledger.witnesses import Altered, Compared
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Instruction, Report
from minsheng.figures.reports.queries import PREFIX

_TYPES: Final = ("ReportPlanned", "ReportComposed", "ReportWritten", "ReportSent", "LeaderInstructed")


def compare(streams: Sequence[str]) -> Compared:
    """Compare the rows of reports and what leaders wrote on them with the facts of these streams."""
    facts = ledger.picked(streams, _TYPES)
    seen = Compared(streams=len(facts))
    for stream, events in facts.items():
        row = Report.objects.filter(pk=UUID(stream.removeprefix(PREFIX))).first()
        if row is None:
            seen.found(stream, "report_missing")
            continue
        said = {kind: [_event(event) for event in events if event.type == kind] for kind in _TYPES}
        counted = said["ReportComposed"]
        if _digest_of_figures(row) != (counted[-1]["digest"] if counted else ""):
            seen.found(stream, "figures")
        if _words(row) != {each["section"]: each["digest"] for each in said["ReportWritten"]}:
            seen.found(stream, "report_words")
        sent = said["ReportSent"]
        if _digest(bytes(row.document or b"")) != (sent[-1]["digest"] if sent else ""):
            seen.found(stream, "document")
        if _instructions(row) != [(each["leader"].strip(), each["digest"]) for each in said["LeaderInstructed"]]:
            seen.found(stream, "instructions")
    return seen


def strangers() -> list[Altered]:
    """Return reports that the ledger knows nothing of."""
    return [Altered(stream, "stranger") for stream in ledger.without_stream("reports_report", "id", PREFIX)]


def _event(event: StoredEvent) -> dict[str, str]:
    said: dict[str, str] = ledger.content(event)["event"]
    return said


def _digest_of_figures(row: Report) -> str:
    if row.figures is None:
        return ""
    try:
        return figures.digest(figures.read(row.figures))
    except msgspec.ValidationError:
        return "unreadable"


def _words(row: Report) -> dict[str, str]:
    return {section: _digest(text.encode()) for section, text in row.words.items()}


def _instructions(row: Report) -> list[tuple[str, str]]:
    written = Instruction.objects.filter(report=row).order_by("id")
    return [(each.leader, _digest(each.words.encode())) for each in written]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else ""
