"""What the question desk brings: the list and pages of questions by `workbench.things`, rows of the lake."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Stream, Table

FEATURE = Feature(
    name="questions",
    app="minsheng.cases.questions",
    tables={"Question": Table(kept="projection")},
    streams={
        "question": Stream(
            life_cycle="minsheng.cases.questions.actions:KIND", witness="minsheng.cases.questions.witness"
        ),
    },
    datasets={("questions",): "minsheng.cases.questions.exporting:export"},
    # A city whose questions are asked at the province's desk has not had none.
    of_some=("questions",),
    navigation=(
        Entry(
            place=126, url="things:list", args=("question",), also=("things:thing",), label="问答台",
            roles=("seat", "specialist", "office", "supervisor", "officer", "leader", "head"),
        ),
    ),
)  # fmt: skip
