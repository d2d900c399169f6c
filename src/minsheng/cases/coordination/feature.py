"""What coordination brings: meetings and programmes, their lists, pages and API by `workbench.things`."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

FEATURE = Feature(
    name="coordination",
    app="minsheng.cases.coordination",
    tables={"Meeting": Table(kept="projection"), "Programme": Table(kept="projection")},
    streams={
        "meeting": Stream(
            life_cycle="minsheng.cases.coordination.actions:MEETINGS", witness="minsheng.cases.coordination.witness"
        ),
        "programme": Stream(
            life_cycle="minsheng.cases.coordination.actions:PROGRAMMES", witness="minsheng.cases.coordination.witness"
        ),
    },
    datasets={("broadcasts",): "minsheng.cases.coordination.exporting:export"},
    subscribers=("minsheng.cases.coordination.tasks:hear",),
    navigation=(
        Entry(
            place=131, url="things:list", args=("meeting",), also=("things:thing", "things:begin"), label="协调会",
            roles=("office", "joint_meeting", "supervisor", "command", "officer", "leader", "head"),
        ),
        Entry(
            place=132, url="things:list", args=("programme",), also=("things:thing", "things:begin"), label="节目",
            roles=("office", "seat", "officer", "leader", "head"),
        ),
    ),
)  # fmt: skip
