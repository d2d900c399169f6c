"""Talks in WeChat: what comes twice, late, from nobody known, by WeCom and Alipay; how a talk begins and ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import LazySettings
from django.test import Client
from tests import files_ground as samples
from tests import talks_ground as talks
from tests import wechat_ground as wechat
from tests.talks_ground import CONTENT, PHONE, bound, filed, waits, worked
from tests.town_ground import Town, text_of, with_identity
from tests.wechat_ground import Follower, Platform

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals.models import Addition
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.orders.models import Order
from minsheng.core.policies import actions as policies
from minsheng.core.reach import actions as reach
from minsheng.core.reach.models import Address
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import antivirus
from minsheng.gateways.wechat import crypto
from minsheng.public.portal.models import Draft
from minsheng.public.talks import pages, tasks
from minsheng.public.talks.models import Errand, Taken, Talk


@pytest.fixture
def town(
    db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch, platform: Platform,
) -> Town:  # fmt: skip
    return talks.build(platform, tmp_path, settings=settings, environ=monkeypatch, set_clock=test_clock)


def test_what_failed_is_done_when_it_is_brought_again(
    town: Town, follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = follower.message(MsgType="text", Content="路灯坏了")
    with monkeypatch.context() as broken:
        broken.setattr("minsheng.public.talks.actions.incoming.take", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            follower.post(words)
    assert "工作人员会查看" in follower.opened(follower.post(words).content.decode())
    assert follower.opened(follower.post(words).content.decode()) == ""
    assert Incoming.objects.count() == 1


def test_events_are_known_by_their_person_and_moment(town: Town, follower: Follower) -> None:
    event = follower.message(MsgType="event", Event="subscribe", EventKey="")
    assert "12345" in follower.opened(follower.post(event).content.decode())
    assert follower.opened(follower.post(event).content.decode()) == ""
    town.later(seconds=1)
    assert "12345" in follower.does("subscribe")


def test_message_that_comes_late_is_no_answer_to_what_was_asked_since(
    town: Town, follower: Follower, platform: Platform
) -> None:
    bound(town, follower, platform)
    follower.writes("诉求")
    late = follower.message(MsgType="text", Content="2")
    town.later(seconds=5)
    assert "请写明发生了什么" in follower.writes("2")
    answer = follower.opened(follower.post({**late, "Content": "一二三四五六七八九十"}).content.decode())

    assert ("到得晚" in answer, "请写明发生了什么" in answer) == (True, True)
    assert Talk.objects.count() == 1


def test_signature_is_good_for_one_message(
    town: Town, follower: Follower, settings: LazySettings, tmp_path: Path, platform: Platform
) -> None:
    clear = Path(settings.WECHAT_FILE).read_text(encoding="utf-8").replace('aes_key = "WECHAT_AES_KEY"', "")
    (tmp_path / "clear.toml").write_text(clear, encoding="utf-8")
    settings.WECHAT_FILE = str(tmp_path / "clear.toml")
    stamp = str(int(town.now.timestamp()))
    path = f"/inbound/wechat/hotline?timestamp={stamp}&nonce=n&signature={wechat.signature(wechat.TOKEN, stamp, 'n')}"

    def post(**more: Any) -> Any:
        body = wechat.cdata(follower.message(MsgType="text", **more))
        return Client().post(path, body, content_type="text/xml")

    taken = post(Content="路灯坏了", MsgId=1)
    assert (taken.status_code, "<Content>" in taken.content.decode()) == (200, True)
    assert (post(Content="别的话", MsgId=2).status_code, post(Content="路灯坏了", MsgId=1).status_code) == (403, 200)
    bomb = '<!DOCTYPE x [<!ENTITY a "a">]><xml><Content>&a;</Content></xml>'
    assert Client().post(path, bomb, content_type="text/xml").status_code == 403
    assert Incoming.objects.count() == 1


def test_nobody_else_gets_through_the_door(town: Town, follower: Follower, settings: LazySettings) -> None:
    path, body = follower.request(follower.message(MsgType="text", Content="x"))
    client = Client()
    assert client.post(path.replace("hotline", "other"), body, content_type="text/xml").status_code == 404
    wrong = re.sub("msg_signature=.{5}", "msg_signature=00000", path)
    assert client.post(wrong, body, content_type="text/xml").status_code == 403
    assert client.post(path, "<xml>" + "x" * 2_000_000, content_type="text/xml").status_code == 413
    assert client.post(path, "", content_type="text/xml").status_code == 403
    assert client.put(path, body).status_code == 405
    stamp = str(int(town.now.timestamp()))
    proof = wechat.signature(wechat.TOKEN, stamp, "n")
    echo = f"/inbound/wechat/hotline?timestamp={stamp}&nonce=n&echostr=812&signature="
    assert client.get(echo + proof).content == b"812"
    assert client.get(echo + "x").status_code == 403
    town.later(minutes=11)
    assert client.post(path, body, content_type="text/xml").status_code == 403
    settings.WECHAT_FILE = ""
    assert client.get(echo + proof).status_code == 404
    assert not Incoming.objects.exists()


def test_answer_that_takes_too_long_goes_by_a_message_of_its_own(
    town: Town, follower: Follower, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PATIENCE", -1.0)
    assert follower.writes("帮助") == ""
    worked(town)

    assert "回复“诉求”反映问题" in waits(platform)


def test_stranger_is_told_how_and_waits_for_a_seat(town: Town, follower: Follower) -> None:
    order = town.handled()
    with_identity(town, order)
    answer = follower.writes("路灯坏了，我是李丽，电话13998765432")

    assert ("工作人员会查看" in answer, "请回复“绑定”" in answer) == (True, True)
    found = Incoming.objects.get()
    assert (found.status, found.channel, found.note) == ("WAITING", "wechat", "")
    assert not Addition.objects.exists()
    page = text_of(town.desk("seat").get(f"/things/incoming/{found.pk}/"))
    assert ("路灯坏了" in page, wechat.OPENID in page, "13998765432" in page) == (True, False, False)


def test_what_a_bound_person_writes_goes_to_their_only_open_order(
    town: Town, follower: Follower, platform: Platform
) -> None:
    bound(town, follower, platform)
    filed(follower)
    order = Order.objects.get()
    assert order.number in follower.writes("昨天又有人摔倒，请抓紧")
    assert Addition.objects.get().text == "昨天又有人摔倒，请抓紧"
    platform.media["v1"] = (samples.AMR, "audio/amr")
    assert "已收到" in follower.sends(MsgType="voice", MediaId="v1", Format="amr", Recognition="请抓紧")
    worked(town)
    assert [each.name for each in attachments.of_order(order.id)] == ["语音.amr"]
    assert order.number in waits(platform)
    assert "收不了" in follower.sends(MsgType="sticker")
    place = follower.sends(MsgType="location", Location_X="31.9", Location_Y="120.2", Label="人民路")
    assert order.number in place


def test_picture_that_is_not_to_be_had_is_said_and_its_words_are_kept(
    town: Town, follower: Follower, platform: Platform
) -> None:
    follower.sends(MsgType="image", MediaId="gone")
    worked(town)
    assert "请再发一次" in waits(platform)
    assert Incoming.objects.count() == 1
    # While the platform is away it is tried again, six times; then what there is is kept.
    platform.script = lambda asked: {"errcode": -1} if asked.path.endswith("/media/get") else None
    follower.sends(MsgType="voice", MediaId="v1", Recognition="路灯坏了")
    for _ in range(6):
        assert Incoming.objects.count() == 1
        worked(town)
        town.later(hours=1)
    assert Incoming.objects.count() == 2


def test_file_that_nobody_can_look_at_now_is_brought_later(
    town: Town, follower: Follower, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.media["m1"] = (samples.PNG, "image/png")
    follower.sends(MsgType="image", MediaId="m1")
    with monkeypatch.context() as away:

        def refuse(*_: Any, **__: Any) -> Any:
            raise antivirus.ScannerAway

        away.setattr("minsheng.cases.incoming.carrying.files.check", refuse)
        worked(town)
    assert (Incoming.objects.count(), Errand.objects.count()) == (0, 1)
    town.later(minutes=1)
    worked(town)
    assert (Incoming.objects.count(), Errand.objects.count()) == (1, 0)


def test_picture_after_filing_goes_to_the_order(town: Town, follower: Follower, platform: Platform) -> None:
    bound(town, follower, platform)
    follower.writes("诉求")
    for each in ("2", CONTENT, "无", "无"):
        follower.writes(each)
    platform.media["m1"] = (samples.PNG, "image/png")
    follower.sends(MsgType="image", MediaId="m1")
    for each in ("继续", "2", "1", "1"):
        follower.writes(each)
    worked(town)

    assert len(attachments.of_order(Order.objects.get().id)) == 1


def test_wrong_file_is_said(town: Town, follower: Follower, platform: Platform) -> None:
    bound(town, follower, platform)
    follower.writes("诉求")
    platform.media["m1"] = (b"MZ" + bytes(200), "application/octet-stream")
    follower.sends(MsgType="image", MediaId="m1")
    worked(town)
    assert "图片1" in waits(platform)


@pytest.mark.clause("SQ-10.1")
def test_codes_are_checked_and_another_number_takes_the_place_of_the_first(
    town: Town, follower: Follower, platform: Platform
) -> None:
    follower.writes("绑定")
    assert "以 1 开头的 11 位" in follower.writes("12345")
    follower.writes(PHONE)
    worked(town)
    first = re.search(r"\d{6}", waits(platform))
    assert first is not None
    assert "验证码不正确" in follower.writes("000000" if first[0] != "000000" else "111111")
    follower.writes("重发")
    worked(town)
    assert "操作过于频繁" in waits(platform)
    town.later(minutes=2)
    follower.writes("重发")
    worked(town)
    assert "验证码不正确" in follower.writes(first[0])
    code = re.search(r"\d{6}", waits(platform))
    assert code is not None
    assert "已绑定" in follower.writes(code[0])
    town.later(minutes=2)
    follower.writes("绑定")
    follower.writes("19900005678")
    worked(town)
    code = re.search(r"\d{6}", waits(platform))
    assert code is not None
    follower.writes(code[0])

    kept = Address.objects.get()
    assert (kept.verified, wechat.OPENID.encode() in bytes(kept.address_enc)) == (True, False)


@pytest.mark.parametrize("leaves", ["解绑", "unsubscribe"])
def test_whoever_unbinds_or_leaves_is_forgotten(
    town: Town, follower: Follower, platform: Platform, leaves: str
) -> None:
    bound(town, follower, platform)
    follower.writes("诉求")
    if leaves == "解绑":
        assert "已解除绑定" in follower.writes(leaves)
        assert "还没有绑定" in follower.writes(leaves)
        assert "请回复“绑定”" in follower.writes("进度")
    else:
        assert follower.does(leaves) == ""

    assert not any(each.objects.exists() for each in (Address, Talk, Draft))


def test_talk_is_forgotten_after_two_hours_with_its_draft(town: Town, follower: Follower, platform: Platform) -> None:
    bound(town, follower, platform)
    follower.writes("诉求")
    follower.writes("2")
    town.later(hours=1, minutes=59)
    assert "事情发生在哪里" in follower.writes(CONTENT)
    town.later(hours=2, minutes=1)
    assert "工作人员会查看" in follower.writes("人民路12号")
    assert not any(each.objects.exists() for each in (Talk, Draft))
    follower.writes("诉求")
    town.later(hours=3)
    tasks.forget(town.now)
    assert not any(each.objects.exists() for each in (Talk, Draft))
    town.later(days=4)
    tasks.forget(town.now)
    assert not Taken.objects.exists()


def test_talk_can_be_stopped_and_goes_on_where_it_was(town: Town, follower: Follower, platform: Platform) -> None:
    bound(town, follower, platform)
    assert "没有查到您的诉求" in follower.writes("进度")
    follower.writes("诉求")
    follower.writes("2")
    assert "请写明发生了什么" in follower.writes("file")
    assert "如果危险正在发生" in follower.writes("家里着火了，火势很大，快来人救命")
    assert "没有提交" in follower.writes("取消")
    assert "回复“诉求”" in follower.writes("取消")
    assert not any(each.objects.exists() for each in (Talk, Draft, Order))


def test_city_that_wants_a_real_name_sends_to_the_portal(
    town: Town, follower: Follower, platform: Platform, settings: LazySettings, tmp_path: Path
) -> None:
    policies.open_city("suqian", name="宿迁市", pack="suqian", actor=SYSTEM, now=town.now)
    settings.WECHAT_FILE = wechat.write(tmp_path, api=platform.url, city="suqian")
    bound(town, follower, platform)
    assert "12345" in follower.writes("诉求")
    settings.PUBLIC_URL = "https://12345.example.com"
    assert "https://12345.example.com/portal/suqian/" in follower.writes("诉求")
    assert not Draft.objects.exists()


def test_who_wants_no_news_says_so_here_too(town: Town, follower: Follower, platform: Platform) -> None:
    bound(town, follower, platform)
    assert "已退订" in follower.writes("退订")


def test_what_is_said_is_in_the_language_that_somebody_wishes(
    town: Town, follower: Follower, platform: Platform
) -> None:
    bound(town, follower, platform)
    kept = Address.objects.get()
    reach.wish(kept.appellant, city=town.code, language="en", now=town.now)
    assert follower.writes("file").startswith("What")
    assert "Please write what happened" in follower.writes("2")


def test_wecom_comes_through_the_same_door(
    town: Town, platform: Platform, settings: LazySettings, tmp_path: Path
) -> None:
    more = 'kind = "wecom"\nagent = "1000002"'
    settings.WECHAT_FILE = wechat.write(tmp_path, api=platform.url, more=more)
    colleague = Follower(now=lambda: town.now.timestamp(), openid="zhang")
    assert "请回复“绑定”" in colleague.writes("路灯坏了")
    assert Incoming.objects.get().channel == "wecom"


def test_alipay_comes_through_the_same_door_and_is_answered_by_a_message(
    town: Town, platform: Platform, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    private = made.private_bytes(plain, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    monkeypatch.setenv("OWN_KEY", private.decode())
    monkeypatch.setenv("THEIR_KEY", made.public_key().public_bytes(plain, form).decode())
    file = tmp_path / "alipay.toml"
    file.write_text(
        f'[[account]]\nname = "life"\nkind = "alipay"\ncity = "jiangyin"\napp_id = "2021"\napi = "{platform.url}"\n'
        'own_key = "OWN_KEY"\ntheir_key = "THEIR_KEY"\n',
        encoding="utf-8",
    )
    settings.WECHAT_FILE = str(file)
    platform.script = lambda asked: {"alipay_open_public_message_custom_send_response": {"code": "10000"}}
    content = (
        "<XML><Text><Content>路灯坏了</Content></Text><AppId>2021</AppId><MsgType>text</MsgType>"
        "<CreateTime>1789696800123</CreateTime><FromUserId>2088</FromUserId><MsgId>1</MsgId></XML>"
    )
    fields = {"biz_content": content, "charset": "utf-8", "sign_type": "RSA2", "service": "x"}
    fields["sign"] = crypto.rsa_signature(crypto.signable(fields).encode(), private_key=private.decode())

    def post(**more: str) -> Any:
        form = "application/x-www-form-urlencoded"
        return Client().post("/inbound/wechat/life", urlencode({**fields, **more}), content_type=form)

    for _ in range(2):
        answer = post()
        assert (answer.status_code, "<ToUserId>2088</ToUserId>" in answer.content.decode()) == (200, True)
    assert post(charset="gbk").status_code == 403
    assert Client().post("/inbound/wechat/life", fields).status_code == 403  # as a form with files
    worked(town)

    assert Incoming.objects.get().channel == "alipay"
    sent = dict(parse_qsl(platform.of("/gateway.do")[0].body.decode()))
    said = json.loads(sent["biz_content"])
    assert (said["to_user_id"], "工作人员会查看" in said["text"]["content"]) == ("2088", True)
    proof = sent.pop("sign")
    public = made.public_key().public_bytes(plain, form).decode()
    assert crypto.is_rsa_signed(crypto.signable(sent).encode(), proof, public_key=public)
