"""Electronic monitoring: its rules over a day of 250,000 facts, its board at 1,000,000 orders with a year's violations.

One fact in 200 has a breach, as in a bad week of a large city. Goals: the day's facts within 20 s, equal to a recount
of the whole ledger; p95 of the board and of its list under 100 ms.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import httpx

from bench import bulk, ground
from bench.bench_http import PASSWORD, signed_in, web

FACTS = ground.sized(250_000)
ORDERS = ground.sized(1_000_000)
BREACH_EVERY = 200
# Of a year's orders, so many in a thousand become violations.
VIOLATIONS = max(1, ORDERS * 6 // 1000)
AT_ONCE = 5_000
TIMES = 25
_DAY = """
    INSERT INTO ledger_event (city, stream, version, type, at, recorded_at, actor, body, prev_hash, hash)
    SELECT %(city)s, 'order/b' || (n / 10), 1 + n %% 10, 'TimerMissed',
        %(at)s::timestamptz + n * interval '0.1 seconds', now(), '{"role": "system"}',
        CASE WHEN n %% %(every)s = 0 THEN jsonb_build_object('status', 'HANDLING',
            'event', jsonb_build_object('timer', 'handle', 'unit', unit),
            'breaches', jsonb_build_array(jsonb_build_object(
                'code', (ARRAY['not_handled', 'late_sign', 'late_audit'])[1 + (n / %(every)s) %% 3],
                'party', CASE WHEN (n / %(every)s) %% 3 = 2 THEN 'office' ELSE unit END,
                'at', %(at)s::timestamptz, 'due', %(at)s::timestamptz, 'timer', 'handle@' || unit)))
        ELSE jsonb_build_object('status', 'HANDLING', 'event', jsonb_build_object('timer', 'handle', 'unit', unit)) END,
        '\\x00', '\\x00'
    FROM (SELECT n, '承办单位' || lpad((1 + n / 200 %% 40)::text, 3, '0') AS unit
        FROM generate_series(0, %(facts)s - 1) AS n) AS each
"""
_COUNT = """
    INSERT INTO monitoring_counter (city, code, party, month, is_hidden, facts, violations)
    SELECT city_id, kind, party, month, false, 0, count(*) FROM monitoring_violation
    WHERE city_id = %(city)s AND counts GROUP BY 1, 2, 3, 4
    ON CONFLICT (city, month, code, party, is_hidden) DO UPDATE SET violations = excluded.violations
"""


def run() -> None:
    """Measure and print both."""
    city = ground.open_city()
    rows = [_rules(city), _recount(city)]
    _year(city)
    with web() as (address, _):
        browser = signed_in(address, "monitoring")
        for name, path in (
            ("电子监察（月）", "/monitoring?period=2026-09"),
            ("电子监察（季度）", "/monitoring?period=2026-Q3"),
            ("监察情形", "/monitoring/rows?period=2026-09"),
            ("监察情形（全部）", "/monitoring/rows"),
        ):
            rows.append(_page(name, partial(browser.get, path)))
    ground.table(f"电子监察（{FACTS:,} 项事实，{ORDERS:,} 件工单）", ("项目", "用时", "目标"), rows)


def _rules(city: str) -> tuple[str, ...]:
    """Let a day's facts be heard, as the relay hands them on."""
    from django.db import connection, transaction

    from minsheng.cases.monitoring import observing, raising
    from minsheng.cases.monitoring.models import Occurrence, Violation

    with connection.cursor() as cursor:
        values: dict[str, Any] = {"city": city, "at": ground.MONDAY, "every": BREACH_EVERY, "facts": FACTS}
        cursor.execute(_DAY, values)
    pages = list(observing.pages(city, at_once=AT_ONCE))
    begun = time.perf_counter()
    for events in pages:
        with transaction.atomic():
            raising.take(observing.read(events), now=ground.MONDAY + timedelta(hours=12))
    took = time.perf_counter() - begun
    meant = len(range(0, FACTS, BREACH_EVERY))
    ground.counted("计入的事实", Occurrence.objects.count(), meant)
    ground.goal("一日事实的规则", took, "秒", under=20)
    return f"一日事实的规则（产生 {Violation.objects.count():,} 件）", f"{took:.1f} 秒", "< 20 秒"


def _recount(city: str) -> tuple[str, ...]:
    from minsheng.cases.monitoring import recount

    begun = time.perf_counter()
    found = recount.compare(city)
    ground.counted("与全部重新计数的差别", len(found.differences), 0)
    return f"全部重新计数（{found.facts:,} 项事实）", f"{time.perf_counter() - begun:.1f} 秒", ""


def _year(city: str) -> None:
    """Let there be the orders and the violations of a year, and somebody who looks at the board."""
    from django.db import connection

    from minsheng.cases.monitoring.models import Violation
    from minsheng.core.people import actions, labels
    from minsheng.core.people.models import Staff
    from minsheng.domain.actors import Actor
    from minsheng.gateways import clock

    bulk.clone(bulk.make_template(city, until="CLOSED", start=ground.MONDAY), ORDERS, mark="M")
    before, one = Violation.objects.count(), Violation.objects.filter(city=city).first()
    assert one is not None
    copies = [_like(one, number) for number in range(VIOLATIONS)]
    Violation.objects.bulk_create(copies, batch_size=1_000)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"city": city})
    ground.counted("一年的监察情形", Violation.objects.count() - before, VIOLATIONS)
    bulk.settle()
    now = clock.now()
    actions.add_staff(
        city, username="monitoring", display_name="测量", unit=None, roles=["office"], password=PASSWORD,
        actor=Actor("admin"), now=now,
    )  # fmt: skip
    Staff.objects.filter(username="monitoring").update(
        confidentiality_ack_at=now, confidentiality_version=labels.CONFIDENTIALITY_VERSION, password_changed_at=now
    )


def _like(one: Any, number: int) -> Any:
    """Return another violation like one, of another unit, rule and day."""
    values = {each.attname: getattr(one, each.attname) for each in one._meta.concrete_fields}
    unit, day = ground.unit_name(1 + number % ground.UNITS), date(2026, 9, 30) - timedelta(days=number % 365)
    return type(one)(**{
        **values, "id": uuid4(), "number": f"监察〔2025〕{number}号", "source": "", "orders": [], "units": [unit],
        "kind": ("V1b", "V1c", "V2a", "V3", "V12")[number % 5], "party": unit, "target_unit": unit, "counts": True,
        "counted": day, "month": f"{day:%Y-%m}",
    })  # fmt: skip


def _page(name: str, ask: Callable[[], httpx.Response]) -> tuple[str, ...]:
    times = []
    ask()  # what a page compiles once is not what it costs
    for _ in range(TIMES):
        begun = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, answer.text[:500]
    p95 = ground.percentile(times, 0.95)
    ground.goal(f"{name} p95", p95, "毫秒", under=100)
    return name, f"{p95:.1f} 毫秒", "< 100 毫秒"
