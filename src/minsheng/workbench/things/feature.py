"""What the pages of things bring: one list, one page, one form and one API for every life cycle with labels."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="things",
    app="minsheng.workbench.things",
    urls=("minsheng.workbench.things.urls",),
    finds=("minsheng.workbench.things.finding:things",),
    routers=("minsheng.workbench.things.api:router",),
)
