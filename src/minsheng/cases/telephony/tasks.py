"""What telephony does by itself: clear what was asked for, end lost calls, send off who is no agent any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from minsheng.cases.telephony import actions, cti, queries
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import terms
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.telephony.agents import OFFLINE
from minsheng.gateways import ids

_KEPT: Final = timedelta(days=2)


def forget_asks(now: datetime) -> None:
    """Delete what was asked and done two days ago."""
    actions.forget_asks(now - _KEPT)


def look_after(now: datetime) -> None:
    """End calls that exchanges have forgotten, and take those off the telephones who are no agents any more."""
    cti.end_lost(now)
    day = now.astimezone(ZONE).date()
    for city in policies.cities():
        at_phone = [each.id for each in queries.agents(city.code) if each.state not in ("", OFFLINE)]
        if not at_phone:
            continue
        held = {each.actor for each in terms.holders(city.code, on=day, roles=cti.AGENTS)}
        for id in sorted(set(at_phone) - held):
            body = {"of": id, "reason": "role_ended"}
            actions.ask(ids.uuid7(now), kind="force_off", agent=id, by=SYSTEM, city=city.code, now=now, body=body)
