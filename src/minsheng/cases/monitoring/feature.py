"""What electronic monitoring brings: violations and dossiers, the facts and counters behind them."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job, Stream, Table

_WITNESS = "minsheng.cases.monitoring.witness"

FEATURE = Feature(
    name="monitoring",
    app="minsheng.cases.monitoring",
    tables={
        "Occurrence": Table(kept="projection"),
        "Violation": Table(kept="projection", personal=("account",)),
        "Dossier": Table(kept="projection"),
        "Counter": Table(kept="projection"),
    },
    streams={
        "violation": Stream(life_cycle="minsheng.cases.monitoring.actions:VIOLATIONS", witness=_WITNESS),
        "dossier": Stream(life_cycle="minsheng.cases.monitoring.actions:DOSSIERS", witness=_WITNESS),
        # That a unit has had no roster or no contact for a month: no clock finds it, a job does.
        "monitoring": Stream(),
    },
    datasets={("violations",): "minsheng.cases.monitoring.exporting:export"},
    subscribers=("minsheng.cases.monitoring.tasks:hear",),
    jobs={"monitoring_gaps": Job("minsheng.cases.monitoring.tasks:find_gaps", "usual", "20 2 * * *")},
    navigation=(
        Entry(
            place=134, url="things:list", args=("violation",), also=("things:thing", "things:begin"), label="监察情形",
            roles=("officer", "leader", "head"),
        ),
        Entry(
            place=135, url="things:list", args=("dossier",), also=("things:thing", "things:begin"), label="移送",
            roles=("office", "supervisor", "joint_meeting", "discipline"),
        ),
    ),
)  # fmt: skip
