"""What liveness brings: signals to browsers, who looks at what, and who has claimed it."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Table

FEATURE = Feature(
    name="live",
    app="minsheng.cases.live",
    tables={
        "Signal": Table(kept="work", cleared="forget_signals"),
        "Presence": Table(kept="work", cleared="forget_signals"),
        "Claim": Table(kept="work", cleared="forget_signals"),
    },
    # The last of all: from here on the relay holds the lock that numbers signals.
    subscribers=("minsheng.cases.live.tasks:hear",),
    jobs={"forget_signals": Job("minsheng.cases.live.tasks:forget", "usual", "* * * * *")},
    urls=("minsheng.cases.live.urls",),
    leaves=("minsheng.cases.live.leaving:CLAIMS",),
)
