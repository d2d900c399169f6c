"""From the ledger to the lake: what was recorded since the last time, by city and month.

Read up to the last sealed position, below which nothing can appear any more; every order that got an event since then
is written anew, whole. The cursor is committed with the rows, so a run that is killed is a run that didn't happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minsheng.cases.orders.reading import exporting
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import sealing
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import statistics as people
from minsheng.core.policies import queries as policies
from minsheng.figures.lake import order_rows, paper_rows, schema
from minsheng.figures.lake.order_rows import Scenery
from minsheng.figures.lake.store import Manifest, Partition, Store, Writer
from minsheng.gateways import packfiles

MARK = "ledger"
_REPORTS = "report/"
EVENTS_AT_ONCE = 400_000
_ORDERS_AT_ONCE = 4_000
_OF_ORDERS = ("orders", "stages", "callbacks")

Rows = dict[tuple[str, str, str], list[dict[str, Any]]]


@dataclass(slots=True)
class Exported:
    """What a run did: events passed, orders written, partitions written anew."""

    events_to: int = 0
    orders: int = 0
    partitions: int = 0


@dataclass(slots=True)
class _Batch:
    rows: Rows = field(default_factory=dict)
    touched: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # (city, month) → order ids

    def take(self, told: exporting.Told, scenery: Scenery) -> None:
        month = order_rows.month_of(told)
        self.touched.setdefault((told.city, month), set()).add(told.state.id)
        made = {
            "orders": [order_rows.order_row(told, scenery)],
            "stages": order_rows.stage_rows(told),
            "callbacks": order_rows.callback_rows(told, by_message=scenery.rules.callback_chain[0] == "sms"),
        }
        for dataset, rows in made.items():
            self.rows.setdefault((dataset, told.city, month), []).extend(rows)


def export(
    store: Store,
    *,
    now: datetime,
    at_once: int = EVENTS_AT_ONCE,
    told: Callable[[Exported], None] = lambda exported: None,
) -> Exported:
    """Bring the lake up to what is sealed now, `at_once` events in a commit; `told` hears of each commit.

    Raises: Rejected lake_busy when another export runs.
    """
    # What still runs is in no seal: the lake then knows less than everything up to now.
    runs_on = sealing.seal_once(now, mark=sealing.seal_once(now)) is not None
    up_to = ledger.sealed_to()
    done = Exported()
    with store.writing() as writer:
        position = int(store.read().marks.get(MARK, {}).get("position", 0))
        while position < up_to:
            end = ledger.step(after_position=position, up_to=up_to, limit=at_once)
            _export_range(store, writer, done, after_position=position, up_to=end, now=now)
            position = done.events_to = end
            told(done)
        _count_stocks(store, writer, done, now=now)
        # Also when nothing was new: until when the lake knows everything is what a board of today rests on.
        until = store.read().marks.get(MARK, {}).get("at") if runs_on else now.isoformat()
        writer.commit({MARK: {"position": position, "at": until}})
    return done


def known_until(manifest: Manifest) -> datetime | None:
    """Return the moment up to which the lake has every fact; None for one that no export made."""
    at = manifest.marks.get(MARK, {}).get("at")
    return datetime.fromisoformat(at) if at else None


def _export_range(
    store: Store, writer: Writer, done: Exported, *, after_position: int, up_to: int, now: datetime
) -> None:
    ids = exporting.touched(after_position=after_position, up_to=up_to)
    batch, sceneries = _Batch(), dict[str, Scenery]()
    for start in range(0, len(ids), _ORDERS_AT_ONCE):
        for each in exporting.told(ids[start : start + _ORDERS_AT_ONCE]):
            if each.city not in sceneries:
                sceneries[each.city] = _scenery(each.city, now=now)
            batch.take(each, sceneries[each.city])
    manifest = store.read()
    for partition in _partitions(store, manifest, batch):
        writer.put(partition)
        done.partitions += 1
    for partition in _papers(store, manifest, after_position=after_position, up_to=up_to):
        writer.put(partition)
        done.partitions += 1
    writer.commit({MARK: {"position": up_to, "at": store.read().marks.get(MARK, {}).get("at")}})
    done.orders += len(ids)


def _partitions(store: Store, manifest: Manifest, batch: _Batch) -> Iterable[Partition]:
    """Return the partitions as they are now, without the rows of the touched orders, and with their new ones."""
    for (city, month), ids in batch.touched.items():
        for name in _OF_ORDERS:
            fresh = schema.table_of_rows(name, batch.rows.get((name, city, month), []))
            file = manifest.partition(name, city, month)
            if file is not None:
                old = store.rows(file)
                kept = old.filter(pc.invert(pc.is_in(old["order_id"], pa.array(sorted(ids), pa.string()))))
                fresh = pa.concat_tables([kept, fresh])
            yield Partition(name, city, month, fresh)


def _papers(store: Store, manifest: Manifest, *, after_position: int, up_to: int) -> Iterable[Partition]:
    """Return the special reports of every city whose reports got events: they are few, so all of them anew."""
    reports = ledger.touched(_REPORTS, after_position=after_position, up_to=up_to)
    for city in sorted({ledger.history(stream)[0].city for stream in reports}):
        streams = [
            list(own)
            for events in ledger.whole_streams(_REPORTS, city)
            for _stream, own in groupby(events, key=lambda event: event.stream)
        ]
        ours = pa.array([own[0].stream.removeprefix(_REPORTS) for own in streams], pa.string())
        rows = [row for own in streams if (row := paper_rows.paper_row(own, packfiles.report_kinds())) is not None]
        fresh = {f"{row['issued_at']:%Y-%m}" for row in rows}
        old = {each.month: store.rows(each) for each in manifest.of("papers", city=city) if each.month}
        for month in sorted(fresh | set(old)):
            made = schema.table_of_rows("papers", [row for row in rows if f"{row['issued_at']:%Y-%m}" == month])
            if month in old:
                made = pa.concat_tables([old[month].filter(pc.invert(pc.is_in(old[month]["paper_id"], ours))), made])
            if month in fresh or made.num_rows != old[month].num_rows:
                yield Partition("papers", city, month, made)


def _scenery(city: str, *, now: datetime) -> Scenery:
    return Scenery(policies.rules_for(city, now=now), packfiles.categories(), people.regions(city))


def _count_stocks(store: Store, writer: Writer, done: Exported, *, now: datetime) -> None:
    """Count what stands on record, for the month that runs; written only when a count has changed."""
    month, wall = f"{now.astimezone(ZONE):%Y-%m}", now.astimezone(ZONE).replace(tzinfo=None)
    changed = False
    for city in policies.cities():
        counts = people.stocks(city.code, on=wall.date())
        file = store.read().partition("stocks", city.code, month)
        if file is not None and _as_counts(store.rows(file)) == counts:
            continue
        rows = [
            {"city": city.code, "counted_at": wall, "subject": subject, "level": level, "kind": kind, "count": count}
            for (subject, level, kind), count in sorted(counts.items())
        ]
        if rows:
            writer.put(Partition("stocks", city.code, month, schema.table_of_rows("stocks", rows)))
            done.partitions += 1
            changed = True
    if changed:
        writer.commit({})


def _as_counts(table: pa.Table) -> Mapping[tuple[str, str, str], int]:
    return {(row["subject"], row["level"], row["kind"]): row["count"] for row in table.to_pylist()}
