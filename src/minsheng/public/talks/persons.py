"""Who it is that writes in an account: the citizen's account of the telephone that they have bound by a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from minsheng.core.policies import queries as policies
from minsheng.core.reach import actions as reach
from minsheng.core.reach import queries as reached
from minsheng.gateways.wechat.values import Account
from minsheng.public.citizens import accounts
from minsheng.public.citizens.accounts import Known
from minsheng.public.citizens.visitors import Visitor


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an account; `citizen`: whose telephone they have bound, `appellants`: whatever it goes by."""

    account: Account
    name: str
    appellants: Sequence[UUID]
    citizen: Known | None

    @property
    def address(self) -> str:
        """Return where they are reached."""
        return self.account.address(self.name)

    def visitor(self, *, now: datetime) -> Visitor:
        """Return them as the portal knows its visitors."""
        return Visitor(
            city=policies.city(self.account.city), now=now, address=f"{self.account.kind} {self.address}",
            account=self.citizen, opened=frozenset(), is_known=True, appellants=frozenset(self.appellants),
        )  # fmt: skip


def known(account: Account, name: str) -> Person:
    """Return who writes."""
    found = reached.find(account.city, channel=account.kind, address=account.address(name))
    return Person(account, name, found, accounts.of_appellants(found, city=account.city) if found else None)


def bind(account: Account, name: str, phone: str, *, now: datetime) -> Person:
    """Bind a telephone that was shown to be theirs, in the place of another one. Raises: BadPhone."""
    unbind(account, name, now=now)
    city = account.city
    citizen = accounts.known(accounts.enter(phone, city=city, now=now), city=city)
    assert citizen is not None  # it was entered just now
    for appellant in dict.fromkeys((citizen.appellant, *accounts.own_appellants(citizen, now=now))):
        reach.bind(
            appellant, city=city, channel=account.kind, address=account.address(name), verified=True, now=now
        )  # fmt: skip
    return known(account, name)


def unbind(account: Account, name: str, *, now: datetime) -> bool:
    """Delete where somebody is reached in an account; return whether it was known."""
    address = account.address(name)
    found = reached.find(account.city, channel=account.kind, address=address)
    gone = [reach.unbind(each, city=account.city, channel=account.kind, now=now, address=address) for each in found]
    return any(gone)
