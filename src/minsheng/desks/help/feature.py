"""What the handbooks bring: their pages, which every page links to."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(name="help", app="minsheng.desks.help", urls=("minsheng.desks.help.urls",))
