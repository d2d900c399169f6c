"""From what the rules suggest to a supervision order's second level. Clauses: SZ-40.2, SZ-41c, SQ-18.2, SQ-21a."""

from __future__ import annotations

from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.people_ground import sign_in
from tests.town_ground import Town, steps

from minsheng.cases.orders import actions
from minsheng.cases.orders.models import Supervision


def test_a_suggestion_is_issued_its_answer_refused_and_it_stands_at_level_two(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    order = town.handled(content="东路积水")
    town.later(days=12)
    actions.apply(None, order_id=order, actor=town.actor("system"), now=town.now)
    supervisor = sign_in(chromium, live_server.url, town, "supervisor")
    officer = sign_in(chromium, live_server.url, town, "officer@城管局")
    leader = sign_in(chromium, live_server.url, town, "leader@城管局")

    supervisor.follow("督办")
    with next_page(supervisor.page):
        supervisor.page.get_by_role("link", name="督办单", exact=True).click()
    suggested = supervisor.text
    with next_page(supervisor.page):
        supervisor.page.get_by_role("button", name="签发督办单").click()

    officer.open(f"/orders/{order}/do/feed_back/")
    officer.page.locator('[name="text"]').fill("三日内办结")
    with next_page(officer.page):
        officer.page.get_by_role("button", name="送分管领导审签").click()
    leader.open(f"/orders/{order}/do/approve_feedback/")
    shown = leader.text
    with next_page(leader.page):
        leader.page.get_by_role("button", name="审签督办反馈").click()
    officer.open(f"/orders/{order}/do/feed_back/")
    with next_page(officer.page):
        officer.page.get_by_role("button", name="督办反馈", exact=True).click()

    supervisor.open("/supervision/orders?tab=answered")
    with next_page(supervisor.page):
        supervisor.page.locator(".papers a").first.click()
    supervisor.open(f"/orders/{order}/do/reject_feedback/")
    supervisor.page.locator('[name="finding"]').fill("没有时间表")
    with next_page(supervisor.page):
        supervisor.page.get_by_role("button", name="不认可反馈").click()
    supervisor.open("/supervision/orders?tab=raised")

    assert "承办单位到期未办结" in suggested
    assert "三日内办结" in shown
    assert "第 2 级" in supervisor.text
    assert Supervision.objects.get().number == "澄民督〔2026〕1号"
    assert "SupervisionDecided" in steps(order)
