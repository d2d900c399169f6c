"""A month's appeals as rows of the lake: orders, stages, callbacks, cars to be moved."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minsheng.figures.lake import schema
from minsheng.figures.simulation import columns as col
from minsheng.figures.simulation.appeals import CHANNELS, MARKS, TYPES, Month
from minsheng.figures.simulation.handling import Work
from minsheng.figures.simulation.plan import Plan
from minsheng.figures.simulation.targets import DISPOSALS, SOURCES

_STAGES = ("SUBMITTED", "DISPATCHED", "HANDLING", "REPLIED", "CALLBACK")
_REASONS = ("online", "satisfied", "not_accepted", "unreached", "no_objection", "decision", "emergency_referral")
_EXCHANGES = ("from_110", "to_110")
_OUTCOMES = ("moved", "notified", "unreached")


def order_ids(made: Month) -> pa.Array:
    """Return the ids of a month's appeals."""
    return col.ids(made.year % 100, made.first, len(made))


def orders(plan: Plan, made: Month, work: Work, ids: pa.Array) -> pa.Table:
    """Return the rows of `orders`."""
    count, own = len(made), plan.years[made.year].targets
    units = plan.units.names
    at_unit = made.for_units
    done = _spread(count, work.rows, ~work.open)
    status = np.where(at_unit & ~done, 1, 0)
    reason = np.where(at_unit, np.where(done, 1, -1), 0)
    reason[work.rows[work.excluded]] = 2
    reason[work.rows[~work.asked & ~work.open & ~work.excluded]] = 3
    reason[work.rows[work.asked & ~work.rated]] = 4
    reason[work.rows[work.rated & ~work.satisfied]] = 5
    referred = made.mark == MARKS.index("to_110")
    reason[referred] = 6
    # Everything of a unit's work is null for what no unit handles.
    unhandled = ~at_unit
    found = {
        "city": col.constant(plan.city, count),
        "order_id": ids,
        "registered_at": col.moments(made.registered),
        "appellant": col.words(made.enterprise.astype(np.int32), ["citizen", "enterprise"]),
        "channel": col.words(made.channel, CHANNELS),
        "source": col.words(made.source, SOURCES),
        "status": col.words(status, ["CLOSED", "HANDLING"]),
        "reason": col.words(reason, _REASONS),
        "accepted": col.flags(~referred),
        "disposal": col.words(made.disposal, DISPOSALS),
        "type": col.words(made.type, TYPES),
        "consult": col.flags(made.consult),
        "category_group": col.words(made.category, own.classes),
        "topic": col.words(made.topic, [str(topic["name"]) for topic in plan.release.assumed["topics"]]),
        "district": col.words(made.district, own.districts),
        "unit": col.words(made.unit, units),
        "first_unit": col.words(_first_units(plan, made, work), units),
        "dispatched_at": col.moments(_filled(count, work.rows, work.dispatched), missing=unhandled),
        "due_at": col.moments(_filled(count, work.rows, work.due), missing=unhandled),
        "completed_at": col.moments(_filled(count, work.rows, work.completed), missing=~done),
        "closed_at": col.moments(_closed(made, work), missing=at_unit & ~done),
        "handling_millidays": col.numbers(_filled(count, work.rows, work.millidays), schema.WHOLE, missing=~done),
        "timely": col.flags(
            _spread(count, work.rows, work.timely), missing=unhandled | _spread(count, work.rows, work.undecided)
        ),
        "excluded": col.flags(_spread(count, work.rows, work.excluded)),
        "extensions": col.numbers(_spread(count, work.rows, work.extended).astype(np.int16), schema.SMALL),
        "returns": col.numbers(_spread(count, work.rows, work.returned).astype(np.int16), schema.SMALL),
        "rounds": col.numbers(at_unit.astype(np.int16), schema.SMALL),
        "urges": col.numbers(np.zeros(count, dtype=np.int16), schema.SMALL),
        "supervised": col.flags(np.zeros(count, dtype=bool)),
        "emergency": col.flags(referred),
        "repeated": col.flags(np.zeros(count, dtype=bool)),
        "published": col.flags(np.zeros(count, dtype=bool)),
        "talent": col.flags(made.mark == MARKS.index("talent")),
        "move_car": col.flags(made.mark == MARKS.index("move_car")),
        "exchange": col.words(made.mark - MARKS.index("from_110"), _EXCHANGES),
    }
    return schema.table(schema.ORDERS, found, length=count)


def stages(plan: Plan, made: Month, work: Work, ids: pa.Array) -> pa.Table:
    """Return the rows of `stages`: for each order of a unit the states it went through, up to where it is."""
    count, length = len(work.rows), len(_STAGES)
    moments = np.stack(
        [made.registered[work.rows], work.dispatched, work.signed, work.completed, work.audited, work.closed], axis=1
    )
    shown = np.ones((count, length), dtype=bool)
    shown[work.open, 3:] = False
    kept = shown.ravel()
    which = np.repeat(np.arange(count), length)[kept]
    place = np.tile(np.arange(length), count)[kept]
    left_missing = work.open[which] & (place == 2)
    unit = np.where(place == 0, -1, made.unit[work.rows][which])
    found = {
        "city": col.constant(plan.city, len(which)),
        "order_id": ids.take(pa.array(work.rows[which])),
        "registered_at": col.moments(made.registered[work.rows][which]),
        "step": col.numbers(place, schema.SMALL),
        "stage": col.words(place, _STAGES),
        "unit": col.words(unit, plan.units.names),
        "entered_at": col.moments(moments[:, :length].ravel()[kept]),
        "left_at": col.moments(moments[:, 1:].ravel()[kept], missing=left_missing),
    }
    return schema.table(schema.STAGES, found, length=len(which))


def callbacks(plan: Plan, made: Month, work: Work, ids: pa.Array) -> pa.Table:
    """Return the rows of `callbacks`: one for each order that was asked."""
    asked = np.flatnonzero(work.asked)
    rows = work.rows[asked]
    rated, told = work.rated[asked], work.told[asked]
    count = len(asked)
    found = {
        "city": col.constant(plan.city, count),
        "order_id": ids.take(pa.array(rows)),
        "registered_at": col.moments(made.registered[rows]),
        "round": col.numbers(np.ones(count, dtype=np.int16), schema.SMALL),
        "last": col.flags(np.ones(count, dtype=bool)),
        "asked_at": col.moments(work.audited[asked]),
        "how": col.words(work.by_self[asked].astype(np.int32), ["phone", "self"]),
        "reached": col.flags(np.ones(count, dtype=bool)),
        "attempts": col.numbers(np.ones(count, dtype=np.int16), schema.SMALL),
        "rated": col.flags(rated),
        "satisfied": col.flags(work.satisfied[asked], missing=~rated),
        "resolved": col.flags(work.solved[asked], missing=~told),
        "unit": col.words(made.unit[rows], plan.units.names),
        "consult": col.flags(made.consult[rows]),
        "excluded": col.flags(np.zeros(count, dtype=bool)),
        "exchange": col.words(made.mark[rows] - MARKS.index("from_110"), _EXCHANGES),
    }
    return schema.table(schema.CALLBACKS, found, length=count)


def cars(plan: Plan, made: Month, ids: pa.Array, chance: np.random.Generator) -> pa.Table:
    """Return the rows of `move_car`."""
    rows = np.flatnonzero(made.mark == MARKS.index("move_car"))
    count = len(rows)
    outcome = chance.choice(3, count, p=(0.71, 0.22, 0.07))
    found = {
        "city": col.constant(plan.city, count),
        "order_id": ids.take(pa.array(rows)),
        "requested_at": col.moments(made.registered[rows]),
        "source": col.words(made.source[rows], SOURCES),
        "district": col.words(made.district[rows], plan.years[made.year].targets.districts),
        "outcome": col.words(outcome, _OUTCOMES),
        "notified_seconds": col.numbers(
            chance.integers(3, 400, count).astype(np.int32),
            schema.WHOLE,
            missing=outcome == _OUTCOMES.index("unreached"),
        ),
    }
    return schema.table(schema.MOVE_CAR, found, length=count)


def _spread(count: int, rows: NDArray[np.int64], values: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=bool)
    found[rows] = values
    return found


def _filled(count: int, rows: NDArray[np.int64], values: NDArray[np.int64]) -> NDArray[np.int64]:
    found = np.zeros(count, dtype=np.int64)
    found[rows] = values
    return found


def _closed(made: Month, work: Work) -> NDArray[np.int64]:
    """Return when each was closed: what needed no unit was answered on the spot."""
    found = made.registered + 240
    found[work.rows] = work.closed
    return found


def _first_units(plan: Plan, made: Month, work: Work) -> NDArray[np.int64]:
    """Return to whom each order went first: a returned one went to another unit before."""
    found = made.unit.copy()
    sent_back = work.rows[work.returned]
    found[sent_back] = (found[sent_back] + 7) % len(plan.units.names)
    return found
