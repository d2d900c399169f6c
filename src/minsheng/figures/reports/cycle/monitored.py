"""The table of electronic monitoring in its bulletin: standing violations by rule, for how many units, handed on.

Nothing of what is hidden is in the lake, so nothing of it is here; its rules have no row. Source: JY-20.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import ibis

from minsheng.domain.periods import Span
from minsheng.figures.lake.engines import Lake
from minsheng.figures.reports.release.annual import Cell, Row, Table

VIOLATIONS: Final = "violations"
_COLUMNS: Final = ("件数", "涉及单位", "热线办", "已移送")


def by_rule(lake: Lake, period: Span) -> Any:
    """Count the period's violations by rule: all, those of the office, those handed on, and the units."""
    rows = _within(lake, period)
    return rows.group_by("code").agg(**_counts(rows))


def in_all(lake: Lake, period: Span) -> Any:
    """Count all of the period's violations; a unit with several is one unit."""
    rows = _within(lake, period)
    return rows.agg(**_counts(rows))


def table(lake: Lake, period: Span, titles: Mapping[str, str]) -> Table:
    """Return the table; `titles`: what the city's rules are called, in their order."""
    found = {str(row["code"]): row for row in lake.rows(by_rule(lake, period))}
    (total,) = lake.rows(in_all(lake, period))
    rows = [Row("合计", _cells(total, ""))]
    rows += [Row(f"{code} {title}", _cells(found.get(code, {}), code)) for code, title in titles.items()]
    note = "超期按错过时限之日计入；已撤销的不计。"
    return Table(VIOLATIONS, "电子监察情况", _COLUMNS, tuple(rows), notes=(note,), clause="JY-20.0")


def _within(lake: Lake, period: Span) -> Any:
    rows = lake["violations"]
    at = rows["counted_in"]
    return rows.filter((at >= ibis.literal(period.starts_at)) & (at < ibis.literal(period.ends_at)))


def _counts(rows: Any) -> dict[str, Any]:
    def so_many(which: Any) -> Any:
        return which.cast("int64").sum().fill_null(0)

    return {
        "count": rows.count(), "units": rows["unit"].nunique(), "office": so_many(rows["office"]),
        "transferred": so_many(rows["transferred"]),
    }  # fmt: skip


def _cells(counted: Mapping[str, Any], code: str) -> tuple[tuple[str, Cell], ...]:
    of = f"code={code}" if code else ""
    behind = (of, of, "&".join(filter(None, (of, "office=true"))), "&".join(filter(None, (of, "transferred=true"))))
    names = zip(_COLUMNS, ("count", "units", "office", "transferred"), ("件", "个", "件", "件"), behind, strict=True)
    return tuple(
        (column, Cell(Decimal(int(counted.get(name) or 0)), unit, 0, rows=f"violations?{rows}"))
        for column, name, unit, rows in names
    )
