"""Counting everything again from the ledger, to compare with what was counted fact by fact, and to mend what differs.

Source: JY-20.0; A-68.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from minsheng.cases.monitoring import actions, counters, observing, raising
from minsheng.cases.monitoring.counters import Cell
from minsheng.cases.monitoring.models import Counter, Occurrence, Violation
from minsheng.cases.monitoring.observing import Heard, Seen, Taken
from minsheng.cases.monitoring.raising import Book
from minsheng.core.ledger.values import ZONE
from minsheng.domain.monitoring import counting
from minsheng.domain.monitoring.violation import ANNULLED


@dataclass(frozen=True, slots=True)
class Difference:
    """What is kept of a fact, a violation or a counter, and what the ledger makes of it; empty for nothing."""

    what: str
    name: str
    kept: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Recount:
    """How much a recount compared, and what differs."""

    facts: int
    violations: int
    counters: int
    differences: tuple[Difference, ...]


def compare(city: str) -> Recount:
    """Return how what is kept differs from what the whole ledger makes; nothing is changed."""
    book = Book()
    facts = _facts(city, book)
    wanted = _sources(facts, book)
    cells = _cells(city, facts, book)
    differences = [*_compare_facts(city, facts), *_compare_sources(city, wanted), *_compare_cells(city, cells)]
    return Recount(len(facts), len(wanted), len(cells), tuple(differences))


def mend(city: str, *, now: datetime) -> None:
    """Take every fact of the ledger again, and write the counters anew."""
    with transaction.atomic():
        actions.hold()
        for events in observing.pages(city):
            raising.take(observing.read(events), now=now)
        for key, sources in _freed(city).items():
            Occurrence.objects.filter(key=key).update(freed_by=sources)
        book = Book()
        facts = _facts(city, book)
        raising.settle(raising.affected(facts.values(), book), book, now=now)
        Counter.objects.filter(city=city).delete()
        cells = _cells(city, facts, book)
        standing = {cell: pair[1] for cell, pair in cells.items()}
        counters.move(facts={cell: pair[0] for cell, pair in cells.items()}, violations=standing)


def _facts(city: str, book: Book) -> dict[str, Occurrence]:
    """Return the facts of the ledger that rules count, by key, as they stand at its end."""
    found: dict[str, Occurrence] = {}
    taken: list[Taken] = []
    for events in observing.pages(city):
        heard: Heard = observing.read(events)
        found |= {fact.key: _row(fact) for fact in heard.facts if book.counting(city, fact.at, fact.event)}
        taken += heard.taken
    gone = {(each.source, each.event, each.party, each.clock) for each in taken}
    few = raising.for_few(row.source for row in found.values())
    for row in found.values():
        row.is_annulled = (row.source, row.event, row.party, row.clock) in gone
        row.is_hidden = row.source in few
    for key, sources in _freed(city).items():
        if key in found:
            found[key].freed_by = sources
    return found


def _freed(city: str) -> dict[str, list[str]]:
    """Return which annulled violations have freed a fact, by its key, in the order of their making."""
    found: dict[str, list[str]] = {}
    rows = Violation.objects.filter(city=city, status=ANNULLED, is_lapsed=False).exclude(source="").order_by("pk")
    for source, facts in rows.values_list("source", "state__facts"):
        for key in facts or ():
            found.setdefault(key, []).append(source)
    return found


def _row(fact: Seen) -> Occurrence:
    return Occurrence(
        city=fact.city, key=fact.key, event=fact.event, party=fact.party, at=fact.at, source=fact.source,
        clock=fact.clock, by=fact.by,
    )  # fmt: skip


def _sources(facts: dict[str, Occurrence], book: Book) -> set[str]:
    """Return what names the violations that all facts make."""
    found: set[str] = set()
    for (city, partition), rows in raising.affected(facts.values(), book).items():
        rule, rules = raising.rule_of(city, partition, rows, book)
        whole = [raising.fact_of(row) for row in rows if row.counts_for(partition.code)]
        annulled = raising.annulled_of(partition, rows)
        found |= set(counting.completions(partition, whole, rule, rules, annulled=annulled))
    return found


def _cells(city: str, facts: Mapping[str, Occurrence], book: Book) -> dict[Cell, tuple[int, int]]:
    """Return what each counter should say: facts from the ledger, violations from their rows."""
    counted = counters.tally(cell for row in facts.values() for cell in raising.cells_of(row, book))
    rows = Violation.objects.filter(city=city, counts=True).order_by()
    grouped = rows.values_list("kind", "party", "month", "is_restricted").annotate(n=Count("pk"))
    violations = {Cell(city, code, party, month, hidden): n for code, party, month, hidden, n in grouped}
    return {cell: (counted[cell], violations.get(cell, 0)) for cell in {*counted, *violations}}


def _compare_facts(city: str, facts: Mapping[str, Occurrence]) -> Iterator[Difference]:
    kept = {row.key: _said(row) for row in Occurrence.objects.filter(city=city).iterator()}
    wanted = {key: _said(row) for key, row in facts.items()}
    for key in sorted({*kept, *wanted}):
        if kept.get(key) != wanted.get(key):
            yield Difference("fact", key, kept.get(key, ""), wanted.get(key, ""))


def _said(row: Occurrence) -> str:
    at = row.at.astimezone(ZONE).isoformat()
    marks = f"{'annulled' * row.is_annulled} {'hidden' * row.is_hidden} {' '.join(sorted(row.freed_by))}"
    return f"{row.event}@{row.party} {at} {row.by} {marks}".strip()


def _compare_sources(city: str, wanted: Collection[str]) -> Iterator[Difference]:
    rows = Violation.objects.filter(city=city, is_lapsed=False).exclude(source="")
    # What somebody annulled or dismissed stays so, whether its facts stand or not.
    kept = {
        source: status
        for source, status, apart in rows.order_by("-is_restricted").values_list("source", "status", "is_restricted")
        if not apart or source in wanted or raising.is_of_one_fact(source) or source.endswith("*")
    }
    for source in sorted({*kept, *wanted}):
        if source not in kept:
            yield Difference("violation", source, "", "RAISED")
        elif source not in wanted and kept[source] in raising.OPEN:
            yield Difference("violation", source, kept[source], "")


def _compare_cells(city: str, cells: Mapping[Cell, tuple[int, int]]) -> Iterator[Difference]:
    kept = {
        Cell(city, row.code, row.party, row.month, row.is_hidden): (row.facts, row.violations)
        for row in Counter.objects.filter(city=city)
    }
    for cell in sorted({*kept, *cells}):
        found, wanted = kept.get(cell, (0, 0)), cells.get(cell, (0, 0))
        if found != wanted:
            yield Difference("counter", f"{cell.code} {cell.party} {cell.month}", str(found), str(wanted))
