"""The supervisor from a number to the ledger: overdue, the rows behind it, a supervision order, and the look-back.

Clauses: JY-20.8, SZ-39, SZ-41a.
"""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.people_ground import sign_in
from tests.town_ground import Town, steps

from minsheng.cases.orders import actions, models
from minsheng.core.ledger import verification


def test_from_an_overdue_number_to_a_supervision_order(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    orders = [town.handled(content=f"{place}路积水") for place in ("东", "西")]
    town.later(days=12)
    for order in orders:
        actions.apply(None, order_id=order, actor=town.actor("system"), now=town.now)
    supervisor = sign_in(chromium, live_server.url, town, "supervisor")
    page = supervisor.page

    supervisor.follow("督办")
    with next_page(page):
        page.get_by_role("link", name="城管局 已超期 2", exact=True).click()
    rows = page.locator("table.orders tbody tr").count()
    with next_page(page):
        page.locator("table.orders .title a").first.click()
    place = supervisor.text
    page.locator(".do-now").get_by_role("link", name="督办", exact=True).click()
    expect(page.locator('[name="ground"]')).to_have_value("办理超期")
    expect(page.locator("#outcome-supervise")).to_contain_text("督办")
    with next_page(page):
        page.locator("#work").get_by_role("button", name="督办", exact=True).click()

    assert rows == 2
    assert "城管局 已超期" in place
    assert "1 / 2" in place
    assert f"/orders/{orders[1]}/" in page.url
    assert "SupervisionIssued" in steps(orders[0])
    assert models.Order.objects.get(id=orders[0]).supervised_unit == "城管局"
    assert verification.verify().fault is None


def test_a_closed_order_is_opened_again_from_the_look_back(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.replied(content="路灯不亮")
    town.act(order, "auditor", "pass_audit")
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    supervisor = sign_in(chromium, live_server.url, town, "supervisor")
    page = supervisor.page

    supervisor.open("/?tab=look_back")
    with next_page(page):
        page.locator("table.orders .title a").first.click()
    page.locator(".do-now").get_by_role("link", name="重新办理", exact=True).click()
    # The form is there before htmx has bound it; what is typed in between would not be asked about.
    expect(page.locator('[name="finding"]')).to_be_visible()
    expect(page.locator("#work .htmx-added")).to_have_count(0)
    page.locator('[name="finding"]').fill("现场仍不亮")
    expect(page.locator("#outcome-reopen")).to_contain_text("办理中")
    with next_page(page):
        page.locator("#work").get_by_role("button", name="重新办理", exact=True).click()

    assert models.Order.objects.get(id=order).status == "HANDLING"
    assert "Reopened" in steps(order)


def test_the_office_urges_from_the_list(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    order = town.dispatched(content="垃圾未清运")
    office = sign_in(chromium, live_server.url, town, "office")

    office.open("/supervision/rows?what=open")
    with next_page(office.page):
        office.page.locator("table.orders").get_by_role("button", name="催办").click()

    assert "已催办" in office.text
    assert "催办1次" in office.text
    assert steps(order).count("Urged") == 1
