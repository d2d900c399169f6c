"""Electronic monitoring at a browser: from a violation over its reminders to the dossier that hands it on."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import WIDTHS, looking
from tests.monitoring_ground import heard
from tests.town_ground import Town, moment

from minsheng.cases.monitoring.models import Violation


@pytest.mark.parametrize("width", WIDTHS)
def test_a_violation_is_reminded_of_and_handed_on(
    chromium: Browser, live_server: LiveServer, town: Town, width: tuple[int, int], tmp_path: Any
) -> None:
    for day in ("2026-09-07", "2026-09-08"):
        town.at(moment(f"{day}T09:00:00"))
        town.act(town.register(), "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        town.at(moment(f"{day}T16:00:00"))
        heard(town)
    order = town.handled(content="小区门口占道经营，每天夜里很吵，反映多次没有人管。")
    with (
        looking(chromium, live_server.url, town, "office") as office,
        looking(chromium, live_server.url, town, "leader@城管局") as unit,
    ):
        for viewer in (office, unit):
            viewer.page.set_viewport_size({"width": width[0], "height": width[1]})

        def looked(name: str) -> None:
            office.page.screenshot(path=str(tmp_path / f"{name}-{width[0]}.png"), full_page=True)
            assert office.violations() == office.beyond() == []

        office.open("/things/violation/new/record_violation")
        looked("record")
        office.page.get_by_label("情形").select_option(label="V4 故意或过失处置不当，激化矛盾")
        office.page.get_by_label("责任单位").fill("城管局")
        office.page.get_by_label("证据").fill(f"{order}\n冲突事件说明")
        with next_page(office.page):
            office.page.get_by_role("button", name="登记监察情形").click()
        address = office.page.url.removeprefix(live_server.url)
        for words in ("请妥善处置", "再次提醒"):
            office.page.locator("#id_remind_violation_text").fill(words)
            with next_page(office.page):
                office.page.get_by_role("button", name="提醒督促").click()
        looked("violation")
        unit.open(address)
        assert unit.violations() == unit.beyond() == []
        assert "再次提醒" in unit.page.locator("body").inner_text()

        office.open("/monitoring")
        looked("board")
        assert "V2a 接近上限 2/3" in office.page.locator("body").inner_text()
        with next_page(office.page):
            office.page.locator("#counters .papers a.chip", has_text="V4 1").click()
        looked("rows")
        office.open("/things/dossier/new/transfer_violations")
        looked("transfer")
        office.page.get_by_label("监察情形（编号）").fill("监察〔2026〕1号")
        office.page.get_by_label("市纪委监委").check()
        office.page.get_by_label("移送材料").fill("调查材料")
        with next_page(office.page):
            office.page.get_by_role("button", name="移送", exact=True).click()
        looked("dossier")

    assert (Violation.objects.get().status, Violation.objects.get().dossier) == ("TRANSFERRED", "移送〔2026〕1号")
