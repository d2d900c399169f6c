"""The hidden messages of WeChat against two programs of others, both ways; signatures of RSA2 against openssl."""

from __future__ import annotations

import base64
import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import pytest
import xmltodict
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st
from tests import peers
from tests.wechat_ground import AES_KEY, APP, OLD_KEY, OPENID, OWN, SECRET, TOKEN, cdata, signature
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException

from minsheng.gateways.wechat import crypto, doors, xml
from minsheng.gateways.wechat.values import Account, NotTheirs

NOW = datetime.fromisoformat("2026-09-18T10:00:00+08:00")
STAMP = str(int(NOW.timestamp()))
KEY, OLD = crypto.key_of(AES_KEY), crypto.key_of(OLD_KEY)
TEXTS = ("路灯坏了", "", "a" * 2000, "<xml>]]></xml>", "😀\n路", "x" * 15, "y" * 16, "z" * 31)


def account(**more: Any) -> Account:
    fields = {"kind": "wechat", "keys": (KEY,), **more}
    return Account(name="hotline", city="jiangyin", app_id=APP, api="https://x", token=TOKEN, secret=SECRET, **fields)


def hidden(
    fields: dict[str, Any], *, key: str = AES_KEY, app: str = APP, stamp: str = STAMP
) -> tuple[dict[str, str], bytes]:
    """Return the query and the body of a message that wechatpy hides."""
    body = WeChatCrypto(TOKEN, key, app).encrypt_message(cdata(fields), "n1", stamp)
    proof = xmltodict.parse(body)["xml"]["MsgSignature"]
    return {"timestamp": stamp, "nonce": "n1", "msg_signature": proof, "encrypt_type": "aes"}, body.encode()


def message(**more: Any) -> dict[str, Any]:
    plain = {"ToUserName": OWN, "FromUserName": OPENID, "CreateTime": int(STAMP), "MsgType": "text"}
    return {**plain, "Content": "路灯坏了", "MsgId": 23_000_000_000_000_001, **more}


@pytest.mark.parametrize("text", TEXTS)
def test_wechatpy_opens_what_we_hide_and_we_open_what_it_hides(text: str) -> None:
    assert PrpCrypto(KEY).decrypt(crypto.sealed(text, key=KEY, receiver=APP), APP) == text
    theirs = PrpCrypto(KEY).encrypt(text, APP).decode()

    assert crypto.opened(theirs, keys=(KEY,), receiver=APP) == (text, KEY)


def test_npm_wechat_reads_our_message_and_we_read_its_answer() -> None:
    plain = xml.written(message(Content="路灯<坏>了 & 😀"))
    text = crypto.sealed(plain, key=KEY, receiver=APP)
    query = {
        "timestamp": STAMP, "nonce": "n1", "signature": crypto.signature(TOKEN, STAMP, "n1"), "encrypt_type": "aes",
        "msg_signature": crypto.signature(TOKEN, STAMP, "n1", text),
    }  # fmt: skip
    with peers.wechat_server(TOKEN, APP, AES_KEY) as address:
        answer = httpx.post(f"{address}/?{urlencode(query)}", content=xml.written({"Encrypt": text}), timeout=30)

    told = xml.read(answer.text)
    assert crypto.is_signed(told["MsgSignature"], TOKEN, told["TimeStamp"], told["Nonce"], told["Encrypt"])
    inner, key = crypto.opened(told["Encrypt"], keys=(OLD, KEY), receiver=APP)
    assert (xml.read(inner)["Content"], key) == (f"{OPENID}：路灯<坏>了 & 😀", KEY)


def test_while_the_key_changes_each_answer_goes_under_the_key_of_its_question() -> None:
    both = account(keys=(KEY, OLD))
    for key in (AES_KEY, OLD_KEY):
        asked = doors.asked(both, *hidden(message(), key=key), now=NOW)
        body = doors.answered(both, asked, "收到", now=NOW).body.decode()
        told = xmltodict.parse(body)["xml"]
        plain = WeChatCrypto(TOKEN, key, APP).decrypt_message(
            body, told["MsgSignature"], told["TimeStamp"], told["Nonce"]
        )
        assert xmltodict.parse(plain)["xml"]["Content"] == "收到"
    with pytest.raises(NotTheirs, match="key"):
        doors.asked(account(), *hidden(message(), key=OLD_KEY), now=NOW)


def test_what_was_hidden_for_another_account_is_not_taken() -> None:
    with pytest.raises(NotTheirs, match="key"):
        doors.asked(account(), *hidden(message(), app="wx0000000000000002"), now=NOW)
    with pytest.raises(InvalidAppIdException):
        PrpCrypto(KEY).decrypt(crypto.sealed("x", key=KEY, receiver="other"), APP)


@given(st.binary(max_size=200))
def test_no_bytes_open_as_a_message_that_nobody_hid(content: bytes) -> None:
    with pytest.raises(NotTheirs):
        crypto.opened(base64.b64encode(content).decode(), keys=(KEY, OLD), receiver=APP)


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_changed_byte_is_never_another_message(place: int, flip: int) -> None:
    whole = bytearray(base64.b64decode(crypto.sealed("路灯坏了" * 20, key=KEY, receiver=APP)))
    whole[place % len(whole)] ^= flip
    try:
        found, _ = crypto.opened(base64.b64encode(whole).decode(), keys=(KEY,), receiver=APP)
    except NotTheirs:
        return
    # Which words come of it nobody can choose; that they are not theirs, the signature says.
    assert found != "路灯坏了" * 20


def test_length_that_lies_is_not_believed() -> None:
    for length in (0, 1, 5, 2**32 - 1):
        plain = os.urandom(16) + length.to_bytes(4, "big") + b"abcd" + APP.encode()
        fill = 32 - len(plain) % 32
        sealing = Cipher(algorithms.AES(KEY), modes.CBC(KEY[:16])).encryptor()
        text = base64.b64encode(sealing.update(plain + bytes((fill,)) * fill) + sealing.finalize()).decode()
        with pytest.raises(NotTheirs):
            crypto.opened(text, keys=(KEY,), receiver=APP)


@pytest.mark.parametrize("key", ["", "short", "é" * 43, "a" * 44, "-" * 43])
def test_odd_keys_are_refused(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        crypto.key_of(key)


# What else a request may be than theirs, and what is said of it.
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"msg_signature": "0" * 40}, "signature"),
        ({"msg_signature": ""}, "signature"),
        ({"nonce": "n2"}, "signature"),
        ({"timestamp": str(int(STAMP) - 601)}, "old"),
        ({"timestamp": str(int(STAMP) + 601)}, "old"),
        ({"timestamp": "٤"}, "timestamp"),
        ({"timestamp": ""}, "timestamp"),
        ({"timestamp": "9" * 5000}, "timestamp"),
    ],
)
def test_request_that_is_not_theirs_is_refused(change: dict[str, str], why: str) -> None:
    query, body = hidden(message())

    with pytest.raises(NotTheirs, match=why):
        doors.asked(account(), {**query, **change}, body, now=NOW)


def test_account_with_a_key_takes_nothing_in_clear() -> None:
    query = {"timestamp": STAMP, "nonce": "n1", "signature": signature(TOKEN, STAMP, "n1")}
    query["msg_signature"] = query["signature"]
    body = cdata(message()).encode()

    with pytest.raises(NotTheirs, match="signature"):
        doors.asked(account(), query, body, now=NOW)
    assert doors.asked(account(keys=()), query, body, now=NOW).said.text == "路灯坏了"


_TEN = "&a;" * 10
BOMB = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "{_TEN}">]><xml><Content>&b;</Content></xml>'


@pytest.mark.parametrize(
    "text",
    [
        BOMB, '<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>', '<!DOCTYPE xml><xml><Content>x</Content></xml>',
        "<xml><Content>&unknown;</Content></xml>", "<xml>", "", "no xml", "<xml>\x00</xml>", "<a>" * 9 + "</a>" * 9,
        f"<xml>{'<a/>' * 201}</xml>", f"<xml>{'x' * xml.BODY_AT_MOST}</xml>", "\ud800",
    ],
)  # fmt: skip
def test_hostile_xml_is_refused(text: str) -> None:
    with pytest.raises(NotTheirs):
        xml.read(text)


def test_words_that_look_like_a_document_type_are_words() -> None:
    assert xml.read("<xml><Content><![CDATA[<!DOCTYPE x>&a;]]></Content></xml>") == {"Content": "<!DOCTYPE x>&a;"}


def test_two_megabytes_are_refused_before_they_are_read() -> None:
    with pytest.raises(NotTheirs, match="too long"):
        doors.asked(account(), {}, b"<xml>" + b"x" * 2_000_000, now=NOW)


@given(st.dictionaries(st.sampled_from(["Content", "Label", "MsgId"]), st.text(max_size=50)))
def test_what_we_write_is_read_back_but_for_what_xml_cannot_hold(fields: dict[str, str]) -> None:
    found = xml.read(xml.written({name: value.encode("utf-8", "ignore").decode() for name, value in fields.items()}))
    for name, value in fields.items():
        kept = "".join(each for each in value if (each >= " " or each in "\n\t") and each not in "\ufffe\uffff")
        assert found[name] == kept.encode("utf-8", "ignore").decode()


def test_the_address_is_shown_to_be_ours_in_every_mode() -> None:
    clear = {"timestamp": STAMP, "nonce": "n1", "echostr": "8123", "signature": signature(TOKEN, STAMP, "n1")}
    assert doors.echo(account(), clear, now=NOW) == "8123"
    assert doors.echo(account(keys=()), clear, now=NOW) == "8123"
    # WeCom's is hidden.
    wecom = account(kind="wecom", agent="1000002")
    text = PrpCrypto(KEY).encrypt("8123", APP).decode()
    query = {**clear, "echostr": text, "msg_signature": signature(TOKEN, STAMP, "n1", text)}
    assert doors.echo(wecom, query, now=NOW) == "8123"
    for wrong in ({**clear, "signature": "x"}, {**clear, "echostr": ""}, {**clear, "timestamp": "1"}):
        with pytest.raises(NotTheirs):
            doors.echo(account(), wrong, now=NOW)
    with pytest.raises(NotTheirs, match="signature"):
        doors.echo(wecom, clear, now=NOW)
    with pytest.raises(NotTheirs, match="signature"):
        doors.echo(wecom, {**query, "msg_signature": "x"}, now=NOW)


@pytest.fixture(scope="module")
def rsa_keys() -> tuple[str, str]:
    """Return a private key and its public half, as PEM."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain, none = serialization.Encoding.PEM, serialization.NoEncryption()
    private = made.private_bytes(plain, serialization.PrivateFormat.PKCS8, none).decode()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private, made.public_key().public_bytes(plain, form).decode()


def openssl(*arguments: str, given: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", "dgst", "-sha256", *arguments], input=given, capture_output=True, check=False)


@pytest.mark.parametrize("charset", ["GBK", "utf-8"])
def test_alipay_comes_through_the_same_door(rsa_keys: tuple[str, str], charset: str, tmp_path: Path) -> None:
    """Both sides' signatures are openssl's."""
    private, public = rsa_keys
    (tmp_path / "private").write_text(private)
    (tmp_path / "public").write_text(public)
    ours = Account(
        name="life", kind="alipay", city="jiangyin", app_id="2021000000000001", api="https://x", own_key=private,
        their_key=public,
    )  # fmt: skip
    content = (
        f'<?xml version="1.0" encoding="{charset}"?><XML><Text><Content><![CDATA[路灯坏了]]></Content></Text>'
        "<AppId>2021000000000001</AppId><MsgType>text</MsgType><CreateTime>1789696800123</CreateTime>"
        "<FromUserId>2088000000000001</FromUserId><MsgId>1409170001</MsgId></XML>"
    )
    fields = {
        "biz_content": content, "charset": charset, "service": "alipay.mobile.public.message.notify",
        "sign_type": "RSA2",
    }  # fmt: skip

    def form(fields: dict[str, str]) -> bytes:
        text = "&".join(f"{name}={fields[name]}" for name in sorted(fields)).encode(charset)
        proof = base64.b64encode(openssl("-sign", str(tmp_path / "private"), given=text).stdout).decode()
        whole = {**fields, "sign": proof}
        return "&".join(f"{name}={quote_plus(value.encode(charset))}" for name, value in whole.items()).encode()

    asked = doors.asked(ours, {}, form(fields), now=NOW)
    said = asked.said
    assert (said.text, said.person, said.id, said.at) == ("路灯坏了", "2088000000000001", "1409170001", 1789696800)
    answer = doors.answered(ours, asked, "", now=NOW).body.decode(charset)
    signed = answer.partition("<response>")[2].partition("</response>")[0].encode(charset)
    (tmp_path / "proof").write_bytes(base64.b64decode(answer.partition("<sign>")[2].partition("</sign>")[0]))
    checked = openssl("-verify", str(tmp_path / "public"), "-signature", str(tmp_path / "proof"), given=signed)
    assert checked.returncode == 0, checked
    assert "<ToUserId>2088000000000001</ToUserId>" in answer

    # The platform looks whether the address is ours: it is told our public key.
    check = {
        **fields,
        "service": "alipay.service.check",
        "biz_content": "<XML><EventType>verifygw</EventType><MsgType>event</MsgType></XML>",
    }
    found = doors.asked(ours, {}, form(check), now=NOW)
    shown = doors.answered(ours, found, "", now=NOW).body.decode(charset)
    assert "".join(public.splitlines()[1:-1]) in shown

    good = form(fields)
    for wrong in (
        good.replace(b"1409170001", b"1409170002"), good.replace(b"RSA2", b"RSA"), form({**fields, "charset": "utf-7"}),
        form({**fields, "biz_content": content.replace("2021000000000001", "2021000000000002")}), b"\xff", b"",
        b"&".join(b"a=1" for _ in range(60)),
    ):  # fmt: skip
        with pytest.raises(NotTheirs):
            doors.asked(ours, {}, wrong, now=NOW)
