"""What checks and rounds of looking back bring."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Stream, Table

FEATURE = Feature(
    name="checks",
    app="minsheng.cases.checks",
    tables={
        "Check": Table(kept="projection", personal=("state",)),
        # What was drawn of is not made of facts, which hold its digest.
        "Lookback": Table(kept="record"),
    },
    streams={
        "check": Stream(life_cycle="minsheng.cases.checks.actions:CHECKS", page="desks:check", link="查看复核"),
        "lookback": Stream(
            life_cycle="minsheng.cases.checks.actions:LOOKBACKS", page="desks:lookback", link="查看回头看"
        ),
    },
)
