"""When facts make a violation: thresholds over windows, and how often a person was named.

A fact counts in the month of the moment that was missed (A-68), else of its own. The functions look at one partition,
which is a party's month, or its quarter, or all of a party, or one order; a recount of everything is the same
functions over every partition. Source: JY-20.2, JY-22b, SZ-43.3; A-29, A-30.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from minsheng.domain.monitoring_rule import EACH, MONTH, OF_ORDER, QUARTER, ROLLING, THRESHOLD_OF, WINDOW_OF
from minsheng.domain.monitoring_rule import MonitoringRule as Rule
from minsheng.domain.rules import Rules

_MONTH_DAYS, _QUARTER_DAYS = timedelta(days=30), timedelta(days=90)
_WINDOWS: Final = {"calendar": MONTH, "rolling_30d": ROLLING}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A fact that rules count: `key` names it once for all, `at` is the missed moment, else when it happened.

    `party`: whom it falls on; `source`: the stream; `by`: the unit that returned an order; `hidden`: its order exists
    for few, and nothing about it may be counted with the others.
    """

    key: str
    event: str
    party: str
    at: datetime
    source: str
    by: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Partition:
    """Facts that are counted together: the rule's code, the party or the order, and the period, empty for all time."""

    code: str
    of: str
    period: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Completion:
    """What makes one violation: `key` names it, `last` is the fact that made the count full, `facts` all of them."""

    key: str
    last: Occurrence
    facts: tuple[Occurrence, ...]


def window_of(rule: Rule, rules: Rules) -> str:
    """Return the rule's window; where it names the parameter, that of the pack (A-29)."""
    return _WINDOWS[rules.count_window] if rule.window == WINDOW_OF else rule.window


def threshold_of(rule: Rule, rules: Rules) -> int:
    """Return how many facts make a violation; where the rule names the parameter, that of the pack."""
    return rules.late_sign_threshold if rule.threshold == THRESHOLD_OF else int(rule.threshold)


def month_of(moment: datetime, rules: Rules) -> str:
    """Return the month in which a moment counts, as `2026-03`."""
    return f"{moment.astimezone(rules.worktime.zone):%Y-%m}"


def partition_of(code: str, rule: Rule, fact: Occurrence, rules: Rules) -> Partition:
    """Return with which other facts a fact is counted."""
    window = window_of(rule, rules)
    period = ""
    if window == MONTH:
        period = month_of(fact.at, rules)
    elif window == QUARTER:
        period = quarter(fact.at.astimezone(rules.worktime.zone).date())
    of = {EACH: fact.key, OF_ORDER: fact.source}.get(window, fact.party)
    return Partition(code, of, period, fact.hidden)


def completions(
    partition: Partition, facts: Iterable[Occurrence], rule: Rule, rules: Rules, *, annulled: int = 0
) -> dict[str, Completion]:
    """Return the violations that the facts of one partition make, by their keys.

    `annulled`: how many violations of the partition were annulled; their facts are not among these (JY-25.3).
    """
    threshold, window = threshold_of(rule, rules), window_of(rule, rules)
    line = sorted(facts, key=lambda fact: (fact.at, fact.key))
    if window == EACH:
        found = [Completion(fact.key, fact, (fact,)) for fact in line]
    elif window == ROLLING:
        found = _rolling(line, threshold)
    else:
        full = line[:threshold]
        found = [Completion("", full[-1], tuple(full))] if len(full) == threshold else []
    whole = key_of(partition, annulled=annulled)
    return {f"{partition.code} {each.key}" if each.key else whole: each for each in found}


def key_of(partition: Partition, *, annulled: int = 0) -> str:
    """Return what names the violation that a month, a quarter or an order can make, once others were annulled."""
    again, apart = str(annulled + 1) if annulled else "", "*" if partition.hidden else ""
    return " ".join(filter(None, (partition.code, partition.of, partition.period, again, apart)))


def span_of(period: str, rules: Rules) -> tuple[datetime, datetime]:
    """Return from when on, and until before when, a month or a quarter is, as `partition_of` names it."""
    year, _, rest = period.partition("-")
    first, months = (int(rest[1:]) * 3 - 2, 3) if rest.startswith("Q") else (int(rest), 1)
    since = datetime(int(year), first, 1, tzinfo=rules.worktime.zone)
    months += first - 1
    return since, since.replace(year=since.year + months // 12, month=months % 12 + 1)


def _rolling(line: Sequence[Occurrence], threshold: int) -> list[Completion]:
    """Return where the count of 30 times 24 hours, inclusive, becomes full: not again while it stays so."""
    found: list[Completion] = []
    was_full = False
    for place, last in enumerate(line):
        within = tuple(each for each in line[: place + 1] if last.at - each.at <= _MONTH_DAYS)
        is_full = len(within) >= threshold
        if is_full and not was_full:
            found.append(Completion(last.key, last, within))
        was_full = is_full
    return found


def quarter(day: date) -> str:
    """Return the quarter of a day, as `2026-Q3`."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def is_often(days: Iterable[date], rules: Rules) -> bool:
    """Tell whether a person's violations reached the count of one month or of one quarter (JY-22b).

    `days`: on which each of them counts. Months and quarters are those of the calendar, or 30 and 90 days (A-29).
    """
    line = sorted(days)
    rolls = rules.count_window == "rolling_30d"
    for limit, label, span in (
        (rules.person_month, _month, _MONTH_DAYS),
        (rules.person_quarter, quarter, _QUARTER_DAYS),
    ):
        if limit is None:
            continue
        if rolls:
            most = max((sum(timedelta(0) <= last - each <= span for each in line) for last in line), default=0)
        else:
            most = max(_tally(label(each) for each in line).values(), default=0)
        if most >= limit:
            return True
    return False


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _tally(labels: Iterable[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for label in labels:
        found[label] = found.get(label, 0) + 1
    return found
