"""Journals: entries written in batches and one by one, sealed, and verified; entries a second, and CPU.

Goal: 5,000 entries a second in batches of a thousand, which is a city's busiest hour in a few seconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from bench import ground

BATCHES = ground.sized(100)
EACH = 1_000
SINGLES = ground.sized(3_000)


def run() -> None:
    """Measure and print the rates."""
    from django.db import connection, transaction

    from minsheng.core.ledger import journals, sealing, verification

    city = ground.open_city(units=1)
    journals.make_months(ground.MONDAY.date(), ground.MONDAY.date())
    connection.ensure_connection()
    server = connection.connection.info.backend_pid

    def write(first: int, count: int) -> None:
        with transaction.atomic():
            journals.append(city, [_entry(number) for number in range(first, first + count)])

    def batches() -> None:
        for number in range(BATCHES):
            write(number * EACH, EACH)

    def singles() -> None:
        for number in range(SINGLES):
            write(BATCHES * EACH + number, 1)

    def seal() -> None:
        assert sealing.seal_once(ground.MONDAY) is None

    total = BATCHES * EACH + SINGLES
    rows = [_timed("每批 1,000 条", batches, BATCHES * EACH, server), _timed("一条一条", singles, SINGLES, server)]
    rows.append(_timed("封存", seal, total, server))
    found = []
    rows.append(_timed("核验（逐条重算摘要）", lambda: found.append(verification.verify()), total, server))
    ground.counted("写入并核验的流水", found[0].entries if found[0].fault is None else 0, total)
    ground.goal("成批写入流水", rows[0][1], "条/秒", least=5_000)
    ground.table(
        f"流水 {total:,} 条",
        ("做法", "条/秒", "程序 CPU 微秒/条", "数据库 CPU 微秒/条"),
        [(what, f"{rate:,.0f}", f"{own:,.0f}", f"{theirs:,.0f}") for what, rate, own, theirs in rows],
    )


def _entry(number: int) -> object:
    from minsheng.core.ledger.journals import Entry

    actor = {"role": "seat", "unit": None, "person": f"staff:{number % 200}"}
    body = {"article": number % 5_000, "seconds": 30, "from": "search"}
    at = ground.MONDAY + timedelta(milliseconds=number)
    return Entry("article_view", f"article/{number % 5_000}", str(number), at, actor, body)


def _timed(what: str, work: Callable[[], object], count: int, server: int) -> tuple[str, float, float, float]:
    begin, own, theirs = time.perf_counter(), time.process_time(), ground.children_cpu([server])
    work()
    seconds, own, theirs = (
        time.perf_counter() - begin, time.process_time() - own, ground.children_cpu([server]) - theirs,
    )  # fmt: skip
    return what, count / seconds, own / count * 1e6, theirs / count * 1e6
