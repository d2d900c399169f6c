"""Honors, oversight, exemptions and criteria without weight as people see them, wide and narrow; axe finds nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import Viewer, looking
from tests.reports_ground import counted, lake_of, planned
from tests.town_ground import Town

from minsheng.cases.accountability.models import Case
from minsheng.cases.honors.models import Award, Roll

WIDE, NARROW = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def looked_at(viewer: Viewer, path: str, name: str, folder: Path) -> None:
    """Open a page at both widths: nothing runs over the edge, axe finds nothing; its pictures stay in the folder."""
    for size in (WIDE, NARROW):
        viewer.page.set_viewport_size(size)  # type: ignore[arg-type]
        viewer.open(path)
        assert viewer.violations() == viewer.beyond() == [], (path, size)
        viewer.page.screenshot(path=str(folder / f"{name}-{size['width']}.png"))


def test_honors_are_proposed_approved_and_seen_at_both_widths(
    chromium: Browser, live_server: LiveServer, town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.LAKE_FOLDER = lake_of(town.code)
    order = town.handled()
    for _ in range(2):
        town.act(order, "office", "remind")
    with (
        looking(chromium, live_server.url, town, "office") as office,
        looking(chromium, live_server.url, town, "head@城管局") as head,
        looking(chromium, live_server.url, town, "command", theme="dark") as command,
        looking(chromium, live_server.url, town, "overseer") as overseer,
    ):
        looked_at(head, "/things/roll/new/list_honors", "roll-new", tmp_path)
        head.page.get_by_label("年度", exact=True).fill("2026")
        head.page.get_by_label("表扬对象").fill("officer城管局")
        with next_page(head.page):
            head.page.get_by_role("button", name="拟定年度表扬名单").click()
        looked_at(head, f"/things/roll/{Roll.objects.get().pk}/", "roll", tmp_path)

        looked_at(office, "/things/award/new/propose_award", "award-new", tmp_path)
        office.page.get_by_label("单位", exact=True).fill("城管局")
        office.page.get_by_label("年度", exact=True).fill("2026")
        office.page.get_by_label("事迹").fill("签收及时，群众满意")
        for name in ("领导小组", "作风领导小组"):
            office.page.get_by_label(name, exact=True).check()
        with next_page(office.page):
            office.page.get_by_role("button", name="提请通报表扬").click()
        award = f"/things/award/{Award.objects.get().pk}/"
        looked_at(command, award, "award", tmp_path)
        form = command.page.locator("form[action$=approve_award]")
        form.get_by_label("文件名称、文号").fill("澄政发〔2026〕8号")
        form.get_by_label("批准日期").fill("2026-09-18")
        with next_page(command.page):
            form.get_by_role("button", name="登记批准").click()
        looked_at(head, award, "award-unit", tmp_path)

        form = {"key": str(uuid4()), "unit": "城管局", "grounds": ["V3"], "severity": "minor", "evidence": order}
        page = str(town.desk("office").post("/things/case/new/propose_case", form)["Location"])
        flags = {"key": str(uuid4()), "seen_version": 1, "aggravating": ["23.4"], "text": "上门质问"}
        town.desk("head@城管局").post(f"{page}do/flag_case", flags)
        looked_at(head, page, "case", tmp_path)
        exempt = {"key": str(uuid4()), "seen_version": 2, "ground": "25.2", "evidence": "意见"}
        town.desk("head@城管局").post(f"{page}do/exempt", exempt)
        assert Case.objects.get().status == "EXEMPT"
        looked_at(office, "/cases/exempt", "exempt", tmp_path)

        looked_at(overseer, "/oversight", "oversight", tmp_path)
        looked_at(overseer, f"/oversight/{order}/", "oversight-order", tmp_path)
        looked_at(head, "/contacts", "contacts", tmp_path)
        looked_at(office, "/contacts?on=2026-09-18", "compliance", tmp_path)
        report = planned(town, "assessment_year", since=date(2023, 1, 1), until=date(2024, 1, 1))
        counted(town, report)
        looked_at(office, f"/assessment/{report}/unweighed", "unweighed", tmp_path)
        looked_at(office, "/assessment/", "assessment", tmp_path)
        assert office.faults == head.faults == command.faults == overseer.faults == []
