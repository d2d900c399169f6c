"""What orders bring: their life cycle on PostgreSQL, the API."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="orders",
    app="minsheng.cases.orders",
    tables={
        "Order": Table(kept="projection", personal=("title", "matter", "state")),
        "Breach": Table(kept="projection"),
        "Suggestion": Table(kept="projection"),
        "Supervision": Table(kept="projection"),
        "Urge": Table(kept="projection"),
        "Series": Table(kept="projection"),
        "Assignment": Table(kept="work", cleared="forget_assignments"),
        "Routing": Table(kept="projection"),
        # Under whose number appeals are planted, and which were: found by no list, page or answer of the API.
        "Persona": Table(kept="record"),
        "Planted": Table(kept="record"),
    },
    streams={
        "order": Stream(
            alarm="minsheng.cases.orders.tasks:ring",
            rebuild="minsheng.cases.orders.actions:rebuild",
            seen="minsheng.cases.orders.reading.finding:seen",
            told="minsheng.cases.orders.reading.tellings:told",
            attended="minsheng.cases.orders.office.claims:prolong",
            carries="minsheng.cases.orders.actions:apply",
            ended="minsheng.cases.orders.storage.queries:ended",
            witness="minsheng.cases.orders.storage.witness",
            page="desks:order",
            link="查看工单",
        ),
        "words": Stream(),
        # That an appeal was planted: nobody's to see, and told to nobody.
        "planted": Stream(),
        # A unit's answer to a supervision order while it is written: its text alone, beside that of the order's reply.
        "supervision": Stream(ended="minsheng.cases.orders.storage.queries:ended"),
    },
    subscribers=("minsheng.cases.orders.tasks:hear",),
    jobs={"forget_assignments": Job("minsheng.cases.orders.tasks:forget", "usual", "40 * * * *")},
    routers=("minsheng.cases.orders.api.pages:router", "minsheng.cases.orders.api.contacts:router"),
    gauges=("minsheng.cases.orders.gauges:gauges",),
    leaves=("minsheng.cases.orders.office.leaving:ASSIGNED",),
)
