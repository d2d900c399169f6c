"""The administrator at a browser: a colleague added, a file with rejects imported, somebody leaves; units kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import Viewer, looking
from tests.people_ground import PASSWORD
from tests.town_ground import Town, moment

from minsheng.core.people import shifts
from minsheng.core.people.models import DeskShift, Staff
from minsheng.core.people.shifts import Shift

WIDTHS = ((1366, 768), (390, 844))
ROWS = "账号,姓名,单位,岗位\r\nw1,王一,城管局,经办人\r\nw2,王二,没有的局,经办人\r\n"


def press(viewer: Viewer, label: str) -> None:
    """Press a button by its words, and wait for the next page."""
    with next_page(viewer.page):
        viewer.page.get_by_role("button", name=label, exact=True).first.click()


def good(viewer: Viewer, folder: Path, name: str) -> None:
    """Hold the page to axe and to its edge at both widths, and take its picture."""
    for width, height in WIDTHS:
        viewer.page.set_viewport_size({"width": width, "height": height})
        viewer.page.screenshot(path=str(folder / f"{name}-{width}.png"), full_page=True)
        assert viewer.beyond() == []
        assert viewer.violations() == []


@pytest.fixture
def shifted(town: Town) -> Town:
    """Return the town with the seat on shift tomorrow."""
    seat = Staff.objects.get(pk=town.staff["seat"])
    shift = Shift("ordinary", seat.username, moment("2026-09-19T08:00:00"), moment("2026-09-19T16:00:00"))
    shifts.put(town.code, shift, actor=town.actor("admin"), now=town.now)
    return town


def test_staff_is_added_imported_and_leaves_and_the_new_one_signs_in(
    chromium: Browser, live_server: LiveServer, shifted: Town, tmp_path: Path, settings: Any
) -> None:
    heir = shifted.hire("seat乙", "seat")
    file = tmp_path / "名单.csv"
    file.write_bytes(ROWS.encode())
    with looking(chromium, live_server.url, shifted, "admin") as admin:
        page = admin.page
        admin.open("/administration/staff")
        good(admin, tmp_path, "list")
        with next_page(page):
            page.get_by_role("link", name="登记工作人员").click()
        page.get_by_label("账号").fill("chen")
        page.get_by_label("姓名").fill("陈新")
        page.get_by_label("座席", exact=True).check()
        good(admin, tmp_path, "new")
        press(admin, "登记")
        code = re.findall(r"\d{10}", page.get_by_role("status").inner_text())[0]
        good(admin, tmp_path, "code")

        admin.open("/administration/import/staff")
        good(admin, tmp_path, "import")
        page.get_by_label("文件").set_input_files(str(file))
        press(admin, "预览")
        good(admin, tmp_path, "preview")
        with page.expect_download() as download:
            page.get_by_role("button", name="下载不合格行").click()
        assert "没有名为“没有的局”" in Path(str(download.value.path())).read_text(encoding="utf-8-sig")
        press(admin, "确认导入 1 行")
        assert page.get_by_text("导入完成：新增 1 行").is_visible()

        page.get_by_label("姓名或账号").fill("seat甲")
        press(admin, "查找")
        assert "seat" not in page.url
        with next_page(page):
            page.get_by_role("link", name="jiangyin-seat甲").click()
        good(admin, tmp_path, "account")
        with next_page(page):
            page.get_by_role("link", name="办理离岗").click()
        page.get_by_label("在办工作由谁接手").select_option(str(heir))
        good(admin, tmp_path, "leave")
        press(admin, "确认离岗")
        assert page.get_by_text("已停用").first.is_visible()
        assert admin.faults == admin.strangers() == []
    assert list(DeskShift.objects.values_list("staff", flat=True)) == [heir]
    with looking(chromium, live_server.url, shifted, None) as chen:
        chen.open("/sign-in")
        with next_page(chen.page):
            chen.page.get_by_role("link", name="用验证码设定密码").click()
        for name, value in {"username": "chen", "code": code, "new_password": PASSWORD}.items():
            chen.page.locator(f"[name={name}]").fill(value)
        chen.page.locator("[name=new_password_again]").fill(PASSWORD)
        good(chen, tmp_path, "start")
        press(chen, "设定密码")
        chen.page.get_by_label("账号").fill("chen")
        chen.page.get_by_label("密码").fill(PASSWORD)
        press(chen, "登录")
        assert chen.page.get_by_text("陈新").first.is_visible()


def test_a_unit_is_added_looked_at_and_renamed(
    chromium: Browser, live_server: LiveServer, town: Town, tmp_path: Path
) -> None:
    with looking(chromium, live_server.url, town, "admin") as admin:
        page = admin.page
        admin.open("/administration/units/new")
        page.get_by_label("单位名称").fill("水务局")
        page.get_by_label("上级单位").select_option("城管局")
        good(admin, tmp_path, "unit-new")
        press(admin, "登记")
        good(admin, tmp_path, "units")
        with next_page(page):
            page.get_by_role("link", name="城管局").click()
        good(admin, tmp_path, "unit")
        with next_page(page):
            page.get_by_role("link", name="更名").click()
        page.get_by_label("新名称").fill("综合行政执法局")
        press(admin, "预览")
        press(admin, "确认变更")
        assert page.get_by_text("变更完成").is_visible()
        admin.open("/administration/units?words=执法")
        assert page.get_by_role("link", name="综合行政执法局").is_visible()
        for place in (
            "regions",
            "clients",
            "clients/new",
            "calendars",
            "calendars/2026",
            "packs",
            "packs/difference?one=suqian%402020-10-19&other=jiangyin%402020-07-13",
            "packs/coming",
            "places",
            "messages",
            "messages/answered",
            "categories",
            "cities",
            "operation",
        ):
            admin.open(f"/administration/{place}")
            good(admin, tmp_path, place.replace("/", "-"))
        assert admin.faults == admin.strangers() == []
