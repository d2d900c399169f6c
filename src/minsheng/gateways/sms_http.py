"""Text messages by HTTP: providers as a file describes them, with signed requests and receipts that come back.

The file names each provider's address, fields and words, so that a new provider is data. See docs/operations.md.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import logging
import os
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways.bindings import file as bindings
from minsheng.gateways.bindings import line
from minsheng.gateways.bindings.values import Binding
from minsheng.gateways.sms import DELIVERED as DELIVERED
from minsheng.gateways.sms import IDS, OUTCOMES, Handed, SmsAway, SmsRefused
from minsheng.gateways.sms import PERMANENT as PERMANENT
from minsheng.gateways.sms import TEMPORARY as TEMPORARY
from minsheng.gateways.sms import SmsMisconfigured as SmsMisconfigured

_log = logging.getLogger(__name__)

# Seconds for one provider; with all of them a message is done within the carriers' patience.
WAIT: Final = 10.0
# An id or a number is no longer than this.
_ID: Final = 100
_SIGNED: Final = ("none", "hmac-sha256")
_BODIES: Final = ("json", "form", "text")


@dataclass(frozen=True, slots=True)
class Words:
    """A field of an answer or of a receipt, and what it says there."""

    field: str
    says: tuple[str, ...]

    def said(self, told: Mapping[str, Any]) -> bool:
        """Tell whether the field says one of the words."""
        return _at(told, self.field) in self.says


@dataclass(frozen=True, slots=True)
class Receipts:
    """How a provider tells what became of messages: the fields of id and state, the words, the token that it sends.

    `ids`: `same` as in the answer, or `hex` or `decimal` where the answer has the other.
    """

    id: str
    state: str
    words: Mapping[str, tuple[str, ...]]
    token: str
    ids: str = "same"


@dataclass(frozen=True, slots=True)
class Inbound:
    """How a provider brings what people send: the fields of id, number and words, the city, the token that it sends."""

    id: str
    phone: str
    text: str
    city: str
    token: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of text messages, as the file describes it."""

    name: str
    url: str
    fields: Mapping[str, str]
    body: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    sign: str = "none"
    sign_header: str = ""
    secret: str = ""
    accepted: Words | None = None
    permanent: Words | None = None
    id: str = ""
    receipts: Receipts | None = None
    inbound: Inbound | None = None

    def hand_over(self, http: httpx.Client, phone: str, text: str, *, reference: str) -> Handed:
        """Hand a message over. Raises: SmsAway, for another try; SmsRefused, for a number that no try will reach."""
        key = reference.replace(" ", "-")
        given = {"phone": phone, "text": text, "reference": reference, "key": key, "secret": self.secret}
        kind, raw = self._body({name: words.format_map(given) for name, words in self.fields.items()})
        headers = {"Content-Type": kind, **{name: words.format_map(given) for name, words in self.headers.items()}}
        if self.sign != "none":
            headers[self.sign_header] = hmac.new(self.secret.encode(), raw, hashlib.sha256).hexdigest()
        try:
            answer = http.post(self.url, content=raw, headers=headers)
        except httpx.HTTPError as fault:
            _log.warning("sms provider %s: %s", self.name, type(fault).__name__)
            raise SmsAway from fault
        told = _told(answer)
        if self.permanent is not None and self.permanent.said(told):
            raise SmsRefused
        if not answer.is_success or (self.accepted is not None and not self.accepted.said(told)):
            _log.warning("sms provider %s answered %s", self.name, answer.status_code)
            raise SmsAway
        id = self.id.format_map(given) if "{" in self.id else _at(told, self.id) if self.id else ""
        return Handed(self.name, id, awaits=self.receipts is not None)

    def _body(self, fields: Mapping[str, str]) -> tuple[str, bytes]:
        """Return the fields as the provider wants them: their kind, and the bytes; of `text` the values alone."""
        if self.body == "json":
            return "application/json", json.dumps(fields, ensure_ascii=False).encode()
        if self.body == "text":
            return "text/plain; charset=utf-8", "\n".join(fields.values()).encode()
        return "application/x-www-form-urlencoded", str(httpx.QueryParams(fields)).encode()


def _told(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, Mapping) else {}


def _at(told: Mapping[str, Any], path: str) -> str:
    """Return what stands at a path such as `result.code`, as text; empty for nothing."""
    found: Any = told
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return "" if found is None or isinstance(found, Mapping | list) else str(found)


@dataclass(frozen=True, slots=True)
class Bound:
    """A provider that a session of `minsheng gateway` reaches."""

    binding: Binding

    @property
    def name(self) -> str:
        """Return the binding's name."""
        return self.binding.name

    def hand_over(self, http: httpx.Client, phone: str, text: str, *, reference: str) -> Handed:
        """Hand a message to the gateway. Raises: SmsAway, SmsRefused."""
        return line.hand_over(self.binding, phone, text, reference=reference)


Carrying = Provider | Bound


class Chain:
    """Providers in order: where one is away the next one gets the message, under the same reference."""

    name = "http"
    shows = False

    def __init__(
        self, providers: Sequence[Provider | Bound], http: httpx.Client, *, last: Collection[str] = ()
    ) -> None:
        self._providers = sorted(providers, key=lambda each: each.name in last)
        self._http = http

    def send(self, phone: str, text: str, /, *, reference: str) -> Handed:
        """Hand a message over to the first provider that takes it. Raises: SmsAway, SmsRefused."""
        for each in self._providers:
            try:
                return each.hand_over(self._http, phone, text, reference=reference)
            except SmsAway:
                continue
        raise SmsAway


def bindings_of(file: Path | None) -> tuple[Binding, ...]:
    """Return the bindings of a file, in its order. Raises: SmsMisconfigured."""
    return tuple(each.binding for each in providers(file) if isinstance(each, Bound)) if file else ()


def providers(file: Path) -> tuple[Carrying, ...]:
    """Return the providers of a file, in its order; read anew once it has changed. Raises: SmsMisconfigured."""
    try:
        changed = file.stat().st_mtime_ns
    except OSError as fault:
        raise SmsMisconfigured(f"打不开短信通道文件 {file}，请核对路径和权限。") from fault
    return _read(file, changed)


@functools.lru_cache(maxsize=8)
def _read(file: Path, changed: int) -> tuple[Carrying, ...]:
    environment = os.environ
    try:
        plain = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise SmsMisconfigured(f"打不开短信通道文件 {file}，请核对路径和权限。") from fault
    except tomllib.TOMLDecodeError as fault:
        raise SmsMisconfigured(f"短信通道文件 {file} 不是 TOML：{fault}。") from fault
    gateway = plain.get("gateway", {})
    found = tuple(
        _bound(each, gateway, number, environment)
        if bindings.is_binding(each)
        else _provider(each, number, environment)
        for number, each in enumerate(plain.get("provider", ()), 1)
    )
    if not found:
        raise SmsMisconfigured(f"短信通道文件 {file} 没有写任何 [[provider]]。")
    if len({each.name for each in found}) < len(found):
        raise SmsMisconfigured(f"短信通道文件 {file} 中有重名的通道。")
    return found


def _bound(plain: Mapping[str, Any], gateway: Mapping[str, Any], number: int, environment: Mapping[str, str]) -> Bound:
    where = f"第 {number} 个 [[provider]]"
    return Bound(bindings.binding(plain, gateway, where=where, secret=lambda name: _secret(name, environment)))


def _provider(plain: Mapping[str, Any], number: int, environment: Mapping[str, str]) -> Provider:
    where = f"第 {number} 个 [[provider]]"
    missing = [name for name in ("name", "url", "fields") if not plain.get(name)]
    if missing:
        raise SmsMisconfigured(f"{where}缺少 {'、'.join(missing)}。")
    unknown = set(plain) - {*Provider.__dataclass_fields__, "protocol"}
    if unknown:
        raise SmsMisconfigured(f"{where}有不认识的项 {'、'.join(sorted(unknown))}。")
    body, sign = plain.get("body", "json"), plain.get("sign", "none")
    if body not in _BODIES or sign not in _SIGNED:
        raise SmsMisconfigured(f"{where}的 body 应为 json、form 或 text，sign 应为 none 或 hmac-sha256。")
    if not str(plain["url"]).startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise SmsMisconfigured(f"{where}的 url 应为 https 网址。")
    try:
        made = Provider(
            name=str(plain["name"]), url=str(plain["url"]), fields=_texts(plain["fields"]), body=body,
            headers=_texts(plain.get("headers", {})), sign=sign, sign_header=str(plain.get("sign_header", "")),
            secret=_secret(plain.get("secret", ""), environment), accepted=_words(plain.get("accepted")),
            permanent=_words(plain.get("permanent")), id=str(plain.get("id", "")),
            receipts=_receipts(plain.get("receipts"), environment),
            inbound=_inbound(plain.get("inbound"), environment),
        )  # fmt: skip
        for words in (*made.fields.values(), *made.headers.values(), made.id):
            words.format_map({"phone": "", "text": "", "reference": "", "key": "", "secret": ""})
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        if isinstance(fault, SmsMisconfigured):
            raise
        raise SmsMisconfigured(f"{where}写得不对：{type(fault).__name__} {fault}。") from fault
    if sign != "none" and not (made.secret and made.sign_header):
        raise SmsMisconfigured(f"{where}要签名，须写 secret 和 sign_header。")
    return made


def _texts(plain: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(words) for name, words in plain.items()}


def _words(plain: Mapping[str, Any] | None) -> Words | None:
    return None if plain is None else Words(str(plain["field"]), tuple(str(each) for each in plain["is"]))


def _receipts(plain: Mapping[str, Any] | None, environment: Mapping[str, str]) -> Receipts | None:
    if plain is None:
        return None
    words = {outcome: tuple(str(each) for each in plain.get(outcome, ())) for outcome in OUTCOMES}
    ids = str(plain.get("ids", "same"))
    if ids not in IDS:
        raise SmsMisconfigured("receipts 的 ids 应为 same、hex 或 decimal。")
    return Receipts(str(plain["id"]), str(plain["state"]), words, _token(plain["token"], environment), ids)


def _inbound(plain: Mapping[str, Any] | None, environment: Mapping[str, str]) -> Inbound | None:
    if plain is None:
        return None
    names = {name: str(plain[name]) for name in ("id", "phone", "text", "city")}
    return Inbound(**names, token=_token(plain["token"], environment))


def _token(variable: str, environment: Mapping[str, str]) -> str:
    """Return a token that others must know; none at all would let everybody in."""
    if not variable:
        raise SmsMisconfigured("receipts 和 inbound 须写 token，即保存令牌的环境变量名。")
    return _secret(variable, environment)


def _secret(variable: str, environment: Mapping[str, str]) -> str:
    """Return what an environment variable holds: no secret stands in the file."""
    if not variable:
        return ""
    found = environment.get(variable, "")
    if not found:
        raise SmsMisconfigured(f"没有设置环境变量 {variable}，短信通道文件要用它。")
    return found


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider tells of a message that it took: its id there, and what became of it."""

    id: str
    outcome: str


def read_receipts(provider: Provider, body: bytes, content_type: str) -> Iterator[Receipt]:
    """Give the receipts in a request's body: a form, a JSON map, or a list of them; unknown states are none.

    Raises: ValueError for a body that is neither.
    """
    rules = provider.receipts
    assert rules is not None
    for each in _maps(body, content_type):
        outcome = next((name for name, says in rules.words.items() if _at(each, rules.state) in says), "")
        if outcome and (id := _answered(_at(each, rules.id), rules.ids)):
            yield Receipt(id, outcome)


def _answered(id: str, ids: str) -> str:
    """Return an id of a receipt as the answer had it; empty for one that can be no id."""
    if not id.isascii() or not id.isprintable() or len(id) > _ID:
        return ""
    try:
        if ids == "hex":
            return str(int(id, 16))
        return f"{int(id):x}" if ids == "decimal" else id
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True)
class Came:
    """A message that somebody sent: its id at the provider, the number, the words."""

    id: str
    phone: str
    text: str


def read_texts(provider: Provider, body: bytes, content_type: str) -> Iterator[Came]:
    """Give the messages in a request's body, as `read_receipts` reads it; without a number it is none.

    Raises: ValueError.
    """
    rules = provider.inbound
    assert rules is not None
    for each in _maps(body, content_type):
        id, phone, text = (_at(each, name) for name in (rules.id, rules.phone, rules.text))
        if not id.isascii() or not id.isprintable() or len(id) > _ID:
            # No id is lost for how it is written: what came stands for it.
            id = hashlib.sha256("\0".join((id, phone, text)).encode("utf-8", "replace")).hexdigest()
        if phone:
            yield Came(id, kept_of(cleaned(phone))[:_ID], kept_of(cleaned(text)))


def named(file: Path | None, name: str) -> Provider | None:
    """Return the provider of a name; None for none, and while the file cannot be used."""
    try:
        known = providers(file) if file else ()
    except SmsMisconfigured:
        return None
    return next((each for each in known if isinstance(each, Provider) and each.name == name), None)


def _maps(body: bytes, content_type: str) -> list[Mapping[str, Any]]:
    if "form" in content_type:
        return [dict(httpx.QueryParams(body.decode("utf-8")).items())]
    try:
        told = json.loads(body)
    except RecursionError as fault:
        raise ValueError("too deep") from fault
    found = told if isinstance(told, list) else [told]
    if not all(isinstance(each, Mapping) for each in found):
        raise ValueError("not a map")
    return found


def parts_of(text: str) -> int:
    """Return how many text messages carry a text: 70 letters of UCS-2 in one, 67 in each of several."""
    units = len(text.encode("utf-16-be")) // 2
    return 1 if units <= 70 else -(-units // 67)
