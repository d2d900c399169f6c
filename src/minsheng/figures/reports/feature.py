"""What reports bring: the release, periodic reports, the leaders' board."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job, Stream, Table
from minsheng.domain.actors import UNIT_ROLES

_READERS = ("supervisor", "duty_leader", "office", "joint_meeting", "command")

FEATURE = Feature(
    name="reports",
    app="minsheng.figures.reports",
    tables={
        "Report": Table(kept="record"),
        "Delivery": Table(kept="record"),
        "Instruction": Table(kept="record"),
        "Job": Table(kept="work", cleared="forget_report_jobs"),
        "ImportedScore": Table(kept="record"),
        "Population": Table(kept="setting"),
        "Board": Table(kept="projection"),
        "Watch": Table(kept="projection"),
    },
    streams={
        "report": Stream(
            life_cycle="minsheng.figures.reports.actions:KIND", witness="minsheng.figures.reports.witness"
        ),
    },
    jobs={
        "reports_count": Job("minsheng.figures.reports.tasks:count_waiting", "long", "* * * * *"),
        "forget_report_jobs": Job("minsheng.figures.reports.tasks:forget", "usual", "50 3 * * *"),
        "reports_plan": Job("minsheng.figures.reports.tasks:plan_all", "long", "*/10 * * * *"),
        "boards": Job("minsheng.figures.reports.tasks:count_boards", "long", "* * * * * */20"),
    },
    urls=("minsheng.figures.reports.urls",),
    finds=("minsheng.figures.reports.finding:reports",),
    navigation=(
        Entry(place=60, url="reports:cockpit", label="驾驶舱", roles=_READERS),
        Entry(place=70, url="reports:index", label="报告", roles=_READERS, also=("reports:report",)),
        Entry(place=80, url="reports:received", label="通报", roles=UNIT_ROLES),
    ),
    datasets={("papers",): "minsheng.figures.lake.paper_rows:export"},
)
