"""Experts from a file; read `sheets`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from minsheng.core.people import experts, sheets
from minsheng.core.people.sheets import Sheet
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.tables import Row

SHEET: Final = Sheet(
    MappingProxyType(
        {
            "name": ("姓名", "专家姓名"),
            "fields": ("领域", "专业领域", "专长"),
            "unit": ("推荐单位", "单位", "选派单位"),
            "organization": ("工作单位", "所在单位"),
            "phone": ("电话", "联系电话", "手机"),
            "starts_on": ("任期起", "起始日期", "聘任日期"),
            "ends_on": ("任期止", "截止日期", "任期至"),
        }
    ),
    ("name", "fields", "unit", "phone", "starts_on", "ends_on"),
)


def putting(city: str, *, actor: Actor, now: datetime) -> Callable[[Row], bool]:
    """Return what enters a row's expert, and tells whether that was new."""

    def put(row: Row) -> bool:
        given = experts.Nomination(
            name=row.get("name"),
            fields=sheets.codes_of(row.get("fields"), {}),
            unit=row.get("unit"),
            starts_on=_day(row, "starts_on"),
            ends_on=_day(row, "ends_on"),
            phone=row.get("phone"),
            organization=row.get("organization"),
        )
        return experts.nominate(city, given, actor=actor, now=now) is not None

    return put


def _day(row: Row, name: str) -> date:
    day = sheets.day_of(row.get(name), column=SHEET.columns[name][0], is_needed=True)
    if day is None:
        raise Rejected("field_missing", fields=(f"term_{name}",))
    return day
