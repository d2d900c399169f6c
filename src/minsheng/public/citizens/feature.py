"""What citizens bring: accounts, codes to telephones, the words of messages about orders."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Stream, Table

FEATURE = Feature(
    name="citizens",
    app="minsheng.public.citizens",
    tables={
        "Account": Table(kept="setting", personal=("front_name", "subject")),
        "PhoneCode": Table(kept="work", cleared="forget_citizens", personal=("phone",)),
        "Count": Table(kept="work", cleared="forget_citizens"),
        "Spent": Table(kept="work", cleared="forget_citizens"),
        "Link": Table(kept="work", cleared="forget_citizens"),
    },
    streams={"account": Stream()},
    subscribers=("minsheng.public.citizens.tasks:hear",),
    messages={"order": "minsheng.public.citizens.writer"},
    jobs={
        "forget_citizens": Job("minsheng.public.citizens.tasks:forget", "usual", "*/10 * * * *"),
    },
    urls=("minsheng.public.citizens.urls",),
)
