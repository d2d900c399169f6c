"""What files bring: the streams of attachments. Their table is told by the appeals, whose label it has."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Stream

FEATURE = Feature(
    name="files",
    app="minsheng.core.files",
    streams={
        "attachment": Stream(rebuild="minsheng.core.files.projection:rebuild", witness="minsheng.core.files.witness"),
    },
)
