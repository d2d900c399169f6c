"""What talks bring: the door of the platforms, what is done after its answer, and what is forgotten."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Table

FEATURE = Feature(
    name="talks",
    app="minsheng.public.talks",
    tables={
        "Taken": Table(kept="work", cleared="forget_talks"),
        "Talk": Table(kept="work", cleared="forget_talks", personal=("sealed",)),
        "Errand": Table(kept="work", cleared="talks", personal=("sealed",)),
    },
    jobs={
        "talks": Job("minsheng.public.talks.tasks:run", "urgent", "* * * * * */30"),
        "forget_talks": Job("minsheng.public.talks.tasks:forget", "usual", "*/10 * * * *"),
    },
    urls=("minsheng.public.talks.urls",),
)
