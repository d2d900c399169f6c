"""What a city has published of a year: figures by table, row and column, and what the simulator assumes beside."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles

Figures = Mapping[str, Mapping[str, Mapping[str, float | int | str]]]


@dataclass(frozen=True, slots=True)
class Published:
    """A release. `previous`: the year before; `assumed`: what the release doesn't say. Both are for the simulator."""

    pack: str
    year: int
    title: str
    population: int
    population_note: str
    tables: Figures
    previous: Mapping[str, Any]
    assumed: Mapping[str, Any]

    def figure(self, table: str, row: str, column: str) -> int:
        """Return a published count."""
        return int(self.tables[table][row][column])

    def measure(self, table: str, row: str, column: str) -> float:
        """Return a published rate or mean."""
        return float(self.tables[table][row][column])


def years(pack: str) -> list[int]:
    """Return the years of which a pack has a release."""
    folder = packfiles.shipped_folder() / pack / "releases"
    return sorted(int(file.stem) for file in folder.glob("[0-9][0-9][0-9][0-9].toml"))


def read(pack: str, year: int) -> Published:
    """Return a pack's release of a year. Raises: Rejected no_release when the pack has none."""
    # The name comes from outside and is made into a path.
    file = packfiles.shipped_folder() / pack / "releases" / f"{year}.toml"
    if re.fullmatch(r"[a-z0-9_]+", pack) is None or not file.is_file():
        known = "、".join(f"{name} {each}" for name in _packs() for each in years(name))
        raise Rejected("no_release", pack=pack, year=year, known=known)
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    release = content["release"]
    return Published(
        release["pack"], release["year"], release["title"], release["population"], release["population_note"],
        content["tables"], content["previous"], content["assumed"],
    )  # fmt: skip


def _packs() -> list[str]:
    return sorted({file.parent.parent.name for file in packfiles.shipped_folder().glob("*/releases/*.toml")})
