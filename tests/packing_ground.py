"""The shipped packs as tests look at them: as plain values and as rules."""

from __future__ import annotations

import tomllib
from datetime import date
from types import MappingProxyType
from typing import Any

from minsheng.domain import packs, rehearsal
from minsheng.domain.packs import Rules
from minsheng.gateways import packfiles

CITIES = ("suzhou", "jiangyin", "suqian")
CALENDAR = packfiles.load_calendar()
A_DAY = date(2026, 1, 1)


def plain_of(pack: str) -> dict[str, Any]:
    text = (packfiles.shipped_folder() / pack / "pack.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


PLAIN = MappingProxyType({pack: plain_of(pack) for pack in (*CITIES, "jiangsu_2021")})


def rules_of(pack: str, *overlays: str, **settings: object) -> Rules:
    chosen = packs.in_force(packfiles.shipped_packs(), pack, overlays, on=A_DAY)
    return packs.rules(chosen.pack, chosen.overlays, calendar=CALENDAR, settings=settings)


def rules_with_2027(pack: str, *days_off: str) -> Rules:
    """Return a pack's rules with a final calendar of 2027 in which these days are off."""
    chosen = packs.in_force(packfiles.shipped_packs(), pack, on=A_DAY)
    year = rehearsal.calendar_year("2027", days_off, ())
    return packs.rules(chosen.pack, calendar=CALENDAR.with_year(year))
