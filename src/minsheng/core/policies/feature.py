"""What the rules in force bring: cities and the calendar years loaded after the release."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="policies",
    app="minsheng.core.policies",
    tables={
        "City": Table(kept="setting"),
        "CalendarYear": Table(kept="setting"),
        "Trial": Table(kept="record"),
    },
    jobs={"rehearse_packs": Job("minsheng.core.policies.trials:rehearse", "long")},
    streams={"city": Stream()},
)
