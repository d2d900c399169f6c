"""Changes of where somebody is reached and of what they wish; each is a fact that holds no address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import vault
from minsheng.core.reach import queries
from minsheng.core.reach.models import Address, Wish
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

LANGUAGES: Final = ("", "zh-hans", "en")


@transaction.atomic
def bind(
    appellant: UUID, *, city: str, channel: str, address: str, verified: bool, now: datetime, about: str = ""
) -> None:
    """Keep that somebody is reached at an address of a channel; one that is not verified is of the order `about`."""
    about = "" if verified else about
    normal = queries.normal(channel, address)
    ledger.hold(f"reach {appellant}")
    indexes = queries.indexes(channel, normal, city=city)
    known = Address.objects.filter(appellant=appellant, channel=channel, address_index__in=indexes)
    if known.filter(verified=True).exists() or known.filter(about=about, verified=verified).exists():
        return
    row = Address(id=ids.uuid7(now), city=city, appellant=appellant, channel=channel, since=now)
    row.verified, row.about = verified, about
    row.address_enc = vault.encrypt(normal, owner=f"reach/{row.id}", field="address")
    row.address_index = row.index_of(normal)
    row.save(force_insert=True)
    _record(city, appellant, "AddressKept", {"channel": channel, "verified": verified}, now=now)


@transaction.atomic
def unbind(
    appellant: UUID, *, city: str, channel: str, now: datetime, actor: Actor = SYSTEM, address: str = ""
) -> bool:
    """Delete the addresses that somebody has in a channel, or the one that is named; return whether there was one."""
    ledger.hold(f"reach {appellant}")
    rows = Address.objects.filter(appellant=appellant, channel=channel)
    if address:
        rows = rows.filter(address_index__in=queries.indexes(channel, queries.normal(channel, address), city=city))
    gone, _ = rows.delete()
    if gone:
        _record(city, appellant, "AddressDeleted", {"channel": channel}, now=now, actor=actor)
    return bool(gone)


@transaction.atomic
def wish(
    appellant: UUID,
    *,
    city: str,
    channels: Sequence[str] | None = None,
    language: str | None = None,
    no_news: bool | None = None,
    now: datetime,
    actor: Actor = SYSTEM,
) -> None:
    """Keep what somebody wishes; what is not given stays. Raises: Rejected."""
    if language is not None and language not in LANGUAGES:
        raise Rejected("code_not_in_pack", value=language)
    ledger.hold(f"reach {appellant}")
    row = Wish.objects.filter(pk=appellant).first() or Wish(appellant=appellant, city=city)
    given = {"channels": channels and list(channels), "language": language, "no_news": no_news}
    new: dict[str, object] = {
        name: value for name, value in given.items() if value is not None and getattr(row, name) != value
    }
    if not new and row.changed_at is not None:
        return
    for name, value in new.items():
        setattr(row, name, value)
    row.changed_at = now
    row.save()
    _record(city, appellant, "WishesChanged", new, now=now, actor=actor)


def _record(
    city: str, appellant: UUID, type: str, body: dict[str, object], *, now: datetime, actor: Actor = SYSTEM
) -> None:
    ledger.record(city, f"identity/{appellant}", type, body, actor=actor, now=now)
