"""A mail at the seat's desk: read, registered in one go, its conversation beside the order; whom to call."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests import files_ground as samples
from tests.browser_ground import next_page
from tests.looking_ground import WIDTHS, looking
from tests.town_ground import Town, relayed, row, with_identity

from minsheng.cases.incoming import actions
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.incoming.values import Arrived, Brought
from minsheng.cases.orders.models import Order
from minsheng.core.messages.models import Message

MAIL = Arrived(
    source_no="mail 1", channel="mail", sender="li.wei@example.com", subject="人民路路灯不亮", vouched=False,
    text="人民路与中山路口东南角的两盏路灯已经三天不亮，晚上行人看不清路面，请尽快修复。\n另外路口的窨井盖也松动了。",
    files=(Brought("现场.png", samples.PNG),),
)  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_mail_is_registered_in_one_go(
    chromium: Browser, live_server: LiveServer, town: Town, demonstration: None, width: tuple[int, int], tmp_path: Any
) -> None:
    actions.take(MAIL, city=town.code, now=town.now)
    actions.take(Arrived(source_no="sms 2", text="谢谢", phone="13900000001"), city=town.code, now=town.now)
    with looking(chromium, live_server.url, town, "seat") as seat:
        seat.page.set_viewport_size({"width": width[0], "height": width[1]})

        def picture(name: str) -> None:
            seat.page.screenshot(path=str(tmp_path / f"{name}-{width[0]}.png"), full_page=True)
            assert seat.violations() == seat.beyond() == seat.faults == seat.strangers() == []

        seat.open("/things/incoming/")
        picture("list")
        seat.page.get_by_role("link", name="来信〔").last.click()
        picture("thing")
        seat.page.get_by_role("link", name="登记为诉求").click()
        assert seat.page.get_by_label("诉求内容").input_value().startswith("人民路路灯不亮\n人民路与中山路口")
        picture("new")
        seat.page.get_by_label("诉求类型").select_option("help")
        seat.page.get_by_label("是否同意公开").select_option("yes")
        with next_page(seat.page):
            seat.page.get_by_role("button", name="登记并提交交办").click()
        found = Incoming.objects.get(channel="mail")
        order = Order.objects.get()
        assert (found.status, found.order, order.channel) == ("CLOSED", order.id, "mail")
        seat.page.get_by_role("tab", name="往来").click()
        assert "窨井盖也松动了" in seat.page.get_by_role("region", name="往来").inner_text()
        picture("order")


@pytest.mark.parametrize("width", WIDTHS)
def test_whom_nothing_reaches_is_called(
    chromium: Browser, live_server: LiveServer, town: Town, width: tuple[int, int], tmp_path: Any
) -> None:
    order = town.handled()
    with_identity(town, order)
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复", channel="phone", kind="final")
    town.act(order, "auditor", "pass_audit")
    relayed()
    Message.objects.filter(kind="answered").update(state="FAILED", why="permanent", after="NEXT", next_at=town.now)
    from minsheng.core.messages import onward

    onward.go_on(now=town.now)
    with looking(chromium, live_server.url, town, "callback_agent") as agent:
        agent.page.set_viewport_size({"width": width[0], "height": width[1]})
        agent.open("/calls")
        agent.page.screenshot(path=str(tmp_path / f"calls-{width[0]}.png"), full_page=True)
        assert agent.violations() == agent.beyond() == []
        agent.page.get_by_role("link", name=row(order).number).click()
        agent.page.screenshot(path=str(tmp_path / f"call-{width[0]}.png"), full_page=True)
        assert agent.violations() == agent.beyond() == agent.faults == agent.strangers() == []
