"""What the portal brings: filing in small steps, the receipt, one's own appeals."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Table

FEATURE = Feature(
    name="portal",
    app="minsheng.public.portal",
    tables={
        "Draft": Table(kept="work", cleared="forget_filings", personal=("answers",)),
        "DraftFile": Table(kept="work", cleared="forget_filings", personal=("name",)),
        "AccessCode": Table(kept="record"),
    },
    jobs={"forget_filings": Job("minsheng.public.portal.tasks:forget", "usual", "*/10 * * * *")},
    urls=("minsheng.public.portal.urls",),
    # Citizens, whose session has a draft or an appeal of theirs.
    public_uploads=(r"/portal/[^/]+/(?:file/files(?:/keep)?|appeals/[^/]+/material)",),
)
