"""What orders bring: their life cycle on PostgreSQL, the API, claims."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="orders",
    app="minsheng.cases.orders",
    tables={
        "Order": Table(kept="projection", personal=("title", "matter", "state")),
        "Breach": Table(kept="projection"),
        "Assignment": Table(kept="work", cleared="forget_claims"),
        "Routing": Table(kept="projection"),
        "Claim": Table(kept="work", cleared="forget_claims"),
    },
    streams={
        "order": Stream(
            alarm="minsheng.cases.orders.tasks:ring",
            rebuild="minsheng.cases.orders.actions:rebuild",
            seen="minsheng.cases.orders.reading.finding:seen",
            told="minsheng.cases.orders.reading.tellings:told",
            attended="minsheng.cases.orders.office.claims:prolong",
            ended="minsheng.cases.orders.storage.queries:ended",
            witness="minsheng.cases.orders.storage.witness",
            page="desks:order",
            link="查看工单",
        ),
        "words": Stream(),
    },
    subscribers=("minsheng.cases.orders.tasks:hear",),
    jobs={"forget_claims": Job("minsheng.cases.orders.tasks:forget", "usual", "*/15 * * * *")},
    routers=("minsheng.cases.orders.api.pages:router", "minsheng.cases.orders.api.contacts:router"),
)
