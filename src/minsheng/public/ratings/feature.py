"""What ratings bring to the public side: the page behind a code at a window."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(name="public_ratings", app="minsheng.public.ratings", urls=("minsheng.public.ratings.urls",))
