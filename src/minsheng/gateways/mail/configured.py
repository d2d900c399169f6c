"""The file that says which boxes are read, by which server mail goes out, and what is ours; see docs/operations.md.

No secret stands in it: it names the environment variables that hold them.
"""

from __future__ import annotations

import functools
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from minsheng.gateways.mail import lines
from minsheng.gateways.mail.faxes import Gateway
from minsheng.gateways.mail.fetching import Box
from minsheng.gateways.mail.lines import Line
from minsheng.gateways.mail.mails import Ours

_PORTS: Final = {lines.IMPLICIT: 993, lines.STARTTLS: 143, lines.NONE: 143}
_PORTS_OUT: Final = {lines.IMPLICIT: 465, lines.STARTTLS: 587, lines.NONE: 25}
_LINE: Final = frozenset({"host", "port", "secrecy", "user", "password", "ca_file"})
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_ADDRESS: Final = re.compile(r"[^@\s{}]+@[^@\s{}]+")
_NAME: Final = re.compile(r"[a-z0-9-]{1,40}")


class MailMisconfigured(ValueError):
    """The file can't be used; `args[0]` says why, for whoever runs the platform."""


@dataclass(frozen=True, slots=True)
class CityBox:
    """A box that is read, and the city that it is of."""

    box: Box
    city: str


@dataclass(frozen=True, slots=True)
class Pipe:
    """A mail server that brings mails itself: its name in the address, the city, the token that it sends."""

    name: str
    city: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What the file says. `outgoing`: the server that mail goes out by, or None; `sender`, `name`: whom it is from.

    `fax`: the gateway that turns faxes into mails and back, or None.
    """

    domain: str
    sender: str
    name: str
    own: frozenset[str]
    authserv_id: str = ""
    outgoing: Line | None = None
    fax: Gateway | None = None
    boxes: tuple[CityBox, ...] = ()
    pipes: tuple[Pipe, ...] = ()

    def ours(self, keys: Sequence[bytes]) -> Ours:
        """Return what is ours, with the keys of tags, the newest first."""
        return Ours(domain=self.domain, addresses=self.own, keys=tuple(keys), authserv_id=self.authserv_id)


def mailing(file: str) -> Mailing | None:
    """Return what the file says, read anew once it has changed; None where no file is named.

    Raises: MailMisconfigured.
    """
    if not file:
        return None
    path = Path(file)
    try:
        changed = path.stat().st_mtime_ns
    except OSError as fault:
        raise MailMisconfigured(f"打不开邮件文件 {file}，请核对路径和权限。") from fault
    return _read(path, changed)


@functools.lru_cache(maxsize=8)
def _read(file: Path, changed: int) -> Mailing:
    try:
        plain = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise MailMisconfigured(f"打不开邮件文件 {file}，请核对路径和权限。") from fault
    except tomllib.TOMLDecodeError as fault:
        raise MailMisconfigured(f"邮件文件 {file} 不是 TOML：{fault}。") from fault
    _hold_to("邮件文件", plain, {"domain", "sender"}, {"name", "own", "authserv_id", "outgoing", "fax", "box", "pipe"})
    try:
        made = _made(plain)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        if isinstance(fault, MailMisconfigured):
            raise
        raise MailMisconfigured(f"邮件文件写得不对：{type(fault).__name__} {fault}。") from fault
    names = [each.box.name for each in made.boxes] + [each.name for each in made.pipes]
    if len(set(names)) < len(names):
        raise MailMisconfigured("邮件文件中有重名的邮箱或接口。")
    return made


def _made(plain: Mapping[str, Any]) -> Mailing:
    domain, sender = str(plain["domain"]).lower(), str(plain["sender"]).lower()
    if not _DOMAIN.fullmatch(domain):
        raise MailMisconfigured("邮件文件的 domain 应为域名，如 12345.example.gov.cn。")
    if sender.count("@") != 1 or not sender.endswith(f"@{domain}"):
        raise MailMisconfigured("邮件文件的 sender 应为 domain 下的邮箱地址。")
    own = frozenset(str(each).lower() for each in plain.get("own", ())) | {sender}
    return Mailing(
        domain=domain, sender=sender, name=str(plain.get("name", "12345")), own=own,
        authserv_id=str(plain.get("authserv_id", "")),
        outgoing=_line("[outgoing]", plain["outgoing"], _PORTS_OUT) if "outgoing" in plain else None,
        fax=_fax(plain["fax"]) if "fax" in plain else None,
        boxes=tuple(_box(each, number) for number, each in enumerate(plain.get("box", ()), 1)),
        pipes=tuple(_pipe(each, number) for number, each in enumerate(plain.get("pipe", ()), 1)),
    )  # fmt: skip


def _fax(plain: Mapping[str, Any]) -> Gateway:
    where = "[fax]"
    _hold_to(where, plain, {"sender", "number_in", "to"}, {"delivered", "failed"})
    to = str(plain["to"]).lower()
    if to.count("{number}") != 1 or not _ADDRESS.fullmatch(to.replace("{number}", "1")):
        raise MailMisconfigured("[fax]的 to 应为邮箱地址，其中用 {number} 代表传真号码。")
    if not isinstance(plain["number_in"], list):
        raise MailMisconfigured('[fax]的 number_in 应为列表，如 ["X-Fax-Caller", "Subject"]。')
    return Gateway(
        sender=str(plain["sender"]).lower(), number_in=tuple(str(each) for each in plain["number_in"]), to=to,
        delivered=_pattern(where, plain, "delivered"), failed=_pattern(where, plain, "failed"),
    )  # fmt: skip


def _pattern(where: str, plain: Mapping[str, Any], name: str) -> re.Pattern[str] | None:
    if not plain.get(name):
        return None
    try:
        return re.compile(str(plain[name]))
    except re.error as fault:
        raise MailMisconfigured(f"{where}的 {name} 不是正则表达式。") from fault


def _box(plain: Mapping[str, Any], number: int) -> CityBox:
    where = f"第 {number} 个 [[box]]"
    _hold_to(where, plain, {"name", "city", "host", "user", "password"}, _LINE | {"folder", "kept_folder"})
    line = _line(where, {name: value for name, value in plain.items() if name in _LINE}, _PORTS)
    box = Box(
        name=_named(where, plain), line=line, folder=str(plain.get("folder", "INBOX")),
        kept_folder=str(plain.get("kept_folder", "")),
    )  # fmt: skip
    return CityBox(box, str(plain["city"]))


def _pipe(plain: Mapping[str, Any], number: int) -> Pipe:
    where = f"第 {number} 个 [[pipe]]"
    _hold_to(where, plain, {"name", "city", "token"}, set())
    return Pipe(_named(where, plain), str(plain["city"]), _secret(str(plain["token"])))


def _line(where: str, plain: Mapping[str, Any], ports: Mapping[str, int]) -> Line:
    _hold_to(where, plain, {"host"}, _LINE)
    secrecy, host = str(plain.get("secrecy", lines.IMPLICIT)), str(plain["host"])
    if secrecy not in lines.WAYS:
        raise MailMisconfigured(f"{where}的 secrecy 应为 tls、starttls 或 none。")
    if secrecy == lines.NONE and not lines.is_loopback(host):
        raise MailMisconfigured(f"{where}不加密（none）只能用于本机，请改为 tls 或 starttls。")
    if bool(plain.get("user")) != bool(plain.get("password")):
        raise MailMisconfigured(f"{where}的 user 和 password 须同时写。")
    ca_file = str(plain.get("ca_file", ""))
    if ca_file and not Path(ca_file).is_file():
        raise MailMisconfigured(f"{where}的 ca_file 打不开，请核对路径和权限。")
    return Line(
        host=host, port=int(plain.get("port", ports[secrecy])), secrecy=secrecy, user=str(plain.get("user", "")),
        password=_secret(str(plain["password"])) if plain.get("password") else "", ca_file=ca_file,
    )  # fmt: skip


def _named(where: str, plain: Mapping[str, Any]) -> str:
    name = str(plain["name"])
    if not _NAME.fullmatch(name):
        raise MailMisconfigured(f"{where}的 name 应为小写字母、数字和连字符。")
    return name


def _hold_to(where: str, plain: Mapping[str, Any], needed: set[str], more: set[str] | frozenset[str]) -> None:
    if missing := sorted(name for name in needed if not plain.get(name)):
        raise MailMisconfigured(f"{where}缺少 {'、'.join(missing)}。")
    if unknown := sorted(set(plain) - needed - more):
        raise MailMisconfigured(f"{where}有不认识的项 {'、'.join(unknown)}。")


def _secret(variable: str) -> str:
    """Return what an environment variable holds: no secret stands in the file."""
    found = os.environ.get(variable, "")
    if not found:
        raise MailMisconfigured(f"没有设置环境变量 {variable}，邮件文件要用它。")
    return found
