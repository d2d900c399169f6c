"""What `minsheng doctor` looks at of messages: whether every channel that they wait for has a carrier."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import psycopg
from django.conf import settings

from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.core.messages import carrying
from minsheng.core.messages.values import BY_HAND, MAIL, SAID_WITHIN, SMS
from minsheng.gateways import sms_http

_THERE = b"""
    select exists (select from information_schema.columns
        where table_name = 'citizens_message' and column_name = 'channel')
"""
_WAITING = b"select channel, count(*) from citizens_message where state in ('WAITING', 'NO_CARRIER') group by channel"
_SESSIONS = b"""
    select exists (select from information_schema.tables where table_name = 'core_messages_binding')
"""
_SAID = b"select provider, is_bound, at from core_messages_binding"
_NAMES = {
    SMS: "短信", MAIL: "邮件", "letter": "信函", "fax": "传真", "wechat": "微信",
    "wecom": "企业微信", "alipay": "支付宝",
}  # fmt: skip
AGAIN = "请改正该文件；平台会自动重新读取。"


def channels(connection: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return how each channel stands: who carries it, and what waits where nobody does."""
    there = connection.execute(_THERE).fetchone()
    if there is None or not there[0]:
        return []
    waiting = {
        SMS: 0,
        **({MAIL: 0} if settings.MAIL_FILE else {}),
        **{str(channel): int(count) for channel, count in connection.execute(_WAITING)},
    }
    return [
        *(_standing(channel, count, now=now) for channel, count in sorted(waiting.items())),
        *_sessions(connection, now),
    ]


def _sessions(connection: psycopg.Connection, now: datetime) -> list[Finding]:
    """Return how each session with a carrier stands, as its process said last."""
    try:
        known = sms_http.bindings_of(Path(settings.SMS_FILE) if settings.SMS_FILE else None)
    except sms_http.SmsMisconfigured:
        return []  # said of the channel
    there = connection.execute(_SESSIONS).fetchone()
    if not known or there is None or not there[0]:
        return []
    said = {str(name): bool(bound) for name, bound, at in connection.execute(_SAID) if now - at < SAID_WITHIN}
    return [_session(each.name, said.get(each.name)) for each in known]


def _session(name: str, is_bound: bool | None) -> Finding:
    if is_bound is None:
        advice = "请重新启动 minsheng serve，或单独运行 minsheng gateway，并查看其日志。"
        return Finding(BAD, f"短信通道“{name}”没有进程在连接", advice)
    if not is_bound:
        advice = "请核对地址、账号、密码，并向运营商确认；minsheng gateway 的日志写明最近一次失败的原因。"
        return Finding(BAD, f"短信通道“{name}”没有连上运营商", advice)
    return Finding(GOOD, f"短信通道“{name}”已连上运营商")


def _standing(channel: str, waiting: int, *, now: datetime) -> Finding:
    name = _NAMES.get(channel, channel)
    if channel in BY_HAND:
        return Finding(GOOD, f"渠道“{name}”由工作人员寄送：待寄 {waiting} 封")
    if channel == SMS and settings.SMS_FILE:
        try:
            sms_http.providers(Path(settings.SMS_FILE))
        except sms_http.SmsMisconfigured as fault:
            return Finding(BAD, f"渠道“{name}”用不了：{fault.args[0]}", AGAIN)
    carrier = carrying.of(channel, now=now)
    if carrier is not None:
        return Finding(GOOD, f"渠道“{name}”可用（{carrier.name}）")
    advice = "请为本平台接入该渠道的运营商；在此之前，请由工作人员电话告知当事人。"
    if waiting:
        return Finding(BAD, f"渠道“{name}”没有运营商：有 {waiting} 条消息发不出去", advice)
    return Finding(HINT, f"渠道“{name}”没有运营商：发给群众的消息发不出去", advice)
