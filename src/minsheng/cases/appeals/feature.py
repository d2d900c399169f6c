"""What appeals bring: the words, the files, the words confirmed for publication."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Stream, Table

FEATURE = Feature(
    name="appeals",
    app="minsheng.cases.appeals",
    tables={
        "Appeal": Table(kept="record", personal=("title", "content")),
        "Addition": Table(kept="record", personal=("text",)),
        "Attachment": Table(kept="record", personal=("name",)),
        "PublicText": Table(kept="record"),
        "PublicFile": Table(kept="record"),
    },
    streams={
        "appeal": Stream(),
        "attachment": Stream(
            rebuild="minsheng.cases.appeals.attachments:rebuild", witness="minsheng.cases.appeals.attachment_witness"
        ),
    },
)
