"""A seat's day at the browser: a call taken down by keyboard, a crash in the middle, an answer, an emergency.

Clauses: SZ-15.1, JY-9.1a, JY-35b, SQ-10.1.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import knowledge_ground as knowledge
from tests.people_ground import Visitor, sign_in
from tests.town_ground import Town, fresh

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.core.drafts.models import FormDraft
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import verification

PHONE = "13812345678"


def earlier_call(town: Town) -> models.Order:
    """Let the same caller have called before, about the same lamp."""
    given = {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "submit": "1"}
    town.desk("seat").post("/orders/new", fresh(**given, content="望星路路灯不亮", name="张三丰", phone=PHONE))
    return models.Order.objects.get()


def choose_by_keyboard(page: Page) -> None:
    """Pick the lamp's category from the list, with keys alone."""
    box = page.get_by_role("combobox", name="分类")
    box.press_sequentially("路灯照")
    expect(page.locator(".combo-list [role=option]")).to_have_count(1)
    box.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant")
    box.press("Enter")
    expect(box).to_have_value("城市管理 / 市政设施 / 路灯照明")


def saved(visitor: Visitor) -> None:
    expect(visitor.page.locator("#draft-state")).to_contain_text("已自动保存 16:40:00")


def test_a_call_is_taken_down_lost_with_the_browser_and_handed_in_after_all(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    earlier = earlier_call(town)
    seat = sign_in(chromium, live_server.url, town, "seat")
    page = seat.page

    # N opens the form from the desk.
    page.keyboard.press("n")
    page.wait_for_url("**/orders/new")
    seat.fill(type="help", content="望星路路灯又不亮了，行人摔倒", place="望星路3号")
    choose_by_keyboard(page)
    expect(page.locator("#similar")).to_contain_text(earlier.number)
    seat.fill(phone=PHONE)
    expect(page.locator("#caller")).to_contain_text("张**")
    page.locator("#caller").get_by_role("button", name="补充到原工单").click()
    expect(page.locator('[name="matter"]')).to_have_value(earlier.number)
    page.locator('[name="name"]').fill("张三丰")
    page.locator('[name="publish"]').focus()
    saved(seat)
    page.context.close()

    again = sign_in(chromium, live_server.url, town, "seat")
    again.open("/orders/new")
    again.follow("恢复 16:40 未提交的登记")
    assert again.page.locator('[name="phone"]').input_value() == PHONE
    assert again.page.locator('[name="category"]').input_value() == "1303"
    again.fill(publish="yes")
    again.page.locator('[name="content"]').press("Control+Enter")
    again.page.wait_for_url("**/orders/*/")

    order = models.Order.objects.exclude(id=earlier.id).get()
    words = appeals.words_of(order.id)
    assert words is not None
    assert (order.status, order.matter, words.category) == ("SUBMITTED", earlier.id, "1303")
    assert f"已登记，编号 {order.number}" in again.text
    assert [each.type for each in ledger.history(f"order/{order.id}")][:2] == ["Registered", "Submitted"]
    looked_up = [each.type for stream in ledger.streams("identity/") for each in ledger.history(stream)]
    assert looked_up
    assert set(looked_up) == {"IdentityLookedUp"}
    assert FormDraft.objects.get(form="registration").body is None
    assert verification.verify().fault is None
    expect(again.page.get_by_role("link", name="登记下一件")).to_be_focused()


def test_a_question_is_answered_on_the_spot(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    row = knowledge.published(town, title="路灯报修打哪个电话", body="请拨打路灯管理所电话。")
    seat = sign_in(chromium, live_server.url, town, "seat")
    seat.open("/orders/new")
    seat.fill(type="consult", content="路灯报修打哪个电话", publish="yes")
    seat.page.locator("#answer summary").click()

    seat.press("解答并办结")
    refused = seat.text
    seat.page.locator("#id_content").press_sequentially("呢")
    expect(seat.page.locator("[data-article]").first).to_be_visible()
    seat.page.keyboard.press("Alt+1")
    expect(seat.page.locator("#id_answer_article")).to_have_value(f"{row.number} v1")
    expect(seat.page.locator("#id_answer_text")).to_have_value("请拨打路灯管理所电话。")
    seat.press("解答并办结")

    order = models.Order.objects.get()
    assert "请填写：依据的知识条目。" in refused
    assert (order.status, order.reason) == ("CLOSED", "online")
    assert [each.type for each in ledger.history(f"order/{order.id}")][:2] == ["Registered", "Answered"]


def test_an_emergency_names_what_it_lacks_and_goes_to_the_leader(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    seat = sign_in(chromium, live_server.url, town, "seat")
    seat.open("/orders/new")
    page = seat.page
    expect(page.locator('[name="emergency_place"]')).to_be_hidden()
    seat.fill(type="help", emergency_level="major")

    expect(page.locator(".when-case")).to_contain_text("110、119、120")
    expect(page.get_by_text("请填写：事发地点。")).to_be_visible()
    page.get_by_role("button", name="报值班领导").click()
    still_here = page.url
    seat.fill(emergency_place="滨江路", emergency_facts="管道泄漏", emergency_ground="E1")
    expect(page.get_by_text("请填写：事发地点。")).to_have_count(0)
    page.get_by_role("button", name="报值班领导").click()
    page.wait_for_url("**/orders/*/")

    order = models.Order.objects.get()
    assert still_here.endswith("/orders/new")
    assert (order.status, order.state["emergency_stage"]) == ("EMERGENCY", "REPORTED")
    assert "已报值班领导" in seat.text


def test_nothing_of_what_is_typed_stays_in_the_browser(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    seat = sign_in(chromium, live_server.url, town, "seat")
    seat.open("/orders/new")
    seat.fill(content="路灯不亮", name="张三丰", phone=PHONE)
    seat.page.locator('[name="name"]').focus()
    saved(seat)

    kept = seat.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")

    assert PHONE not in kept
    assert "张三丰" not in kept
    assert PHONE not in seat.page.url
