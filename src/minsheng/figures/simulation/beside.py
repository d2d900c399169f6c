"""What a month brings beside appeals: calls, forum threads, reading of the knowledge base, data shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minsheng.figures.lake import schema
from minsheng.figures.simulation import columns as col
from minsheng.figures.simulation.appeals import CHANNELS, Month
from minsheng.figures.simulation.plan import Plan
from minsheng.figures.simulation.targets import Calls, shared

Seconds = NDArray[np.int64]
_CALLS_ID = {"in": 50, "out": 75}
_LONG = 600
_PROMPT = 30
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Called:
    """One month's calls of one direction."""

    answered: col.Flags
    wait: Seconds
    talk: Seconds
    rated: col.Flags
    satisfied: col.Flags


def calls(plan: Plan, year: int, month: int) -> tuple[pa.Table, dict[str, Called]]:
    """Return the rows of `calls`, and what was made by direction, for counting."""
    own = plan.years[year]
    tables, made = [], {}
    for direction, hands in own.calls.items():
        chance = plan.chance(year, month, f"calls {direction}")
        goal, before = own.targets.calls[direction], int(hands[: month - 1].sum())
        count = int(hands[month - 1])
        called = made[direction] = _called(goal, before, before + count, chance)
        start = own.shape.moments(month, count, chance)
        found = {
            "city": col.constant(plan.city, count),
            "call_id": col.ids(_CALLS_ID[direction] + year - plan.release.year, before, count),
            "began_at": col.moments(start),
            "direction": col.constant(direction, count),
            "answered": col.flags(called.answered),
            "wait_seconds": col.numbers(called.wait, schema.WHOLE),
            "talk_seconds": col.numbers(called.talk, schema.WHOLE),
            "satisfied": col.flags(called.satisfied, missing=~called.rated),
        }
        tables.append(schema.table(schema.CALLS, found, length=count))
    return pa.concat_tables(tables).unify_dictionaries(), made


def _called(goal: Calls, before: int, after: int, chance: np.random.Generator) -> Called:
    """Return the calls numbered `before` to `after` of the year, so that all shares and sums are right so far."""
    count, asked = after - before, max(goal.asked, 1)

    def so_far(whole: int) -> int:
        return whole * after // asked - whole * before // asked

    order = chance.permutation(count)
    answered, prompt = so_far(goal.answered), so_far(goal.prompt) if goal.prompt else 0
    is_answered = np.zeros(count, dtype=bool)
    is_answered[order[:answered]] = True
    wait = np.zeros(count, dtype=np.int64)
    if goal.prompt:
        wait[order[:prompt]] = np.minimum(chance.exponential(11.0, prompt), _PROMPT).astype(np.int64)
        wait[order[prompt:answered]] = _PROMPT + 1 + chance.exponential(45.0, answered - prompt).astype(np.int64)
        wait[order[answered:]] = _PROMPT + 1 + chance.exponential(60.0, count - answered).astype(np.int64)
        settle(wait, order[:prompt], so_far(goal.wait) - int(wait[order[:answered]].sum()), low=0, high=_PROMPT)
    talk = np.zeros(count, dtype=np.int64)
    long = min(so_far(goal.long), answered)
    mixed = chance.permutation(order[:answered])
    talk[mixed[:long]] = _LONG + 1 + chance.exponential(260.0, long).astype(np.int64)
    short = mixed[long:]
    talk[short] = np.clip(chance.gamma(1.6, 90.0, len(short)), 4, _LONG).astype(np.int64)
    settle(talk, short, so_far(goal.talk) - int(talk[mixed].sum()), low=3, high=_LONG)
    rated = np.zeros(count, dtype=bool)
    satisfied = np.zeros(count, dtype=bool)
    voices = chance.permutation(order[:answered])
    rated[voices[: so_far(goal.rated)]] = True
    satisfied[voices[: min(so_far(goal.satisfied), so_far(goal.rated))]] = True
    return Called(is_answered, wait, talk, rated, satisfied)


def settle(values: Seconds, places: Seconds, rest: int, *, low: int, high: int) -> None:
    """Move the chosen values within bounds until their sum has changed by `rest`, as far as it can."""
    while rest:
        room = places[values[places] < high] if rest > 0 else places[values[places] > low]
        if not len(room):
            return
        step = max(abs(rest) // len(room), 1)
        room = room[: min(len(room), abs(rest) // step)]
        old = int(values[room].sum())
        values[room] = np.clip(values[room] + (step if rest > 0 else -step), low, high)
        rest -= int(values[room].sum()) - old


@dataclass(frozen=True, slots=True)
class Threads:
    """One month's threads of the forum."""

    handled: col.Flags
    views: Seconds
    linked: int


def threads(plan: Plan, made: Month, ids: pa.Array, year: int, month: int) -> tuple[pa.Table, Threads]:
    """Return the rows of `threads`: handled ones, of which most are appeals, and some that were not."""
    own, chance = plan.years[year], plan.chance(year, month, "threads")
    months = own.shape.months()
    handled = int(shared(own.targets.threads, months)[month - 1])
    beside = round(handled * float(plan.release.assumed["threads_unhandled"]))
    count = handled + beside
    forum = np.flatnonzero(made.channel == CHANNELS.index("forum"))[:handled]
    posted = np.concatenate([made.registered[forum], own.shape.moments(month, count - len(forum), chance)])
    is_handled = np.zeros(count, dtype=bool)
    is_handled[:handled] = True
    views = shared(int(shared(own.targets.views, months)[month - 1]), chance.lognormal(0.0, 1.2, count))
    linked = pa.concat_arrays([ids.take(pa.array(forum)), pa.nulls(count - len(forum), pa.string())])
    unit = np.concatenate([made.unit[forum], chance.integers(0, len(plan.units.names), count - len(forum))])
    end = int(posted.max()) if count else 0
    found = {
        "city": col.constant(plan.city, count),
        "thread_id": col.ids(year % 100 + 10, 10_000_000 * (month % 10) + 1_000_000 * (month // 10), count),
        "posted_at": col.moments(posted),
        "unit": col.words(unit, plan.units.names),
        "district": col.words(
            np.concatenate([made.district[forum], np.full(count - len(forum), -1)]), own.targets.districts
        ),
        "handled": col.flags(is_handled),
        "handled_at": col.moments(
            np.minimum(posted + chance.integers(_HOUR, 60 * _HOUR, count), end), missing=~is_handled
        ),
        "views": col.numbers(views, schema.BIG),
        "order_id": linked,
    }
    return schema.table(schema.THREADS, found, length=count), Threads(is_handled, views, len(forum))


def article_uses(plan: Plan, year: int, month: int) -> tuple[pa.Table, dict[str, int]]:
    """Return the rows of `article_uses` of the release's year."""
    own, chance = plan.years[year], plan.chance(year, month, "uses")
    table, tables, counted = plan.release.tables["E-5"]["总计"], [], {}
    kinds = (("information", "信息查询使用量", "信息总量"), ("answer", "问答查询使用量", "问答总量"))
    for place, (kind, column, stock) in enumerate(kinds):
        hands = shared(round(int(table[column]) * plan.scale), own.shape.months())
        count, before = int(hands[month - 1]), int(hands[: month - 1].sum())
        article = chance.zipf(1.35, count) % int(table[stock])
        found = {
            "city": col.constant(plan.city, count),
            "use_id": col.ids(31 + place, before, count),
            "used_at": col.moments(own.shape.moments(month, count, chance)),
            "kind": col.constant(kind, count),
            "article_id": pa.array(article.astype(np.int64)).cast(pa.string()),
            "reader": col.words(chance.choice(3, count, p=(0.55, 0.4, 0.05)), ["citizen", "seat", "unit"]),
        }
        tables.append(schema.table(schema.ARTICLE_USES, found, length=count))
        counted[kind] = count
    return pa.concat_tables(tables).unify_dictionaries(), counted


@dataclass(slots=True)
class Delivered:
    """What was delivered in a month: by line, and how many different appeals."""

    lines: dict[int, int]
    distinct: int


def deliveries(
    plan: Plan, made: Month, ids: pa.Array, month: int, given: dict[int, int], earlier: pa.Array
) -> tuple[pa.Table, Delivered]:
    """Return the rows of `deliveries` of the release's year.

    `given`: what each line got in earlier months. `earlier`: ids of the year before for the line that reaches back,
    delivered with March.
    """
    chance = plan.chance(made.year, month, "deliveries")
    seen = np.zeros(len(made), dtype=bool)
    tables, lines = [], {}
    more = 0
    for number, share in enumerate(plan.release.assumed["shares"], 1):
        wanted = round(plan.scale * plan.release.figure("E-12", str(share["recipient"]), "共享诉求数据量"))
        rows = _rows_for(plan, made, share, wanted, given.get(number, 0), month, chance)
        seen[rows] = True
        own_ids, moments = ids.take(pa.array(rows)), made.registered[rows]
        if share.get("also_previous") and month == 3:
            back = earlier[: max(wanted - given.get(number, 0) - len(rows), 0)]
            own_ids = pa.concat_arrays([own_ids, back])
            moments = np.concatenate([moments, np.full(len(back), made.registered[-1] if len(made) else 0)])
            more = len(back)
        lines[number] = len(own_ids)
        if len(own_ids):
            tables.append(_delivered(plan, share, number, own_ids, moments))
    empty = schema.DELIVERIES.schema.empty_table()
    table = pa.concat_tables(tables).unify_dictionaries() if tables else empty
    return table, Delivered(lines, int(seen.sum()) + more)


def _rows_for(
    plan: Plan, made: Month, share: dict[str, object], wanted: int, given: int, month: int, chance: np.random.Generator
) -> NDArray[np.int64]:
    """Return which of the month's appeals a line gets: so many that its share of the year is right so far."""
    own = plan.years[made.year]
    if share.get("also_previous"):
        if month > 3:
            return np.zeros(0, dtype=np.int64)
        rows = np.flatnonzero(made.district == own.targets.districts.index(str(share["of"])))
        return rows[: max(wanted - given, 0)]
    if "of" in share:
        place = own.targets.districts.index(str(share["of"]))
        whole = int(own.targets.district_counts[place])
        rows = np.flatnonzero(made.district == place)
        if wanted >= whole and month < 12:
            return rows
        if month == 12:
            return rows[: wanted - given]
        return _sample(rows, min(wanted * len(rows) // max(whole, 1), wanted - given), chance)
    months = shared(wanted, own.shape.months())
    return _sample(np.arange(len(made)), int(months[month - 1]), chance)


def _sample(rows: NDArray[np.int64], count: int, chance: np.random.Generator) -> NDArray[np.int64]:
    found = chance.choice(rows, min(count, len(rows)), replace=False)
    found.sort()
    return found


def _delivered(plan: Plan, share: dict[str, object], number: int, ids: pa.Array, moments: Seconds) -> pa.Table:
    count = len(ids)
    found: dict[str, object] = {"city": col.constant(plan.city, count), "delivered_at": col.moments(moments)}
    found["line"] = col.numbers(np.full(count, number, dtype=np.int16), schema.SMALL)
    for name in ("level", "recipient", "mode", "topic"):
        found[name] = col.constant(str(share[name]), count)
    found["order_id"] = ids
    return schema.table(schema.DELIVERIES, found, length=count)
