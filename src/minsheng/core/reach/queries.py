"""Reads of where people are reached. That an address was used is a fact; the address stands in none."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import vault
from minsheng.core.people.vault_keys import Cell
from minsheng.core.reach.models import Address, Wish
from minsheng.domain.actors import SYSTEM

CELLS: Final[tuple[Cell, ...]] = ((Address.objects, "reach", "address"),)
MAIL, FAX = "mail", "fax"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wishes to be told; `channels` that come first, in their order."""

    channels: tuple[str, ...] = ()
    language: str = ""
    no_news: bool = False


def normal(channel: str, address: str) -> str:
    """Return the one form of an address: mail does not tell large letters from small ones, a fax has digits alone."""
    plain = unicodedata.normalize("NFKC", address).strip()
    if channel == FAX:
        return "".join(each for each in plain if each.isdecimal())
    return plain.casefold() if channel == MAIL else plain


def indexes(channel: str, address: str, *, city: str) -> list[bytes]:
    """Return every index under which a normal address may be kept, one for each key."""
    return [vault.blind_index(channel, address, city=city, key=key) for key in vault.keyring().all]


def find(city: str, *, channel: str, address: str) -> list[UUID]:
    """Return whoever has shown that an address is theirs, the newest first."""
    rows = _rows(city, channel, address).filter(verified=True)
    return list(rows.order_by("-since", "-id").values_list("appellant", flat=True))


def orders_of(city: str, *, channel: str, address: str) -> list[str]:
    """Return the orders that began with an address which nobody has shown to be theirs."""
    return list(_rows(city, channel, address).filter(verified=False).values_list("about", flat=True))


def _rows(city: str, channel: str, address: str) -> QuerySet[Address]:
    known = indexes(channel, normal(channel, address), city=city)
    return Address.objects.filter(city=city, channel=channel, address_index__in=known)


def channels_of(appellant: UUID, *, about: str = "") -> list[str]:
    """Return the channels in which somebody has an address, for what is said about an order."""
    return sorted(set(_own(appellant, about).values_list("channel", flat=True)))


def _own(appellant: UUID, about: str) -> QuerySet[Address]:
    return Address.objects.filter(Q(verified=True) | Q(about=about), appellant=appellant)


@transaction.atomic
def address_for_message(appellant: UUID, *, city: str, channel: str, about: str, now: datetime) -> str | None:
    """Return where a message about an order goes in a channel, after writing down that it was used.

    What the order began with comes first. Source: JY-23.5, JY-9.4.
    """
    rows = _own(appellant, about).filter(city=city, channel=channel)
    row = rows.order_by("verified", "-since").first()
    if row is None:
        return None
    body = {"order": about, "purpose": "message", "channel": channel}
    ledger.record(city, f"identity/{appellant}", "IdentityUsed", body, actor=SYSTEM, now=now)
    return vault.decrypt(bytes(row.address_enc), owner=f"reach/{row.pk}", field="address")


def wishes(appellant: UUID | None) -> Wishes:
    """Return what somebody wishes; nobody in particular wishes nothing."""
    row = Wish.objects.filter(pk=appellant).first() if appellant is not None else None
    return Wishes(tuple(row.channels), row.language, row.no_news) if row is not None else Wishes()


def without_news(appellants: Iterable[UUID]) -> frozenset[UUID]:
    """Return those who want no news."""
    return frozenset(Wish.objects.filter(pk__in=list(appellants), no_news=True).values_list("pk", flat=True))
