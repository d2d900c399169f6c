"""What the lake brings: orders, their stages and callbacks as rows."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="lake",
    checks=("minsheng.figures.lake.checks:unfilled",),
    datasets={("orders", "stages", "callbacks"): "minsheng.figures.lake.order_rows:export"},
    gauges=("minsheng.figures.lake.gauges:gauges",),
)
