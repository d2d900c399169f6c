"""What `minsheng doctor` finds of telephony: the files of exchanges and switches, and how each switch stands."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import psycopg
from django.conf import settings

from minsheng.core.features.values import BAD, GOOD, HINT, Finding
from minsheng.gateways.switch import cti, named
from minsheng.gateways.switch.named import Named
from minsheng.gateways.switch.port import SwitchError

# Whether a controller has a city's calls: the lock of `controller`, as PostgreSQL shows it.
_HELD: Final = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = hashtextextended('minsheng telephony ' || %s, 0))
"""


def check(connection: psycopg.Connection, *, now: datetime) -> Iterator[Finding]:
    """Give what is wrong with exchanges and switches; nothing where none is named."""
    yield from _exchanges()
    yield from _switches(connection)


def _exchanges() -> Iterator[Finding]:
    if not settings.CTI_FILE:
        return
    try:
        known = cti.vendors(Path(settings.CTI_FILE))
    except cti.CtiMisconfigured as fault:
        yield Finding(BAD, "话单接口（MINSHENG_CTI_FILE）", f"{fault.args[0]}。请改正后重启。")
        return
    yield Finding(GOOD, f"话单接口：{'、'.join(each.name for each in known)}")


def _switches(connection: psycopg.Connection) -> Iterator[Finding]:
    try:
        known = named.switches(Path(settings.SWITCH_FILE)) if settings.SWITCH_FILE else ()
    except named.SwitchMisconfigured as fault:
        yield Finding(BAD, "电话交换机（MINSHENG_SWITCH_FILE）", f"{fault.args[0]}。请改正后重启。")
        return
    for each in known:
        yield _switch(each, connection)


def _switch(each: Named, connection: psycopg.Connection) -> Finding:
    what = f"电话交换机（{each.city}）"
    try:
        found = asyncio.run(named.look(each))
    except PermissionError:
        return Finding(BAD, what, f"{each.url} 不接受口令。请核对用户名和口令，或重新执行 minsheng switch config。")
    except SwitchError:
        return Finding(BAD, what, f"{each.url} 没有应答。请确认交换机已启动，控制端口允许本机连接。")
    if not found.has_trunk:
        return Finding(BAD, what, f"没有名为“{each.trunk}”的中继。请核对 trunk，或重新执行 minsheng switch config。")
    held = connection.execute(_HELD, (each.city,)).fetchone()
    if held is None or not held[0]:
        return Finding(HINT, what, "交换机正常，但平台没有在接听，来电走备用流程。请运行 minsheng calls。")
    return Finding(GOOD, f"{what}：{found.version}，话机在线 {found.phones_there}/{found.phones}")
