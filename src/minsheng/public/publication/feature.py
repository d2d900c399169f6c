"""What publication brings: published cases, who follows them, figures that stay public."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="publication",
    app="minsheng.public.publication",
    tables={
        "PublicCase": Table(kept="projection"),
        "Follow": Table(kept="setting"),
        "Figures": Table(kept="projection"),
    },
    streams={
        "publication": Stream(
            rebuild="minsheng.public.publication.projection:rebuild", witness="minsheng.public.publication.witness"
        ),
    },
    subscribers=("minsheng.public.publication.tasks:hear",),
    jobs={"figures": Job("minsheng.public.publication.tasks:count", "long", "* * * * *")},
    urls=("minsheng.public.publication.urls",),
)
