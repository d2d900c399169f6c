"""What the board of monitoring shows somebody: counters by party and rule, what is near its threshold, the rows behind.

Counters are those of what everybody who monitors may know; what is hidden is counted row by row, for whom each exists.
Source: JY-20.0, JY-20.12, SZ-43; A-68.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, QuerySet, Sum

from minsheng.cases.monitoring.actions import VIOLATIONS
from minsheng.cases.monitoring.models import Counter, Occurrence, Violation
from minsheng.core.lifecycles import queries as things
from minsheng.core.words import queries as said
from minsheng.domain.actors import Actor
from minsheng.domain.monitoring import counting
from minsheng.domain.monitoring_rule import MONTH, QUARTER, ROLLING, MonitoringRule
from minsheng.domain.rules import Rules

ViolationRow = Violation
# Who looks at the board; units have the list of what falls on them.
ROLES: Final = ("office", "supervisor", "duty_leader", "joint_meeting", "command", "discipline")
_PERIOD: Final = re.compile(r"(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))")


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a quarter of the board: its name, its months, and the names of those before and after it."""

    name: str
    months: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A party: how many violations of each rule stand, and which rules are near their threshold (facts, threshold)."""

    party: str
    counts: Mapping[str, int]
    near: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many violations stand."""
        return sum(self.counts.values())


def period_of(name: str, *, now: datetime, rules: Rules) -> Period | None:
    """Return the month or the quarter of a name, of this month for an empty one; None for none."""
    found = _PERIOD.fullmatch(name or counting.month_of(now, rules))
    if found is None:
        return None
    year, month, quarter = int(found[1]), found[2], found[3]
    place = year * 4 + int(quarter) - 1 if quarter else year * 12 + int(month) - 1
    if quarter:
        first = int(quarter) * 3 - 2
        months = tuple(f"{year}-{each:02}" for each in range(first, first + 3))
    else:
        months = (f"{year}-{month}",)
    return Period(found[0], months, _named(place - 1, bool(quarter)), _named(place + 1, bool(quarter)))


def _named(place: int, quarter: bool) -> str:
    return f"{place // 4}-Q{place % 4 + 1}" if quarter else f"{place // 12}-{place % 12 + 1:02}"


def codes(rules: Rules, actor: Actor) -> dict[str, MonitoringRule]:
    """Return the rules that exist for the actor."""
    return {code: rule for code, rule in rules.monitoring_rules.items() if actor.role in rule.sees}


def lines(actor: Actor, *, city: str, period: Period, rules: Rules, now: datetime) -> list[Line]:
    """Return the parties with something standing or near in a period, those with the most first."""
    seen = codes(rules, actor)
    counts: dict[str, dict[str, int]] = {}
    counted = Counter.objects.filter(city=city, month__in=period.months, is_hidden=False, code__in=seen).order_by()
    for party, code, number in counted.values_list("party", "code").annotate(n=Sum("violations")):
        if number:
            counts.setdefault(party, {})[code] = number
    hidden = things.visible(VIOLATIONS, actor, city=city).filter(
        is_restricted=True, counts=True, month__in=period.months
    )
    for party, code, number in hidden.order_by().values_list("party", "kind").annotate(n=Count("pk")):
        own = counts.setdefault(party, {})
        own[code] = own.get(code, 0) + number
    near = _near(city, period, seen, rules, now=now)
    found = [Line(party, counts.get(party, {}), near.get(party, {})) for party in {*counts, *near}]
    return sorted(found, key=lambda line: (-line.total, -len(line.near), line.party))


def _near(
    city: str, period: Period, seen: Mapping[str, MonitoringRule], rules: Rules, *, now: datetime
) -> dict[str, dict[str, tuple[int, int]]]:
    """Return whose facts lack one to the threshold of a rule, of the period that runs."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for code, rule in seen.items():
        threshold, window = counting.threshold_of(rule, rules), counting.window_of(rule, rules)
        if threshold == 1 or window not in (MONTH, QUARTER, ROLLING):
            continue
        for party, facts in _facts(city, code, rule, window, rules, now=now):
            if facts == threshold - 1:
                found.setdefault(party, {})[code] = (facts, threshold)
    current = counting.month_of(now, rules)
    return found if current in period.months else {}


def _facts(
    city: str, code: str, rule: MonitoringRule, window: str, rules: Rules, *, now: datetime
) -> Iterable[tuple[str, int]]:
    """Return how many facts of a rule each party has in the window that runs."""
    if window == ROLLING:
        within = Occurrence.objects.filter(
            city=city, event__in=rule.events, at__gte=now - timedelta(days=30), is_annulled=False, is_hidden=False
        ).exclude(freed_by__0__startswith=f"{code} ")
        return within.order_by().values_list("party").annotate(n=Count("pk"))
    day = now.astimezone(rules.worktime.zone).date()
    name = counting.quarter(day) if window == QUARTER else f"{day:%Y-%m}"
    period = period_of(name, now=now, rules=rules)
    assert period is not None
    counted = Counter.objects.filter(city=city, month__in=period.months, code=code, is_hidden=False).order_by()
    return counted.values_list("party").annotate(n=Sum("facts"))


def rows(
    actor: Actor, *, city: str, period: Period | None, code: str = "", party: str = "", state: str = ""
) -> QuerySet[Violation]:
    """Return the violations that exist for the actor, the newest first; `state` empty for what stands."""
    found: QuerySet[Violation] = things.visible(VIOLATIONS, actor, city=city)
    found = found.filter(status=state) if state else found.filter(counts=True)
    if period is not None:
        found = found.filter(month__in=period.months)
    if code:
        found = found.filter(kind=code)
    if party:
        found = found.filter(party=party)
    return found.order_by("-counted", "-id")


def suggested(actor: Actor, *, city: str) -> int:
    """Return how many suggestions wait for the actor's roles."""
    found: int = things.visible(VIOLATIONS, actor, city=city).filter(status="SUGGESTED").count()
    return found


def row_of(id: str, actor: Actor, *, city: str) -> Violation | None:
    """Return a violation that exists for the actor."""
    found: Violation | None = things.row_of(VIOLATIONS, id, actor, city=city)
    return found


def person_of(row: Violation) -> str:
    """Return who answers for a violation, for a proposal of a case; nothing leaves with it but there."""
    return said.said(f"violation/{row.pk}", "person") if row.is_personal else ""
