"""What the lake brings: orders, their stages and callbacks as rows."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="lake",
    checks=("minsheng.figures.lake.checks:unfilled",),
    datasets={
        ("orders", "stages", "callbacks", "breaches", "supervisions"): "minsheng.figures.lake.order_rows:export",
        ("measures",): "minsheng.figures.lake.measure_rows:export",
    },
    gauges=("minsheng.figures.lake.gauges:gauges",),
)
