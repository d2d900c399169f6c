"""From which addresses a city is administered: a list of networks, set by the security administrator; none means all.

It holds for the three administrators, at their next request. Source: GB/T 22239-2019 8.1.4.4 c.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.people import alarms
from minsheng.core.people.models import AdminNetwork
from minsheng.core.people.queries import Person
from minsheng.domain.actors import ADMINISTRATORS, Actor
from minsheng.domain.rejected import Rejected

_AT_MOST: Final = 50


def of(city: str) -> tuple[str, ...]:
    """Return the networks from which a city is administered; empty for from everywhere."""
    return tuple(AdminNetwork.objects.filter(city=city).order_by("pk").values_list("network", flat=True))


def keeps_out(person: Person, address: str) -> bool:
    """Tell whether an administrator sits where the city is not administered from."""
    if person.acting_as not in ADMINISTRATORS:
        return False
    networks = of(person.city)
    return bool(networks) and not _is_in(address, networks)


def note_kept_out(person: Person, *, now: datetime) -> None:
    """Keep on record that an administrator was refused for their address, and ring once an hour."""
    stream = f"{alarms.PREFIX}{person.city}"
    actor = actor_to_plain(person.actor)
    ledger.refuse(at=now, city=person.city, stream=stream, actor=actor, command="administer", code="address_not_listed")
    alarms.count("elsewhere", f"staff:{person.id}", city=person.city, now=now)


@transaction.atomic
def put(
    city: str, texts: Iterable[str], *, own_address: str | None, is_confirmed: bool, actor: Actor, now: datetime
) -> bool:
    """Let a city be administered from these networks and nowhere else; return whether that is new.

    `own_address`: whoever sets the list must confirm a list without it, since they are out with it; None for the
    command line. Raises: Rejected `address_malformed`, `addresses_too_many`, `addresses_lock_out`.
    """
    networks = tuple(dict.fromkeys(_network(text) for text in map(str.strip, texts) if text))
    if len(networks) > _AT_MOST:
        raise Rejected("addresses_too_many", most=_AT_MOST)
    if networks and own_address is not None and not is_confirmed and not _is_in(own_address, networks):
        raise Rejected("addresses_lock_out", address=own_address)
    ledger.hold(f"{alarms.PREFIX}{city}")
    if networks == of(city):
        return False
    AdminNetwork.objects.filter(city=city).delete()
    AdminNetwork.objects.bulk_create(AdminNetwork(city_id=city, network=each) for each in networks)
    body = {"networks": list(networks)}
    ledger.record(city, f"{alarms.PREFIX}{city}", "AdminNetworksSet", body, actor=actor, now=now)
    return True


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise Rejected("address_malformed", text=text[:60]) from None


def _is_in(address: str, networks: Iterable[str]) -> bool:
    try:
        own = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(own, ipaddress.IPv6Address) and own.ipv4_mapped is not None:
        own = own.ipv4_mapped
    return any(own in ipaddress.ip_network(each) for each in networks)
