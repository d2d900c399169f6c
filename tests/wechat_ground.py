"""WeChat as tests play it: its API on loopback, and callbacks made by wechatpy, which others wrote."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import xmltodict
from django.test import Client
from wechatpy.crypto import WeChatCrypto

TOKEN, APP, SECRET = "t0kenOfCallbacks", "wx0000000000000001", "s3cretOfTheAccount"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
OWN = "gh_000000000001"
OPENID = "oABCD-0123456789_abcdefghijk"
NAME = "hotline"

FILE = """
[[account]]
name = "hotline"
city = "{city}"
app_id = "wx0000000000000001"
api = "{api}"
token = "WECHAT_TOKEN"
secret = "WECHAT_SECRET"
aes_key = "WECHAT_AES_KEY"
{more}
"""
TEMPLATE = 'template = {id = "T1", fields = {thing1 = "{short}", time2 = "{date}"}}'


@dataclass
class Asked:
    """A request to the API: its path, its query, its body."""

    path: str
    query: dict[str, str]
    body: Any


class Platform:
    """WeChat's API. `script` says what a request is answered, or None for what is usual.

    A token is good until another was given (`expires_in` seconds, it says); any other is answered 42001.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: Callable[[Asked], Any] = lambda asked: None
        self.media: dict[str, tuple[bytes, str]] = {}
        self.expires_in = 7200
        self.tokens = 0
        self._lock = threading.Lock()
        self._numbers = count(9000)
        platform = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.answer()

            def do_POST(self) -> None:
                self.answer()

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                parts = urlsplit(self.path)
                raw = self.rfile.read(length)
                try:
                    body = json.loads(raw) if raw else None
                except ValueError:
                    body = raw
                asked = Asked(parts.path, {name: each[0] for name, each in parse_qs(parts.query).items()}, body)
                content, kind = platform.told(asked)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            # A crowd comes at once: none is to be turned away by the queue of the socket.
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(30)

    @property
    def good(self) -> str:
        """Return the token that is good now."""
        return f"token-{self.tokens}"

    def of(self, path: str) -> list[Asked]:
        """Return the requests to an address."""
        return [each for each in self.asked if each.path.endswith(path)]

    def said(self) -> list[str]:
        """Return the words of the messages that were brought within 48 hours of what somebody wrote."""
        return [each.body["text"]["content"] for each in self.of("/message/custom/send")]

    def told(self, asked: Asked) -> tuple[bytes, str]:
        """Return the answer to a request."""
        with self._lock:
            self.asked.append(asked)
            answer = self.script(asked)
            if answer is None:
                answer = self._usual(asked)
        if isinstance(answer, tuple):
            return answer
        return json.dumps(answer).encode(), "application/json; encoding=utf-8"

    def _usual(self, asked: Asked) -> Any:
        if asked.path in ("/cgi-bin/stable_token", "/cgi-bin/gettoken"):
            self.tokens += 1
            return {"access_token": self.good, "expires_in": self.expires_in}
        if asked.path == "/gateway.do":
            return {}
        if asked.path == "/sns/oauth2/access_token":
            mine = {"appid": APP, "secret": SECRET, "code": "c0de", "grant_type": "authorization_code"}
            return {"openid": OPENID, "scope": "snsapi_base"} if asked.query == mine else {"errcode": 40029}
        if asked.query.get("access_token") != self.good:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        if asked.path == "/cgi-bin/media/get":
            found = self.media.get(asked.query["media_id"])
            return found or {"errcode": 40007, "errmsg": "invalid media_id"}
        return {"errcode": 0, "errmsg": "ok", "msgid": next(self._numbers)}


@contextlib.contextmanager
def running() -> Iterator[Platform]:
    """Have the API for a while."""
    platform = Platform()
    try:
        yield platform
    finally:
        platform.close()


def keep_secrets(environ: Any) -> None:
    """Set the variables that the file names."""
    for name, value in {
        "WECHAT_TOKEN": TOKEN, "WECHAT_SECRET": SECRET, "WECHAT_AES_KEY": AES_KEY, "WECHAT_OLD_KEY": OLD_KEY,
    }.items():  # fmt: skip
        environ.setenv(name, value)


def write(folder: Path, *, api: str, city: str = "jiangyin", more: str = TEMPLATE) -> str:
    """Write the file of accounts; return its path."""
    file = folder / "wechat.toml"
    file.write_text(FILE.replace("{city}", city).replace("{api}", api).replace("{more}", more), encoding="utf-8")
    return str(file)


def cdata(fields: dict[str, Any]) -> str:
    """Return XML as WeChat writes it."""
    inner = "".join(
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in fields.items()
    )
    return f"<xml>{inner}</xml>"


def signature(*parts: str) -> str:
    """Return what WeChat signs with."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


@dataclass
class Follower:
    """Somebody who writes to the account; what they write is hidden by wechatpy, and so is the answer opened."""

    now: Callable[[], float]
    openid: str = OPENID
    key: str = AES_KEY
    numbers: Iterator[int] = field(default_factory=lambda: count(23_000_000_000_000_001))

    def writes(self, text: str, **more: Any) -> str:
        """Write words; return what is answered at once."""
        return self.sends(MsgType="text", Content=text, **more)

    def does(self, event: str, key: str = "", **more: Any) -> str:
        """Do something that is an event."""
        return self.sends(MsgType="event", Event=event, EventKey=key, **more)

    def sends(self, **fields: Any) -> str:
        """Send a message; return what is answered at once."""
        answer = self.post(self.message(**fields))
        assert answer.status_code == 200, answer.status_code
        return self.opened(answer.content.decode())

    def message(self, **fields: Any) -> dict[str, Any]:
        """Return the fields of a message."""
        plain = {"ToUserName": OWN, "FromUserName": self.openid, "CreateTime": int(self.now())}
        if fields.get("MsgType") != "event":
            plain["MsgId"] = next(self.numbers)
        return {**plain, **fields}

    def post(self, fields: dict[str, Any], *, nonce: str = "") -> Any:
        """Bring a message as WeChat does."""
        path, body = self.request(fields, nonce=nonce)
        return Client().post(path, body, content_type="text/xml")

    def request(self, fields: dict[str, Any], *, nonce: str = "") -> tuple[str, str]:
        """Return the address and the body that a message comes with."""
        stamp, nonce = str(int(self.now())), nonce or f"n{next(self.numbers)}"
        hidden = WeChatCrypto(TOKEN, self.key, APP).encrypt_message(cdata(fields), nonce, stamp)
        told = xmltodict.parse(hidden)["xml"]
        query = {
            "signature": signature(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce, "openid": self.openid,
            "encrypt_type": "aes", "msg_signature": told["MsgSignature"],
        }  # fmt: skip
        return f"/inbound/wechat/{NAME}?{urlencode(query)}", hidden

    def opened(self, answer: str) -> str:
        """Return the words of an answer; nothing for an empty success."""
        if answer == "success":
            return ""
        told = xmltodict.parse(answer)["xml"]
        crypto = WeChatCrypto(TOKEN, self.key, APP)
        plain = crypto.decrypt_message(answer, told["MsgSignature"], told["TimeStamp"], told["Nonce"])
        said = xmltodict.parse(plain)["xml"]
        assert (said["ToUserName"], said["FromUserName"], said["MsgType"]) == (self.openid, OWN, "text")
        return str(said["Content"])
