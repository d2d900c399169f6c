"""What the ledger's facts make: occurrences, counters, violations raised, suggested, or lapsed. Twice does nothing.

Incremental: only the partitions that a fact belongs to are looked at. `recount` does the same over everything.
Source: JY-20, SZ-43, SQ-23; A-29, A-48, A-68.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from minsheng.cases.monitoring import counters, observing
from minsheng.cases.monitoring.actions import DOSSIERS, VIOLATIONS, hold, opens_violation
from minsheng.cases.monitoring.counters import Cell
from minsheng.cases.monitoring.models import Dossier, Occurrence, Violation
from minsheng.cases.monitoring.observing import Heard, Seen, Taken
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.monitoring import commands as cmd
from minsheng.domain.monitoring import counting, violation
from minsheng.domain.monitoring.counting import Completion, Partition
from minsheng.domain.monitoring_rule import EACH, MONTH, OF_ORDER, QUARTER, UNIT, MonitoringRule
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

OPEN: Final = (violation.SUGGESTED_STATE, *violation.COUNTED)
_INSERT: Final = """
    INSERT INTO monitoring_occurrence (city, key, event, party, at, source, clock, by, is_annulled, is_hidden)
    SELECT *, false, false FROM unnest(
        %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[]
    )
    ON CONFLICT (key) DO NOTHING RETURNING key
"""


@dataclass(slots=True)
class Book:
    """The rules of cities by day, read once. Not a value: it fills while it is asked."""

    _known: dict[tuple[str, date], Rules | None] = field(default_factory=dict)

    def rules(self, city: str, at: datetime) -> Rules | None:
        """Return the rules in force at a moment; none where the city had none yet."""
        key = (city, at.astimezone(ZONE).date())
        if key not in self._known:
            try:
                self._known[key] = policies.rules_for(city, now=at)
            except Rejected:
                self._known[key] = None
        return self._known[key]

    def counting(self, city: str, at: datetime, event: str) -> list[tuple[str, MonitoringRule, Rules]]:
        """Return the rules that count an event at a moment."""
        rules = self.rules(city, at)
        if rules is None:
            return []
        return [(code, rule, rules) for code, rule in rules.monitoring_rules.items() if event in rule.events]


def take(heard: Heard, *, now: datetime) -> None:
    """Let facts have their effects, in the transaction of whoever heard them."""
    book = Book()
    facts = [fact for fact in heard.facts if book.counting(fact.city, fact.at, fact.event)]
    if not (facts or heard.taken or heard.narrowed or heard.widened):
        return
    # Two who hear of the same unit's facts at the same moment would each count without the other's.
    hold()
    changed = [*_inserted(facts, book), *_annulled(heard.taken, book), *_narrowed(heard.narrowed, book, now=now)]
    changed += _widened(heard.widened, book, now=now)
    settle(affected(changed, book), book, now=now)


def affected(rows: Iterable[Occurrence], book: Book) -> dict[tuple[str, Partition], list[Occurrence]]:
    """Return the partitions in which facts are counted, by city, each with those of the facts that are in it."""
    found: dict[tuple[str, Partition], list[Occurrence]] = {}
    for row in rows:
        for code, rule, rules in book.counting(row.city, row.at, row.event):
            partition = counting.partition_of(code, rule, fact_of(row), rules)
            found.setdefault((row.city, partition), []).append(row)
    return found


def fact_of(row: Occurrence) -> counting.Occurrence:
    """Return a row as the domain counts it."""
    return counting.Occurrence(row.key, row.event, row.party, row.at, row.source, row.by, row.is_hidden)


@dataclass(frozen=True, slots=True)
class Made:
    """What a partition makes: violations by their keys, and every key that it could make."""

    wanted: Mapping[str, Completion]
    possible: frozenset[str]


def settle(partitions: Mapping[tuple[str, Partition], Sequence[Occurrence]], book: Book, *, now: datetime) -> None:
    """Raise what partitions make and nobody has raised; let lapse what they make no more."""
    made = {key: made_of(key[0], key[1], rows, book) for key, rows in partitions.items()}
    possible = sorted({each for one in made.values() for each in one.possible})
    standing: dict[tuple[str, str, bool], Violation] = {
        (row.city_id, row.source, row.is_restricted): row
        for row in Violation.objects.filter(source__in=possible, is_lapsed=False).defer("state", "head")
    }
    for (city, partition), one in made.items():
        for source in sorted(one.possible):
            row = standing.get((city, source, partition.hidden))
            if row is None and is_of_one_fact(source):
                row = standing.get((city, source, not partition.hidden))
            if row is None and source in one.wanted:
                _begin(city, partition, source, one.wanted[source], book, now=now)
            elif row is not None and source not in one.wanted:
                _lapse(row, now=now)


def is_of_one_fact(source: str) -> bool:
    """Tell whether what names a violation is one fact: it goes apart with its order. A month's or a quarter's does not.

    A month's violation that was put apart with one of its facts stays there; the facts that are left are counted anew.
    """
    return "#" in source


def made_of(city: str, partition: Partition, rows: Sequence[Occurrence], book: Book) -> Made:
    """Return what a partition makes of all its facts; `rows`: those of them that have changed."""
    rule, rules = rule_of(city, partition, rows, book)
    whole = _whole(city, partition, rows, rule, rules)
    facts = [fact_of(row) for row in whole if row.counts_for(partition.code)]
    gone = annulled_of(partition, whole)
    wanted = counting.completions(partition, facts, rule, rules, annulled=gone)
    possible = {f"{partition.code} {row.key}" for row in (*whole, *rows)} | set(wanted)
    return Made(wanted, frozenset(possible | {counting.key_of(partition, annulled=each) for each in range(gone + 1)}))


def annulled_of(partition: Partition, rows: Iterable[Occurrence]) -> int:
    """Return how many violations that the facts of a partition made were annulled."""
    freed = {source for row in rows for source in row.freed_by}
    return sum(source.startswith(f"{partition.code} ") and not is_of_one_fact(source) for source in freed)


def rule_of(city: str, partition: Partition, rows: Sequence[Occurrence], book: Book) -> tuple[MonitoringRule, Rules]:
    """Return the rule that a partition is counted by: that of the last of its facts."""
    last = max(rows, key=lambda row: (row.at, row.key))
    return next(
        (rule, rules) for code, rule, rules in book.counting(city, last.at, last.event) if code == partition.code
    )


def _whole(
    city: str, partition: Partition, rows: Sequence[Occurrence], rule: MonitoringRule, rules: Rules
) -> Sequence[Occurrence]:
    """Return every fact of a partition."""
    window = counting.window_of(rule, rules)
    if window == EACH:
        return rows
    found = Occurrence.objects.filter(city=city, event__in=rule.events, is_hidden=partition.hidden)
    if window == OF_ORDER:
        return list(found.filter(source=partition.of))
    found = found.filter(party=partition.of)
    if window in (MONTH, QUARTER):
        span = counting.span_of(partition.period, rules)
        found = found.filter(at__gte=span[0], at__lt=span[1])
    return list(found)


def _begin(city: str, partition: Partition, source: str, made: Completion, book: Book, *, now: datetime) -> None:
    last = made.last
    rules = book.rules(city, last.at)
    assert rules is not None  # a rule of it counted the fact
    streams = dict.fromkeys(fact.source for fact in made.facts if fact.source.startswith(observing.ORDER))
    row = Occurrence.objects.get(key=last.key)
    snapshot, finding = observing.shown_by(last.key, last.event)
    command = cmd.RaiseViolation(
        code=partition.code, party=last.party, source=source,
        orders=tuple(each.removeprefix(observing.ORDER) for each in streams),
        clock=f"{last.source} {row.clock}" if row.clock else "",
        counted=last.at.astimezone(rules.worktime.zone).date(), snapshot=snapshot, finding=finding,
        facts=tuple(fact.key for fact in made.facts),
    )  # fmt: skip
    lifecycles.begin(
        VIOLATIONS, command, city=city, by=SYSTEM, now=now, made=lambda id: opens_violation(id, city),
        facts=violation.Known(restricted=partition.hidden),
    )  # fmt: skip


def _lapse(row: Violation, *, now: datetime) -> None:
    """Let a violation go whose facts stand no more; what somebody annulled or dismissed stays as it is."""
    locked = Violation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.status not in OPEN:
        return
    lifecycles.apply(VIOLATIONS, row.pk, cmd.LapseViolation(), city=row.city_id, by=SYSTEM, now=now)
    if locked.counts:
        counters.move(violations={_cell_of(locked): -1})


def _cell_of(row: Violation, *, hidden: bool | None = None) -> Cell:
    is_hidden = row.is_restricted if hidden is None else hidden
    return Cell(row.city_id, row.kind, row.party, row.month, is_hidden)


def cells_of(row: Occurrence, book: Book, *, hidden: bool | None = None) -> list[Cell]:
    """Return the counters in which a fact is counted, one a rule that it counts by."""
    is_hidden = row.is_hidden if hidden is None else hidden
    return [
        Cell(row.city, code, row.party, counting.month_of(row.at, rules), is_hidden)
        for code, _, rules in book.counting(row.city, row.at, row.event)
        if row.counts_for(code)
    ]


def _inserted(facts: Sequence[Seen], book: Book) -> list[Occurrence]:
    """Keep facts that nobody has kept yet; return them."""
    if not facts:
        return []
    columns = [
        [getattr(fact, name) for fact in facts]
        for name in ("city", "key", "event", "party", "at", "source", "clock", "by")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, columns)
        fresh = [key for (key,) in cursor.fetchall()]
    rows = list(Occurrence.objects.filter(key__in=fresh).order_by("id"))
    few = for_few(row.source for row in rows)
    for row in rows:
        row.is_hidden = row.source in few
    Occurrence.objects.filter(key__in=[row.key for row in rows if row.is_hidden]).update(is_hidden=True)
    counters.move(facts=counters.tally(cell for row in rows for cell in cells_of(row, book)))
    return rows


def for_few(sources: Iterable[str]) -> set[str]:
    """Return those of the streams whose order exists for few, or did until it was closed: it stays apart (JY-12.1)."""
    streams = [each for each in dict.fromkeys(sources) if each.startswith(observing.ORDER)]
    if not streams:
        return set()
    ids = orders.for_few(each.removeprefix(observing.ORDER) for each in streams)
    told = ledger_queries.picked(streams, sorted(observing.NARROWING | observing.WIDENING))
    referred = {stream for stream, events in told.items() if events[-1].type in observing.NARROWING}
    return {f"{observing.ORDER}{id}" for id in ids} | referred


def _annulled(taken: Sequence[Taken], book: Book) -> list[Occurrence]:
    """Mark the facts that the ledger took back; return them."""
    found: list[Occurrence] = []
    for each in taken:
        rows = Occurrence.objects.filter(
            source=each.source, event=each.event, party=each.party, clock=each.clock, is_annulled=False
        )
        found += rows
    counters.move(facts=counters.tally((cell for row in found for cell in cells_of(row, book)), by=-1))
    for row in found:
        row.is_annulled = True
    Occurrence.objects.filter(pk__in=[row.pk for row in found]).update(is_annulled=True)
    return found


def _narrowed(names: Sequence[str], book: Book, *, now: datetime) -> list[Occurrence]:
    """Put apart what is known of orders that exist for few from now on; return the facts, as they were and as they are.

    Source: JY-12.1.
    """
    if not names:
        return []
    streams = [f"{observing.ORDER}{each}" for each in names]
    rows = list(Occurrence.objects.filter(source__in=streams, is_hidden=False))
    Occurrence.objects.filter(pk__in=[row.pk for row in rows]).update(is_hidden=True)
    moved = counters.tally((cell for row in rows for cell in cells_of(row, book, hidden=False)), by=-1)
    moved.update(counters.tally(cell for row in rows for cell in cells_of(row, book, hidden=True)))
    counters.move(facts=moved)
    about = Violation.objects.filter(Q(orders__overlap=list(names)), is_restricted=False)
    for row in about.order_by("pk").select_for_update(of=("self",)):
        lifecycles.apply(VIOLATIONS, row.pk, cmd.NarrowViolation(), city=row.city_id, by=SYSTEM, now=now)
        if row.counts:
            counters.move(violations={_cell_of(row, hidden=False): -1, _cell_of(row, hidden=True): 1})
        if row.dossier:
            _narrow_dossier(row, now=now)
    apart = [_copy(row) for row in rows]
    return [*rows, *apart]


def _narrow_dossier(row: Violation, *, now: datetime) -> None:
    """Let the dossier that handed a violation on exist for those alone for whom the violation does (JY-12.1)."""
    holds = Dossier.objects.filter(city=row.city_id, number=row.dossier, is_restricted=False)
    for dossier in holds:
        lifecycles.apply(DOSSIERS, dossier.pk, cmd.NarrowDossier(), city=row.city_id, by=SYSTEM, now=now)


def _widened(names: Sequence[str], book: Book, *, now: datetime) -> list[Occurrence]:
    """Count with the others again what is known of orders that exist for all of their desks again. Source: A-80."""
    few = for_few(f"{observing.ORDER}{each}" for each in names)
    streams = [stream for each in names if (stream := f"{observing.ORDER}{each}") not in few]
    if not streams:
        return []
    rows = list(Occurrence.objects.filter(source__in=streams, is_hidden=True))
    Occurrence.objects.filter(pk__in=[row.pk for row in rows]).update(is_hidden=False)
    moved = counters.tally((cell for row in rows for cell in cells_of(row, book, hidden=True)), by=-1)
    moved.update(counters.tally(cell for row in rows for cell in cells_of(row, book, hidden=False)))
    counters.move(facts=moved)
    about = [stream.removeprefix(observing.ORDER) for stream in streams]
    for row in Violation.objects.filter(orders__overlap=about, is_restricted=True).exclude(source="").order_by("pk"):
        _widen(row, book, now=now)
    return [*rows, *(_copy(row, hidden=False) for row in rows)]


def _widen(row: Violation, book: Book, *, now: datetime) -> None:
    """Let a violation that facts made exist for those of its rule, once none of its orders exists for few."""
    rules = book.rules(row.city_id, now)
    rule = rules.monitoring_rules.get(row.kind) if rules is not None else None
    apart = for_few(f"{observing.ORDER}{each}" for each in row.orders)
    taken = Violation.objects.filter(city=row.city_id, source=row.source, is_restricted=False, is_lapsed=False).exists()
    if rule is None or apart or taken or UNIT not in rule.sees:
        return
    lifecycles.apply(VIOLATIONS, row.pk, cmd.WidenViolation(), city=row.city_id, by=SYSTEM, now=now)
    if row.counts:
        counters.move(violations={_cell_of(row, hidden=True): -1, _cell_of(row, hidden=False): 1})


def _copy(row: Occurrence, *, hidden: bool = True) -> Occurrence:
    """Return a fact as it is counted once its order exists for few, or for all again."""
    values: dict[str, Any] = {each.attname: getattr(row, each.attname) for each in Occurrence._meta.concrete_fields}
    return Occurrence(**{**values, "is_hidden": hidden})
