"""What operation brings: measures for Prometheus, and the status page."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job

# Whose work depends on it.
READERS = ("admin", "duty_leader", "supervisor", "office")

FEATURE = Feature(
    name="operation",
    app="minsheng.app.operation",
    urls=("minsheng.app.operation.urls",),
    navigation=(Entry(place=125, url="operation:status", label="运行状态", roles=READERS),),
    gauges=(
        "minsheng.app.operation.machine:gauges",
        "minsheng.app.operation.backing:gauges",
        "minsheng.app.operation.auditing:gauges",
    ),
    jobs={"watch_audit": Job("minsheng.app.operation.auditing:watch", "usual", "*/5 * * * *")},
    checks=("minsheng.app.operation.backing:checks",),
)
