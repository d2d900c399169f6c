"""A binding as the file of providers writes it: `[[provider]]` with a `protocol`, beside one `[gateway]`."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, Final

from minsheng.gateways.bindings.values import CMPP2, CMPP3, PROTOCOLS, SMPP, Binding
from minsheng.gateways.sms import IDS, OUTCOMES, SmsMisconfigured

_NEEDED: Final = ("name", "host", "port", "account", "password", "source")
_TEXTS: Final = ("name", "protocol", "host", "account", "source", "service", "system_type", "prefix", "ids", "inbound")
_BYTES: Final = ("source_ton", "source_npi", "dest_ton", "dest_npi")
_SECONDS: Final = ("rate", "alive", "answer_within")
_KNOWN: Final = {*_TEXTS, *_BYTES, *_SECONDS, "port", "password", "window", "payload", "words"}
# Bytes of a field of the protocol, without the zero at its end.
_SIZES: Final = {
    SMPP: {"account": 15, "password": 8, "system_type": 12, "service": 5, "source": 20},
    CMPP2: {"account": 6, "service": 10, "source": 21},
    CMPP3: {"account": 6, "service": 10, "source": 21},
}


def is_binding(plain: Mapping[str, Any]) -> bool:
    """Tell whether a provider is reached by a session, and not by HTTP."""
    return bool(plain.get("protocol", "http") != "http")


def binding(plain: Mapping[str, Any], gateway: Mapping[str, Any], *, where: str, secret: Any) -> Binding:
    """Return a binding. `secret` gives what an environment variable holds. Raises: SmsMisconfigured."""
    if missing := [name for name in _NEEDED if not plain.get(name)]:
        raise SmsMisconfigured(f"{where}缺少 {'、'.join(missing)}。")
    if unknown := set(plain) - _KNOWN:
        raise SmsMisconfigured(f"{where}有不认识的项 {'、'.join(sorted(unknown))}。")
    if plain["protocol"] not in PROTOCOLS:
        raise SmsMisconfigured(f"{where}的 protocol 应为 http、{'、'.join(PROTOCOLS)} 之一。")
    try:
        given: dict[str, Any] = {name: str(plain[name]) for name in _TEXTS if name in plain}
        given |= {name: int(plain[name]) for name in (*_BYTES, "port", "window") if name in plain}
        given |= {name: float(plain[name]) for name in _SECONDS if name in plain}
        made = Binding(
            **given,
            password=secret(str(plain["password"])),
            payload=plain.get("payload", False) is True,
            words=_words(plain.get("words", {})),
            gateways=_addresses(gateway),
            token=secret(str(gateway["token"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        if isinstance(fault, SmsMisconfigured):
            raise
        raise SmsMisconfigured(f"{where}写得不对：{type(fault).__name__} {fault}。") from fault
    _hold_to_bounds(made, where)
    return made


def _hold_to_bounds(made: Binding, where: str) -> None:
    values = {"password": made.password, **{name: getattr(made, name) for name in _TEXTS}}
    for name, size in _SIZES[made.protocol].items():
        if len(values[name]) > size or not values[name].isascii():
            raise SmsMisconfigured(f"{where}的 {name} 应为不超过 {size} 个英文字母、数字。")
    if made.protocol != SMPP and len(made.account) != 6:
        raise SmsMisconfigured(f"{where}的 account 应为六位企业代码。")
    if made.ids not in IDS:
        raise SmsMisconfigured(f"{where}的 ids 应为 same、hex 或 decimal。")
    if made.payload and made.protocol != SMPP:
        raise SmsMisconfigured(f"{where}的 payload 只用于 smpp。")
    if not (1 <= made.window <= 1000 and 0 < made.rate <= 10_000 and 0 < made.port < 65_536):
        raise SmsMisconfigured(f"{where}的 window 应为 1 至 1000，rate 应为 0 至 10000，port 应为端口号。")
    if not (0.1 <= made.alive <= 3600 and 0.1 <= made.answer_within <= 60):
        raise SmsMisconfigured(f"{where}的 alive 应为 0.1 至 3600 秒，answer_within 应为 0.1 至 60 秒。")
    if not all(0 <= getattr(made, name) <= 255 for name in _BYTES):
        raise SmsMisconfigured(f"{where}的 {'、'.join(_BYTES)} 应为 0 至 255。")


def _words(plain: Mapping[str, Any]) -> dict[str, str]:
    if set(plain) - {*OUTCOMES}:
        raise SmsMisconfigured(f"words 只能有 {'、'.join(OUTCOMES)}。")
    return {str(word): outcome for outcome, words in plain.items() for word in words}


def _addresses(gateway: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """Return where processes of the gateway listen: this machine, or a network of the house's own."""
    found = []
    for each in gateway["listen"]:
        host, _, port = str(each).rpartition(":")
        address = ipaddress.ip_address(host.strip("[]"))
        if not (address.is_loopback or address.is_private) or address.is_unspecified or not 0 < int(port) < 65_536:
            raise SmsMisconfigured(f"[gateway] 的 listen 只能是本机或内网的地址和端口，{each} 不是。")
        found.append((str(address), int(port)))
    if not found or not gateway["token"]:
        raise SmsMisconfigured("[gateway] 须写 listen 和 token，即保存令牌的环境变量名。")
    return tuple(found)
