"""What appeals bring: the words, and the words and files confirmed for publication."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Stream, Table

FEATURE = Feature(
    name="appeals",
    app="minsheng.cases.appeals",
    tables={
        "Appeal": Table(kept="record", personal=("title", "content", "place", "target_person", "source_no")),
        "Addition": Table(kept="record", personal=("text",)),
        # Kept by `core.files`, under the label that it began with.
        "Attachment": Table(kept="record", personal=("name",)),
        "PublicText": Table(kept="record"),
        "PublicFile": Table(kept="record"),
    },
    streams={
        "appeal": Stream(),
    },
)
