"""What reach brings: the sealed addresses of people in channels, and what they wish of messages."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Table

FEATURE = Feature(
    name="reach",
    app="minsheng.core.reach",
    tables={
        "Address": Table(kept="record", personal=("address_enc", "address_index")),
        "Wish": Table(kept="setting"),
    },
    sealed=("minsheng.core.reach.queries:CELLS",),
)
