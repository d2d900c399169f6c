"""What sanctions bring: their list, pages and API by `workbench.things`."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

FEATURE = Feature(
    name="sanctions",
    app="minsheng.cases.sanctions",
    tables={"Sanction": Table(kept="projection")},
    streams={
        "sanction": Stream(
            life_cycle="minsheng.cases.sanctions.actions:KIND", witness="minsheng.cases.sanctions.witness"
        ),
    },
    navigation=(
        Entry(
            place=130, url="things:list", args=("sanction",), also=("things:thing", "things:begin"), label="约谈通报",
            roles=("supervisor", "joint_meeting", "office", "command", "discipline", "officer", "leader", "head"),
        ),
    ),
)  # fmt: skip
