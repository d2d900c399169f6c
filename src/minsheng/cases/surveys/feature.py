"""What surveys bring: their list and page by `workbench.things`, answers of nobody, rows for the lake."""

from __future__ import annotations

from minsheng.core.features.values import Entry, Feature, Job, Stream, Table

FEATURE = Feature(
    name="surveys",
    app="minsheng.cases.surveys",
    tables={
        "Survey": Table(kept="projection"),
        "Token": Table(kept="record"),
        "Waiting": Table(kept="work", cleared="take_answers"),
        "Answer": Table(kept="record"),
        "Callee": Table(kept="record"),
    },
    streams={
        "survey": Stream(
            life_cycle="minsheng.cases.surveys.actions:KIND", witness="minsheng.cases.surveys.witness"
        ),
    },
    datasets={("survey_answers",): "minsheng.cases.surveys.exporting:export"},
    jobs={"take_answers": Job("minsheng.cases.surveys.tasks:take_answers", "usual", "25 * * * *")},
    navigation=(
        Entry(
            place=143, url="things:list", args=("survey",), also=("things:thing", "things:begin", "desks:survey"),
            label="社情民意调查", roles=("office", "command", "supervisor", "callback_agent"),
        ),
    ),
)  # fmt: skip
