"""The unit's day in the browser: a new order arrives by itself, is signed, answered, approved, sent.

Clauses: JY-10.1a, JY-10.2a, JY-9.4, JY-13.1c; liveness: a new order comes onto the unit's list by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import looking
from tests.people_ground import sign_in
from tests.streaming_ground import server
from tests.town_ground import Town, steps, with_identity

from minsheng.core.ledger import tasks as ledger_tasks


@pytest.fixture
def alive(town: Town, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the worker's relay and a stream server beside the pages, as the platform has."""
    # Numbers of signals go on where the last test's were: something must have been told before.
    town.register()
    while ledger_tasks.relay_once():
        pass
    stop = threading.Event()
    worker = threading.Thread(target=ledger_tasks.relay_forever, kwargs={"stop": stop})
    with server(MINSHENG_PLAIN_HTTP="", MINSHENG_ORIGINS=live_server.url) as started:
        monkeypatch.setattr(settings, "LIVE_PORT", started.port)
        worker.start()
        try:
            yield
        finally:
            stop.set()
            worker.join(20)


@pytest.mark.usefixtures("alive")
def test_a_new_order_comes_onto_the_units_list_by_itself(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.register(content="桃源路口信号灯不亮")
    with (
        looking(chromium, live_server.url, town, "officer@城管局") as officer,
        looking(chromium, live_server.url, town, "dispatcher") as dispatcher,
    ):
        officer.open("/?tab=to_sign")
        expect(officer.page.locator("[data-live-state]")).to_have_attribute("data-state", "connected", timeout=15_000)
        expect(officer.page.locator("table.orders")).to_have_count(0)
        dispatcher.open(f"/orders/{order}/do/dispatch/")
        dispatcher.page.locator('[name="unit"]').first.fill("城管局")
        dispatcher.page.locator('[name="basis"]').last.fill("权责清单")
        with next_page(dispatcher.page):
            dispatcher.page.get_by_role("button", name="交办", exact=True).last.click()

        expect(officer.page.get_by_role("link", name="桃源路口信号灯不亮")).to_be_visible()
        expect(officer.page.locator('.lists [aria-current="page"] .count')).to_have_text("1")
        expect(officer.page.locator(".toast")).to_contain_text("有新的工单待办")

    assert steps(order)[-1] == "Dispatched"


def test_sign_answer_approve_send(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    order = town.dispatched(content="滨江路人行道破损")
    with_identity(town, order)
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    officer.open("/?tab=to_sign")
    officer.follow("滨江路人行道破损")
    officer.press("签收")

    officer.open(f"/orders/{order}/?list=handling")
    officer.page.keyboard.press("h")
    officer.page.locator("#work textarea[name=text]").fill("已于当日修复，更换透水砖12平方米。联系人：城管局养护科。")
    officer.press("送分管领导审签")
    expect(officer.page.locator(".message.success")).to_contain_text("已送分管领导审签")
    officer.page.context.close()

    leader = sign_in(chromium, live_server.url, town, "leader@城管局")
    leader.open("/?tab=approval")
    leader.follow("滨江路人行道破损")
    leader.page.keyboard.press("y")
    expect(leader.page.locator("#work")).to_contain_text("更换透水砖12平方米")
    with next_page(leader.page):
        leader.page.locator("#work").get_by_role("button", name="审签答复").click()
    leader.page.context.close()

    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    officer.open(f"/orders/{order}/")
    officer.open_form("提交答复")
    expect(officer.page.locator("#work textarea[name=text]")).to_have_value(
        "已于当日修复，更换透水砖12平方米。联系人：城管局养护科。"
    )
    with next_page(officer.page):
        officer.page.locator("#work").get_by_role("button", name="提交答复").click()
    expect(officer.page.locator(".chip.state").first).to_have_text("待审核")
    officer.page.context.close()

    assert steps(order)[-3:] == ["Signed", "ReplyApproved", "Replied"]


def test_on_a_phone_an_order_is_signed_from_the_list(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    order = town.dispatched(content="滨江路人行道破损")

    with looking(chromium, live_server.url, town, "officer@城管局") as officer:
        officer.page.set_viewport_size({"width": 390, "height": 844})
        officer.open("/?tab=to_sign")
        officer.page.get_by_role("link", name="滨江路人行道破损").click()
        button = officer.page.get_by_role("button", name="签收", exact=True)
        box = button.bounding_box()
        with next_page(officer.page):
            button.click()

    assert box is not None
    assert box["height"] >= 40
    assert box["y"] < 844  # in sight without scrolling
    assert steps(order)[-1] == "Signed"
