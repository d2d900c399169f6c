"""What the path of life cycles brings: clocks recomputed for a loaded year, and rows of the lake."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="lifecycles",
    subscribers=("minsheng.core.lifecycles.tasks:hear",),
    datasets={("things",): "minsheng.core.lifecycles.exporting:export"},
)
