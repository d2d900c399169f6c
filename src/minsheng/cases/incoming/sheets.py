"""Separator sheets: printed with a keyed number, known again when they are scanned, each good for one letter."""

from __future__ import annotations

import hmac
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from minsheng.cases.incoming.models import SeparatorSheet
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import vault
from minsheng.core.people.vault import Key
from minsheng.domain.rejected import Rejected
from minsheng.gateways.media import sheets

MOST: Final = 100
_OURS: Final = "MINSHENG"
_TAG: Final = 16


@transaction.atomic
def printed(count: int, *, city: str, by: str, now: datetime) -> bytes:
    """Return the PDF of so many new sheets. Raises: Rejected."""
    if not 1 <= count <= MOST:
        raise Rejected("sheets_too_many", most=MOST)
    year = now.astimezone(ZONE).year
    ledger.hold(f"separator sheets {city}")
    first = SeparatorSheet.objects.filter(city=city, number__startswith=f"{year}-").count() + 1
    numbers = [f"{year}-{place:06}" for place in range(first, first + count)]
    SeparatorSheet.objects.bulk_create(
        SeparatorSheet(city=city, number=each, printed_at=now, printed_by=by) for each in numbers
    )
    return sheets.printed(
        [(each, _text(each, city)) for each in numbers],
        title=_("分隔页"),
        note=_("请放在每一封信的前面，和信一起扫描。每张只用一次，扫描后随原件存放。"),
        fonts=Path(settings.FONTS_FOLDER) if settings.FONTS_FOLDER else None,
    )


def number_of(text: str, *, city: str) -> str | None:
    """Return the number of a sheet by what its code says: empty where it is a forgery or another city's.

    None for a code that is none of a sheet.
    """
    parts = text.split(":")
    if parts[0] != _OURS or len(parts) != 5:
        return None
    _ours, version, of, number, tag = parts
    ours = any(hmac.compare_digest(tag.encode(), _tag(number, city, key).encode()) for key in vault.keyring().all)
    return number if (version, of) == ("1", city) and ours else ""


def use(number: str, *, city: str, incoming: UUID, now: datetime) -> bool:
    """Use a sheet up for a letter; return False for one that was used before. In the letter's transaction."""
    row = SeparatorSheet.objects.select_for_update().filter(city=city, number=number).first()
    if row is None or row.used_at is not None:
        return False
    row.used_at, row.incoming = now, incoming
    row.save(update_fields=["used_at", "incoming"])
    return True


def _text(number: str, city: str) -> str:
    return ":".join((_OURS, "1", city, number, _tag(number, city, vault.keyring().current)))


def _tag(number: str, city: str, key: Key) -> str:
    return vault.blind_index("separator sheet", number, city=city, key=key).hex()[:_TAG]
