"""Lakes for tests: simulated ones of a thousandth, and small ones made by hand."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from minsheng.domain import packs
from minsheng.domain.periods import Period
from minsheng.domain.worktime import WorkTime
from minsheng.figures.lake import engines, schema, yearbook
from minsheng.figures.lake.store import Partition, Store
from minsheng.figures.reports.release import releases
from minsheng.figures.reports.release.annual import Annual
from minsheng.figures.reports.release.counts import Parameters
from minsheng.figures.simulation.run import Order, simulate
from minsheng.gateways import packfiles

YEAR = 2023
SCALE = 0.001


@functools.cache
def worktime() -> WorkTime:
    """Return Suzhou's working time."""
    chosen = packs.in_force(packfiles.shipped_packs(), "suzhou", on=date(YEAR, 1, 1))
    return packs.rules(chosen.pack, calendar=packfiles.load_calendar()).worktime


def order(*, scale: float = SCALE, seed: int = 1) -> Order:
    """Return what is to be simulated."""
    return Order("suzhou", YEAR, scale, seed, "suzhou")


def simulated(folder: Path, *, scale: float = SCALE, seed: int = 1) -> Store:
    """Return a simulated lake."""
    store = Store(folder)
    simulate(order(scale=scale, seed=seed), store, worktime=worktime())
    return store


def truth(store: Store) -> dict[str, Any]:
    """Return what was planted."""
    found: dict[str, Any] = json.loads((store.folder / f"truth-{YEAR}.json").read_text(encoding="utf-8"))
    return found


def parameters(period: Period | None = None, *, least: int = 5) -> Parameters:
    """Return the parameters of a release; of the simulated year without `period`."""
    release = yearbook.read("suzhou", YEAR)
    chosen = period or Period.year(YEAR)
    return Parameters(chosen, chosen.ends_at, release.population, release.population_note, least)


def release(store: Store, *, engine: str = "duckdb") -> Annual:
    """Return the annual release of a simulated lake."""
    with engines.opened(store, engine=engine) as lake:
        return releases.build(lake, parameters())


def by_hand(folder: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]], *, city: str = "suzhou") -> Store:
    """Return a lake that holds these rows; what a row leaves out is what `DEFAULTS` says, or null."""
    store = Store(folder)
    with store.writing() as writer:
        for dataset, of_dataset in rows.items():
            months: dict[str, list[dict[str, Any]]] = {}
            for row in of_dataset:
                moment: datetime = row[schema.DATASETS[dataset].moment]
                whole = {"city": city, **DEFAULTS.get(dataset, {}), **row}
                months.setdefault(f"{moment:%Y-%m}", []).append(whole)
            for month, content in months.items():
                writer.put(Partition(dataset, city, month, schema.table_of_rows(dataset, content)))
        writer.commit({})
    return store


DEFAULTS: dict[str, dict[str, Any]] = {
    "orders": {
        "appellant": "citizen", "source": "phone", "channel": "phone", "disposal": "seat", "accepted": True,
        "type": "consult", "consult": True, "excluded": False, "talent": False, "move_car": False, "status": "CLOSED",
    },
    "callbacks": {"round": 1, "last": True, "reached": True, "rated": False, "excluded": False, "consult": False},
    "calls": {"direction": "in", "answered": True, "wait_seconds": 0},
}  # fmt: skip


def killed_after(words: Sequence[str], *, lines: int, then: float, env: Mapping[str, str] | None = None) -> bool:
    """Run `minsheng`, and kill it by its pid some seconds after so many lines of progress.

    Return whether it was killed: False when it came to its end before. Progress is awaited, never time, so that a slow
    machine comes as far as a fast one.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "minsheng.app.cli.main", *words],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    with process.stderr:
        for _ in range(lines):
            if not process.stderr.readline():
                break
        try:
            process.wait(timeout=then)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return True
    return False


def command(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `minsheng` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "minsheng.app.cli.main", *words], capture_output=True, text=True, check=False, **options
    )
