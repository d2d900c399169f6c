"""Figures in sentences: `{{table/row/column}}` is the figure of that cell, so text and table can't differ.

`|万` prints it in ten thousands with two decimals, `|同比` its change as a verb and an amount.
`{city}`, `{hotline}` and `{period}` are the report's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from minsheng.domain.indicators import Change, rounded
from minsheng.domain.rejected import Rejected
from minsheng.figures.reports.documents.figures import Figures
from minsheng.figures.reports.release.annual import Cell

# With the percent sign behind it, which goes when there is no figure.
_FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}(%?)")
_NAME = re.compile(r"\{(\w+)\}")
_TEN_THOUSAND = 10_000


def checked(text: str, figures: Figures) -> str:
    """Return the text when each of its fields is a figure's. Raises: Rejected `report_field_unknown`."""
    filled(text, figures, names={})
    return text


def filled(text: str, figures: Figures, *, names: Mapping[str, str]) -> str:
    """Return the text with its fields filled in. Raises: Rejected `report_field_unknown` for one without a figure."""

    def figure(found: re.Match[str]) -> str:
        where, _, how = found[1].partition("|")
        cell = _cell(where.strip(), figures)
        form = _FORMS.get(how.strip())
        if cell is None or form is None:
            raise Rejected("report_field_unknown", field=found[1])
        if cell.small:
            return "（件数过少，不单独公布）"
        if cell.value is None and not cell.text:
            return "（无数据）"
        return form(cell) + found[2]

    return _NAME.sub(lambda found: names.get(found[1], found[0]), _FIELD.sub(figure, text))


def used(text: str) -> list[str]:
    """Return what stands in the braces of a text."""
    return [found[1] for found in _FIELD.finditer(text)]


def _cell(where: str, figures: Figures) -> Cell | None:
    table, _, rest = where.partition("/")
    label, _, column = rest.rpartition("/")
    if not figures.has(table):
        return None
    for row in figures[table].rows:
        if row.label == label:
            return dict(row.cells).get(column)
    return None


def _shown(cell: Cell) -> str:
    return cell.shown


def _in_ten_thousands(cell: Cell) -> str:
    if cell.value is None:
        return cell.shown
    return f"{rounded(Fraction(cell.value) / _TEN_THOUSAND, digits=2):,}"


def _change(cell: Cell) -> str:
    """Return `同比增长 5.23%`, in points where the figure is a rate."""
    if cell.change is None or cell.change_kind is None:
        return "上年同期无可比数据"
    if cell.change == 0:
        return "与上年同期持平"
    size: Decimal = abs(cell.change)
    match cell.change_kind:
        case Change.PERCENT:
            return f"同比{'增长' if cell.change > 0 else '减少'}{size:.2f}%"
        case Change.POINTS:
            return f"同比{'提高' if cell.change > 0 else '下降'}{size:.2f}个百分点"
        case Change.DIFFERENCE:
            return f"同比{'增加' if cell.change > 0 else '减少'}{size.normalize():f}{cell.unit}"


_FORMS: Mapping[str, Callable[[Cell], str]] = {"": _shown, "万": _in_ten_thousands, "同比": _change}
