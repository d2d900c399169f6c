"""What mystery calls bring: campaigns and calls by `workbench.things`, and their rows for the lake."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

_WITNESS = "minsheng.cases.mystery.witness"
FEATURE = Feature(
    name="mystery",
    app="minsheng.cases.mystery",
    tables={each: Table(kept="projection") for each in ("Campaign", "MysteryCall")},
    streams={
        "campaign": Stream(life_cycle="minsheng.cases.mystery.actions:CAMPAIGNS", witness=_WITNESS),
        "mystery_call": Stream(life_cycle="minsheng.cases.mystery.actions:CALLS", witness=_WITNESS),
    },
    datasets={("mystery_calls",): "minsheng.cases.mystery.exporting:export"},
    navigation=(
        Entry(
            place=141, url="things:list", args=("campaign",), also=("things:thing", "things:begin"), label="测评",
            roles=("office", "command", "joint_meeting", "supervisor", "duty_leader", "discipline", "officer", "leader",
                   "head"),
        ),
        Entry(
            place=142, url="things:list", args=("mystery_call",), also=("things:thing",), label="拨测任务",
            roles=("office",),
        ),
    ),
)  # fmt: skip
