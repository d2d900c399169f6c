"""To whom signals go: names of audiences, by which streams of events are cut, and the signal itself.

`city` (the roles of the hotline that see every ordinary order), `role:auditor`, `unit:城管局`, `officer@城管局`,
`staff:7`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from minsheng.domain.actors import Actor

# Everybody whose role sees the ordinary orders of the whole city.
CITY = "city"


@dataclass(frozen=True, slots=True)
class Telling:
    """One signal to one audience of a city; `order` and `version` are empty where only lists have changed.

    `order`: the order's id, of anything else its stream.
    """

    city: str
    audience: str
    kind: str
    order: str = ""
    version: int = 0


def role_audience(role: str) -> str:
    """Return the audience of a role of the whole city."""
    return f"role:{role}"


def unit_audience(unit: str) -> str:
    """Return the audience of everybody in a unit."""
    return f"unit:{unit}"


def post_audience(role: str, *, unit: str) -> str:
    """Return the audience of one role in one unit, as notices name it."""
    return f"{role}@{unit}"


def recipient(to: str) -> Actor | None:
    """Return who a notice is to; None for those who are not at a desk."""
    role, _, unit = to.partition("@")
    if role == "citizen":
        return None
    return Actor("officer" if role == "duty" else role, unit or None)


def audience_of(to: str) -> str:
    """Return the audience of a notice's recipient."""
    if to.startswith("staff:"):
        return to
    role, _, unit = to.partition("@")
    # Out of office hours somebody is on duty, whoever it is: everybody of the unit who looks at a screen hears it.
    if role == "duty":
        return unit_audience(unit)
    return post_audience(role, unit=unit) if unit else role_audience(role)


def of_notices(city: str, told: Iterable[str]) -> list[Telling]:
    """Return what follows for browsers from notices alone: that there is something to look at."""
    return [Telling(city, audience_of(to), "queue") for to in told if recipient(to) is not None]
