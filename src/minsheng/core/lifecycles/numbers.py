"""The numbers that things are filed under: a series a word and a year of a city, without gaps."""

from __future__ import annotations

from uuid import UUID

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles.rows import LifeCycleRow
from minsheng.gateways import ids


def next_of(model: type[LifeCycleRow], word: str, *, id: UUID, city: str) -> str:
    """Return the next number of a series, as `约谈〔2026〕3号`; the year is that of the id's moment.

    Two who ask at once are one after the other until their transactions end.
    """
    series = f"{word}〔{ids.moment_of(id).astimezone(ZONE).year}〕"
    ledger.hold(f"{word} numbers {city}")
    return f"{series}{model._default_manager.filter(city=city, number__startswith=series).count() + 1}号"
