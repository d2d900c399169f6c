"""What the library brings: case studies and remedies, their lists, pages and API by `workbench.things`."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

_WITNESS = "minsheng.cases.library.witness"
_ALSO = ("things:thing", "things:begin")

FEATURE = Feature(
    name="library",
    app="minsheng.cases.library",
    tables={"Study": Table(kept="projection"), "Remedy": Table(kept="projection")},
    streams={
        "study": Stream(life_cycle="minsheng.cases.library.actions:STUDIES", witness=_WITNESS),
        "remedy": Stream(life_cycle="minsheng.cases.library.actions:REMEDIES", witness=_WITNESS),
    },
    navigation=(
        Entry(
            place=133, url="things:list", args=("remedy",), also=_ALSO, label="一类事",
            roles=("office", "joint_meeting", "supervisor", "command", "officer", "leader", "head"),
        ),
        Entry(
            place=134, url="things:list", args=("study",), also=_ALSO, label="案例库",
            roles=(
                "office", "supervisor", "seat", "specialist", "dispatcher", "auditor", "callback_agent", "duty_leader",
                "command", "joint_meeting", "officer", "leader", "head",
            ),
        ),
    ),
)  # fmt: skip
