"""What the desk of records brings: one page."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature

FEATURE = Feature(
    name="records",
    app="minsheng.desks.records",
    urls=("minsheng.desks.records.urls",),
    navigation=(Entry(place=16, url="records:records", label="审计记录", roles=("audit_admin",)),),
)
