"""What people send by sessions of `minsheng gateway`: kept before the carrier is answered, long texts put together.

Parts are kept sealed until all are there. What is brought again within ten minutes is the same message, unless the
carrier gives ids of its own: SMPP has none for what people send.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.messages import models
from minsheng.core.people import vault
from minsheng.domain.text import cleaned, kept_of
from minsheng.gateways.bindings.values import Text
from minsheng.gateways.sms_http import Came

# What is incomplete after so long is taken as it is; a part that comes again later is not known any more.
_WAITS: Final = timedelta(minutes=10)
_KEPT_FOR: Final = timedelta(days=1)
_LONGEST_PHONE: Final = 100
_GAP: Final = "…"

Take = Callable[[Came], object]


def arrived(provider: str, text: Text, *, take: Take, now: datetime) -> None:
    """Keep what somebody sent; `take` gets it once it is whole, in the same transaction."""
    with transaction.atomic():
        if text.piece is None:
            id = text.id or _same_for_a_while(_keyed(provider, text.body.hex()), now)
            take(_came(id, text.phone, text.text))
            return
        message = _keyed(provider, text.phone, str(text.piece.reference), str(text.piece.total))
        ledger.hold(f"pieces {provider} {message}")
        if not _kept(provider, message, text, now=now):
            return
        rows = _rows(provider, message)
        if len(rows) == text.piece.total:
            _whole(rows, take=take, now=now)


def overdue(provider: str, *, take: Take, now: datetime) -> int:
    """Take what is incomplete and has waited long enough; return how many texts that were."""
    old = models.Piece.objects.filter(provider=provider, is_done=False, at__lt=now - _WAITS)
    messages = list(old.order_by().values_list("message", flat=True).distinct())
    for message in messages:
        with transaction.atomic():
            ledger.hold(f"pieces {provider} {message}")
            if rows := _rows(provider, message):
                _whole(rows, take=take, now=now)
    return len(messages)


def forget(*, now: datetime) -> None:
    """Delete parts of which the text is kept elsewhere."""
    models.Piece.objects.filter(is_done=True, at__lt=now - _KEPT_FOR).delete()


def _kept(provider: str, message: str, text: Text, *, now: datetime) -> bool:
    """Keep a part; return False for one that came before. Another in its place begins another message."""
    assert text.piece is not None  # `arrived` has looked
    body = _keyed(provider, text.body.hex())
    known = models.Piece.objects.filter(provider=provider, message=message, place=text.piece.place).first()
    if known is not None:
        if known.body == body and known.at >= now - _WAITS:
            return False
        models.Piece.objects.filter(provider=provider, message=message, is_done=True).delete()
        models.Piece.objects.filter(pk=known.pk).delete()
    sealed = vault.encrypt(json.dumps([text.phone, text.text]), owner=f"piece/{message}", field=str(text.piece.place))
    models.Piece.objects.create(
        provider=provider, message=message, place=text.piece.place, body=body, sealed=sealed, at=now
    )
    return True


def _rows(provider: str, message: str) -> list[models.Piece]:
    return list(models.Piece.objects.filter(provider=provider, message=message, is_done=False).order_by("place"))


def _whole(rows: list[models.Piece], *, take: Take, now: datetime) -> None:
    said, phone = "", ""
    for expected, row in enumerate(rows, start=1):
        opened = vault.decrypt(bytes(row.sealed), owner=f"piece/{row.message}", field=str(row.place))
        phone, words = json.loads(opened)
        said += words if row.place == expected or said.endswith(_GAP) else _GAP + words
    id = _same_for_a_while(_keyed(rows[0].provider, *(row.body for row in rows)), now)
    models.Piece.objects.filter(pk__in=[row.pk for row in rows]).update(is_done=True, sealed=b"", at=now)
    take(_came(id, phone, said))


def _came(id: str, phone: str, text: str) -> Came:
    return Came(id, kept_of(cleaned(phone))[:_LONGEST_PHONE], kept_of(cleaned(text)))


def _same_for_a_while(id: str, now: datetime) -> str:
    return f"{id} {int(now.timestamp() // _WAITS.total_seconds())}"


def _keyed(*values: str) -> str:
    """Return what stands for values and does not show them."""
    return vault.blind_index("text message", "\0".join(values), city="").hex()[:32]
