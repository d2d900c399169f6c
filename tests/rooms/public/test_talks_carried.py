"""A talk in WeChat from the first word to the rating, with what the outbox brings. ADR 0111."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import connection
from tests import files_ground as samples
from tests import talks_ground as talks
from tests import wechat_ground as wechat
from tests.talks_ground import CONTENT, PHONE, answered, bound, filed, sent, waits, worked
from tests.town_ground import Town, row, text_of
from tests.wechat_ground import Follower, Platform

from minsheng.cases.appeals import attachments
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.orders.models import Order
from minsheng.core.messages.models import Message

# The carriers' threads have connections of their own, and see what is committed alone.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town(
    transactional_db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch, platform: Platform,
) -> Town:  # fmt: skip
    return talks.build(platform, tmp_path, settings=settings, environ=monkeypatch, set_clock=test_clock)


@pytest.mark.clause("SQ-2", "JY-9.4")
def test_whole_talk_until_the_order_is_filed_answered_and_rated(
    town: Town, follower: Follower, platform: Platform
) -> None:
    assert "回复“诉求”反映问题" in follower.does("subscribe")
    assert "手机号码" in follower.does("CLICK", "FILE")
    assert "验证码" in follower.writes(PHONE)
    worked(town)
    code = re.search(r"\d{6}", platform.said()[-1])
    assert code is not None
    begun = follower.writes(f"{code[0][:3]} {code[0][3:]}")
    assert "已绑定手机号" in begun
    assert "2 求助" in begun
    assert "请写明发生了什么" in follower.writes("求助")
    assert "至少 10 个字" in follower.writes("灯坏了")
    assert "事情发生在哪里" in follower.writes(CONTENT)
    assert "某个单位" in follower.sends(
        MsgType="location", Location_X="31.9", Location_Y="120.2", Scale=16, Label="人民路12号"
    )
    assert "可能是：城管局" in follower.writes("城管")
    assert "图片" in follower.writes("不是")
    platform.media["m1"] = (samples.PNG, "image/png")
    assert "正在保存" in follower.sends(MsgType="image", PicUrl="http://mmbiz.example/1", MediaId="m1")
    worked(town)
    assert "公开" in follower.writes("继续")
    assert "身份" in follower.writes("1")
    summary = follower.writes("个人")
    assert ("人民路12号" in summary, PHONE in summary, "附件：1 个" in summary) == (True, False, True), summary
    receipt = follower.writes("1")

    order = Order.objects.get()
    assert (order.number in receipt, order.channel) == (True, "wechat")
    assert len(attachments.of_order(order.id)) == 1
    assert order.number in follower.writes("进度")
    answered(town, order.id)
    sent(town)
    result = platform.said()[-1]
    assert "也可以回复数字" in result
    assert Message.objects.filter(channel="wechat", kind="answered").get().state == "SENT"
    assert order.number in follower.writes("1")
    assert (row(order.id).status, row(order.id).reason) == ("CLOSED", "satisfied")


def test_confirming_twice_files_once(town: Town, follower: Follower, platform: Platform) -> None:
    bound(town, follower, platform)
    follower.writes("诉求")
    for each in ("2", CONTENT, "无", "无", "继续", "2", "1"):
        follower.writes(each)
    # WeChat brings it three times within fifteen seconds; of two at once the second waits, and says nothing.
    confirm, answers = follower.message(MsgType="text", Content="1"), []
    threads = [
        threading.Thread(target=lambda: (answers.append(follower.post(confirm)), connection.close())) for _ in range(3)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    said = sorted(follower.opened(each.content.decode()) for each in answers)
    assert (said[0], said[1], Order.objects.count()) == ("", "", 1)
    assert Order.objects.get().number in said[2]
    assert follower.opened(follower.post(confirm).content.decode()) == ""
    assert (Order.objects.count(), Incoming.objects.count()) == (1, 0)


@pytest.mark.clause("JY-9.4")
def test_result_comes_by_the_template_after_two_days_and_by_text_message_where_that_fails(
    town: Town, follower: Follower, platform: Platform
) -> None:
    bound(town, follower, platform)
    filed(follower)
    order = Order.objects.get().id
    town.later(hours=49)
    answered(town, order)
    sent(town)
    message = Message.objects.get(kind="answered")
    assert (message.channel, message.state, message.awaits) == ("wechat", "SENT", True)
    asked = platform.of("/message/template/send")
    assert len(asked) == 1
    assert asked[0].body["touser"] == wechat.OPENID

    # Two receipts may come in the same second; each is one of its own.
    for id, status in (("1", "success"), (message.provider_id, "failed:user block")):
        follower.does("TEMPLATESENDJOBFINISH", MsgID=id, Status=status)
    sent(town)
    sent(town)
    after = Message.objects.filter(kind="answered").order_by("id")
    assert [(each.channel, each.state, each.instead_of) for each in after] == [
        ("wechat", "FAILED", ""), ("sms", "SENT", "wechat"),
    ]  # fmt: skip


def test_grade_for_two_orders_is_asked_back_in_the_account(town: Town, follower: Follower, platform: Platform) -> None:
    bound(town, follower, platform)
    for _ in range(2):
        filed(follower)
    for order in list(Order.objects.all()):
        answered(town, order.id)
    assert follower.writes("1") == ""
    sent(town)
    assert "请回复评价数字和工单编号后六位" in waits(platform)
    number = Order.objects.order_by("id")[0].number
    assert number in follower.writes(f"1 {number[-6:]}")
    assert Order.objects.filter(status="CLOSED").count() == 1


def test_no_table_no_line_of_the_log_and_no_page_has_the_openid(
    town: Town, follower: Follower, platform: Platform, caplog: pytest.LogCaptureFixture, settings: LazySettings
) -> None:
    caplog.set_level("DEBUG")
    bound(town, follower, platform)
    filed(follower)
    order = Order.objects.get().id
    follower.writes("昨天又有人摔倒")
    answered(town, order)
    sent(town)
    follower.does("CLICK", "FILE")
    follower.sends(MsgType="image", MediaId="gone")
    platform.script = lambda asked: {"errcode": -1}
    follower.writes("帮助")
    worked(town)
    follower.post({**follower.message(MsgType="text", Content="x"), "CreateTime": "odd"})

    secret = (wechat.OPENID, wechat.OPENID.casefold(), PHONE, wechat.SECRET, wechat.TOKEN, platform.good)
    lines = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith(("minsheng", "django.req")))
    assert [each for each in secret if each in lines] == []
    found = []
    for model in apps.get_models():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')
            text = "\n".join(value for (value,) in cursor.fetchall())
        found += [(model.__name__, each) for each in secret if each in text or each.encode().hex() in text]
    assert found == []
    for who in ("seat", "auditor", "officer@城管局", "admin"):
        desk = town.desk(who)
        shown = [desk.get(path) for path in (f"/orders/{order}/", "/things/incoming/", "/jobs/", "/status")]
        assert not any(wechat.OPENID in text_of(each) for each in shown)
    # Libraries that say the addresses that they ask keep silent, whatever level the program has.
    assert {settings.LOGGING["loggers"][name]["level"] for name in ("httpx", "httpcore")} == {"WARNING"}
