"""What words bring: the sealed words of facts."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Table

FEATURE = Feature(
    name="words",
    app="minsheng.core.words",
    tables={"Said": Table(kept="record", personal=("text_enc",))},
    sealed=("minsheng.core.words.queries:CELLS",),
)
