"""What citizens bring: accounts, codes and messages to telephones."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="citizens",
    app="minsheng.public.citizens",
    tables={
        "Account": Table(kept="setting", personal=("front_name", "subject")),
        "PhoneCode": Table(kept="work", personal=("phone",)),
        "Count": Table(kept="work"),
        "Spent": Table(kept="work"),
        "Link": Table(kept="work"),
        "Message": Table(kept="record"),
    },
    streams={"account": Stream()},
    subscribers=("minsheng.public.citizens.tasks:hear",),
    jobs={
        "messages": Job("minsheng.public.citizens.tasks:send", "urgent", "* * * * * */10"),
        "forget_citizens": Job("minsheng.public.citizens.tasks:forget", "usual", "*/10 * * * *"),
    },
    urls=("minsheng.public.citizens.urls",),
)
