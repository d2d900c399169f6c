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
from minsheng.figures.lake import schema, yearbook
from minsheng.figures.lake.store import Manifest, Partition, Store, Writer, write_whole
from minsheng.figures.simulation import appeals, beside, facts, handling, plan, standing, tally, truth
from minsheng.figures.simulation.plan import Plan

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
    release = yearbook.read(order.pack, order.year)
    made = plan.plan(release, worktime, city=order.city, scale=order.scale, seed=order.seed)
    with store.writing() as writer:
        mark = _mark(store.read(), order)
        months = [f"{year}-{month:02d}" for year in sorted(made.years) for month in _MONTHS]
        made_now = 0
        for number, month in enumerate(months, 1):
            if month in mark["months"]:
                continue
            _make(made, month, store, writer, mark)
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


class _Month:
    """One month while it is made: what was put into the lake, and what was planted."""

    def __init__(self, made: Plan, name: str, store: Store, writer: Writer) -> None:
        self.plan, self.name, self.store, self.writer = made, name, store, writer
        self.year, self.month = int(name[:4]), int(name[5:])
        self.whole = made.release.year == self.year  # of the year before only what changes are made of
        self.counts: Counter[str] = Counter()
        self.rows = 0

    def put(self, dataset: str, table: pa.Table) -> int:
        """Write a partition and return its rows."""
        self.writer.put(Partition(dataset, self.plan.city, self.name, table))
        self.rows += table.num_rows
        return int(table.num_rows)

    def appeals(self, running: handling.Running, given: dict[int, int]) -> None:
        """Make appeals, what units do with them, and what hangs on appeals."""
        own = appeals.month_of(self.plan, self.year, self.month)
        ids = facts.order_ids(own)
        work = handling.work_of(self.plan, own, self.year, self.month, running)
        self.counts.update(tally.of_appeals(self.plan, own))
        self.counts.update(tally.of_work(self.plan, own, work))
        self.put("orders", facts.orders(self.plan, own, work, ids))
        self.put("callbacks", facts.callbacks(self.plan, own, work, ids))
        delivered, cars = None, 0
        if self.whole:
            self.put("stages", facts.stages(self.plan, own, work, ids))
            chance = self.plan.chance(self.year, self.month, "cars")
            cars = self.put("move_car", facts.cars(self.plan, own, ids, chance))
            earlier = _earlier(self.plan, self.store) if self.month == 3 else pa.array([], pa.string())
            table, delivered = beside.deliveries(self.plan, own, ids, self.month, given, earlier)
            self.put("deliveries", table)
        table, threads = beside.threads(self.plan, own, ids, self.year, self.month)
        self.put("threads", table)
        self.counts.update(tally.of_beside(self.year, threads, delivered, cars))

    def services(self) -> None:
        """Make what doesn't hang on appeals."""
        if self.whole:
            table, uses = beside.article_uses(self.plan, self.year, self.month)
            self.put("article_uses", table)
            self.counts.update(tally.of_uses(self.year, uses))
        table, called = beside.calls(self.plan, self.year, self.month)
        self.put("calls", table)
        self.counts.update(tally.of_calls(self.year, called))
        for dataset, small in standing.standing(self.plan, self.year).items():
            mine = standing.by_month(small, schema.DATASETS[dataset].moment).get(self.name)
            if mine is not None:
                self.put(dataset, mine)


def _make(made: Plan, name: str, store: Store, writer: Writer, mark: dict[str, Any]) -> None:
    """Make one month and commit it with what was planted."""
    running = _running(mark["months"], name)
    month = _Month(made, name, store, writer)
    month.appeals(running, _given(mark["months"], name))
    month.services()
    planted = {key: count for key, count in month.counts.items() if count}
    mark["months"][name] = {"rows": month.rows, "planted": planted, "running": running.plain()}
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


def _write_truth(store: Store, release: yearbook.Published, mark: Mapping[str, Any]) -> Path:
    total: Counter[str] = Counter()
    for each in mark["months"].values():
        total.update(each["planted"])
    path = store.folder / f"truth-{release.year}.json"
    tables = truth.Truth(release, total).tables()
    write_whole(path, (json.dumps(tables, ensure_ascii=False, indent=1) + "\n").encode())
    return path
