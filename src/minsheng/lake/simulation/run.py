"""Making a simulated year and the one before it: month by month, each one commit of the lake.

A run that is killed goes on with the month that is missing. What was planted stands beside the facts in the lake's
marks, in the same commit; when the last month is done the truth file is made of it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import WorkTime
from minsheng.lake import published, schema
from minsheng.lake.simulation import appeals, beside, facts, handling, plan, standing, tally, truth
from minsheng.lake.simulation.plan import Plan
from minsheng.lake.store import Manifest, Partition, Store, Writer, write_whole

MARK = "simulation"
_MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made."""

    pack: str
    year: int
    scale: float
    seed: int
    city: str

    def plain(self) -> dict[str, Any]:
        """Return it as it is kept with the lake."""
        return {"pack": self.pack, "year": self.year, "scale": self.scale, "seed": self.seed, "city": self.city}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a lake is: `done` of `of` months, `made` of them by this run; `rows` so far."""

    month: str
    done: int
    of: int
    made: int
    rows: int


def simulate(
    order: Order, store: Store, *, worktime: WorkTime, told: Callable[[Progress], None] = lambda progress: None
) -> Path:
    """Make the lake, or what is missing of it, and the truth file; return where that is.

    Raises: Rejected no_release, scale_range, lake_of_another when the folder has something else in it, lake_busy.
    """
    if not 0 < order.scale <= 1:
        raise Rejected("scale_range", scale=order.scale)
    release = published.read(order.pack, order.year)
    made = plan.plan(release, worktime, city=order.city, scale=order.scale, seed=order.seed)
    with store.writing() as writer:
        mark = _mark(store.read(), order)
        months = [f"{year}-{month:02d}" for year in sorted(made.years) for month in _MONTHS]
        made_now = 0
        for number, month in enumerate(months, 1):
            if month in mark["months"]:
                continue
            _month(made, month, store, writer, mark)
            made_now += 1
            rows = sum(each["rows"] for each in mark["months"].values())
            told(Progress(month, number, len(months), made_now, rows))
        return _write_truth(store, release, mark)


def rows_of(store: Store) -> int:
    """Return how many rows a lake has."""
    return sum(each.rows for each in store.read().files)


def _mark(manifest: Manifest, order: Order) -> dict[str, Any]:
    """Return how far the lake has come. Raises: Rejected lake_of_another."""
    found = manifest.marks.get(MARK)
    if found is None:
        if manifest.cities():
            raise Rejected("lake_of_another", what="已有其他数据")
        return {"order": order.plain(), "months": {}}
    if found["order"] != order.plain():
        was = found["order"]
        raise Rejected(
            "lake_of_another",
            what=f"已有 {was['pack']} {was['year']} 年、比例 {was['scale']}、种子 {was['seed']} 的数据",
        )
    return {"order": found["order"], "months": dict(found["months"])}


def _month(made: Plan, name: str, store: Store, writer: Writer, mark: dict[str, Any]) -> None:
    """Make one month and commit it with what was planted."""
    year, month = int(name[:4]), int(name[5:])
    running = _running(mark["months"], name)
    given = _given(mark["months"], name)
    whole = made.release.year == year
    counts: Counter[str] = Counter()
    rows = 0

    def put(dataset: str, table: pa.Table) -> None:
        nonlocal rows
        writer.put(Partition(dataset, made.city, name, table))
        rows += table.num_rows

    own = appeals.month_of(made, year, month)
    ids = facts.order_ids(own)
    work = handling.work_of(made, own, year, month, running)
    counts.update(tally.of_appeals(made, own))
    counts.update(tally.of_work(made, own, work))
    put("orders", facts.orders(made, own, work, ids))
    put("callbacks", facts.callbacks(made, own, work, ids))
    delivered = None
    uses: dict[str, int] = {}
    cars = 0
    if whole:
        put("stages", facts.stages(made, own, work, ids))
        table = facts.cars(made, own, ids, made.chance(year, month, "cars"))
        cars = table.num_rows
        put("move_car", table)
        earlier = _earlier(made, store) if month == 3 else pa.array([], pa.string())
        table, delivered = beside.deliveries(made, own, ids, month, given, earlier)
        put("deliveries", table)
        table, uses = beside.article_uses(made, year, month)
        put("article_uses", table)
    table, threads = beside.threads(made, own, ids, year, month)
    put("threads", table)
    del own, work, ids
    table, called = beside.calls(made, year, month)
    put("calls", table)
    counts.update(tally.of_calls(year, called))
    counts.update(tally.of_beside(year, threads, uses, delivered, cars))
    for dataset, small in standing.standing(made, year).items():
        mine = standing.by_month(small, schema.DATASETS[dataset].moment).get(name)
        if mine is not None:
            put(dataset, mine)
    mark["months"][name] = {
        "rows": rows,
        "planted": {key: count for key, count in counts.items() if count},
        "running": running.plain(),
    }
    writer.commit({MARK: mark})


def _running(months: Mapping[str, Any], name: str) -> handling.Running:
    """Return what was counted since the year began; what was due from the year before counts from January on."""
    year, month = int(name[:4]), int(name[5:])
    if month > 1:
        return handling.Running(**months[f"{year}-{month - 1:02d}"]["running"])
    fresh = handling.Running()
    for each in months.values():
        planted = each["planted"]
        # Everything of the year before was answered within it, so what was due later was in time.
        fresh.due += planted.get(f"{year}|due|110", 0) + planted.get(f"{year}|due|other", 0)
        fresh.due_110 += planted.get(f"{year}|due|110", 0)
    return fresh


def _given(months: Mapping[str, Any], name: str) -> dict[int, int]:
    """Return what each line of the data shares got in the earlier months."""
    found: Counter[int] = Counter()
    for month, each in months.items():
        if month < name:
            for key, count in each["planted"].items():
                parts = key.split("|")
                if parts[0] == name[:4] and parts[1] == "line":
                    found[int(parts[2])] += count
    return dict(found)


def _earlier(made: Plan, store: Store) -> pa.Array:
    """Return the ids of last year's appeals of the district whose share reaches back."""
    district = next(str(share["of"]) for share in made.release.assumed["shares"] if share.get("also_previous"))
    chunks = []
    for file in store.read().of("orders", city=made.city):
        if file.month.startswith(str(made.release.year - 1)):
            rows = store.rows(file, columns=("order_id", "district"))
            chunks += rows.filter(pc.equal(rows["district"].cast(pa.string()), district))["order_id"].chunks
    return pa.chunked_array(chunks, pa.string()).combine_chunks()


def _write_truth(store: Store, release: published.Published, mark: Mapping[str, Any]) -> Path:
    total: Counter[str] = Counter()
    for each in mark["months"].values():
        total.update(each["planted"])
    path = store.folder / f"truth-{release.year}.json"
    tables = truth.Truth(release, total).tables()
    write_whole(path, (json.dumps(tables, ensure_ascii=False, indent=1) + "\n").encode())
    return path
