"""Places from a file; read `people.sheets`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng.core.people import places
from minsheng.core.people.places import Place
from minsheng.core.people.sheets import Sheet, parts_of
from minsheng.domain.actors import Actor
from minsheng.gateways.tables import Row

SHEET: Final = Sheet(
    MappingProxyType(
        {
            "name": ("名称", "地名", "地点名称", "POI名称"),
            "address": ("地址", "详细地址"),
            "region": ("区划代码", "所在区划代码", "所在区划"),
            "aliases": ("别名", "俗称", "曾用名"),
        }
    ),
    ("name",),
)


class Putting:
    """Enters the places of rows, all in one go (`sheets.Bulk`)."""

    def __init__(self, city: str, *, actor: Actor, now: datetime) -> None:
        self._entering = places.Entering(city, actor=actor, now=now)

    def read(self, _rows: Sequence[Row]) -> None:
        """Read the city's places and regions."""
        self._entering.read()

    def __call__(self, row: Row) -> bool:
        """Look at a row's place; tell whether anything is new."""
        aliases = parts_of(row.get("aliases"))
        return self._entering(Place(row.get("name"), row.get("region"), row.get("address"), aliases))

    def flush(self) -> None:
        """Write the places."""
        self._entering.flush()


putting = Putting
