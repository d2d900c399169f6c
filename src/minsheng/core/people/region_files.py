"""Regions from a file, in whatever order unless it names the one above, which then comes first; read `sheets`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng.core.people import regions, sheets
from minsheng.core.people.sheets import Sheet
from minsheng.domain.actors import Actor
from minsheng.gateways.tables import Row

SHEET: Final = Sheet(
    MappingProxyType(
        {
            "code": ("代码", "区划代码", "行政区划代码", "统计用区划代码"),
            "name": ("名称", "区划名称", "单位名称"),
            "parent": ("上级代码", "上级区划代码"),
            "ended_on": ("撤销日期", "截止日期"),
        }
    ),
    ("code", "name"),
)


def putting(city: str, *, actor: Actor, now: datetime) -> Callable[[Row], bool]:
    """Return what enters a row's region, and tells whether anything was new."""

    def put(row: Row) -> bool:
        ended_on = sheets.day_of(row.get("ended_on"), column=SHEET.columns["ended_on"][0])
        code = row.get("code")
        parent = row.get("parent")
        is_new = regions.put(city, code, row.get("name"), parent=parent, ends=ended_on, actor=actor, now=now)
        if ended_on is None:
            return is_new
        return regions.end(city, code, on=ended_on, actor=actor, now=now) or is_new

    return put
