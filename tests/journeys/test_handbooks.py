"""Help opens the handbook of one's role at the section of the page, from any page, on a phone too."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import looking
from tests.town_ground import Town


def test_help_leads_from_a_page_to_its_section(
    chromium: Browser, live_server: LiveServer, town: Town, tmp_path: Path
) -> None:
    with looking(chromium, live_server.url, town, "seat") as seat:
        page = seat.page
        for width, height in ((1366, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            seat.open("/orders/new")
            with next_page(page):
                page.get_by_role("link", name="帮助", exact=True).click()
            assert page.url.endswith("/help/seat#new")
            expect(page.locator("#new h2")).to_be_in_viewport()
            page.screenshot(path=str(tmp_path / f"book-{width}.png"))
            assert seat.beyond() == []
            assert seat.violations() == []
            seat.open("/help")
            page.screenshot(path=str(tmp_path / f"index-{width}.png"))
            assert seat.beyond() == []
            assert seat.violations() == []
        assert seat.faults == seat.strangers() == []
