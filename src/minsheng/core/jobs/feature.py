"""What jobs bring: their page, and what is noted of their faults."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Table

FEATURE = Feature(
    name="jobs",
    app="minsheng.core.jobs",
    tables={"Trouble": Table(kept="work", cleared="workers")},
    urls=("minsheng.core.jobs.urls",),
    checks=("minsheng.core.jobs.checks:jobs",),
    navigation=(Entry(place=130, url="jobs:jobs", label="后台作业", roles=("admin",)),),
    gauges=("minsheng.core.jobs.gauges:gauges",),
)
