"""Which supervision orders the rules of a city suggest of an order as it stands: the dry run of the rules.

The life cycle suggests at the moment when something happens; here is what it would have suggested by a moment, under
rules that may be others than those of then. Source: SZ-40.1 to SZ-40.5, SQ-18.1 to SQ-18.5, JY-20.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng.domain.orders import timers
from minsheng.domain.orders.order import Order, UnitFacts
from minsheng.domain.packs import Rules

# Which category of supervision a tag suggests (SZ-40.1, SZ-40.3, SQ-18.1, SQ-18.3).
CATEGORY_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"livelihood": "K1", "central_work": "K1", "instructed": "K3", "media": "K3"}
)

Suggested = tuple[str, str]


def expected(order: Order, rules: Rules, *, units: Mapping[str, UnitFacts], by: datetime) -> list[Suggested]:
    """Return category and ground of all that the rules suggest of an open order by a moment, if nothing happens."""
    auto = rules.supervision_auto_rules
    found: list[Suggested] = []
    found += [(category, tag) for tag in order.tags if (category := CATEGORY_OF[tag]) in auto]
    if order.channel in rules.upper_channels and order.submitted_at is not None and "K3" in auto:
        found.append(("K3", "upper"))
    if "K2" in auto and order.audit_rejections >= rules.supervision_rejections_k2:
        found.append(("K2", "audit_rejected_again"))
    if involves_many(tuple(part.unit for part in order.parts), rules, units):
        found.append(("K4", "many_units"))
    if "dissatisfied" in auto and order.satisfied is False:
        found.append(("K2", "dissatisfied"))
    found += _by_clock(order, rules, by)
    return found


def missing(order: Order, rules: Rules, *, units: Mapping[str, UnitFacts], by: datetime) -> list[Suggested]:
    """Return what of it nobody has suggested yet; nothing for an order that is closed or supervised."""
    if not order.is_open or (order.supervision is not None and order.supervision.is_open):
        return []
    known = {(each.category, each.ground) for each in order.suggestions}
    return [each for each in expected(order, rules, units=units, by=by) if each not in known]


def involves_many(units: Iterable[str], rules: Rules, known: Mapping[str, UnitFacts]) -> bool:
    """Return whether K4 holds: so many units, or units of so many levels (SZ-40.4, SQ-18.4)."""
    names = tuple(units)
    if "K4" not in rules.supervision_auto_rules:
        return False
    levels = {facts.level for name in names if (facts := known.get(name)) is not None}
    return len(names) >= rules.multi_unit_k4 or len(levels) >= rules.multi_level_k4


def _by_clock(order: Order, rules: Rules, by: datetime) -> list[Suggested]:
    """Return what the clock of the lead's work leads to: overdue at once, still open after a while (SZ-40.5)."""
    auto, late = rules.supervision_auto_rules, []
    for timer in order.timers.values():
        if timer.name not in timers.WORK or timer.unit != order.lead or timer.due is None or timer.done_at is not None:
            continue
        if timer.status not in ("running", "missed") or timer.due >= by:
            continue
        late.append(timer.due)
    if not late:
        return []
    found: list[Suggested] = [("K2", "overdue")] if "overdue" in auto else []
    wait = rules.supervision_overdue_k5
    if "K5" in auto and wait is not None and rules.worktime.due(min(late), wait).moment < by:
        found.append(("K5", "still_open"))
    return found
