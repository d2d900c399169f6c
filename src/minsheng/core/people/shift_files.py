"""Shifts at the hotline's desks from a file; read `sheets`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng.core.ledger.values import ZONE
from minsheng.core.people import sheets, shifts
from minsheng.core.people.sheets import Sheet
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import tables
from minsheng.gateways.tables import Row

SHEET: Final = Sheet(
    MappingProxyType(
        {
            "desk": ("席位", "坐席组", "座席组"),
            "username": ("账号", "用户名", "登录名"),
            "starts_at": ("开始时间", "开始", "上班时间"),
            "ends_at": ("结束时间", "结束", "下班时间"),
        }
    ),
    ("desk", "username", "starts_at", "ends_at"),
)


def putting(city: str, *, actor: Actor, now: datetime) -> Callable[[Row], bool]:
    """Return what puts a row's person on shift, and tells whether that was new."""
    desks = policies.rules_for(city, now=now).desks

    def put(row: Row) -> bool:
        if not row.get("username"):
            raise Rejected("field_missing", fields=("username",))
        moments = [_moment(row, name) for name in ("starts_at", "ends_at")]
        shift = shifts.Shift(sheets.code_of(row.get("desk"), desks), row.get("username"), *moments)
        return shifts.put(city, shift, actor=actor, now=now) is not None

    return put


def _moment(row: Row, name: str) -> datetime:
    moment = tables.moment_of(row.get(name), zone=ZONE)
    if moment is None:
        raise Rejected("roster_bad_moment", column=SHEET.columns[name][0])
    return moment
