"""Reports for tests: a lake with a simulated year, and the steps from a plan to what was sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.run_ground import made_once
from tests.town_ground import Town

from minsheng.figures.reports import actions, queries
from minsheng.figures.reports.cycle import jobs
from minsheng.figures.reports.models import Job, Report


def lake_of(city: str) -> Path:
    """Return the folder of a simulated lake of 2023, a thousandth of a year of Suzhou, under a city's code."""

    def simulate(folder: Path) -> None:
        from minsheng.app.cli.main import main

        arguments = ["simulate", "--pack", "suzhou", "--year", "2023", "--scale", "0.001", "--seed", "1"]
        assert main([*arguments, "--city", city, "--lake", str(folder)]) == 0

    return made_once(f"lake-{city}", simulate)


def planned(
    town: Town, kind: str = "annual_release", since: date = date(2023, 1, 1), until: date = date(2024, 1, 1)
) -> UUID:
    """Plan a report and return its id."""
    return actions.plan(town.code, kind=kind, since=since, until=until, actor=town.actor("office"), now=town.now)


def press(town: Town, who: str, report: UUID, step: str, **fields: Any) -> Any:
    """Send the form of a step, as its button does."""
    return town.desk(who).post(f"/reports/{report}/{step}", {"key": uuid4(), **fields}, follow=True)


def counted(town: Town, report: UUID) -> Job:
    """Ask for the figures and let a worker count them."""
    press(town, "office", report, "compose")
    assert jobs.run_one(clock=lambda: town.now)
    return Job.objects.get(report=report)


def written(town: Town, report: UUID) -> None:
    """Write every section that somebody must write."""
    kind = queries.kind_of(Report.objects.get(pk=report))
    for section in kind.sections:
        if section.is_written:
            press(town, "office", report, "write", section=section.code, text="已按要求梳理。")


def sent(town: Town, kind: str = "annual_release", **period: date) -> UUID:
    """Return a report that was counted, written, approved and sent."""
    report = planned(town, kind, **period)
    counted(town, report)
    written(town, report)
    press(town, "office", report, "submit")
    press(town, "duty_leader", report, "approve")
    press(town, "office", report, "send", number="江12345通报〔2024〕1号")
    return report


def status(report: UUID) -> str:
    """Return where the report stands."""
    return Report.objects.get(pk=report).status
