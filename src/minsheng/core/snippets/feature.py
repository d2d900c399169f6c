"""What snippets bring: one table, and the stream of a city's changes."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Stream, Table

FEATURE = Feature(
    name="snippets",
    app="minsheng.core.snippets",
    tables={"Snippet": Table(kept="record")},
    streams={"snippets": Stream()},
)
