"""What the forum brings for everybody: its pages, a feed, and what authors are told."""

from __future__ import annotations

from minsheng.core.features.values import Feature

FEATURE = Feature(
    name="public_forum",
    app="minsheng.public.forum",
    urls=("minsheng.public.forum.urls",),
    public_uploads=(r"/portal/[^/]+/forum/post",),
    stocks=("minsheng.public.forum.counts:stocks",),
    messages={"thread": "minsheng.public.forum.writer"},
)
