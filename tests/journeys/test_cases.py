"""A case of accountability at a browser: proposed by the office, decided by the head, served, read by the subject."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import WIDTHS, looking
from tests.town_ground import Town

from minsheng.core.people import queries as people


@pytest.mark.parametrize("width", WIDTHS)
def test_a_case_goes_from_the_proposal_to_the_appeal(
    chromium: Browser, live_server: LiveServer, town: Town, width: tuple[int, int], tmp_path: Any
) -> None:
    order = town.handled(content="小区门口占道经营，每天夜里很吵，反映多次没有人管。")
    for _ in range(2):
        town.act(order, "office", "remind")
    name = people.names([town.actor("officer@城管局").person or ""]).popitem()[1]
    with (
        looking(chromium, live_server.url, town, "office") as office,
        looking(chromium, live_server.url, town, "head@城管局") as head,
        looking(chromium, live_server.url, town, "officer@城管局") as subject,
    ):
        for viewer in (office, head, subject):
            viewer.page.set_viewport_size({"width": width[0], "height": width[1]})
        office.open("/things/case/new/propose_case")
        assert office.violations() == office.beyond() == []
        office.page.get_by_label("责任单位").fill("城管局")
        office.page.get_by_label("责任人").fill(name)
        office.page.get_by_label("推诿扯皮、敷衍拖延").check()
        office.page.get_by_label("证据").fill(f"{order}\n通话记录")
        office.page.get_by_label("情节").select_option(label="较轻")
        office.page.get_by_label("事由和说明").fill("两次提醒后仍未到现场，回复已处理。")
        office.page.screenshot(path=str(tmp_path / f"propose-{width[0]}.png"), full_page=True)
        with next_page(office.page):
            office.page.get_by_role("button", name="提出问责建议").click()
        assert office.violations() == office.beyond() == []
        address = office.page.url.removeprefix(live_server.url)

        head.open(address)
        assert head.violations() == head.beyond() == []
        head.page.screenshot(path=str(tmp_path / f"case-{width[0]}.png"), full_page=True)
        with next_page(head.page):
            head.page.get_by_role("button", name="受理", exact=True).click()
        head.page.get_by_label("批评教育").check()
        with next_page(head.page):
            head.page.get_by_role("button", name="作出决定").click()
        assert head.page.get_by_text("待送达").count() == 1
        with next_page(head.page):
            head.page.get_by_role("link", name=re.compile(r"^\d{14}$")).click()
        head.page.screenshot(path=str(tmp_path / f"evidence-{width[0]}.png"), full_page=True)
        assert head.violations() == head.beyond() == []

        office.open(address)
        with next_page(office.page):
            office.page.get_by_role("button", name="记录送达").click()
        office.page.get_by_text("查看原文").click()
        office.page.get_by_label("查看理由").fill("核对送达对象")
        with next_page(office.page):
            office.page.get_by_role("button", name="显示原文").click()
        assert office.page.get_by_text(name).count() >= 1
        office.page.screenshot(path=str(tmp_path / f"opened-{width[0]}.png"), full_page=True)

        subject.open(address)
        subject.page.screenshot(path=str(tmp_path / f"subject-{width[0]}.png"), full_page=True)
        assert subject.violations() == subject.beyond() == []
        subject.page.get_by_label("向谁申诉").select_option(label="上一级")
        with next_page(subject.page):
            subject.page.get_by_role("button", name="书面申诉").click()
        assert subject.page.get_by_text("申诉处理中").count() == 1
        for viewer in (office, head, subject):
            assert viewer.faults == viewer.strangers() == []
