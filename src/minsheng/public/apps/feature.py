"""What programs of others bring: their API, who is signed in there, and the carrier of what is told there."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="apps",
    app="minsheng.public.apps",
    tables={
        "Program": Table(kept="setting", personal=("secret_enc",)),
        "Grant": Table(kept="work", cleared="forget_grants"),
        "Ticket": Table(kept="work", cleared="forget_grants"),
    },
    streams={"program": Stream()},
    jobs={"forget_grants": Job("minsheng.public.apps.tasks:forget", "usual", "25 * * * *")},
    urls=("minsheng.public.apps.urls",),
    routers=("minsheng.public.apps.api:router",),
    carriers=("minsheng.public.apps.queries:carrier",),
    sealed=("minsheng.public.apps.queries:CELLS",),
    uploads=(r"/api/public/appeals/[^/]+/files",),
)
