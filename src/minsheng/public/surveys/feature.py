"""What surveys bring to the public side: answering, published results, the words of an invitation."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="public_surveys",
    app="minsheng.public.surveys",
    subscribers=("minsheng.public.surveys.tasks:hear",),
    messages={"survey": "minsheng.public.surveys.writer"},
    urls=("minsheng.public.surveys.urls",),
)
