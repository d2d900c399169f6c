"""长者模式 and the like pressed in the middle of filing: in a real browser, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.portal_ground import visiting
from tests.town_ground import Town
from tests.visiting_ground import CONTENT

pytestmark = pytest.mark.usefixtures("demonstration")


@pytest.mark.parametrize("scripts", [True, False])
def test_what_was_typed_stays_and_the_enter_key_still_goes_on(
    chromium: Browser, live_server: LiveServer, town: Town, scripts: bool
) -> None:
    with visiting(chromium, live_server.url, scripts=scripts) as viewer:
        page = viewer.page
        viewer.open(f"/portal/{town.code}/file/type")
        page.locator("input[value=help]").check()
        page.get_by_role("button", name="高对比度").click()
        assert page.locator("input[value=help]").is_checked()
        page.get_by_role("button", name="继续").click()
        page.get_by_label("一句话概括").fill("路灯不亮")
        page.get_by_label("详细情况").fill(CONTENT)

        page.get_by_role("button", name="长者模式").click()
        page.get_by_role("button", name="English").click()

        assert page.locator("html[lang=en][data-elder]").count() == 1
        assert page.locator("#id_title").input_value() == "路灯不亮"
        assert page.locator("#id_content").input_value() == CONTENT
        page.locator("#id_title").press("Enter")
        page.wait_for_url("**/file/place")
        assert page.locator("html[data-elder]").count() == 1


@pytest.mark.parametrize(("theme", "elder", "language"), [
    ("light", "off", "zh-hans"), ("dark", "on", "en"), ("contrast", "on", "zh-hans"),
])  # fmt: skip
def test_what_is_offered_and_beginning_anew_are_there_for_everybody(
    chromium: Browser, live_server: LiveServer, town: Town, theme: str, elder: str, language: str
) -> None:
    with visiting(chromium, live_server.url, theme=theme, elder=elder, language=language) as viewer:
        page = viewer.page
        page.set_viewport_size({"width": 320, "height": 640})
        viewer.open(f"/portal/{town.code}/file/type")
        page.locator("input[value=help]").check()
        page.locator("#answers p.actions button").click()
        viewer.open(f"/portal/{town.code}/file")
        assert page.locator(".resumed button").is_visible()
        assert viewer.violations() == []
        assert viewer.beyond() == []

        viewer.open(f"/portal/{town.code}/file/about")
        page.locator("#id_target_unit").fill("市城管局")
        page.locator("#id_target_unit").press("Enter")
        page.locator(".offered").wait_for()
        assert viewer.violations() == []
        assert viewer.beyond() == []
        page.get_by_role("button", name="城管局", exact=True).click()
        page.wait_for_url("**/file/files")
