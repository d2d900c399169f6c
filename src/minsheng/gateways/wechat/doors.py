"""A platform's request: whether it is theirs, what it says, and how it is answered at once.

One door for all: WeChat and WeCom send XML, in clear or hidden; Alipay sends a signed form with XML in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any, Final
from urllib.parse import parse_qsl

from minsheng.gateways.wechat import crypto, xml
from minsheng.gateways.wechat.mapping import MAPPINGS
from minsheng.gateways.wechat.values import ALIPAY, CHECKS, EVENT, Account, NotTheirs, Said

# A request is as old as this at most; they try again within seconds.
_AGE: Final = 600
_CHARSETS: Final = {"": "gbk", "gbk": "gbk", "gb2312": "gbk", "gb18030": "gb18030", "utf-8": "utf-8", "utf8": "utf-8"}
_FIELDS: Final = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is theirs: what it says, the receiving account's own name in it, the key it was hidden with.

    `proof`: its signature. In clear that signs no word of the message, so it is good for one message alone.
    """

    said: Said
    to: str
    proof: str
    key: bytes = b""
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer, and its kind."""

    body: bytes
    kind: str = "text/xml; charset=utf-8"


EMPTY: Final = Answer(b"success", "text/plain; charset=utf-8")


def echo(account: Account, query: Mapping[str, str], *, now: datetime) -> str:
    """Return what a platform wants to hear that looks whether the address is ours. Raises: NotTheirs."""
    said = query.get("echostr", "")
    if account.kind == ALIPAY or not said:
        raise NotTheirs("method")
    stamp, nonce = _stamp(query, now)
    if account.keys and "msg_signature" in query:
        if not crypto.is_signed(query["msg_signature"], account.token, stamp, nonce, said):
            raise NotTheirs("signature")
        return crypto.opened(said, keys=account.keys, receiver=account.app_id)[0]
    # WeChat itself asks so whichever mode was chosen; WeCom never does.
    if account.agent or not crypto.is_signed(query.get("signature", ""), account.token, stamp, nonce):
        raise NotTheirs("signature")
    return said


def asked(account: Account, query: Mapping[str, str], body: bytes, *, now: datetime) -> Asked:
    """Return what a request says. Raises: NotTheirs."""
    if len(body) > xml.BODY_AT_MOST:
        raise NotTheirs("too long")
    if account.kind == ALIPAY:
        return _form(account, body)
    try:
        outer = xml.read(body.decode())
    except UnicodeDecodeError as fault:
        raise NotTheirs("utf-8") from fault
    stamp, nonce = _stamp(query, now)
    if not account.keys:
        proof = query.get("signature", "")
        if not crypto.is_signed(proof, account.token, stamp, nonce):
            raise NotTheirs("signature")
        return _asked(account, outer, proof)
    proof, hidden = query.get("msg_signature", ""), outer.get("Encrypt", "")
    # An account with a key takes nothing in clear: whoever has seen one signature could else write what they like.
    if not hidden or not crypto.is_signed(proof, account.token, stamp, nonce, hidden):
        raise NotTheirs("signature")
    plain, key = crypto.opened(hidden, keys=account.keys, receiver=account.app_id)
    return _asked(account, xml.read(plain), proof, key)


def _asked(account: Account, fields: Mapping[str, str], proof: str, key: bytes = b"") -> Asked:
    return Asked(MAPPINGS[account.kind].said(fields), fields.get("ToUserName", ""), proof, key)


def _stamp(query: Mapping[str, str], now: datetime) -> tuple[str, str]:
    stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise NotTheirs("timestamp")
    if abs(int(stamp) - now.timestamp()) > _AGE:
        raise NotTheirs("old")
    return stamp, nonce


def _form(account: Account, body: bytes) -> Asked:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, encoding="latin-1", max_num_fields=_FIELDS)
        raw = {name: value.encode("latin-1") for name, value in pairs}
        charset = _CHARSETS[raw.get("charset", b"").decode().lower()]
        fields = {name: value.decode(charset) for name, value in raw.items()}
    except (ValueError, KeyError, UnicodeError) as fault:
        raise NotTheirs("form") from fault
    proof = fields.get("sign", "")
    text = crypto.signable(fields).encode(charset)
    if fields.get("sign_type") != "RSA2" or not crypto.is_rsa_signed(text, proof, public_key=account.their_key):
        raise NotTheirs("signature")
    inner = xml.read(_without_declaration(fields.get("biz_content", "")))
    said = MAPPINGS[ALIPAY].said(inner)
    if said.event != CHECKS and inner.get("AppId") != account.app_id:
        raise NotTheirs("receiver")
    return Asked(said, inner.get("AppId", ""), proof, charset=charset)


def _without_declaration(text: str) -> str:
    """Return XML that is text already without the declaration of an encoding that it had as bytes."""
    text = text.lstrip("\ufeff \r\n\t")
    return text.partition("?>")[2] if text.startswith("<?xml") else text


def answered(account: Account, request: Asked, text: str, *, now: datetime) -> Answer:
    """Return an answer with words for the person; without words, that it was taken.

    Alipay takes no words in an answer: there, and where `says_at_once` tells so, they go by a message of their own.
    """
    if account.kind == ALIPAY:
        return _alipay(account, request, now)
    if not text:
        return EMPTY
    plain = xml.written(
        {
            "ToUserName": request.said.person, "FromUserName": request.to, "CreateTime": int(now.timestamp()),
            "MsgType": "text", "Content": text,
        }
    )  # fmt: skip
    if not request.key:
        return Answer(plain.encode())
    hidden = crypto.sealed(plain, key=request.key, receiver=account.app_id)
    stamp, nonce = str(int(now.timestamp())), token_hex(8)
    proof = crypto.signature(account.token, stamp, nonce, hidden)
    return Answer(
        xml.written({"Encrypt": hidden, "MsgSignature": proof, "TimeStamp": int(stamp), "Nonce": nonce}).encode()
    )


def says_at_once(account: Account) -> bool:
    """Tell whether the answer to a request may have words for the person."""
    return account.kind != ALIPAY


def _alipay(account: Account, request: Asked, now: datetime) -> Answer:
    if request.said.kind == EVENT and request.said.event == CHECKS:
        content: dict[str, Any] = {"biz_content": crypto.public_of(account.own_key), "success": "true"}
    else:
        content = {
            "XML": {
                "ToUserId": request.said.person, "AppId": account.app_id, "CreateTime": int(now.timestamp() * 1000),
                "MsgType": "ack",
            }
        }  # fmt: skip
    inner = xml.written(content, root="response").removeprefix("<response>").removesuffix("</response>")
    proof = crypto.rsa_signature(inner.encode(request.charset), private_key=account.own_key)
    whole = f"<alipay><response>{inner}</response><sign>{proof}</sign><sign_type>RSA2</sign_type></alipay>"
    declared = f'<?xml version="1.0" encoding="{request.charset.upper()}"?>'
    return Answer((declared + whole).encode(request.charset, "replace"), f"text/xml; charset={request.charset}")
