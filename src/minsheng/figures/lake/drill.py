"""The rows behind a figure: `dataset@moment?column=value&column=value`, as cells of reports carry it.

Without `@moment` the dataset's own moment places a row in the period; an empty value means that there is none.
"""

from __future__ import annotations

from typing import Any

import ibis
import pyarrow as pa

from minsheng.domain.periods import Span
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import schema
from minsheng.figures.lake.engines import Lake
from minsheng.figures.lake.schema import Dataset


def behind(lake: Lake, rows: str, period: Span) -> Any:
    """Return the rows of the lake that a figure of the period rests on, the oldest first.

    Raises: Rejected rows_unknown for words that name no dataset or no column of it, or a value of another kind.
    """
    place, _, conditions = rows.partition("?")
    name, _, moment = place.partition("@")
    dataset = schema.DATASETS.get(name)
    if dataset is None or (moment or dataset.moment) not in dataset.schema.names:
        raise Rejected("rows_unknown", rows=rows)
    table = lake[name]
    at = table[moment or dataset.moment]
    table = table.filter((at >= ibis.literal(period.starts_at)) & (at < ibis.literal(period.ends_at)))
    for condition in filter(None, conditions.split("&")):
        column, equals, value = condition.partition("=")
        if not equals or column not in dataset.schema.names:
            raise Rejected("rows_unknown", rows=rows)
        table = table.filter(_meets(table[column], dataset, column, value, rows))
    return table.order_by([table[dataset.moment].asc(), table[dataset.key].asc()])


def page(lake: Lake, rows: str, period: Span, *, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
    """Return how many rows there are, and some of them. Raises: Rejected rows_unknown."""
    found = behind(lake, rows, period)
    number = int(lake.rows(found.agg(count=found.count()))[0]["count"])
    return number, lake.rows(found.limit(limit, offset=offset))


def dataset_of(rows: str) -> Dataset:
    """Return the dataset that the words name. Raises: KeyError."""
    return schema.DATASETS[rows.partition("?")[0].partition("@")[0]]


def _meets(field: Any, dataset: Dataset, column: str, value: str, rows: str) -> Any:
    kind = dataset.schema.field(column).type
    if not value:
        return field.isnull()
    if pa.types.is_boolean(kind):
        if value not in ("true", "false"):
            raise Rejected("rows_unknown", rows=rows)
        return field == (value == "true")
    if pa.types.is_integer(kind):
        if not value.isascii() or not value.isdecimal():
            raise Rejected("rows_unknown", rows=rows)
        return field == int(value)
    if pa.types.is_timestamp(kind):
        raise Rejected("rows_unknown", rows=rows)
    return field == value
