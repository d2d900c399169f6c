"""Messages through accounts against an API on loopback: one token for a crowd, 48 hours, what is never brought."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection
from tests import wechat_ground as wechat
from tests.toy_rows_ground import FEATURE
from tests.wechat_ground import OPENID, TEMPLATE, Asked, Platform

from minsheng.app.cli import main
from minsheng.core.features.values import BAD, GOOD, HINT
from minsheng.core.messages import account_checks, platforms, receipts
from minsheng.core.messages.models import AccessToken, Heard, Message
from minsheng.core.messages.platforms import Keeper
from minsheng.core.messages.values import CITIZEN
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.gateways.sms import Handed, SmsRefused
from minsheng.gateways.sms_http import Receipt
from minsheng.gateways.wechat import carrier, file
from minsheng.gateways.wechat.api import Api, parts_of
from minsheng.gateways.wechat.values import Account, WechatAway, WechatMisconfigured

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
ADDRESS = f"hotline:{OPENID}"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    wechat.keep_secrets(monkeypatch)
    with wechat.running() as platform:
        yield platform


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def account(platform: Platform, folder: Path, **more: str) -> Account:
    return file.accounts(Path(wechat.write(folder, api=platform.url, **more)))[0]


def api(platform: Platform, folder: Path, watch: Watch, **more: str) -> Api:
    return Api(account(platform, folder, **more), carrier.http(), Keeper(watch))


def answers(path: str, *told: Any) -> Callable[[Asked], Any]:
    """Answer an address so, one after the other, then as usual."""
    left = list(told)
    return lambda asked: left.pop(0) if asked.path.endswith(path) and left else None


def near(found: Api) -> None:
    platforms.heard(found.account, OPENID, now=NOW)


def test_whoever_wrote_lately_is_told_in_words_and_others_by_the_template(
    db: None, platform: Platform, tmp_path: Path, watch: Watch
) -> None:
    found = api(platform, tmp_path, watch)
    near(found)
    assert found.send(OPENID, "路灯已修复", reference="message 1") == Handed("hotline")
    watch.now = NOW + timedelta(hours=48)
    handed = found.send(OPENID, "路灯已修复，详见 https://12345.example.com/l/x。", reference="message 2")

    assert platform.said() == ["路灯已修复"]
    body = platform.of("/message/template/send")[0].body
    assert (body["touser"], body["template_id"], body["url"]) == (OPENID, "T1", "https://12345.example.com/l/x")
    assert body["data"]["thing1"]["value"] == "路灯已修复，详见 https://12345.example.com/l/x。"[:20]
    assert body["data"]["time2"]["value"] == "2026-09-20 10:00"
    assert (handed.awaits, handed.id, "message" in body["client_msg_id"]) == (True, "9001", False)


def test_their_own_reckoning_of_48_hours_counts(db: None, platform: Platform, tmp_path: Path, watch: Watch) -> None:
    found = api(platform, tmp_path, watch)
    near(found)
    for number in (45015, 45047):
        platform.script = answers("/custom/send", {"errcode": number})
        assert found.send(OPENID, "x", reference=f"m {number}").awaits

    bare = api(platform, tmp_path, watch, more="")
    platform.script = answers("/custom/send", {"errcode": 45015})
    with pytest.raises(SmsRefused):
        bare.send(OPENID, "x", reference="m")


def test_subscription_message_takes_the_place_of_the_template(
    db: None, platform: Platform, tmp_path: Path, watch: Watch
) -> None:
    more = TEMPLATE.replace("{id", '{kind = "subscription", id')
    found = api(platform, tmp_path, watch, more=more)

    assert not found.send(OPENID, "路灯", reference="m").awaits
    assert platform.of("/subscribe/bizsend")[0].body["data"]["thing1"] == {"value": "路灯"}


# What the platform says, and what becomes of the message: another channel, or another try.
@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (40003, SmsRefused), (43004, SmsRefused), (43101, SmsRefused), (48001, SmsRefused), (50005, SmsRefused),
        (-1, WechatAway), (45009, WechatAway), (45011, WechatAway), (99999, WechatAway), ("odd", WechatAway),
    ],
)  # fmt: skip
def test_what_the_platform_says_decides(
    db: None, platform: Platform, tmp_path: Path, watch: Watch, number: Any, fault: type[Exception]
) -> None:
    found = api(platform, tmp_path, watch)
    near(found)
    platform.script = answers("/custom/send", {"errcode": number, "errmsg": OPENID})

    with pytest.raises(fault):
        found.send(OPENID, "x", reference="m")


@pytest.mark.parametrize(
    "told", [(b"<html>", "text/html"), (b"[]", "application/json"), (b"", "text/plain"), (b"\xff", "application/json")]
)
def test_garbage_is_tried_again(db: None, platform: Platform, tmp_path: Path, watch: Watch, told: Any) -> None:
    found = api(platform, tmp_path, watch)
    near(found)
    platform.script = answers("/custom/send", told)

    with pytest.raises(WechatAway):
        found.send(OPENID, "x", reference="m")


def test_platform_that_is_away_is_tried_again_and_its_address_is_not_said(
    db: None, platform: Platform, tmp_path: Path, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="minsheng")
    found = api(platform, tmp_path, watch)
    near(found)
    platform.close()

    with pytest.raises(WechatAway) as raised:
        found.send(OPENID, "x", reference="m")
    assert raised.value.__cause__ is None
    assert not any(each in caplog.text for each in (OPENID, wechat.SECRET, "token-"))


def test_token_is_renewed_once_where_it_was_taken_back(
    db: None, platform: Platform, tmp_path: Path, watch: Watch
) -> None:
    found = api(platform, tmp_path, watch)
    near(found)
    found.send(OPENID, "one", reference="m 1")
    for number in (40001, 40014, 42001):
        platform.script = answers("/custom/send", {"errcode": number})
        found.send(OPENID, "two", reference=f"m {number}")

    asked = platform.of("/stable_token")
    assert [each.body["force_refresh"] for each in asked] == [False, True, True, True]
    # A platform that says so of every token is asked twice, no more.
    platform.script = lambda asked: {"errcode": 42001} if asked.path.endswith("/custom/send") else None
    with pytest.raises(WechatAway):
        found.send(OPENID, "three", reference="m")
    assert len(platform.of("/stable_token")) == 5


def test_token_is_sealed_and_renewed_early(db: None, platform: Platform, tmp_path: Path, watch: Watch) -> None:
    found = api(platform, tmp_path, watch)
    near(found)
    found.send(OPENID, "one", reference="m 1")
    assert b"token-1" not in bytes(AccessToken.objects.get().sealed)
    watch.now = NOW + timedelta(minutes=109)
    found.send(OPENID, "two", reference="m 2")
    assert platform.tokens == 1
    watch.now = NOW + timedelta(minutes=111)
    # While no new one is to be had, the old one is good.
    platform.script = answers("/stable_token", {"errcode": -1})
    found.send(OPENID, "three", reference="m 3")
    assert (platform.tokens, platform.said()) == (1, ["one", "two", "three"])
    found.send(OPENID, "four", reference="m 4")
    assert platform.tokens == 2
    platforms.forget(now=NOW + timedelta(days=3))
    assert not (AccessToken.objects.exists() | Heard.objects.exists())


def test_account_that_gets_no_token_says_the_number_alone(
    db: None, platform: Platform, tmp_path: Path, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    found = api(platform, tmp_path, watch)
    platform.script = answers("/stable_token", {"errcode": 40125, "errmsg": wechat.SECRET})

    with pytest.raises(WechatAway):
        found.send(OPENID, "x", reference="m")
    assert "40125" in caplog.text
    assert wechat.SECRET not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_crowd_with_an_expired_token_renews_it_once(platform: Platform, tmp_path: Path, watch: Watch) -> None:
    found = Api(account(platform, tmp_path), carrier.http(), Keeper(watch, closes=True))
    near(found)
    found.send(OPENID, "before", reference="m")
    platform.tokens += 1  # somebody else has fetched one: ours is no longer good
    gate, faults = threading.Barrier(16), list[str]()

    def send(number: int) -> None:
        gate.wait()
        try:
            found.send(OPENID, f"words {number}", reference=f"m {number}")
        except Exception as fault:
            faults.append(f"{type(fault).__name__} {getattr(fault, 'number', '')}")

    threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert faults == []
    assert len(platform.of("/stable_token")) == 2
    assert len(set(platform.said())) == 17


def test_long_words_go_as_several_and_no_link_is_cut() -> None:
    link = "https://12345.example.com/l/" + "x" * 40
    for before in range(620, 680):
        text = "路" * before + link + "。灯" * 400
        parts = parts_of(text)
        assert "".join(parts) == text
        assert all(len(each.encode()) <= 2000 for each in parts)
        assert any(link in each for each in parts)
    assert parts_of("") == []


def test_pictures_are_fetched_and_too_large_ones_are_not(
    db: None, platform: Platform, tmp_path: Path, watch: Watch
) -> None:
    found = api(platform, tmp_path, watch)
    platform.media["m1"] = (b"x" * 1000, "image/jpeg")
    assert found.media("m1", most=1000) == b"x" * 1000
    for id, most in (("m1", 999), ("gone", 1000)):
        with pytest.raises(SmsRefused):
            found.media(id, most=most)
    platform.script = answers("/media/get", {"errcode": 42001}, {"errcode": 45009})
    with pytest.raises(WechatAway):
        found.media("m1", most=1000)
    platform.script = answers("/media/get", {"errcode": 40001}, {"errcode": 40001})
    with pytest.raises(WechatAway):
        found.media("m1", most=1000)


WECOM = """
[[account]]
name = "office"
kind = "wecom"
city = "jiangyin"
app_id = "ww01"
agent = "1000002"
api = "{api}"
token = "WECHAT_TOKEN"
secret = "WECHAT_SECRET"
aes_key = "WECHAT_AES_KEY"
menu = [{{name = "我要反映", key = "FILE"}}]
"""


def test_wecom_is_reached_by_its_own_addresses(db: None, platform: Platform, tmp_path: Path, watch: Watch) -> None:
    path = tmp_path / "wecom.toml"
    path.write_text(WECOM.format(api=platform.url), encoding="utf-8")
    found = Api(file.accounts(path)[0], carrier.http(), Keeper(watch))
    found.send("zhang", "路灯已修复", reference="m")

    assert platform.of("/gettoken")[0].query == {"corpid": "ww01", "corpsecret": wechat.SECRET}
    body = platform.of("/message/send")[0].body
    assert (body["touser"], body["agentid"], body["text"]) == ("zhang", "1000002", {"content": "路灯已修复"})
    for told in ({"errcode": 0, "invaliduser": "zhang"}, {"errcode": 60111}, {"errcode": 45047}):
        platform.script = answers("/message/send", told)
        with pytest.raises(SmsRefused):
            found.send("zhang", "x", reference="m")
    found.show_menu()
    assert platform.of("/menu/create")[0].query["agentid"] == "1000002"


def test_menu_is_shown_by_a_command(
    db: None, platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    more = 'menu = [{name = "我要反映", key = "FILE"}, {name = "网页", url = "https://12345.example.com/"}]'
    monkeypatch.setattr("minsheng.app.cli.installation.opened", contextlib.nullcontext)
    assert main.main(["wechat", "menu", "hotline"]) == 1
    monkeypatch.setenv("MINSHENG_WECHAT_FILE", wechat.write(tmp_path, api=platform.url, more=more))
    assert main.main(["wechat", "menu", "hotline"]) == 0
    assert main.main(["wechat", "menu", "other"]) == 1
    platform.script = answers("/menu/create", {"errcode": 40018})
    assert main.main(["wechat", "menu", "hotline"]) == 1

    said = capsys.readouterr()
    assert "已发布菜单：我要反映、网页。" in said.out
    assert ("没有设置环境变量" in said.err, "返回码 40018" in said.err) == (True, True)
    assert platform.of("/menu/create")[0].body == {
        "button": [
            {"type": "click", "name": "我要反映", "key": "FILE"},
            {"type": "view", "name": "网页", "url": "https://12345.example.com/"},
        ]
    }


@pytest.fixture
def city(transactional_db: None, settings: LazySettings, platform: Platform, tmp_path: Path) -> None:
    settings.FEATURES = [*settings.FEATURES, FEATURE]
    settings.WECHAT_FILE = wechat.write(tmp_path, api=platform.url)
    policies.open_city("jiangyin", name="江阴市", pack="jiangyin", actor=SYSTEM, now=NOW - timedelta(days=400))


def test_receipt_of_a_template_message_is_of_its_message(city: None, platform: Platform) -> None:
    message = Message.objects.create(
        city="jiangyin", position=1, place=1, stream="loan/1", kind="answered", recipient=CITIZEN, channel="wechat",
        next_at=NOW, state="SENT", sent_at=NOW, provider="hotline", provider_id="9000", awaits=True,
    )  # fmt: skip
    receipts.take("hotline", [Receipt("9000", "permanent")], now=NOW)

    message.refresh_from_db()
    assert (message.state, message.why, message.after) == ("FAILED", "permanent", "NEXT")


def test_doctor_says_how_accounts_stand(
    city: None, settings: LazySettings, platform: Platform, tmp_path: Path, database_server: Any
) -> None:
    with psycopg.connect(_dsn()) as plain:
        assert [each.level for each in account_checks.accounts(plain, now=NOW)][-1] == GOOD
        settings.WECHAT_FILE = wechat.write(tmp_path, api=platform.url, city="nowhere")
        assert account_checks.accounts(plain, now=NOW)[-1].level == BAD
        clear = Path(settings.WECHAT_FILE).read_text(encoding="utf-8").replace('aes_key = "WECHAT_AES_KEY"', "")
        (tmp_path / "clear.toml").write_text(clear.replace("nowhere", "jiangyin"), encoding="utf-8")
        settings.WECHAT_FILE = str(tmp_path / "clear.toml")
        assert account_checks.accounts(plain, now=NOW)[-1].level == HINT
        settings.WECHAT_FILE = str(tmp_path / "missing.toml")
        assert "打不开公众号文件" in account_checks.accounts(plain, now=NOW)[-1].what


def _dsn() -> str:
    values = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    return psycopg.conninfo.make_conninfo(**{name: values[name] for name in names if values.get(name)})


def test_a_channel_without_an_account_has_no_carrier(
    settings: LazySettings, platform: Platform, tmp_path: Path
) -> None:
    settings.WECHAT_FILE = wechat.write(tmp_path, api=platform.url)
    found = platforms.carrier("wechat", now=NOW)
    assert found is not None
    assert (platforms.carrier("wecom", now=NOW), platforms.carrier("sms", now=NOW)) == (None, None)
    for address in ("other:x", "hotline:", "", "x"):
        with pytest.raises(SmsRefused):
            found.send(address, "x", reference="m")
    settings.WECHAT_FILE = str(tmp_path / "missing.toml")
    assert platforms.carrier("wechat", now=NOW) is None


# What a file may say that cannot be, and what is said of it.
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("kind = ", ""), "没有写任何"),
        (('name = "hotline"', 'name = "热线"'), "name 只用小写字母"),
        (('city = "jiangyin"', ""), "缺少 city"),
        (('city = "jiangyin"', 'city = "jiangyin"\nodd = 1'), "不认识的项 odd"),
        (('city = "jiangyin"', 'city = "jiangyin"\nkind = "qq"'), "kind 应为"),
        (("http://127.0.0.1", "http://api.example.com"), "https"),
        (('"WECHAT_AES_KEY"', '"WECHAT_SECRET"'), "43 个字母"),
        (('"WECHAT_AES_KEY"', '"NOT_SET"'), "没有设置环境变量 NOT_SET"),
        (('"{short}"', '"{odd}"'), "template 应有"),
        (('"T1"', '"T1", kind = "x"'), "template 的 kind"),
        (("template = ", "menu = [{name = \"x\"}]\ntemplate = "), "二者取一"),
        (("template = ", "menu = [{name = \"x\", key = \"X\"}]\ntemplate = "), "二者取一"),
        (("template = ", "menu = [{name = \"x\", url = \"http://a\"}]\ntemplate = "), "https"),
        (("template = ", "menu = [{name = \"123456789\", key = \"FILE\"}]\ntemplate = "), "1 到 8 个字"),
        (("template = ", "menu = [1]\ntemplate = "), "menu 的每一项"),
        (("[[account]]", "[account"), "不是 TOML"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_used_says_why(
    platform: Platform, tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    path = Path(wechat.write(tmp_path, api=platform.url))
    text = path.read_text(encoding="utf-8")
    path = tmp_path / "changed.toml"
    path.write_text(text.replace(*change) if change[0] != "kind = " else "", encoding="utf-8")

    with pytest.raises(WechatMisconfigured, match=said) as raised:
        file.accounts(path)
    assert not any(secret in str(raised.value) for secret in (wechat.SECRET, wechat.AES_KEY, wechat.TOKEN))
    assert file.named(path, "hotline") is None
