"""A citizen's whole way in Chromium, with scripts and without: file, receive, ask, add, urge, rate; into the ledger.

Clauses: SZ-15.1, JY-9.1a, JY-9.6, SZ-39.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests.files_ground import PNG
from tests.paper_ground import codes_on_screen
from tests.portal_ground import press, visiting
from tests.town_ground import Town
from tests.visiting_ground import CONTENT, answer_to, answered

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import verification

pytestmark = pytest.mark.usefixtures("demonstration")


def prove(page: Page, *, scripts: bool) -> None:
    """Let the script answer the question, or answer it."""
    if scripts:
        page.wait_for_selector("[data-question].solved", state="attached", timeout=60_000)
    else:
        page.get_by_label(question := page.locator("[data-question] label").inner_text()).fill(answer_to(question))


def file(page: Page, base: str, city: str, *, scripts: bool) -> tuple[str, str]:
    """Go from the start page to the receipt; return number and code."""
    page.goto(f"{base}/portal/{city}/")
    page.get_by_role("link", name="我要反映").last.click()
    page.get_by_label("求助").check()
    press(page, "继续")
    page.get_by_label("一句话概括").fill("小区东门人行道破损")
    page.get_by_label("详细情况").fill(CONTENT)
    press(page, "继续")
    page.get_by_label("事情发生在哪里？").fill("滨江路12号")
    press(page, "继续")
    press(page, "继续")  # no unit
    page.set_input_files("#files", {"name": "现场.png", "mimeType": "image/png", "buffer": PNG})
    press(page, "上传")
    assert page.get_by_text("现场.png").first.is_visible()
    press(page, "继续")
    page.get_by_label("可以公开").check()
    press(page, "继续")
    page.get_by_label("个人").check()
    page.get_by_label("怎么称呼您？").fill("陆晓禾")
    page.get_by_label("联系电话").fill("13000000001")
    press(page, "继续")
    prove(page, scripts=scripts)
    page.get_by_label("我确认以上内容属实").check()
    press(page, "确认提交")
    return page.locator(".done .number").first.inner_text(), page.locator("#query-code").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_citizen_files_receives_asks_adds_urges_and_rates_into_the_ledger(
    chromium: Browser, live_server: LiveServer, town: Town, scripts: bool
) -> None:
    with visiting(chromium, live_server.url, scripts=scripts) as viewer:
        number, code = file(viewer.page, live_server.url, town.code, scripts=scripts)
        (address,) = codes_on_screen(viewer.page.locator(".qr").screenshot())
        faults, strangers = viewer.faults, viewer.strangers()
    row = models.Order.objects.get(number=number)
    with visiting(chromium, live_server.url, scripts=scripts) as viewer:
        page = viewer.page
        # As a telephone finds the page by its camera.
        page.goto(address)
        assert page.get_by_label("诉求编号").input_value() == number
        prove(page, scripts=scripts)
        page.get_by_label("查询码").fill(code)
        press(page, "查询")
        assert "已收到，热线中心最迟" in page.locator(".standing").inner_text()
        page.get_by_label("补充说明").fill("晚上没有灯，更危险")
        press(page, "补充")
        page.get_by_label("想说的话").fill("请快一点")
        press(page, "催办")
        answered(town, row.id)
        page.reload()
        page.get_by_label("基本满意").check()
        page.get_by_label("解决了", exact=True).check()
        press(page, "提交评价")
        assert "已办结（满意）" in page.locator(".standing").inner_text()
        faults, strangers = faults + viewer.faults, strangers + viewer.strangers()

    types = [event.type for event in queries.history(row.id)]
    for wanted in ("Registered", "MaterialAdded", "Urged", "CalledBack", "Closed"):
        assert wanted in types
    assert [each.name for each in attachments.of_order(row.id)] == ["现场.png"]
    assert [each.text for each in appeals.additions(row.id)] == ["晚上没有灯，更危险"]
    assert verification.verify().fault is None
    assert (faults, strangers) == ([], [])
