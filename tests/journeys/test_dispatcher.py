"""Two dispatchers at two browsers: one claims, the other takes over; and three orders go out at once by keys alone.

Clauses: JY-9.2, JY-10.1a.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.people_ground import Visitor, sign_in
from tests.town_ground import Town, steps

from minsheng.cases.live.models import Claim
from minsheng.cases.orders import models
from minsheng.core.ledger import verification


@pytest.fixture
def two(chromium: Browser, live_server: LiveServer, town: Town) -> tuple[Visitor, Visitor]:
    """Return two dispatchers, each in a browser of their own."""
    town.staff["dispatcher 2"] = town.hire("钱交办", "dispatcher")
    return (
        sign_in(chromium, live_server.url, town, "dispatcher"),
        sign_in(chromium, live_server.url, town, "dispatcher 2"),
    )


def test_a_claim_holds_a_colleague_off_until_it_is_taken_over(two: tuple[Visitor, Visitor], town: Town) -> None:
    order = town.register(content="路灯不亮")
    one, other = two
    one.open("/?tab=SUBMITTED")
    with next_page(one.page):
        one.page.locator("table.orders .title a").first.click()
    one.page.keyboard.press("l")
    expect(one.page.get_by_text("我已领取", exact=True)).to_be_visible()

    other.open("/?tab=SUBMITTED")
    listed = other.text
    with next_page(other.page):
        other.page.locator("table.orders .title a").first.click()
    held_off = other.text
    forms_before = other.page.locator('[name="unit"]').count()
    other.press("接手办理")
    taken_over = other.text
    other.fill(unit="城管局", basis="权责清单")
    other.press("交办")
    one.fill(unit="住建局", basis="三定方案")
    one.press("交办")

    assert "dispatcher甲已领" in listed
    assert "正在办理" in held_off
    assert forms_before == 0
    assert "已从dispatcher甲接手此件" in taken_over
    assert "没有办理：这件工单已有新的进展" in one.text
    assert "交办员钱交办已在 2026-09-18 16:40:00 办理了“交办”" in one.text
    assert one.page.locator('[name="unit"]').input_value() == "住建局"
    assert models.Order.objects.get(id=order).lead == "城管局"
    assert steps(order).count("Dispatched") == 1
    assert not Claim.objects.exists()
    assert verification.verify().fault is None


def test_three_orders_go_out_at_once_by_keys(two: tuple[Visitor, Visitor], town: Town) -> None:
    orders = [town.register(content=f"第{place}处井盖破损") for place in "甲乙丙丁"]
    page = two[0].page
    two[0].open("/?tab=SUBMITTED")
    for key in ("j", "x", "j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-picked]").first).to_have_text("3")
    with next_page(page):
        page.keyboard.press("b")

    page.locator('[name="unit"]').fill("城管")
    page.get_by_role("option", name="城管局").click()
    page.locator('[name="basis"]').fill("权责清单")
    two[0].press("预览")
    foreseen = two[0].text
    before = {order: steps(order) for order in orders}
    with next_page(page):
        page.get_by_role("button", name="确认交办").click()
    done = two[0].text
    page.reload()

    assert "其中 3 件可以交办" in foreseen
    assert foreseen.count("待签收") == 3
    assert all("Dispatched" not in each for each in before.values())
    assert "共 3 件，已交办 城管局 3 件。" in done
    assert "共 3 件，已交办 城管局 3 件。" in two[0].text
    assert [steps(order).count("Dispatched") for order in orders] == [1, 1, 1, 0]
    assert {models.Order.objects.get(id=order).lead for order in orders[:3]} == {"城管局"}
    assert verification.verify().fault is None


def test_the_form_shows_only_what_the_way_needs(two: tuple[Visitor, Visitor], town: Town) -> None:
    order = town.register(content="工地扬尘")
    visitor = two[0]
    page = visitor.page
    visitor.open(f"/orders/{order}/")

    shown = {}
    for way in ("one", "lead", "parallel"):
        page.locator(f'[name="way"][value="{way}"]').check()
        shown[way] = [name for name in ("unit", "lead", "units") if page.locator(f'[name="{name}"]').first.is_visible()]
    page.locator('[name="way"][value="lead"]').check()
    page.locator('[name="lead"]').fill("城管局")
    page.locator('[name="units"]').first.fill("住建局")
    page.locator('[name="basis"]').fill("权责清单")
    expect(page.locator("#outcome-dispatch")).to_contain_text("住建局 签收")
    page.keyboard.press("Escape")
    visitor.press("交办")

    assert shown == {"one": ["unit"], "lead": ["lead", "units"], "parallel": ["units"]}
    row = models.Order.objects.get(id=order)
    assert (row.lead, sorted(row.units)) == ("城管局", ["住建局", "城管局"])
