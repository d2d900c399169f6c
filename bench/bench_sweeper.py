"""The sweeper over 100,000 running clocks of which 1,000 are due, without and with 1,000,000 closed orders beside them.

Goal: under 5 s, and the same time at both sizes.
"""

from __future__ import annotations

import time
from datetime import timedelta

from bench import bulk, ground

RUNNING = ground.sized(99_000)
DUE = ground.sized(1_000)
CLOSED = ground.sized(1_000_000)


def run() -> None:
    """Measure and print both times."""
    from minsheng.core.ledger import tasks

    city = ground.open_city("sweep")
    now = ground.MONDAY + timedelta(days=1)
    later = bulk.make_template(city, until="DISPATCHED", start=now - timedelta(minutes=30))
    bulk.clone(later, RUNNING, mark="L")
    rows, times = [], []
    for size, closed in (("没有", 0), (f"{CLOSED:,}", CLOSED)):
        if closed:
            done = bulk.make_template(city, until="CLOSED", start=ground.MONDAY - timedelta(days=30))
            bulk.clone(done, closed, mark="C")
        soon = bulk.make_template(city, until="DISPATCHED", start=ground.MONDAY)
        bulk.clone(soon, DUE - 1, mark=f"S{closed}")
        bulk.settle()
        begin, cpu = time.perf_counter(), time.process_time()
        fired = 0
        while rung := tasks.sweep_once(now):
            fired += rung
        times.append(time.perf_counter() - begin)
        rows.append((size, fired, f"{times[-1]:.2f} 秒", f"{time.process_time() - cpu:.2f} 秒"))
        ground.counted(f"触发的时限（旁边的已办结工单：{size}）", fired, DUE)
        ground.goal(f"巡查（旁边的已办结工单：{size}）", times[-1], "秒", under=5)
    ground.goal("巡查用时，两种规模之比", times[1] / times[0], "倍", under=1.3)
    ground.table(
        f"时限巡查：{RUNNING + DUE:,} 个运行中的时限，其中 {DUE:,} 个到期（目标 < 5 秒，两种规模用时相同）",
        ("旁边已办结工单", "已触发", "用时", "程序 CPU"),
        rows,
    )
