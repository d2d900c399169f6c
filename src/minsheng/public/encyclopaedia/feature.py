"""What the encyclopaedia brings: pages, a feed and a map of the articles that everybody reads."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="encyclopaedia",
    app="minsheng.public.encyclopaedia",
    urls=("minsheng.public.encyclopaedia.urls",),
    routers=("minsheng.public.encyclopaedia.api:router",),
)
