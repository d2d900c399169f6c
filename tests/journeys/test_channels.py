"""Channels at the desks: a letter from its scan to the answer in an envelope, a fax, a talk, a grade, a bad rating."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests import calling_ground as calling
from tests import scans_ground as paper
from tests import talks_ground as talks
from tests import wechat_ground as wechat
from tests.browser_ground import next_page
from tests.looking_ground import Viewer, looking
from tests.town_ground import Town, relayed, row
from tests.wechat_ground import Follower, Platform

from minsheng.cases.incoming.models import Incoming
from minsheng.cases.orders.models import Order
from minsheng.cases.reviews.models import Review

NAME, HOME = "陆晓禾", "澄江街道桃源路 1 号 2 幢 301 室"
WIDTHS = ((1366, 768), (390, 844))
SMS = """
[[provider]]
name = "carrier"
url = "https://sms.example/send"
fields = {mobile = "{phone}", content = "{text}"}
inbound = {id = "moid", phone = "from", text = "text", city = "jiangyin", token = "SMS_TOKEN"}
"""


@pytest.fixture
def platform() -> Iterator[Platform]:
    with wechat.running() as found:
        yield found


def looked_at(viewer: Viewer, name: str, folder: Path) -> None:
    """Take a picture at a desk's width and at a telephone's, and hold the page to what every page is held to."""
    for width, height in WIDTHS:
        viewer.page.set_viewport_size({"width": width, "height": height})
        viewer.page.screenshot(path=str(folder / f"{name}-{width}.png"), full_page=True)
        assert viewer.violations() == viewer.beyond() == viewer.faults == viewer.strangers() == []
    viewer.page.set_viewport_size({"width": WIDTHS[0][0], "height": WIDTHS[0][1]})


def pressed(page: Page, label: str) -> None:
    with next_page(page):
        page.get_by_role("button", name=label, exact=True).click()


def registered(viewer: Viewer) -> Order:
    """Register what is open as an appeal."""
    with next_page(viewer.page):
        viewer.page.get_by_role("link", name="登记为诉求").click()
    # A letter is no channel of this city's rules: the seat says which it counts as.
    viewer.page.get_by_label("渠道", exact=True).select_option(label="其他联动渠道")
    viewer.page.get_by_label("诉求类型").select_option("help")
    viewer.page.get_by_label("是否同意公开").select_option("yes")
    pressed(viewer.page, "登记并提交交办")
    return Order.objects.latest("registered_at")


def answered(town: Town, order: str) -> None:
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="路灯已经修好", kind="final")
    town.act(order, "auditor", "pass_audit")


def test_a_letter_goes_from_its_scan_to_the_answer_in_an_envelope(
    chromium: Browser, live_server: LiveServer, town: Town, demonstration: None, tmp_path: Path
) -> None:
    scan = tmp_path / "信.tiff"
    scan.write_bytes(paper.tiff([paper.letter("envelope"), paper.letter("letter")]))
    with looking(chromium, live_server.url, town, "seat") as seat:
        page = seat.page
        seat.open("/letters/scans")
        looked_at(seat, "scans", tmp_path)
        pressed(page, "上传并登记")
        looked_at(seat, "scans-none", tmp_path)
        seat.open("/letters/new")
        page.get_by_label("来信（来访）人").fill(NAME)
        page.get_by_label("地址").fill(HOME)
        page.get_by_label("内容").fill("人民路路灯坏了三天")
        page.get_by_label("信封和信件的扫描件").set_input_files(scan)
        looked_at(seat, "letter-new", tmp_path)
        pressed(page, "登记信函、来访")
        looked_at(seat, "letter", tmp_path)
        with next_page(page):
            page.get_by_role("link", name="扫描件.pdf").click()
        assert page.get_by_role("img", name=re.compile(r"第 \d 页")).count() == 2
        looked_at(seat, "sheets", tmp_path)
        with next_page(page):
            page.get_by_role("link", name="返回来信").click()
        order = registered(seat)
        assert (order.channel, Incoming.objects.get().status) == ("linked", "CLOSED")

        answered(town, order.id)
        relayed()
        seat.open("/letters/outgoing")
        with page.expect_download() as download:
            page.get_by_role("button", name="打印").first.click()
        Path(download.value.path()).rename(tmp_path / "answer.pdf")
        assert (tmp_path / "answer.pdf").read_bytes().startswith(b"%PDF")
        seat.open("/letters/outgoing")
        page.get_by_label("邮件号码").first.fill("XA12345678932")
        looked_at(seat, "outgoing", tmp_path)
        pressed(page, "登记寄出")
        assert "XA12345678932" in page.locator("main").inner_text()
        looked_at(seat, "sent", tmp_path)


def test_a_talk_becomes_an_order_and_a_number_its_rating(
    chromium: Browser, live_server: LiveServer, town: Town, demonstration: None, platform: Platform, tmp_path: Path,
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    wechat.keep_secrets(monkeypatch)
    settings.WECHAT_FILE = wechat.write(tmp_path, api=platform.url)
    monkeypatch.setenv("SMS_TOKEN", "t0ken")
    sms = tmp_path / "sms.toml"
    sms.write_text(SMS, encoding="utf-8")
    follower = Follower(now=lambda: town.now.timestamp())
    talks.bound(town, follower, platform)
    talks.filed(follower)
    order = Order.objects.get()
    settings.SMS_FILE = str(sms)
    with looking(chromium, live_server.url, town, "callback_agent") as agent:
        town.act(order.id, "seat", "submit")
        answered(town, order.id)
        relayed()
        agent.open(f"/orders/{order.id}/")
        agent.page.get_by_role("tab", name="往来").click()
        looked_at(agent, "talk", tmp_path)
        came = json.dumps([{"from": talks.PHONE, "text": "满意", "moid": "m1"}])
        answer = Client().post(
            "/inbound/sms/carrier/messages", came, content_type="application/json", headers={"X-Token": "t0ken"}
        )
        assert answer.status_code == 200
        agent.open(f"/orders/{order.id}/")
        agent.page.get_by_role("tab", name="往来").click()
        assert "满意" in agent.page.get_by_role("region", name="往来").inner_text()
        looked_at(agent, "rated", tmp_path)
    assert row(order.id).status == "CLOSED"


def test_a_bad_rating_goes_back_to_its_platform(
    chromium: Browser, live_server: LiveServer, town: Town, tmp_path: Path
) -> None:
    token = calling.client_of(town.code, "ratings", ("connector",), None)

    def api(path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
        return Client().post(f"/api{path}", json.dumps(body), content_type="application/json", headers=headers)

    bad = {"source_no": "P1", "item": "不动产登记", "unit": "城管局", "grade": 1, "named": False, "words": "等了四小时"}
    assert api("/reviews", {"version": 1, "ratings": [bad]}).status_code == 200
    review = Review.objects.get()
    with (
        looking(chromium, live_server.url, town, "office") as office,
        looking(chromium, live_server.url, town, "officer@城管局") as officer,
    ):
        for viewer, steps in (
            (office, (("交被评单位核实", {}, {}),)),
            (officer, (("核实", {"核实结果": "属实"}, {"联系评价人的情况": "确认排队四小时"}),
                       ("整改", {}, {"整改措施": "增开两个窗口"}))),
            (office, (("复核", {"是否通过": "是"}, {}),)),
        ):  # fmt: skip
            for label, choices, words in steps:
                viewer.open(f"/things/review/{review.pk}/")
                form = viewer.page.locator("form", has=viewer.page.get_by_role("button", name=re.compile(label)))
                for name, value in choices.items():
                    form.get_by_label(name).select_option(label=value)
                for name, value in words.items():
                    form.get_by_label(name).fill(value)
                looked_at(viewer, f"review-{label}", tmp_path)
                with next_page(viewer.page):
                    form.get_by_role("button", name=re.compile(label)).click()
        assert api(f"/things/review/{review.pk}/return_review", {"receipt": "回执1"}).status_code == 200
        office.open(f"/things/review/{review.pk}/")
        looked_at(office, "review-closed", tmp_path)
    review.refresh_from_db()
    assert review.status == "CLOSED"
