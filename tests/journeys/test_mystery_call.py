"""A mystery call on a telephone: the office gives the task, the caller records it with the sound, and it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import looking
from tests.town_ground import Town

from minsheng.cases.mystery.models import MysteryCall

SOUND = b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"\xff\xfb\x90\x00" * 400


def test_call_is_given_at_a_desk_and_recorded_on_a_telephone(
    chromium: Browser, live_server: LiveServer, town: Town, tmp_path: Path, settings: Any
) -> None:
    settings.FILES_FOLDER, settings.DEMO = tmp_path / "files", True
    with (
        looking(chromium, live_server.url, town, "office") as office,
        looking(chromium, live_server.url, town, "mystery_caller", theme="dark") as caller,
    ):
        office.page.set_viewport_size({"width": 1366, "height": 768})
        caller.page.set_viewport_size({"width": 390, "height": 844})
        office.open("/things/campaign/new/open_campaign")
        for label, words in (
            ("名称", "三季度拨测"),
            ("测评机构", "某测评公司"),
            ("评估周期", "2026Q3"),
            ("测评单位", "城管局"),
        ):
            office.page.get_by_label(label).first.fill(words)
        office.page.get_by_label("话术要求").fill("先说您好，再提出问题。")
        assert office.violations() == office.beyond() == []
        with next_page(office.page):
            office.page.get_by_role("button", name="开展测评").click()
        with next_page(office.page):
            office.page.get_by_role("link", name="下达拨测任务").click()
        assert office.violations() == office.beyond() == []
        office.page.get_by_label("拨测单位").select_option("城管局")
        office.page.get_by_label("拨测员", exact=True).select_option(index=1)
        office.page.get_by_label("所问问题").fill("小区路灯坏了应当找哪个部门，多久能修好？")
        office.page.get_by_label("依据").fill("市政设施养护办法第八条")
        office.page.get_by_label("正确答复").fill("城管局，三个工作日内修复。")
        office.page.get_by_label("完成期限").fill("2026-09-25")
        office.page.get_by_label("拨测专用号码").fill("13900001111")
        office.page.screenshot(path=str(tmp_path / "give-1366.png"), full_page=True)
        with next_page(office.page):
            office.page.get_by_role("button", name="下达拨测任务").click()

        caller.open("/mystery/tasks")
        caller.page.screenshot(path=str(tmp_path / "tasks-390.png"), full_page=True)
        assert caller.violations() == caller.beyond() == []
        with next_page(caller.page):
            caller.page.get_by_role("link", name="城管局").click()
        assert caller.page.get_by_text("小区路灯坏了应当找哪个部门").is_visible()
        assert caller.violations() == caller.beyond() == []
        with next_page(caller.page):
            caller.page.get_by_role("button", name="记录拨测").click()
        assert caller.page.get_by_role("alert").is_visible()
        caller.page.get_by_label("是否接通").select_option("true")
        caller.page.get_by_label("等待秒数").fill("18")
        caller.page.get_by_label("答复是否正确").select_option("right")
        caller.page.get_by_label("服务态度").select_option("4")
        caller.page.get_by_label("是否办到").select_option("true")
        sound = {"name": "通话.mp3", "mimeType": "audio/mpeg", "buffer": SOUND}
        caller.page.get_by_label("录音").set_input_files(sound)  # type: ignore[arg-type]
        caller.page.screenshot(path=str(tmp_path / "task-390.png"), full_page=True)
        with next_page(caller.page):
            caller.page.get_by_role("button", name="记录拨测").click()
        assert caller.page.get_by_text("已拨测").is_visible()
        assert caller.faults == caller.strangers() == []

        office.open(f"/things/mystery_call/{MysteryCall.objects.get().pk}/")
        assert office.page.get_by_role("link", name="通话.mp3").is_visible()
        assert office.violations() == office.beyond() == office.faults == []
        office.page.screenshot(path=str(tmp_path / "call-1366.png"), full_page=True)
