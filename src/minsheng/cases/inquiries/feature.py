"""What inquiries bring: their lists, pages and API by `workbench.things`."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

FEATURE = Feature(
    name="inquiries",
    app="minsheng.cases.inquiries",
    tables={"Inquiry": Table(kept="projection")},
    streams={
        "inquiry": Stream(
            life_cycle="minsheng.cases.inquiries.actions:KIND", witness="minsheng.cases.inquiries.witness"
        ),
    },
    navigation=(
        Entry(
            place=134, url="things:list", args=("inquiry",), also=("things:thing", "things:begin"), label="监督来函",
            roles=("office", "supervisor", "joint_meeting", "officer", "leader", "head"),
        ),
    ),
)  # fmt: skip
