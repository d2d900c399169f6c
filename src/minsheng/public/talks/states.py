"""How far somebody's talk has come: kept sealed, by keyed hash of the person, forgotten after two hours of silence."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from minsheng.core.people import limits, vault
from minsheng.gateways.wechat.values import Account
from minsheng.public.portal import filings
from minsheng.public.talks.models import Talk

SILENCE: Final = timedelta(hours=2)
PHONE, CODE, FILING = "phone", "code", "filing"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where a talk stands: what is asked, the telephone that a code went to, the draft, what comes after binding.

    `last`: the moment, by the platform's clock, of what was taken last: what was written before it is no answer to
    what was asked since.
    """

    asks: str = ""
    phone: str = ""
    draft: UUID | None = None
    then: str = ""
    last: int = 0

    def at(self, **more: object) -> State:
        """Return the state a step on."""
        return replace(self, **more)  # type: ignore[arg-type]


def key(account: Account, person: str) -> bytes:
    """Return what a person's talk is found by."""
    return limits.keyed("talk", account.address(person))


def known(account: Account, person: str, *, now: datetime) -> State:
    """Return how far a talk has come; where there is none, or it was too long ago, that it begins."""
    row = Talk.objects.filter(pk=key(account, person)).first()
    if row is None:
        return State()
    if row.expires_at <= now:
        end(account, person)
        return State()
    try:
        plain = json.loads(vault.decrypt(bytes(row.sealed), owner=_owner(row.pk), field="sealed"))
    except vault.VaultBroken:
        end(account, person)
        return State()
    return State(**plain, draft=row.draft)


def keep(account: Account, person: str, state: State, *, now: datetime) -> None:
    """Keep how far a talk has come."""
    pk = key(account, person)
    plain = {name: value for name, value in asdict(state).items() if name != "draft"}
    Talk.objects.update_or_create(
        person=pk,
        defaults={
            "sealed": vault.encrypt(json.dumps(plain), owner=_owner(pk), field="sealed"),
            "draft": state.draft,
            "expires_at": now + SILENCE,
        },
    )


def end(account: Account, person: str) -> None:
    """Forget a talk, with its draft unless that was filed."""
    _drop(Talk.objects.filter(pk=key(account, person)).first())


def forget(*, now: datetime) -> None:
    """Forget talks of which nothing was heard for long."""
    for row in Talk.objects.filter(expires_at__lte=now):
        _drop(row)


def _drop(row: Talk | None) -> None:
    if row is None:
        return
    if row.draft is not None:
        filings.drop(row.draft)
    row.delete()


def _owner(pk: bytes | memoryview) -> str:
    return f"talk/{bytes(pk).hex()}"
