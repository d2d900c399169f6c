"""The tokens of accounts in WeChat and WeCom, kept for all processes, and who wrote to an account lately.

A token is sealed. Whoever renews it holds its name, so that a crowd that meets an expired one renews it once; while
the old one is good nobody waits. The name is held for one request to the platform, in a transaction that has written
nothing yet.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.messages.models import AccessToken, Heard
from minsheng.core.people import limits, vault
from minsheng.gateways.carriers import Carrier
from minsheng.gateways.wechat import file
from minsheng.gateways.wechat import values as wechat
from minsheng.gateways.wechat.carrier import Accounts
from minsheng.gateways.wechat.values import Account, WechatAway

_log = logging.getLogger(__name__)

# So long before its end a token is renewed.
_EARLY: Final = timedelta(minutes=10)
# So long after what somebody wrote a message of any words may go, a little less than WeChat says.
_NEAR: Final = timedelta(hours=48) - timedelta(minutes=2)
_TRY: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, slots=True)
class Keeper:
    """What the platforms' carriers ask of the database (`gateways.wechat.api.Keeper`).

    `closes`: it is asked by threads that have no other use for a connection of their own.
    """

    clock: Callable[[], datetime]
    closes: bool = False

    def now(self) -> datetime:
        """Return the moment."""
        return self.clock()

    def token(self, account: Account, fetch: Callable[[bool], tuple[str, int]], *, stale: str = "") -> str:
        """Return the account's token, renewed early, or at once where it is `stale`. Raises: WechatAway."""
        try:
            known = _known(account.name)
            if known is not None and known[0] != stale and known[1] > self.clock():
                return known[0] if known[1] - _EARLY > self.clock() else self._early(account, known[0], fetch)
            return self._renewed(account, fetch, stale=stale)
        finally:
            self._close()

    def is_near(self, account: Account, person: str) -> bool:
        """Tell whether somebody wrote within 48 hours."""
        try:
            return Heard.objects.filter(pk=_key(account, person), at__gt=self.clock() - _NEAR).exists()
        finally:
            self._close()

    def _early(self, account: Account, known: str, fetch: Callable[[bool], tuple[str, int]]) -> str:
        """Return a new token where nobody else is getting one, else the old one, which is good for some minutes."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_TRY, (_name(account),))
                is_ours = bool(cursor.fetchone()[0])
            if not is_ours:
                return known
            fresh = _known(account.name)
            if fresh is not None and fresh[1] - _EARLY > self.clock():
                return fresh[0]
            try:
                return self._kept(account, *fetch(False))
            except WechatAway:
                return known

    def _renewed(self, account: Account, fetch: Callable[[bool], tuple[str, int]], *, stale: str) -> str:
        with transaction.atomic():
            ledger.hold(_name(account))
            known = _known(account.name)
            if known is not None and known[0] != stale and known[1] > self.clock():
                return known[0]
            return self._kept(account, *fetch(bool(stale)))

    def _kept(self, account: Account, token: str, seconds: int) -> str:
        AccessToken.objects.update_or_create(
            account=account.name,
            defaults={
                "sealed": vault.encrypt(token, owner=f"access token/{account.name}", field="sealed"),
                "expires_at": self.clock() + timedelta(seconds=seconds),
            },
        )
        return token

    def _close(self) -> None:
        if self.closes and not connection.in_atomic_block:
            connection.close()


def carrier(channel: str, *, now: datetime) -> Carrier | None:
    """Return who carries messages of a channel in the accounts of this installation, or None (`Feature.carriers`)."""
    if channel not in wechat.KINDS or not settings.WECHAT_FILE:
        return None
    try:
        known = [each for each in file.accounts(Path(settings.WECHAT_FILE)) if each.kind == channel]
    except wechat.WechatMisconfigured as fault:
        _log.warning("accounts: %s", fault.args[0])
        return None
    # The outbox's threads have a connection for nothing else.
    return Accounts(channel, known, Keeper(lambda: now, closes=True)) if known else None


def heard(account: Account, person: str, *, now: datetime) -> None:
    """Keep that somebody wrote: for 48 hours they may be sent messages of any words."""
    Heard.objects.update_or_create(key=_key(account, person), defaults={"at": now})


def forget(*, now: datetime) -> None:
    """Delete who wrote long ago, and tokens that are no longer good."""
    Heard.objects.filter(at__lt=now - _NEAR).delete()
    AccessToken.objects.filter(expires_at__lt=now).delete()


def _known(account: str) -> tuple[str, datetime] | None:
    row = AccessToken.objects.filter(pk=account).first()
    if row is None:
        return None
    try:
        return vault.decrypt(bytes(row.sealed), owner=f"access token/{account}", field="sealed"), row.expires_at
    except vault.VaultBroken:
        # Under a key that is gone: the platform gives another.
        return None


def _name(account: Account) -> str:
    return f"access token {account.name}"


def _key(account: Account, person: str) -> bytes:
    return limits.keyed("heard", account.address(person))
