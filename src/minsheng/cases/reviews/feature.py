"""What ratings bring: their list, pages and API by `workbench.things`, the batch of the API, rows of the lake."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

FEATURE = Feature(
    name="reviews",
    app="minsheng.cases.reviews",
    tables={"Review": Table(kept="projection")},
    streams={
        "review": Stream(life_cycle="minsheng.cases.reviews.actions:KIND", witness="minsheng.cases.reviews.witness"),
    },
    datasets={("reviews",): "minsheng.cases.reviews.exporting:export"},
    routers=("minsheng.cases.reviews.api:router",),
    navigation=(
        Entry(
            place=128, url="things:list", args=("review",), also=("things:thing", "things:begin"), label="好差评",
            roles=("office", "supervisor", "officer", "leader", "head"),
        ),
    ),
)  # fmt: skip
