"""Audit, callback and publication in the browser, one order after the other, each step in the ledger.

Clauses: SZ-15.4, JY-9.5, JY-9.6, JY-9.7, JY-9.8a, A-73.
"""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.people_ground import Visitor, sign_in
from tests.town_ground import Town, row, steps

from minsheng.cases.appeals import publication

REPLY = "已联系张建国，电话13812345678，现场核实后于9月18日修复，依据养护标准第六条。联系人：养护科。"


def answered(town: Town) -> str:
    """Return an order whose answer waits for its audit."""
    order = town.handled(content="滨江路12号3幢门口人行道破损")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text=REPLY)
    return order


def at_desk(chromium: Browser, base: str, town: Town, name: str) -> Visitor:
    """Sign in at a desk of the usual size."""
    visitor = sign_in(chromium, base, town, name)
    visitor.page.set_viewport_size({"width": 1366, "height": 768})
    return visitor


def test_from_audit_to_the_confirmed_words(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    order = answered(town)
    auditor = at_desk(chromium, live_server.url, town, "auditor")
    auditor.open("/?tab=REPLIED")
    auditor.page.locator("table.orders .title a").click()
    expect(auditor.page.locator(".audit mark").filter(has_text="13812345678")).to_be_visible()
    expect(auditor.page.locator(".criteria")).to_contain_text("个人信息")
    auditor.press("审核通过")
    expect(auditor.page).to_have_url(f"{live_server.url}/?tab=REPLIED")
    assert steps(order)[-1] == "AuditPassed"

    agent = at_desk(chromium, live_server.url, town, "callback_agent")
    agent.open("/?tab=CALLBACK")
    agent.page.locator("table.orders .title a").click()
    expect(agent.page.locator(".script")).to_contain_text("城管局")
    agent.fill(reached="yes", satisfied="satisfied")
    agent.page.locator('[name="resolved"][value="yes"]').check()
    expect(agent.page.locator("#outcome-callback")).to_contain_text("已办结（满意）")
    assert row(order).status == "CALLBACK"
    with next_page(agent.page):
        agent.page.get_by_role("button", name="登记回访").click()
    agent.page.context.close()
    assert row(order).status == "CLOSED"

    auditor.open("/?tab=publication")
    auditor.page.locator("table.orders .title a").click()
    reply = auditor.page.locator('[name="text_reply"]')
    assert "13812345678" not in reply.input_value()
    reply.fill("已联系诉求人，电话13812345678，9月18日修复。")
    auditor.press("确认文字并公开")
    expect(auditor.page.locator(".error-summary")).to_contain_text("手机号码")
    auditor.page.locator('[name="text_reply"]').fill("已联系诉求人，9月18日修复。")
    auditor.press("确认文字并公开")
    auditor.page.context.close()

    assert publication.confirmed(order)["reply"].text == "已联系诉求人，9月18日修复。"
    assert "PublicationDecided" in steps(order)


def test_a_dissatisfied_citizen_leads_to_another_round(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    order = answered(town)
    town.act(order, "auditor", "pass_audit")
    agent = at_desk(chromium, live_server.url, town, "callback_agent")
    agent.open(f"/orders/{order}/?list=CALLBACK")
    agent.fill(reached="yes", satisfied="dissatisfied", resolved="no")

    expect(agent.page.locator("#outcome-callback")).to_contain_text("待重办")
    with next_page(agent.page):
        agent.page.get_by_role("button", name="登记回访").click()
    agent.page.context.close()

    assert row(order).status == "REDO"
    assert "Dissatisfied" in steps(order)
