"""The file that names the accounts; secrets stand in environment variables that it names. See docs/operations.md."""

from __future__ import annotations

import functools
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from minsheng.gateways.wechat import crypto
from minsheng.gateways.wechat.values import (
    ALIPAY,
    KEYS,
    KINDS,
    WECHAT,
    WECOM,
    Account,
    Button,
    Template,
    WechatMisconfigured,
)  # fmt: skip

_APIS: Final = {
    WECHAT: "https://api.weixin.qq.com",
    WECOM: "https://qyapi.weixin.qq.com",
    ALIPAY: "https://openapi.alipay.com",
}
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_KNOWN: Final = frozenset(
    ("name", "kind", "city", "app_id", "api", "token", "secret", "aes_key", "aes_key_old", "agent", "own_key",
     "their_key", "template", "menu")
)  # fmt: skip
_NEEDED: Final = {
    WECHAT: ("name", "city", "app_id", "token", "secret"),
    WECOM: ("name", "city", "app_id", "token", "secret", "aes_key", "agent"),
    ALIPAY: ("name", "city", "app_id", "own_key", "their_key"),
}
# What a menu may have, as WeChat says: buttons, and letters of one.
_BUTTONS, _LETTERS = 3, 8


def accounts(file: Path) -> tuple[Account, ...]:
    """Return the accounts of a file; read anew once it has changed. Raises: WechatMisconfigured."""
    try:
        changed = file.stat().st_mtime_ns
    except OSError as fault:
        raise WechatMisconfigured(f"打不开公众号文件 {file}，请核对路径和权限。") from fault
    return _read(file, changed)


def named(file: Path | None, name: str) -> Account | None:
    """Return the account of a name; None for none, and while the file cannot be used."""
    try:
        known = accounts(file) if file else ()
    except WechatMisconfigured:
        return None
    return next((each for each in known if each.name == name), None)


@functools.lru_cache(maxsize=8)
def _read(file: Path, changed: int) -> tuple[Account, ...]:
    try:
        plain = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise WechatMisconfigured(f"打不开公众号文件 {file}，请核对路径和权限。") from fault
    except tomllib.TOMLDecodeError as fault:
        raise WechatMisconfigured(f"公众号文件 {file} 不是 TOML：{fault}。") from fault
    listed = plain.get("account", ())
    if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
        raise WechatMisconfigured(f"公众号文件 {file} 没有写任何 [[account]]。")
    found = tuple(_account(each, f"第 {number} 个 [[account]]") for number, each in enumerate(listed, 1))
    if len({each.name for each in found}) < len(found):
        raise WechatMisconfigured(f"公众号文件 {file} 中有重名的账号。")
    return found


def _account(plain: Mapping[str, Any], where: str) -> Account:
    kind = str(plain.get("kind", WECHAT))
    if kind not in KINDS:
        raise WechatMisconfigured(f"{where}的 kind 应为 {'、'.join(KINDS)} 之一。")
    if missing := [name for name in _NEEDED[kind] if not plain.get(name)]:
        raise WechatMisconfigured(f"{where}缺少 {'、'.join(missing)}。")
    if unknown := set(plain) - _KNOWN:
        raise WechatMisconfigured(f"{where}有不认识的项 {'、'.join(sorted(unknown))}。")
    name, api = str(plain["name"]), str(plain.get("api", _APIS[kind])).rstrip("/")
    if not _NAME.fullmatch(name):
        raise WechatMisconfigured(f"{where}的 name 只用小写字母、数字、下划线和连字符，不超过 40 个。")
    if not api.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise WechatMisconfigured(f"{where}的 api 应为 https 网址。")
    try:
        keys = tuple(crypto.key_of(_secret(plain, each)) for each in ("aes_key", "aes_key_old") if plain.get(each))
        own, theirs = _secret(plain, "own_key"), _secret(plain, "their_key")
        if kind == ALIPAY:
            crypto.public_of(own)
            crypto.check_public(theirs)
    except ValueError as fault:
        if isinstance(fault, WechatMisconfigured):
            raise
        # The fault's own words may show a part of the key.
        raise WechatMisconfigured(
            f"{where}的密钥不对：aes_key 为 43 个字母和数字，own_key、their_key 为 PEM。"
        ) from None
    return Account(
        name=name, kind=kind, city=str(plain["city"]), app_id=str(plain["app_id"]), api=api,
        token=_secret(plain, "token"), secret=_secret(plain, "secret"), keys=keys, agent=str(plain.get("agent", "")),
        own_key=own, their_key=theirs, template=_template(plain.get("template"), where),
        menu=_menu(plain.get("menu", ()), where),
    )  # fmt: skip


def _secret(plain: Mapping[str, Any], name: str) -> str:
    """Return what the environment variable holds that the file names: no secret stands in the file."""
    variable = str(plain.get(name, ""))
    found = os.environ.get(variable, "") if variable else ""
    if variable and not found:
        raise WechatMisconfigured(f"没有设置环境变量 {variable}，公众号文件要用它。")
    return found


def _template(plain: Any, where: str) -> Template | None:
    if plain is None:
        return None
    try:
        fields = {str(name): str(words) for name, words in plain["fields"].items()}
        found = Template(str(plain["id"]), fields, str(plain.get("kind", "template")))
        for words in fields.values():
            words.format_map({"text": "", "short": "", "date": ""})
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as fault:
        raise WechatMisconfigured(
            f"{where}的 template 应有 id 和 fields，可填 {{text}}、{{short}}、{{date}}。"
        ) from fault
    if found.kind not in ("template", "subscription") or not found.id or not fields:
        raise WechatMisconfigured(f"{where}的 template 的 kind 应为 template 或 subscription。")
    return found


def _menu(plain: Any, where: str) -> tuple[Button, ...]:
    try:
        found = tuple(Button(str(each["name"]), str(each.get("key", "")), str(each.get("url", ""))) for each in plain)
    except (KeyError, TypeError, AttributeError) as fault:
        raise WechatMisconfigured(f"{where}的 menu 的每一项应有 name，以及 key 或 url。") from fault
    for each in found:
        if bool(each.key) == bool(each.url) or (each.key and each.key not in KEYS):
            raise WechatMisconfigured(f"{where}的菜单“{each.name}”应写 key（{'、'.join(KEYS)}）或 url，二者取一。")
        if each.url and not each.url.startswith("https://"):
            raise WechatMisconfigured(f"{where}的菜单“{each.name}”的 url 应为 https 网址。")
        if not 1 <= len(each.name) <= _LETTERS:
            raise WechatMisconfigured(f"{where}的菜单“{each.name}”的名称应为 1 到 {_LETTERS} 个字。")
    if len(found) > _BUTTONS:
        raise WechatMisconfigured(f"{where}的菜单最多 {_BUTTONS} 项。")
    return found
