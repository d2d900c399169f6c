"""An officer keeps a snippet and puts it into an answer: where the caret is."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import Viewer, looking
from tests.town_ground import Town

WIDTHS = ((1366, 768), (390, 844))


def good(viewer: Viewer, folder: Path, name: str) -> None:
    """Hold the page to axe and to its edge at both widths, and take its picture."""
    for width, height in WIDTHS:
        viewer.page.set_viewport_size({"width": width, "height": height})
        viewer.page.screenshot(path=str(folder / f"{name}-{width}.png"), full_page=True)
        assert viewer.beyond() == []
        assert viewer.violations() == []


def test_a_snippet_is_kept_and_goes_into_the_answer_where_the_caret_is(
    chromium: Browser, live_server: LiveServer, town: Town, tmp_path: Path
) -> None:
    order = town.handled()
    with looking(chromium, live_server.url, town, "officer@城管局") as officer:
        page = officer.page
        officer.open("/snippets")
        for title, words in (("路灯已修复", "路灯已修复。"), ("重新铺设", "路面已重新铺设。")):
            page.get_by_label("谁可以用").select_option("unit")
            page.get_by_label("标题").fill(title)
            page.get_by_label("内容").fill(words)
            with next_page(page):
                page.get_by_role("button", name="添加", exact=True).click()
        good(officer, tmp_path, "list")
        with next_page(page):
            page.get_by_role("link", name="重新铺设").click()
        good(officer, tmp_path, "one")

        officer.open(f"/orders/{order}/do/reply/")
        text = page.locator("textarea[name=text]")
        text.fill("您好。谢谢。")
        page.evaluate("document.querySelector('textarea[name=text]').setSelectionRange(3, 3)")
        page.locator("summary", has_text="常用语").first.click()
        page.get_by_label("查找常用语").first.fill("cxps")
        expect(page.get_by_role("button", name="路灯已修复")).to_be_hidden()
        good(officer, tmp_path, "reply")
        page.get_by_role("button", name="重新铺设").click()
        expect(text).to_have_value("您好。路面已重新铺设。谢谢。")
        assert officer.faults == officer.strangers() == []
