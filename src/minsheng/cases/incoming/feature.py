"""What incoming things bring: their list, pages and API by `workbench.things`, and where channels bring them."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job, Stream, Table

FEATURE = Feature(
    name="incoming",
    app="minsheng.cases.incoming",
    tables={"Incoming": Table(kept="projection"), "SeparatorSheet": Table(kept="record")},
    streams={
        "incoming": Stream(
            life_cycle="minsheng.cases.incoming.actions:KIND", witness="minsheng.cases.incoming.witness"
        ),
    },
    messages={"incoming": "minsheng.cases.incoming.writer"},
    jobs={
        "mail": Job("minsheng.cases.incoming.tasks:fetch_mail", "long", "* * * * * */30"),
        "scans": Job("minsheng.cases.incoming.watched:look", "long", "* * * * *"),
    },
    urls=("minsheng.cases.incoming.urls",),
    navigation=(
        Entry(
            place=45, url="things:list", args=("incoming",), also=("things:thing",), label="来信",
            roles=("seat", "office"),
        ),
    ),
)  # fmt: skip
