"""What the question desk brings for everybody: its pages, and what whoever asked is told."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="public_questions",
    app="minsheng.public.questions",
    urls=("minsheng.public.questions.urls",),
    messages={"question": "minsheng.public.questions.writer"},
)
