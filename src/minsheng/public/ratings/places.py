"""Where a rating is asked for: the address behind a code says the unit, the item and the window, and is signed.

Source: SZ-30b, JY-16 (引导评判).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT: Final = "minsheng service rating"
_LONGEST: Final = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """What is rated: a unit's item, perhaps at a window."""

    unit: str
    item: str
    window: str = ""


def address(city: str, place: Place) -> str:
    """Return the address that a code leads to; without a scheme where the installation has no public address."""
    token = signing.dumps(asdict(place), salt=f"{_SALT} {city}", compress=True)
    return f"{settings.PUBLIC_URL}{reverse('ratings:rate', args=(city, token))}"


def place_of(city: str, token: str) -> Place | None:
    """Return the place of an address; None for one that is not ours."""
    if len(token) > _LONGEST:
        return None
    try:
        return Place(**signing.loads(token, salt=f"{_SALT} {city}"))
    except (signing.BadSignature, TypeError, ValueError):
        return None
