"""What accountability brings: cases with their evidence, their lists, pages and API by `workbench.things`."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

FEATURE = Feature(
    name="accountability",
    app="minsheng.cases.accountability",
    tables={
        "Case": Table(kept="projection", personal=("account", "namesakes")),
        "Snapshot": Table(kept="record", personal=("body_enc",)),
    },
    streams={
        "case": Stream(
            life_cycle="minsheng.cases.accountability.actions:KIND", witness="minsheng.cases.accountability.witness"
        ),
    },
    urls=("minsheng.cases.accountability.urls",),
    sealed=("minsheng.cases.accountability.queries:CELLS",),
    navigation=(
        Entry(
            place=133, url="things:list", args=("case",), also=("things:thing", "things:begin"), label="问责事项",
            roles=("office", "discipline", "command", "head"),
        ),
        Entry(
            place=134, url="accountability:exempt", label="不予追究和容错", roles=("office", "discipline", "command"),
        ),
    ),
)  # fmt: skip
