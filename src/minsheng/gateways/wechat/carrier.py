"""Carries messages of a channel to people in the accounts that the file names: an address begins with its account."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import httpx

from minsheng.gateways.sms import Handed, SmsRefused
from minsheng.gateways.wechat.api import WAIT, Api, Keeper
from minsheng.gateways.wechat.values import Account, parted


class Accounts:
    """The accounts of one kind."""

    def __init__(self, name: str, accounts: Sequence[Account], keeper: Keeper) -> None:
        self.name, self._keeper = name, keeper
        self._accounts = {each.name: each for each in accounts}

    def send(self, address: str, text: str, /, *, reference: str, about: str = "") -> Handed:
        """Hand a message over. Raises: WechatAway; SmsRefused, also where the account is no more."""
        name, person = parted(address)
        account = self._accounts.get(name)
        if account is None or not person:
            raise SmsRefused
        return Api(account, http(), self._keeper).send(person, text, reference=reference)


@functools.cache
def http() -> httpx.Client:
    """Return the connections to the platforms. Where one sends us to is not followed: the token would go along."""
    return httpx.Client(timeout=WAIT, follow_redirects=False)
