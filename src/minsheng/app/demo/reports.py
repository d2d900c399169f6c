"""Reports of the demonstration: a simulated year with its published release, and last month's bulletin on its way.

The years 2022 and 2023 of the first city are simulated straight into the lake, a hundredth of a big city's, so that a
release has all its tables; what the desks show is exported beside them. The reports go through their own actions.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from minsheng.app.demo.cities import CITIES
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.duties import report as duty
from minsheng.domain.report_kinds import ReportKind
from minsheng.figures.lake import export, yearbook
from minsheng.figures.lake.store import Store
from minsheng.figures.reports import actions, queries
from minsheng.figures.reports.actions import Key
from minsheng.figures.reports.cycle import assessment_inputs, issuing, jobs
from minsheng.figures.simulation import run
from minsheng.gateways import packfiles
from minsheng.gateways.ids import uuid7

YEAR, SCALE, SEED = 2023, 0.01, 12345
_WORDS = "以上情况为演示。总量{{E-1/总计/诉求总量}}件，其中部门办理{{E-1/总计/部门办理}}件，须继续改进。"


def show(*, now: datetime, scale: float = SCALE) -> int:
    """Fill the lake, put what is due on every city's list, publish a release, hand a bulletin in; return how many."""
    first = CITIES[0]
    # The database was empty: what lies there was exported of another ledger.
    shutil.rmtree(settings.LAKE_FOLDER, ignore_errors=True)
    store = Store(Path(settings.LAKE_FOLDER))
    rules = policies.rules_for(first.code, now=now)
    order = run.Order(pack=first.pack, year=YEAR, scale=scale, seed=SEED, city=first.code)
    run.simulate(order, store, worktime=rules.worktime)
    export.export(store, now=now)
    assessment_inputs.set_population(
        first.code, year=YEAR, count=yearbook.read(first.pack, YEAR).population, source="模拟", by=SYSTEM, now=now
    )
    for city in CITIES:
        actions.plan_due(city.code, now=now)
        for line in queries.listed(city.code):
            if line.kind.code == "monthly_bulletin":
                _written(line.id, line.kind, city=city.code, now=now)
                actions.submit(line.id, city=city.code, actor=_actor("office"), now=now, key=_key(now))
    _release(first.code, now=now)
    return sum(len(queries.listed(city.code)) for city in CITIES)


def _release(city: str, *, now: datetime) -> None:
    """Make the year's release and publish it."""
    since, until = date(YEAR, 1, 1), date(YEAR + 1, 1, 1)
    report: UUID = actions.plan(city, kind="annual_release", since=since, until=until, actor=_actor("office"), now=now)
    _written(report, packfiles.report_kinds()["annual_release"], city=city, now=now)
    actions.submit(report, city=city, actor=_actor("office"), now=now, key=_key(now))
    actions.judge(report, duty.Approve(), city=city, actor=_actor("joint_meeting"), now=now, key=_key(now))
    actions.send(
        report,
        city=city,
        number="",
        made=lambda row, address: issuing.pdf_of(row, now=now, address=address),
        actor=_actor("office"),
        now=now,
        key=_key(now),
    )


def _written(report: UUID, kind: ReportKind, *, city: str, now: datetime) -> None:
    """Have the figures counted, and write what somebody must write."""
    jobs.ask(report, city=city, actor=_actor("office"), now=now)
    jobs.run_one(clock=lambda: now)
    for section in kind.sections:
        if section.is_written:
            actions.write(
                report, city=city, section=section.code, text=_WORDS, actor=_actor("office"), now=now, key=_key(now)
            )


def _actor(role: str) -> Actor:
    return Actor(role)


def _key(now: datetime) -> Key:
    return Key("demo", str(uuid7(now)))
