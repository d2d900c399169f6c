"""A report from the office's list to the leader's approval and the citizen's page, and how its pages look to axe.

Clauses: SZ-37, JY-14b, AR-0, AR-2.1.1.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import WIDTHS, looking
from tests.people_ground import sign_in
from tests.reports_ground import counted, lake_of, planned, sent
from tests.town_ground import Town

from minsheng.core.ledger import verification
from minsheng.figures.reports.board import board
from minsheng.figures.reports.cycle import jobs
from minsheng.figures.reports.models import Report


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    """Let the town have the lake of a simulated year, and the board of one of its days."""
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    day = datetime.fromisoformat("2023-06-14 23:59:59")
    board.keep(board.count(lake_of(town.code), city=town.code, as_of=day), city=town.code)


def until_counted(page: Page, town: Town) -> None:
    """Let the worker count, and the page find out by itself."""
    expect(page.locator("#job [role=status]")).to_be_visible()
    assert jobs.run_one(clock=lambda: town.now)
    expect(page.get_by_role("button", name="重新取数")).to_be_visible()


def test_release_from_the_list_to_the_citizens_page(
    chromium: Browser, live_server: LiveServer, town: Town, lake: None
) -> None:
    planned(town)
    office = sign_in(chromium, live_server.url, town, "office")
    page = office.page
    office.follow("驾驶舱")
    office.follow("报告")
    office.follow("年度工作情况发布")
    office.press("取数编制")
    until_counted(page, town)

    # The chart was drawn from the table beside it, and the table opens the rows behind its figures.
    expect(page.locator("#section-appeals .chart-picture canvas")).to_be_visible()
    for code in ("problems", "plans"):
        section = page.locator(f"#section-{code}")
        section.get_by_text("修改文字").click()
        section.locator("textarea").fill("总量{{E-1/总计/诉求总量}}件，须继续改进。")
        with next_page(page):
            section.get_by_role("button", name="保存文字").click()
    office.press("提交审批")

    leader = sign_in(chromium, live_server.url, town, "duty_leader")
    leader.open(page.url.removeprefix(live_server.url).partition("#")[0])
    leader.press("批准")
    page.reload()
    office.press("公开发布")

    row = Report.objects.get()
    citizen = chromium.new_context(locale="zh-CN").new_page()
    citizen.goto(f"{live_server.url}/portal/{town.code}/releases/{row.pk}")
    total = row.figures["tables"][1]["rows"][2]["cells"][0][1]["value"]
    assert f"总量{int(total):,}件，须继续改进。" in citizen.locator("body").inner_text()
    assert row.status == "SENT"
    assert verification.verify(stream=f"report/{row.pk}").fault is None


def test_from_a_tile_of_the_cockpit_to_its_rows(
    chromium: Browser, live_server: LiveServer, town: Town, lake: None
) -> None:
    leader = sign_in(chromium, live_server.url, town, "duty_leader")
    leader.follow("驾驶舱")
    tile = leader.page.locator(".tile", has_text="受理诉求")
    number = tile.locator(".tile-number").inner_text().removesuffix("件")
    with next_page(leader.page):
        tile.click()

    assert f"数据明细共 {number} 条" in leader.text


PAGES = {
    "office": ("/cockpit/", "/reports/", "/reports/{report}/", "/assessment/", "/cockpit/rows?of={tile}",
               "/reports/{report}/rows?table=E-1&row=总计&column=诉求总量"),
    "duty_leader": ("/reports/{bulletin}/", "/assessment/{bulletin}/?unit={unit}"),
    "officer@城管局": ("/bulletins/",),
}  # fmt: skip


def places(town: Town) -> dict[str, str]:
    """Return what the addresses of PAGES name."""
    release = sent(town)
    bulletin = sent(town, "monthly_bulletin", since=date(2023, 9, 1), until=date(2023, 10, 1))
    report: UUID = planned(town, since=date(2023, 7, 1), until=date(2023, 10, 1))
    counted(town, report)
    found = board.kept(town.code)
    assert found is not None
    tile = found.tile("department")
    assert tile is not None
    figures = Report.objects.get(pk=bulletin).figures
    unit = next(table for table in figures["tables"] if table["id"] == "assessment")["rows"][0]["label"]
    where = tile.rows.replace("&", "%26").replace("=", "%3D")
    return {
        "city": town.code,
        "release": str(release),
        "bulletin": str(bulletin),
        "report": str(report),
        "tile": where,
        "unit": unit,
    }


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_against_pages_of_reports(
    chromium: Browser, live_server: LiveServer, town: Town, lake: None, theme: str
) -> None:
    named, wrong, strangers = places(town), [], []

    for who, paths in PAGES.items():
        with looking(chromium, live_server.url, town, who, theme=theme) as viewer:
            for path in paths:
                viewer.open(path.format(**named))
                wrong += [f"{path}: {each}" for each in (*viewer.violations(), *viewer.faults)]
                viewer.faults.clear()
            strangers += viewer.strangers()

    assert wrong == []
    assert strangers == []


def test_no_page_of_reports_runs_over_the_edge(
    chromium: Browser, live_server: LiveServer, town: Town, lake: None
) -> None:
    named, wide = places(town), []

    for who, paths in PAGES.items():
        with looking(chromium, live_server.url, town, who) as viewer:
            for width, height in WIDTHS:
                viewer.page.set_viewport_size({"width": width, "height": height})
                for path in paths:
                    viewer.open(path.format(**named))
                    wide += [f"{path} at {width}: {each}" for each in viewer.beyond()]

    assert wide == []
