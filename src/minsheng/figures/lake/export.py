"""From the ledger to the lake: what was recorded since the last time, by city and month.

Read up to the last sealed position, below which nothing can appear any more. What got an event since then is written
anew, whole; each feature says what of it is written (`datasets` of its `feature.py`). The cursor is committed with the
rows, so a run that is killed is a run that didn't happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from minsheng.core.features import queries as features
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import sealing
from minsheng.core.ledger.values import ZONE
from minsheng.core.policies import queries as policies
from minsheng.figures.lake import schema
from minsheng.figures.lake.store import Manifest, Partition, Store, Writer

MARK = "ledger"
EVENTS_AT_ONCE = 400_000


@dataclass(slots=True)
class Exported:
    """What a run did: events passed, orders written, partitions written anew."""

    events_to: int = 0
    orders: int = 0
    partitions: int = 0


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
    part, manifest = Range(after_position, up_to, now), store.read()
    # Several may bring rows to the same month of a dataset: the later ones stand beside those of the earlier.
    put: dict[tuple[str, str, str], pa.Table] = {}
    for exporter in features.datasets().values():
        for fresh in exporter(part):
            for partition in _partitions(store, manifest, fresh, put):
                put[(partition.dataset, partition.city, partition.month)] = partition.table
                writer.put(partition)
                done.partitions += 1
            done.orders += len(fresh.keys) if fresh.dataset == "orders" else 0
    writer.commit({MARK: {"position": up_to, "at": store.read().marks.get(MARK, {}).get("at")}})


def _partitions(
    store: Store, manifest: Manifest, fresh: Fresh, put: Mapping[tuple[str, str, str], pa.Table]
) -> Iterable[Partition]:
    """Return the partitions as they are now, without the former rows of the things, and with their new ones.

    `put`: those that were written already in this part of the ledger.
    """
    name, city, keys = fresh.dataset, fresh.city, pa.array(sorted(fresh.keys), pa.string())
    old = {file.month: file for file in manifest.of(name, city=city) if file.month}
    known = {*old, *(month for dataset, of, month in put if (dataset, of) == (name, city))}
    for month in sorted({*fresh.rows, *(known if fresh.may_have_moved else ())}):
        made = schema.table_of_rows(name, list(fresh.rows.get(month, ())))
        if month in known:
            written = put.get((name, city, month))
            former = written if written is not None else store.rows(old[month])
            kept = former.filter(pc.invert(pc.is_in(former[schema.DATASETS[name].key], keys)))
            made = pa.concat_tables([kept, made])
            if month not in fresh.rows and made.num_rows == former.num_rows:
                continue
        yield Partition(name, city, month, made)


def _count_stocks(store: Store, writer: Writer, done: Exported, *, now: datetime) -> None:
    """Count what stands on record, for the month that runs; written only when a count has changed."""
    month, wall = f"{now.astimezone(ZONE):%Y-%m}", now.astimezone(ZONE).replace(tzinfo=None)
    changed = False
    for city in policies.cities():
        counts = {key: count for each in features.stocks() for key, count in each(city.code, on=wall.date()).items()}
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
