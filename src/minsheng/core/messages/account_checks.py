"""What `minsheng doctor` looks at of accounts in WeChat, WeCom and Alipay: the file, the cities, the secrecy."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.gateways.wechat import file
from minsheng.gateways.wechat.values import WECHAT, Account, WechatMisconfigured

_CITIES = b"select code from policies_city where active"


def accounts(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return what is wrong with the file of accounts, or how each of them is reached."""
    if not settings.WECHAT_FILE:
        return []
    try:
        known = file.accounts(Path(settings.WECHAT_FILE))
    except WechatMisconfigured as fault:
        return [Finding(BAD, f"公众号用不了：{fault.args[0]}", "请改正该文件；平台会自动重新读取。")]
    cities = {str(code) for (code,) in connection.execute(_CITIES)}
    return [_standing(each, cities) for each in known]


def _standing(account: Account, cities: Container[str]) -> Finding:
    if account.city not in cities:
        advice = "请核对 city；城市代码见 minsheng city list。"
        return Finding(BAD, f"公众号“{account.name}”写的城市 {account.city} 没有开通", advice)
    if account.kind == WECHAT and not account.keys:
        advice = "请在公众平台选“安全模式”，并写 aes_key。"
        return Finding(HINT, f"公众号“{account.name}”的消息没有加密", advice)
    return Finding(GOOD, f"公众号“{account.name}”已配置，回调地址 /inbound/wechat/{account.name}")
