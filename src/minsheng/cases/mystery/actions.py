"""Campaigns and mystery calls on PostgreSQL: under which number a task plants, who rates again, whom it is about.

Source: SQ-15, SZ-36.
"""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from minsheng.cases.mystery import labels, readers
from minsheng.cases.mystery.models import Campaign, MysteryCall
from minsheng.cases.orders.storage import planted
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as things
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Held, Key, Kind, Outcome
from minsheng.core.people import appellants, terms
from minsheng.core.people import queries as people
from minsheng.core.words import actions as words
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.mystery import call, campaign
from minsheng.domain.rejected import Rejected

__all__ = ["CALLS", "CAMPAIGNS", "callers", "give"]

_OPEN: Final = (campaign.WINDOW, campaign.DECIDING, campaign.PUBLISHED)


def callers(city: str, *, now: datetime) -> dict[str, str]:
    """Return the accounts that make mystery calls today, with their names."""
    held = terms.holders(city, on=now.astimezone(ZONE).date(), roles=(call.CALLER,))
    return {each.actor: each.name for each in held}


def give(
    command: call.GiveCall, *, phone: str, city: str, by: Actor, now: datetime, key: Key | None = None
) -> Outcome[call.MysteryCall]:
    """Give a caller a task; what is filed from the telephone until the task's day ends is planted.

    Without a telephone the call plants nothing. Raises: Rejected, BadPhone.
    """
    with transaction.atomic():
        begun = things.begin(CALLS, command, city=city, by=by, now=now, made=lambda id: _opens_call(id, city), key=key)
        if phone.strip() and not begun.repeated:
            if planted.is_taken(city, phone, now=now):
                raise Rejected("phone_in_use")
            assert command.until is not None  # the decision wants it
            until = datetime.combine(command.until, time(), tzinfo=ZONE) + timedelta(days=1)
            persona = appellants.keep_appellant(city=city, kind="citizen", phone=phone, now=now)
            planted.agree(persona, city=city, task=str(begun.id), since=now, until=until)
    return begun


def _call_known(asked: Asked) -> call.Known:
    named = getattr(asked.command, "campaign", "")
    try:
        row = CAMPAIGNS.rows_in(asked.city, pk=UUID(named), status=campaign.OPEN).first() if named else None
    except ValueError:
        row = None
    units = frozenset(CAMPAIGNS.read(row).units) if row is not None else frozenset()
    known = frozenset(callers(asked.city, now=asked.now)) if asked.row is None else frozenset()
    return call.Known(units, known)


def _campaign_known(asked: Asked) -> campaign.Known:
    named = (*getattr(asked.command, "units", ()), *getattr(asked.command, "told_units", ()))
    found = people.unit_facts(asked.city, names=set(named), now=asked.now) if named else {}
    if asked.row is None:
        return campaign.Known(units=frozenset(found))
    own = {row.number: CALLS.read(row) for row in CALLS.rows_in(asked.city, campaign=str(asked.row.pk))}
    return campaign.Known(
        own, seed=secrets.token_hex(16), callers=frozenset(callers(asked.city, now=asked.now)), units=frozenset(found)
    )


def _after_campaign(held: Held[campaign.Campaign], command: Any, by: Actor) -> None:
    """Have the drawn calls rated by somebody else; a campaign that is over plants nothing more."""
    if isinstance(command, campaign.CancelCampaign | campaign.DrawSeconds):
        for row in CALLS.rows_in(held.city, campaign=str(held.row.pk)):
            planted.end(str(row.pk), now=held.now)
    if isinstance(command, campaign.DrawSeconds):
        known = callers(held.city, now=held.now)
        for row in CALLS.rows_in(held.city, campaign=str(held.row.pk), number__in=held.state.drawn).order_by("number"):
            rater = campaign.second_rater(row.number, seed=held.state.seed, caller=row.caller, callers=known)
            things.apply(CALLS, row.pk, call.AskSecond(rater=rater), city=held.city, by=SYSTEM, now=held.now)


def _after_call(held: Held[call.MysteryCall], command: Any, by: Actor) -> None:
    if isinstance(command, call.VoidCall):
        planted.end(str(held.row.pk), now=held.now)


def _campaign_columns(state: campaign.Campaign) -> dict[str, Any]:
    is_published = state.status == campaign.PUBLISHED
    known_to = (*state.units, *(state.told_units if is_published else ())) if state.status in _OPEN else ()
    return {
        "title": state.title,
        "period": state.period,
        "units": list(dict.fromkeys(known_to)),
        "told": list(state.told) if is_published else [],
        "is_restricted": not is_published,
    }


def _call_columns(state: call.MysteryCall) -> dict[str, Any]:
    return {
        "target_unit": state.unit,
        "is_restricted": True,
        "campaign": state.campaign,
        "caller": state.caller,
        "rater": state.rater,
    }


def _opens_campaign(id: UUID, city: str) -> Campaign:
    return Campaign(id=id, city_id=city, number=numbers.next_of(Campaign, "测评", id=id, city=city))


def _opens_call(id: UUID, city: str) -> MysteryCall:
    return MysteryCall(id=id, city_id=city, number=numbers.next_of(MysteryCall, "拨测", id=id, city=city))


CAMPAIGNS = Kind(
    campaign.CYCLE,
    model=Campaign,
    names=people.names,
    words=labels.CAMPAIGN_EVENTS,
    facts=_campaign_known,
    follow=_after_campaign,
    keeps=words.keep,
    columns=_campaign_columns,
    readers=readers.CAMPAIGNS,
    labels=labels.CAMPAIGNS,
    opens=_opens_campaign,
    sought=("title",),
)
CALLS = Kind(
    call.CYCLE,
    model=MysteryCall,
    names=people.names,
    words=labels.CALL_EVENTS,
    facts=_call_known,
    follow=_after_call,
    keeps=words.keep,
    columns=_call_columns,
    readers=readers.CALLS,
    labels=labels.CALLS,
    # Begun by `give` alone, since a number is agreed with it.
    opens=None,
)
