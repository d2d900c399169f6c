"""The pages that every life cycle gets, at a browser: axe has nothing against them, nothing runs over the edge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import WIDTHS, looking
from tests.town_ground import Town
from tests.toy_rows_ground import FEATURE, LoanRow


@pytest.fixture
def loans(town: Town, settings: Any) -> Iterator[Town]:
    """Let the program have one feature more, with its table."""
    settings.FEATURES = [*settings.FEATURES[:-1], FEATURE, settings.FEATURES[-1]]
    with connection.schema_editor() as editor:
        editor.create_model(LoanRow)
    yield town
    with connection.schema_editor() as editor:
        editor.delete_model(LoanRow)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_key_is_asked_for_lent_and_given_back(
    chromium: Browser, live_server: LiveServer, loans: Town, width: tuple[int, int], tmp_path: Any
) -> None:
    with (
        looking(chromium, live_server.url, loans, "officer@城管局") as officer,
        looking(chromium, live_server.url, loans, "office", theme="dark") as office,
    ):
        for viewer in (officer, office):
            viewer.page.set_viewport_size({"width": width[0], "height": width[1]})
        officer.open("/things/loan/new/ask_key")
        assert officer.violations() == officer.beyond() == []
        with next_page(officer.page):
            officer.page.get_by_role("button", name="借用钥匙").click()
        assert officer.page.get_by_role("alert").inner_text().count("请填写房间。") == 1
        assert officer.violations() == []
        officer.page.get_by_label("房间").fill("301")
        officer.page.get_by_label("用途").fill("接待群众代表，下午用，请留出半小时准备。" * 4)
        with next_page(officer.page):
            officer.page.get_by_role("button", name="借用钥匙").click()
        assert officer.violations() == officer.beyond() == []
        office.open("/things/loan/")
        assert office.violations() == office.beyond() == []
        office.page.screenshot(path=str(tmp_path / f"list-{width[0]}.png"), full_page=True)
        office.page.get_by_role("link", name="钥").last.click()
        with next_page(office.page):
            office.page.get_by_role("button", name="出借").click()
        office.page.screenshot(path=str(tmp_path / f"thing-{width[0]}.png"), full_page=True)
        assert office.violations() == office.beyond() == office.faults == office.strangers() == []
        with next_page(officer.page):
            officer.page.reload()
        officer.page.screenshot(path=str(tmp_path / f"mine-{width[0]}.png"), full_page=True)
        assert officer.page.get_by_text("归还时限").is_visible()
        assert officer.page.get_by_text("城管局经办人，officer城管局").is_visible()
        officer.page.get_by_label("说明").fill("用完归还")
        with next_page(officer.page):
            officer.page.get_by_role("button", name="归还").click()
        assert officer.page.get_by_text("已归还").is_visible()
