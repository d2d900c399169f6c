"""What notices bring: a row for everybody who is to be told, and their page."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Table

FEATURE = Feature(
    name="notices",
    app="minsheng.cases.notices",
    tables={"Notice": Table(kept="projection")},
    subscribers=("minsheng.cases.notices.tasks:hear",),
    urls=("minsheng.cases.notices.urls",),
    navigation=(Entry(place=50, url="notices:latest", label="通知"),),
)
