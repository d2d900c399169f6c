"""Units from a file; read `people.sheets`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng import wording
from minsheng.core.people import actions, sheets, unit_details
from minsheng.core.people.sheets import Sheet
from minsheng.core.people.unit_details import Details
from minsheng.domain.actors import Actor
from minsheng.gateways.tables import Row

SHEET: Final = Sheet(
    MappingProxyType(
        {
            "name": ("名称", "单位", "单位名称"),
            "kind": ("类别", "单位类别"),
            "level": ("层级",),
            "region": ("地区", "所在地区"),
            "parent": ("上级单位", "主管单位"),
            "phone": ("公开电话", "电话"),
            "joined_on": ("加入日期",),
        }
    ),
    ("name",),
)


def putting(city: str, *, actor: Actor, now: datetime) -> Callable[[Row], bool]:
    """Return what adds a row's unit and tells whether it is new; one that is there stays as it is."""

    def put(row: Row) -> bool:
        details = Details(
            kind=sheets.code_of(row.get("kind"), wording.UNIT_KINDS) or "government",
            level=sheets.code_of(row.get("level"), wording.UNIT_LEVELS) or "city",
            region=row.get("region"),
            parent=row.get("parent"),
            phone=row.get("phone"),
        )
        joined_on = sheets.day_of(row.get("joined_on"), column=SHEET.columns["joined_on"][0])
        try:
            unit_details.add(city, row.get("name"), details, joined_on=joined_on, actor=actor, now=now)
        except actions.NameTaken:
            return False
        return True

    return put
