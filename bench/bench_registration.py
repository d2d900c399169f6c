"""One registration (row, events, clock, outbox, commit) through the action, beside the same statements in bare psycopg.

Both run on one connection in this process, in turns, so that noise strikes both alike. Goal: at least 40 %.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import psycopg

from bench import ground

ROUNDS = 6
EACH = 300


def run() -> None:
    """Measure and print rates and their ratio."""
    from django.db import connection

    from minsheng.cases.orders.models import Order

    city = ground.open_city()
    statements = _recorded(city)
    bare_times: list[float] = []
    action_times: list[float] = []
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as bare:
        _bare(bare, statements, 50)
        _actions(city, 50)
        for _ in range(ROUNDS):
            bare_times.append(_timed(lambda: _bare(bare, statements, EACH)))
            action_times.append(_timed(lambda: _actions(city, EACH)))
    # Two were recorded, and each way warmed up with fifty.
    ground.counted("登记的工单", Order.objects.count(), 2 + 2 * (50 + ROUNDS * EACH))
    bare_rate, action_rate = EACH / min(bare_times), EACH / min(action_times)
    ground.goal("登记相对于裸 SQL", action_rate / bare_rate * 100, "%", least=40)
    ground.table(
        f"登记一件诉求（{ROUNDS} 轮 × {EACH} 件，取最好一轮；每件 {len(statements)} 条语句）",
        ("方式", "件/秒", "相对"),
        [
            ("裸 psycopg，同样的语句", f"{bare_rate:,.0f}", "100 %"),
            ("经由 orders.actions.register", f"{action_rate:,.0f}", f"{action_rate / bare_rate:.0%}（目标 ≥ 40 %）"),
        ],
    )


def _timed(work: Callable[[], None]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _actions(city: str, count: int) -> None:
    from minsheng.cases.orders import actions
    from minsheng.domain.actors import Actor
    from minsheng.domain.orders.commands import Submit

    seat = Actor("seat", None, "staff:1")
    for number in range(count):
        form = Submit(
            type="help", channel="phone", appellant="citizen", publish="yes", content=f"第{number}处路灯不亮，请修理"
        )
        actions.register(form, city=city, actor=seat, now=ground.MONDAY + timedelta(seconds=number))


def _recorded(city: str) -> list[tuple[bytes, Any]]:
    """Return the statements of one registration, with their values, as the action sent them."""
    from minsheng.core.ledger import actions as ledger

    seen: list[tuple[bytes, Any]] = []
    execute = ledger.execute

    def spy(statement: bytes, values: Sequence[object] | Mapping[str, object], *, alone: bool = False) -> Any:
        seen.append((statement, values))
        return execute(statement, values, alone=alone)

    _actions(city, 1)  # the block of numbers is taken before
    ledger.execute = spy
    try:
        _actions(city, 1)
    finally:
        ledger.execute = execute
    return seen


def _bare(connection: psycopg.Connection[Any], statements: list[tuple[bytes, Any]], count: int) -> None:
    """Send the same statements with fresh ids, in one transaction each."""
    from minsheng.gateways.ids import uuid7

    for _ in range(count):
        name = str(uuid7(ground.MONDAY))
        with connection.transaction():
            for statement, values in statements:
                fresh = values
                if isinstance(values, dict):
                    fresh = dict(values)
                    if "stream" in fresh:
                        fresh["stream"] = f"order/{name}"
                    if "id" in fresh:
                        fresh["id"], fresh["number"] = name, name
                connection.cursor().execute(statement, fresh, prepare=True)
