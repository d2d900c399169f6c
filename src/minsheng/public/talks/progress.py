"""How somebody's own appeals stand, in the portal's words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from minsheng.cases.orders.reading import own
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.policies import queries as policies
from minsheng.public.portal import plain
from minsheng.public.talks.persons import Person

_LATEST: Final = 3


def of(person: Person, *, now: datetime) -> str:
    """Return how the latest appeals of whoever has bound a telephone stand."""
    city = person.account.city
    rows = own.of_appellants(city, person.appellants)[:_LATEST]
    if not rows:
        return _("没有查到您的诉求。要反映问题，请回复“诉求”。")
    rules = policies.rules_for(city, now=now)
    held = orders.peek([row.id for row in rows])
    return "\n".join(
        f"{row.number}：{plain.standing(held[row.id].order, rules, now=now, may_rate=True).words}" for row in rows
    )
