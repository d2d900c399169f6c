"""A year of a big city: simulation, the annual tables on DuckDB, Spark and PostgreSQL, and the export of one day.

14,843,560 appeals and the year before, 85 million rows in all. `BENCH_LAKE` names a lake that is there already,
`BENCH_SCALE` a smaller year. Goals on two processors: simulation under 15 minutes; all annual tables on DuckDB under
10 s and 4 GB; the same figures from all three engines; a day of 40,000 appeals and 250,000 facts exported under 20 s.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import bulk, ground, lake_sql

YEAR = 2023
DAY_APPEALS = 40_000
DAY_FACTS = 250_000


def run() -> None:
    """Measure and print everything beside one another."""
    scale = os.environ.get("BENCH_SCALE", "1.0")
    with tempfile.TemporaryDirectory(prefix="ms-lake-") as temporary:
        folder = Path(os.environ.get("BENCH_LAKE") or Path(temporary) / "lake")
        simulated = _simulated(folder, scale)
        truth = json.loads((folder / f"truth-{YEAR}.json").read_text(encoding="utf-8"))
        rows = [simulated, *_engines(folder, truth)]
        rows.append(_exported(folder, Path(temporary) / "day"))
    ground.table(
        f"一年的数据湖（{YEAR} 年，比例 {scale}）",
        ("做什么", "用时（秒）", "处理器（秒）", "内存峰值（MB）", "结果"),
        rows,
    )


def _simulated(folder: Path, scale: str) -> tuple[str, ...]:
    if (folder / "manifest.json").exists():
        return ("模拟一年和上一年", "（已有）", "", "", str(folder))
    seconds, cpu, peak, _ = _command(
        "simulate", "--year", str(YEAR), "--scale", scale, "--seed", "1", "--lake", str(folder)
    )
    ground.goal("模拟一年和上一年", seconds, "秒", under=900)
    size = sum(path.stat().st_size for path in folder.rglob("*.parquet")) / 1e6
    return ("模拟一年和上一年", f"{seconds:.1f}", f"{cpu:.1f}", f"{peak:,.0f}", f"{size:,.0f} MB；目标 < 900 秒")


def _engines(folder: Path, truth: dict[str, Any]) -> list[tuple[str, ...]]:
    rows = []
    for engine, name in (("duckdb", "DuckDB（进程内）"), ("spark", "PySpark local[*]")):
        if engine == "spark" and shutil.which("java") is None:
            rows.append((f"全部年报表：{name}", "—", "", "", "没有 Java，未测"))
            continue
        seconds, cpu, peak, out = _command(
            "report", "annual", "--year", str(YEAR), "--lake", str(folder), "--json", LAKE_ENGINE=engine
        )
        same = json.loads(out) == truth
        ground.counted(f"与植入的数字相同的年报（{engine}）", int(same), 1)
        if engine == "duckdb":
            ground.goal("全部年报表（DuckDB）", seconds, "秒", under=10)
            ground.goal("全部年报表（DuckDB）内存峰值", peak, "MB", under=4096)
        goal = "；目标 < 10 秒、< 4 GB" if engine == "duckdb" else ""
        shown = f"{peak:,.0f}" if engine == "duckdb" else "（另有 JVM）"
        spent = f"{cpu:.1f}" if engine == "duckdb" else ""
        rows.append((f"全部年报表：{name}", f"{seconds:.1f}", spent, shown, _same(same) + goal))
    loaded = lake_sql.load(folder)
    seconds, differing = lake_sql.compare(truth)
    ground.counted("不同的格（PostgreSQL）", len(differing), 0)
    rows.append(
        (f"主要年报表：PostgreSQL 普通 SQL（装入 {loaded:.0f} 秒不计）", f"{seconds:.1f}", "", "", _same(not differing))
    )
    for each in differing:
        print(f"  PostgreSQL 不同：{each}")
    return rows


def _same(same: bool) -> str:
    return "与植入的数字逐格相同" if same else "与植入的数字不同！"


def _exported(simulated: Path, folder: Path) -> tuple[str, ...]:
    """Export one day onto a lake whose current month already holds one of the simulated months."""
    from minsheng.figures.lake import export
    from minsheng.figures.lake.store import Store

    _make_day()
    store = Store(folder)
    month = f"{ground.MONDAY:%Y-%m}"
    filled = _fill_month(store, Store(simulated), month)
    began, cpu = time.perf_counter(), time.process_time()
    done = export.export(store, now=ground.MONDAY)
    seconds = time.perf_counter() - began
    ground.counted("导出的工单", done.orders, DAY_APPEALS)
    ground.goal("导出一天", seconds, "秒", under=20)
    name = f"导出一天：{done.orders:,} 件、{_facts():,} 条事实（当月已有 {filled:,} 件）"
    return (name, f"{seconds:.1f}", f"{time.process_time() - cpu:.1f}", "", "目标 < 20 秒")


def _make_day() -> None:
    """Make the day: most appeals answered at once, the others through all steps, 250,000 facts in all."""
    from minsheng.cases.orders import actions
    from minsheng.core.ledger.models import Event
    from minsheng.domain.actors import Actor
    from minsheng.domain.orders import commands as cmd

    city = ground.open_city()
    whole = bulk.make_template(city, until="CLOSED", start=ground.MONDAY)
    form = cmd.Register(type="consult", channel="phone", appellant="citizen", publish="yes", content="怎样办理")
    asked = actions.register(form, city=city, actor=Actor("seat", None, "staff:1"), now=ground.MONDAY).order.id
    answer = cmd.Answer(no_article=True, text="请携带证件")
    actions.apply(answer, order_id=asked, actor=Actor("seat", None, "staff:1"), now=ground.MONDAY)
    long = Event.objects.filter(stream=f"order/{whole.id}").count()
    short = Event.objects.filter(stream=f"order/{asked}").count()
    through = (DAY_FACTS - DAY_APPEALS * short) // (long - short)
    bulk.clone(whole, through - 1, mark="L", facts=long)
    bulk.clone(bulk.Template(asked, None), DAY_APPEALS - through - 1, mark="S", facts=short)
    bulk.settle()


def _facts() -> int:
    from minsheng.core.ledger.models import Event

    return Event.objects.filter(stream__startswith="order/").count()


def _fill_month(store: Any, simulated: Any, month: str) -> int:
    import pyarrow as pa

    from minsheng.figures.lake import schema
    from minsheng.figures.lake.store import Partition

    with store.writing() as writer:
        rows = 0
        for dataset in ("orders", "stages", "callbacks"):
            file = simulated.read().partition(dataset, "suzhou", f"{YEAR}-05")
            table = simulated.rows(file)
            place = table.schema.get_field_index("city")
            city = pa.array([ground.CITY] * table.num_rows).cast(schema.WORD)
            writer.put(
                Partition(dataset, ground.CITY, month, table.set_column(place, table.schema.field("city"), city))
            )
            rows = rows or table.num_rows
        writer.commit({})
    return rows


def _command(*words: str, **environment: str) -> tuple[float, float, float, str]:
    """Run `minsheng` in a process of its own; return seconds, CPU seconds, peak of memory in MB, what it printed."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, *words],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds, after = time.perf_counter() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    out, _, peak = done.stdout.rpartition("\npeak ")
    return seconds, cpu, float(peak), out


# The child tells its own peak: the parent's account of children keeps the largest of all that ever ended.
_PEAK = """
import resource, sys
from minsheng.app.cli.main import main
status = main(sys.argv[1:])
own, below = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(f"\\npeak {max(own, below) / 1024:.0f}", flush=True)
sys.exit(status)
"""
