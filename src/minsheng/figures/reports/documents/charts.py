"""Charts as SVG, made on the server: for PDF and DOCX, for pages without scripts, and under ECharts on pages with them.

Colors are those of the style sheet's tokens, told apart by people who see few colors; every value is printed as well.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

COLORS = ("#1f5fa8", "#b4540a", "#3d7a2c", "#7a3d8f", "#8a6d00", "#2b7a78")
_INK, _SOFT, _LINE = "#1b1f24", "#5a6472", "#d5dae1"
_FONT = "Noto Sans SC, WenQuanYi Zen Hei, Microsoft YaHei, sans-serif"


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one a category; None where there is none."""

    name: str
    values: tuple[float | None, ...]


def bars(categories: Sequence[str], series: Series, *, unit: str, decimals: int = 0) -> str:
    """Return horizontal bars, one a category in the order given, each with its value behind it."""
    line, label, width = 30, 226, 720
    top = max((value for value in series.values if value is not None), default=0) or 1
    height = line * len(categories) + 12
    parts = []
    for place, (name, value) in enumerate(zip(categories, series.values, strict=True)):
        y = 6 + place * line
        parts.append(_text(label - 8, y + 19, _short(name, 15), anchor="end"))
        if value is None:
            parts.append(_text(label + 4, y + 19, "—", color=_SOFT))
            continue
        long = max(1.0, value / top * (width - label - 120))
        parts.append(f'<rect x="{label}" y="{y + 5}" width="{long:.1f}" height="20" rx="2" fill="{COLORS[0]}"/>')
        parts.append(_text(label + long + 6, y + 19, f"{value:,.{decimals}f}{unit}"))
    return _svg(width, height, parts)


def lines(categories: Sequence[str], series: Sequence[Series], *, unit: str, decimals: int = 0) -> str:
    """Return lines over the categories, one a series, with an axis, a key and the last value of each."""
    width, height, left, bottom, above = 720, 300, 64, 36, 30
    values = [value for each in series for value in each.values if value is not None]
    top, steps = _scale(max(values, default=1) or 1)
    step = (width - left - 24) / max(1, len(categories) - 1)

    def y(value: float) -> float:
        return above + (height - above - bottom) * (1 - value / top)

    parts = []
    for step_of in range(steps + 1):
        value = top * step_of / steps
        parts.append(f'<line x1="{left}" x2="{width - 20}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{_LINE}"/>')
        shown = f"{value:,.{decimals}f}"
        parts.append(_text(left - 8, y(value) + 4, shown, anchor="end", color=_SOFT, size=12))
    every = max(1, -(-len(categories) // 12))
    for place, name in enumerate(categories):
        if place % every == 0:
            parts.append(_text(left + place * step, height - 12, name, anchor="middle", color=_SOFT, size=12))
    for place, each in enumerate(series):
        color = COLORS[place % len(COLORS)]
        dash = "" if place == 0 else f' stroke-dasharray="{4 + 3 * place} 4"'
        for run in _runs(each.values):
            points = " ".join(f"{left + at * step:.1f},{y(value):.1f}" for at, value in run)
            parts.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
        x = left + place * 150
        parts.append(f'<line x1="{x}" x2="{x + 24}" y1="12" y2="12" stroke="{color}" stroke-width="3"{dash}/>')
        parts.append(_text(x + 30, 16, f"{each.name}（{unit}）", size=12))
    return _svg(width, height, parts)


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Return the stretches of values without a gap, each value with its place."""
    found: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append((place, value))
    return [run for run in found if run]


# Ends of an axis, as multiples of a power of ten, and into how many steps each divides evenly.
_ENDS = ((1, 5), (2, 4), (4, 4), (5, 5), (8, 4), (10, 5))


def _scale(value: float) -> tuple[float, int]:
    """Return a round number not below the value, and how many steps lead to it; whole numbers for whole values."""
    if value <= len(_ENDS):
        whole = max(1, math.ceil(value))
        return float(whole), whole
    power = 10.0 ** math.floor(math.log10(value))
    return next((power * end, steps) for end, steps in _ENDS if power * end >= value)


def _short(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _text(x: float, y: float, words: str, *, anchor: str = "start", color: str = _INK, size: int = 14) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{color}" font-size="{size}">{escape(words)}</text>'


def _svg(width: int, height: int, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="{_FONT}" role="img">'
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>{"".join(parts)}</svg>'
    )
