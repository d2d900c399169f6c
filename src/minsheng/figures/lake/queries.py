"""Every question that reports put to the lake, written once in Ibis; the answers are counts and sums, never rates.

All take the lake, a period and the report date `as_of` (not included), and count the period and the same days of the
year before: rows have `now` true and false. What the counts mean is said in `domain.indicators`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import ibis

from minsheng.domain.periods import Span
from minsheng.figures.lake.engines import Lake

LONG_CALL_SECONDS = 600
PROMPT_SECONDS = 30

# Ibis has no stubs: its tables and expressions are `Any` here.
Query = Callable[[Lake, Span, datetime], Any]


def appeals(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count accepted appeals by who, how, who answered, and the few marks that tables of their own ask for.

    Beside them the dispatched ones, and those of them that stayed with the unit that got them first.
    """
    rows = _both(lake["orders"], "registered_at", period)
    rows = _appeals(rows)
    rows = rows.mutate(enterprise=rows["appellant"] == "enterprise")
    dispatched = (rows["disposal"] == "unit") & rows["first_unit"].notnull() & rows["unit"].notnull()
    return rows.group_by(["now", "enterprise", "source", "disposal", "talent", "move_car", "exchange"]).agg(
        count=rows.count(),
        dispatched=_sum(dispatched),
        right=_sum(dispatched & (rows["returns"] == 0) & (rows["first_unit"] == rows["unit"])),
    )


def referred(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the callers who were sent to the police's line: no appeals, and in no other count (SZ-13.6, JY-6.2)."""
    rows = _both(lake["orders"], "registered_at", period)
    rows = rows.filter((rows["exchange"] == "to_110") & rows["parent"].isnull())
    return rows.group_by("now").agg(count=rows.count())


def handling(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Sum what units did with the period's orders up to the report date.

    An appeal that went to several units counts once; how long each unit took is each its own.
    """
    rows = _both(lake["orders"], "registered_at", period)
    rows = rows.filter(rows["accepted"] & (rows["disposal"] == "unit"))
    known_at = _as_of(rows, period, as_of)
    appeal = rows["parent"].isnull()
    counted = appeal & ~rows["excluded"]
    answered = ~rows["excluded"] & rows["unit"].notnull() & (rows["completed_at"] < known_at)
    return rows.group_by(["now", "consult"]).agg(
        count=_sum(appeal),
        excluded=_sum(appeal & rows["excluded"]),
        counted=_sum(counted),
        closed=_sum(counted & (rows["closed_at"] < known_at)),
        answered=_sum(answered),
        millidays=answered.ifelse(rows["handling_millidays"], 0).cast("int64").sum(),
    )


def due(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the orders that were due in the period, and those of them that were answered in time."""
    rows = _both(lake["orders"], "due_at", period)
    rows = rows.filter(rows["accepted"] & (rows["disposal"] == "unit") & ~rows["excluded"] & rows["timely"].notnull())
    return rows.group_by(["now", "exchange"]).agg(count=rows.count(), timely=_sum(rows["timely"]))


def units(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the period's orders by unit, the most first."""
    rows = _only(lake["orders"], "registered_at", period)
    rows = rows.filter(rows["accepted"] & (rows["disposal"] == "unit") & rows["unit"].notnull())
    found = rows.group_by("unit").agg(count=rows.count())
    return found.order_by([found["count"].desc(), found["unit"].asc()])


def classes(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the period's classified appeals by first level of the tree."""
    rows = _appeals(_only(lake["orders"], "registered_at", period))
    rows = rows.filter(rows["category_group"].notnull())
    return rows.group_by(["category_group", "consult"]).agg(
        count=rows.count(), department=_sum(rows["disposal"] == "unit")
    )


def districts(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the period's appeals by district."""
    rows = _appeals(_only(lake["orders"], "registered_at", period))
    return rows.group_by("district").agg(count=rows.count(), department=_sum(rows["disposal"] == "unit"))


def callbacks(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count who was asked in the period, who rated, and how; an order's last round counts."""
    rows = _both(lake["callbacks"], "asked_at", period)
    rows = rows.filter(rows["last"] & rows["reached"] & ~rows["excluded"])
    return rows.group_by(["now", "exchange"]).agg(
        asked=rows.count(),
        rated=_sum(rows["rated"]),
        judged=_sum(rows["rated"] & rows["satisfied"].notnull()),
        satisfied=_sum(rows["rated"] & rows["satisfied"]),
        told=_sum(rows["resolved"].notnull()),
        solved=_sum(rows["resolved"]),
    )


def calls(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count and sum the period's calls by direction."""
    rows = _both(lake["calls"], "began_at", period)
    answered = rows["answered"]
    return rows.group_by(["now", "direction"]).agg(
        asked=rows.count(),
        answered=_sum(answered),
        prompt=_sum(answered & (rows["wait_seconds"] <= PROMPT_SECONDS)),
        wait=answered.ifelse(rows["wait_seconds"], 0).cast("int64").sum(),
        talk=answered.ifelse(rows["talk_seconds"], 0).cast("int64").sum(),
        long=_sum(answered & (rows["talk_seconds"] > LONG_CALL_SECONDS)),
        rated=_sum(rows["satisfied"].notnull()),
        satisfied=_sum(rows["satisfied"]),
    )


def threads(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the forum's threads and their views."""
    rows = _both(lake["threads"], "posted_at", period)
    return rows.group_by("now").agg(
        count=rows.count(),
        handled=_sum(rows["handled"]),
        appeals=_sum(rows["order_id"].notnull()),
        views=rows["views"].sum(),
    )


def article_uses(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count how often articles and answers of the knowledge base were read."""
    rows = _only(lake["article_uses"], "used_at", period)
    return rows.group_by("kind").agg(count=rows.count())


def move_car(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the requests to move a car."""
    rows = _only(lake["move_car"], "requested_at", period)
    return rows.group_by("source").agg(count=rows.count())


def deliveries(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count what was delivered to each recipient."""
    rows = _only(lake["deliveries"], "delivered_at", period)
    return rows.group_by(["line", "level", "recipient", "mode", "topic"]).agg(count=rows.count())


def delivered(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the different appeals that were delivered to anybody."""
    rows = _only(lake["deliveries"], "delivered_at", period)
    return rows.agg(count=rows["order_id"].nunique())


def broadcasts(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Sum the sessions of the broadcast."""
    rows = _both(lake["broadcasts"], "aired_at", period)
    names = ("guests", "heads", "received", "answered", "followed_up", "satisfied", "hot_topics", "answers")
    return rows.group_by("now").agg(sessions=rows.count(), **{name: rows[name].cast("int64").sum() for name in names})


def questions(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the questions to the assistant and what became of them."""
    rows = _only(lake["questions"], "asked_at", period)
    return rows.group_by(["level", "answered_by"]).agg(
        count=rows.count(),
        views=rows["views"].sum(),
        recommended=_sum(rows["recommended"]),
        converted=_sum(rows["converted"]),
    )


def papers(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count special reports and how many a leader signed, and list the standards that were issued."""
    rows = _only(lake["papers"], "issued_at", period)
    return rows.group_by(["kind", "title", "number"]).agg(count=rows.count(), signed=_sum(rows["signed"]))


def stocks(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Return what stood on record at the last count of the period and of the year before."""
    rows = _both(lake["stocks"], "counted_at", period)
    last = rows.group_by(["now", "subject"]).agg(latest=rows["counted_at"].max())
    found = rows.join(
        last,
        [rows["now"] == last["now"], rows["subject"] == last["subject"], rows["counted_at"] == last["latest"]],
        how="semi",
    )
    return found.select("now", "subject", "level", "kind", "count")


def incidents(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Sum what stood still."""
    rows = _only(lake["incidents"], "began_at", period)
    return rows.group_by("level").agg(
        count=rows.count(), worst=rows["severity"].max(), down_minutes=rows["down_minutes"].cast("int64").sum()
    )


ALL: dict[str, Query] = {
    each.__name__: each
    for each in (
        appeals, referred, handling, due, units, classes, districts, callbacks, calls, threads, article_uses, move_car,
        deliveries, delivered, broadcasts, questions, papers, stocks, incidents,
    )
}  # fmt: skip


def _appeals(rows: Any) -> Any:
    return rows.filter(rows["accepted"] & rows["parent"].isnull())


def _only(table: Any, moment: str, period: Span) -> Any:
    return table.filter(_within(table[moment], period))


def _both(table: Any, moment: str, period: Span) -> Any:
    """Return the rows of the period and of the same days of the year before, marked by `now`."""
    here, before = _within(table[moment], period), _within(table[moment], period.before)
    return table.filter(here | before).mutate(now=table[moment] >= ibis.literal(period.starts_at))


def _within(moment: Any, period: Span) -> Any:
    return (moment >= ibis.literal(period.starts_at)) & (moment < ibis.literal(period.ends_at))


def _as_of(rows: Any, period: Span, as_of: datetime) -> Any:
    """Return the report date, and for the year before the moment just as long after that period's end."""
    earlier = period.before.ends_at + (as_of - period.ends_at)
    return rows["now"].ifelse(ibis.literal(as_of), ibis.literal(earlier))


def _sum(condition: Any) -> Any:
    """Return how many rows fulfill a condition; booleans are not summed alike on all engines."""
    return condition.ifelse(1, 0).cast("int64").sum()
