"""Units from a file; read `people.sheets`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng import wording
from minsheng.core.people import sheets
from minsheng.core.people.sheets import Sheet
from minsheng.core.people.unit_details import Details, Entering
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


class Putting:
    """Adds the units of rows, all in one go (`sheets.Bulk`); one that is there stays as it is."""

    def __init__(self, city: str, *, actor: Actor, now: datetime) -> None:
        self._entering = Entering(city, actor=actor, now=now)

    def read(self, _rows: Sequence[Row]) -> None:
        """Read the city's units."""
        self._entering.read()

    def __call__(self, row: Row) -> bool:
        """Look at a row's unit; tell whether it is new."""
        details = Details(
            kind=sheets.code_of(row.get("kind"), wording.UNIT_KINDS) or "government",
            level=sheets.code_of(row.get("level"), wording.UNIT_LEVELS) or "city",
            region=row.get("region"),
            parent=row.get("parent"),
            phone=row.get("phone"),
        )
        joined_on = sheets.day_of(row.get("joined_on"), column=SHEET.columns["joined_on"][0])
        return self._entering(row.get("name"), details, joined_on=joined_on)

    def flush(self) -> None:
        """Write the units."""
        self._entering.flush()


putting = Putting
