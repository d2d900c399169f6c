"""Whom a seat may bring into a talk, as it is told in one word. Source: SZ-15.2, JY-9.1b.

`expert` or `specialist`, with `@ID` for one of them; a number of the emergency lines; `tier@CODE` for another platform;
else the name of a unit. Nobody's name or telephone: an id has a letter, and no number has one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from minsheng.domain.rejected import Rejected

EXPERT, SPECIALIST, UNIT, EMERGENCY_LINE, TIER = "expert", "specialist", "unit", "emergency", "tier"
PARTIES: Final = (EXPERT, SPECIALIST, UNIT, EMERGENCY_LINE, TIER)
_BY_ID: Final = re.compile(rf"({EXPERT}|{SPECIALIST}|{TIER})(?:@([0-9a-z_:-]{{1,50}}))?")


def read(told: str, *, numbers: Collection[str]) -> tuple[str, str]:
    """Return the kind of a party and who it is; whatever is none of the others is taken for a unit's name.

    Raises: Rejected `party_unknown` for an id that is none.
    """
    if told in numbers:
        return EMERGENCY_LINE, told
    by_id = _BY_ID.fullmatch(told)
    if by_id is None:
        return UNIT, told
    kind, id = by_id[1], by_id[2] or ""
    if (id and not any(each.isalpha() for each in id)) or (kind == TIER and not id):
        raise Rejected("party_unknown")
    return kind, id


def written(kind: str, id: str) -> str:
    """Return the one word that tells a party."""
    return f"{kind}@{id}" if kind in (EXPERT, SPECIALIST, TIER) and id else id or kind
