"""The conversation beside an order, at the desks that speak with its appellant: what came and what left, covered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.incoming import conversation
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import records
from minsheng.cases.orders.storage.queries import Row
from minsheng.core.people import permissions
from minsheng.core.people.permissions import Sight
from minsheng.core.people.queries import Person
from minsheng.domain.facts import Notice
from minsheng.domain.orders.order import Order
from minsheng.domain.rules import Rules
from minsheng.workbench.overview import situation_of

# So many entries are shown at once, the latest.
SHOWN: Final = 100
READERS: Final = ("seat", "auditor", "callback_agent", "supervisor", "office")


def context_of(
    row: Row, person: Person, context: Mapping[str, Any], *, rules: Rules, whole: bool = False
) -> dict[str, Any]:
    """Return the conversation and its tab, where there is one and the person may read it; else nothing.

    `whole`: with what is not shown at once of a long one.
    """
    order: Order = context["order"]
    if person.acting_as not in READERS or row.is_sealed:
        return {}
    words = appeals.words_of(records.appeal_of(order.id))
    situation = situation_of(order, person, words)
    if permissions.sight(person.actor, situation) is Sight.NEVER:
        return {}
    shown_at_most = conversation.LATEST if whole else SHOWN
    entries = conversation.of_order(order.id, limit=shown_at_most + 1)
    if not entries:
        return {}
    has_earlier, entries = len(entries) > shown_at_most, entries[-shown_at_most:]
    read = reading.of(order, actor=person.actor, city=person.city, words=words, situation=situation)
    shown = [_shown(each, read, rules) for each in entries]
    return {
        "conversation": shown,
        "has_earlier": has_earlier and not whole,
        "sides": [*context["sides"], ("conversation", _("往来"))],
    }


def _shown(entry: conversation.Entry, read: reading.Reading, rules: Rules) -> dict[str, Any]:
    said = wording.say(Notice(entry.kind, "citizen", {}), rules) if entry.kind and not entry.text else entry.text
    return {
        "entry": entry,
        "channel": channel_name(entry.channel),
        "instead_of": channel_name(entry.instead_of),
        "text": read.said(said),
        "state": wording.MESSAGE_STATES.get(entry.state, ""),
        "failed": entry.state == "FAILED",
    }


def channel_name(code: str) -> str:
    """Return what a channel is called."""
    return wording.CHANNELS.get(code, code)
