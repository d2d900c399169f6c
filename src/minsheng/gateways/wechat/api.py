"""What the platforms are asked to do: bring a message, give a picture, show a menu; and how they say that they do not.

Sources: developers.weixin.qq.com "客服消息", "模板消息", "订阅通知", "获取临时素材", "全局返回码".
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import httpx

from minsheng.gateways.sms import Handed, SmsRefused
from minsheng.gateways.wechat import crypto
from minsheng.gateways.wechat.values import ALIPAY, WECHAT, Account, Button, WechatAway

_log = logging.getLogger(__name__)

# Seconds for one request; a message needs at most four of them, so it is done within the carriers' patience.
WAIT: Final = 10.0
# The token is not, or no longer, good: it is renewed once for whoever meets this.
_STALE: Final = frozenset((40001, 40014, 42001))
# The person has not written for 48 hours, or had as many messages as they may: a template message may still go.
_WINDOW: Final = frozenset((45015, 45047))
# Never to this person by this account: no such person, they do not follow it or want nothing, it may not.
_NEVER: Final = frozenset((40003, 40031, 43004, 43101, 48001, 48002, 50005, 60111, 81013))
_LINK: Final = re.compile(r"https?://[^\s，。；、）)]+")
_SHORT: Final = 20
# A message of theirs has at most 2048 bytes.
BYTES_AT_MOST: Final = 2_000
_PIECES: Final = re.compile(r"https?://[^\s，。；、）)]+|[\s\S]")
_ZONE: Final = ZoneInfo("Asia/Shanghai")


class Keeper(Protocol):
    """Keeps the tokens of accounts for all processes, and knows who wrote within the last 48 hours."""

    def token(self, account: Account, fetch: Callable[[bool], tuple[str, int]], *, stale: str = "") -> str:
        """Return the token, fetched where there is none that is good for long, or it is `stale`.

        `fetch`, told whether the known one is bad, gives a token and for how many seconds it is good.
        Raises: WechatAway.
        """

    def is_near(self, account: Account, person: str) -> bool:
        """Tell whether somebody wrote within the time in which they may be sent a message of any words."""

    def now(self) -> datetime:
        """Return the moment."""


@dataclass(frozen=True, slots=True)
class Api:
    """An account's platform."""

    account: Account
    http: httpx.Client
    keeper: Keeper

    def send(self, person: str, text: str, *, reference: str) -> Handed:
        """Bring a message: of any words within 48 hours of what they wrote, else by the template.

        Raises: WechatAway, SmsRefused where this account never brings it.
        """
        match self.account.kind:
            case "wechat":
                return self._to_follower(person, text, reference)
            case "wecom":
                for part in parts_of(text):
                    self._to_colleague(person, part)
            case _:
                for part in parts_of(text):
                    content = {"to_user_id": person, "msg_type": "text", "text": {"content": part}}
                    self._alipay("alipay.open.public.message.custom.send", content)
        return Handed(self.account.name)

    def answer(self, person: str, text: str) -> None:
        """Say something after what somebody did just now: as `send`, but by no template.

        Raises: WechatAway, SmsRefused.
        """
        if self.account.kind != WECHAT:
            self.send(person, text, reference="")
            return
        try:
            self._in_words(person, text)
        except _TooLate as fault:
            raise SmsRefused from fault

    def media(self, id: str, *, most: int) -> bytes:
        """Return a picture or a recording that somebody sent, of at most so many bytes.

        Raises: WechatAway; SmsRefused where it is not to be had, or is larger.
        """
        if self.account.kind == ALIPAY:
            raise SmsRefused
        stale = ""
        for _ in range(2):
            token = self._token(stale)
            content, kind = self._streamed("/cgi-bin/media/get", {"access_token": token, "media_id": id}, most)
            if "json" not in kind and "text/plain" not in kind:
                return content
            number = _number(content)
            if number not in _STALE:
                # No such media: it is kept for three days.
                raise WechatAway(number) if number in (-1, 45009, 45011) else SmsRefused
            stale = token
        raise WechatAway("token")

    def show_menu(self) -> None:
        """Show the menu of the file. Raises: WechatAway, SmsRefused."""
        buttons = [_button(each, self.account.kind) for each in self.account.menu]
        match self.account.kind:
            case "wechat":
                self._ask("/cgi-bin/menu/create", {"button": buttons})
            case "wecom":
                self._ask("/cgi-bin/menu/create", {"button": buttons}, agentid=self.account.agent)
            case _:
                self._alipay("alipay.open.public.menu.create", {"button": buttons, "type": "text"})

    def _to_colleague(self, person: str, text: str) -> None:
        body = {
            "touser": person, "msgtype": "text", "agentid": self.account.agent, "text": {"content": text},
            "enable_duplicate_check": 1,
        }  # fmt: skip
        try:
            told = self._ask("/cgi-bin/message/send", body)
        except _TooLate as fault:
            raise SmsRefused from fault
        if told.get("invaliduser"):
            raise SmsRefused

    def _in_words(self, person: str, text: str) -> None:
        for part in parts_of(text):
            body = {"touser": person, "msgtype": "text", "text": {"content": part}}
            self._ask("/cgi-bin/message/custom/send", body)

    def _to_follower(self, person: str, text: str, reference: str) -> Handed:
        if self.keeper.is_near(self.account, person):
            # By their clock or their count it may be too late: then the template remains.
            with contextlib.suppress(_TooLate):
                self._in_words(person, text)
                return Handed(self.account.name)
        template = self.account.template
        if template is None:
            raise SmsRefused
        values = {"text": text, "short": text[:_SHORT], "date": f"{self.keeper.now().astimezone(_ZONE):%Y-%m-%d %H:%M}"}
        data = {name: {"value": words.format_map(values)} for name, words in template.fields.items()}
        body = {"touser": person, "template_id": template.id, "data": data}
        link = _LINK.search(text)
        try:
            if template.kind == "subscription":
                told = self._ask("/cgi-bin/message/subscribe/bizsend", body | ({"page": link[0]} if link else {}))
            else:
                # They drop one that they had under the same name.
                key = hashlib.sha256(reference.encode()).hexdigest()[:32]
                body |= {"client_msg_id": key} | ({"url": link[0]} if link else {})
                told = self._ask("/cgi-bin/message/template/send", body)
        except _TooLate as fault:
            raise SmsRefused from fault
        id = str(told.get("msgid", ""))
        return Handed(self.account.name, id, awaits=bool(id) and template.kind == "template")

    def _token(self, stale: str = "") -> str:
        return self.keeper.token(self.account, self._fetch, stale=stale)

    def _fetch(self, is_bad: bool) -> tuple[str, int]:
        account = self.account
        if account.kind == WECHAT:
            body = {
                "grant_type": "client_credential", "appid": account.app_id, "secret": account.secret,
                "force_refresh": is_bad,
            }  # fmt: skip
            told = self._told("POST", "/cgi-bin/stable_token", body, {})
        else:
            told = self._told(
                "GET", "/cgi-bin/gettoken", None, {"corpid": account.app_id, "corpsecret": account.secret}
            )
        try:
            return str(told["access_token"]), int(told["expires_in"])
        except (KeyError, TypeError, ValueError) as fault:
            # A wrong secret or an address that they do not know is for whoever runs the platform.
            _log.warning("account %s gets no token: %s", account.name, _plain(told.get("errcode")))
            raise WechatAway(_plain(told.get("errcode"))) from fault

    def _ask(self, path: str, body: Mapping[str, Any], **query: str) -> Mapping[str, Any]:
        """Ask with the token, once more where that was no longer good. Raises: WechatAway, SmsRefused, _TooLate."""
        stale = ""
        for _ in range(2):
            token = self._token(stale)
            told = self._told("POST", path, body, {"access_token": token, **query})
            number = told.get("errcode", 0)
            if number == 0:
                return told
            if number in _NEVER:
                raise SmsRefused
            if number in _WINDOW:
                raise _TooLate(number)
            if number not in _STALE:
                break
            stale = token
        _log.warning("account %s: %s answers %s", self.account.name, path, _plain(number))
        raise WechatAway(_plain(number))

    def _told(self, method: str, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str]) -> dict[str, Any]:
        # Chinese as it is: escaped, it is shown to people with its backslashes.
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        try:
            answer = self.http.request(
                method, self.account.api + path, params=dict(query), content=content,
                headers={"Content-Type": "application/json; charset=utf-8"},
            )  # fmt: skip
        except httpx.HTTPError as fault:
            # Its words hold the address, and that the token.
            raise WechatAway(type(fault).__name__) from None
        return _map(answer)

    def _streamed(self, path: str, query: Mapping[str, str], most: int) -> tuple[bytes, str]:
        found = bytearray()
        try:
            with self.http.stream("GET", self.account.api + path, params=dict(query)) as answer:
                if not answer.is_success:
                    raise WechatAway(answer.status_code)
                for part in answer.iter_bytes():
                    found += part
                    if len(found) > most:
                        raise SmsRefused
                return bytes(found), answer.headers.get("Content-Type", "")
        except httpx.HTTPError as fault:
            raise WechatAway(type(fault).__name__) from None

    def _alipay(self, method: str, content: Mapping[str, Any]) -> None:
        """Ask Alipay, signed. Raises: WechatAway, SmsRefused."""
        fields = {
            "app_id": self.account.app_id, "method": method, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
            "timestamp": f"{self.keeper.now().astimezone(_ZONE):%Y-%m-%d %H:%M:%S}", "version": "1.0",
            "biz_content": json.dumps(content, ensure_ascii=False),
        }  # fmt: skip
        fields["sign"] = crypto.rsa_signature(crypto.signable(fields).encode(), private_key=self.account.own_key)
        try:
            answer = self.http.post(f"{self.account.api}/gateway.do", data=fields)
        except httpx.HTTPError as fault:
            raise WechatAway(type(fault).__name__) from None
        told = _map(answer).get(f"{method.replace('.', '_')}_response", {})
        code = str(told.get("code", "")) if isinstance(told, Mapping) else ""
        if code == "10000":
            return
        if code == "40004":
            # Business refusal: the person does not follow, or is out of reach.
            raise SmsRefused
        _log.warning("account %s: %s answers %s", self.account.name, method, _plain(code))
        raise WechatAway(_plain(code))


class _TooLate(Exception):
    """The time in which a message of any words may go is over, by the platform's reckoning."""


def _map(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise WechatAway(answer.status_code)
    try:
        told = answer.json()
    except ValueError as fault:
        raise WechatAway("body") from fault
    if not isinstance(told, dict):
        raise WechatAway("body")
    return told


def _number(content: bytes) -> int:
    try:
        told = json.loads(content)
        return int(told["errcode"])
    except (ValueError, KeyError, TypeError):
        return 0


def _plain(number: Any) -> str:
    """Return a number of theirs for a line of the log; their words may hold a person."""
    return str(number)[:20] if isinstance(number, int) or (str(number).isascii() and str(number).isalnum()) else "?"


def parts_of(text: str) -> list[str]:
    """Return a text as messages that each hold it; no link is cut."""
    found, pieces = [""], _PIECES.findall(text)
    for piece in pieces:
        if found[-1] and len((found[-1] + piece).encode()) > BYTES_AT_MOST:
            found.append("")
        found[-1] += piece
    return [each for each in found if each]


def _button(button: Button, kind: str) -> dict[str, str]:
    if kind == ALIPAY:
        action = {"action_type": "link" if button.url else "out", "action_param": button.url or button.key}
        return {"name": button.name, **action}
    if button.url:
        return {"type": "view", "name": button.name, "url": button.url}
    return {"type": "click", "name": button.name, "key": button.key}
