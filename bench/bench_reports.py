"""What leaders and the office wait for: the cockpit's page, a bulletin counted and typeset, a release as documents.

The lake is a tenth of a big city's year, the orders 1,000,000 with 60,000 open. Goals: the cockpit under 50 ms at
the server; a monthly bulletin counted, as PDF and as DOCX under 20 s.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from bench import bulk, ground
from bench.bench_http import OPEN, PASSWORD, signed_in, web

SIZE = ground.sized(1_000_000)
TIMES = 25
SCALE = "0.1"


def run() -> None:
    """Measure and print both."""
    city = ground.open_city("reports")
    _leader(city)
    start = ground.MONDAY + timedelta(days=60)
    bulk.clone(bulk.make_template(city, until="HANDLING", start=start), OPEN, mark="RO")
    bulk.clone(bulk.make_template(city, until="CLOSED", start=ground.MONDAY), SIZE - OPEN, mark="RC")
    bulk.settle()
    with tempfile.TemporaryDirectory(prefix="ms-lake-") as folder:
        lake = Path(os.environ.get("BENCH_LAKE") or folder)
        _simulate(lake, city)
        rows = [*_board(lake, city), *_papers(lake, city)]
        rows += _cockpit(city)
    ground.table(f"报告与驾驶舱（数据湖比例 {SCALE}，工单 {SIZE:,} 件）", ("做什么", "用时", "目标"), rows)


def _simulate(lake: Path, city: str) -> None:
    from minsheng.app.cli.main import main

    if not (lake / "manifest.json").exists():
        words = ["simulate", "--year", "2023", "--scale", SCALE, "--seed", "1", "--city", city, "--lake", str(lake)]
        assert main(words) == 0


def _board(lake: Path, city: str) -> list[tuple[str, str, str]]:
    from minsheng.figures.reports.board import board

    as_of = datetime.fromisoformat("2023-06-14 16:00")
    seconds, counted = _timed(lambda: board.count(lake, city=city, as_of=as_of))
    board.keep(counted, city=city)
    return [("驾驶舱今日指标：统计一次（后台）", f"{seconds:.2f} 秒", "")]


def _papers(lake: Path, city: str) -> list[tuple[str, str, str]]:
    """Return how long a bulletin and a release take: counting, PDF, DOCX."""
    from minsheng.domain.periods import Period
    from minsheng.figures.reports.cycle import composing
    from minsheng.figures.reports.documents import papers, typesetting, word
    from minsheng.gateways import packfiles

    kinds, found = packfiles.report_kinds(), []
    now = datetime.fromisoformat("2024-01-31T09:00:00+08:00")
    for code, period in (("monthly_bulletin", Period.month(2023, 9)), ("annual_release", Period.year(2023))):
        request = composing.Request(
            city,
            kinds[code],
            period,
            now.replace(tzinfo=None),
            now,
            12_906_500,
            "",
            packfiles.assessment_schemes()["none"],
            {},
        )
        counting, (figures, _broken) = _timed(lambda: composing.compose(lake, request, told=lambda stage: None))  # noqa: B023
        sender = papers.Sender("测量市", "12345热线", "测量市热线办")
        document = papers.document_of(
            kinds[code], period, figures, {}, sender=sender, address=papers.Address(signed_on=date(2024, 1, 31))
        )
        setting, _pdf = _timed(lambda: typesetting.pdf(document, fonts=None, made_at=now))  # noqa: B023
        writing, _docx = _timed(lambda: word.docx_of(document, made_at=now))  # noqa: B023
        whole = counting + setting + writing
        goal = "< 20 秒" if code == "monthly_bulletin" else ""
        if goal:
            ground.goal(kinds[code].label, whole, "秒", under=20)
        found.append(
            (
                f"{kinds[code].label}：取数 {counting:.2f}、PDF {setting:.2f}、DOCX {writing:.2f}",
                f"{whole:.2f} 秒",
                goal,
            )
        )
    return found


def _leader(city: str) -> None:
    from minsheng.core.people import actions, labels
    from minsheng.core.people.models import Staff
    from minsheng.domain.actors import Actor
    from minsheng.gateways import clock

    now = clock.now()
    actions.add_staff(
        city, username="reports-leader", display_name="测量", unit=None, roles=["duty_leader"], password=PASSWORD,
        actor=Actor("admin"), now=now,
    )  # fmt: skip
    Staff.objects.filter(username="reports-leader").update(
        confidentiality_ack_at=now, confidentiality_version=labels.CONFIDENTIALITY_VERSION, password_changed_at=now
    )


def _cockpit(city: str) -> list[tuple[str, str, str]]:
    from minsheng.figures.reports.board import red
    from minsheng.gateways import clock

    times = []
    with web() as (address, _):
        browser = signed_in(address, "reports-leader")
        watching, _none = _timed(lambda: red.watch(city, now=clock.now()))
        for place in range(TIMES + 3):
            begin = time.perf_counter()
            answer = browser.get("/cockpit/")
            if place >= 3:
                times.append((time.perf_counter() - begin) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"cockpit: {answer.status_code}")
    ground.goal("驾驶舱页面 p95", ground.percentile(times, 0.95), "毫秒", under=50)
    half, most = (ground.percentile(times, share) for share in (0.5, 0.95))
    return [
        ("红灯单位：统计一次（后台）", f"{watching:.2f} 秒", ""),
        ("驾驶舱页面，p50 / p95", f"{half:.1f} / {most:.1f} 毫秒", "< 50 毫秒"),
    ]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    made = work()
    return time.perf_counter() - begin, made
