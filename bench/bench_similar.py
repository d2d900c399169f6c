"""Similar open matters while a seat types: the time at the server among 60,000 open orders. Goal: p95 under 100 ms."""

from __future__ import annotations

import random
import time
from datetime import timedelta

from bench import bulk, ground

OPEN, CLOSED = ground.sized(60_000), ground.sized(940_000)
ASKED = 200


def run() -> None:
    """Measure questions of common words and of rare ones, and print the table."""
    from minsheng.cases.orders.reading import similar
    from minsheng.domain.actors import Actor

    city = ground.open_city("similar")
    start = ground.MONDAY + timedelta(days=60)
    bulk.clone(bulk.make_template(city, until="HANDLING", start=start), OPEN, mark="S")
    bulk.clone(bulk.make_template(city, until="CLOSED", start=ground.MONDAY), CLOSED, mark="SC")
    bulk.settle()
    chance = random.Random(1)
    seat = Actor("seat", None, "staff:1")
    rows = []
    for name, typed in (
        ("地点和事情", lambda: chance.choice(bulk.PLACES) + chance.choice(bulk.THINGS)),
        ("只有常见的词", lambda: "夜间噪音很大，路灯损坏，停车场收费不合理，垃圾桶长期没有清理"),
        ("不相干的话", lambda: "想问一下今年的养老金什么时候发到卡里"),
    ):
        times = []
        found = 0
        for _ in range(ASKED):
            content, place = typed(), chance.choice(bulk.PLACES)
            began = time.perf_counter()
            found += len(similar.of(seat, city=city, content=content, place=place))
            times.append((time.perf_counter() - began) * 1000)
        times.sort()
        ground.goal(f"相似的在办工单（{name}）p95", times[ASKED * 95 // 100], "毫秒", under=100)
        rows.append(
            (name, f"{found / ASKED:.1f}", f"{times[ASKED // 2]:.1f}", f"{times[ASKED * 95 // 100]:.1f}", "< 100")
        )
    ground.table(
        f"相似的在办工单（在办 {OPEN:,} 件，共 {OPEN + CLOSED:,} 件）",
        ("填写的内容", "找到", "中位（毫秒）", "p95（毫秒）", "目标"),
        rows,
    )
