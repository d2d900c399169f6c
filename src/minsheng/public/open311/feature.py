"""What Open311 brings: GeoReport v2, and the tokens of its clients."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Table

FEATURE = Feature(
    name="open311",
    app="minsheng.public.open311",
    tables={"Token": Table(kept="record")},
    urls=("minsheng.public.open311.urls",),
)
