"""What drafts bring: work typed and not handed in, and units' texts with their approvals."""

from __future__ import annotations

from minsheng.core.features.values import Feature, Job, Table

FEATURE = Feature(
    name="drafts",
    app="minsheng.core.drafts",
    tables={
        "FormDraft": Table(kept="work", cleared="forget_drafts", personal=("body",)),
        "UnitText": Table(kept="work", cleared="forget_drafts", personal=("text_enc", "remark_enc")),
    },
    jobs={"forget_drafts": Job("minsheng.core.drafts.tasks:forget", "usual", "35 * * * *")},
    urls=("minsheng.core.drafts.urls",),
    sealed=("minsheng.core.drafts.texts:CELLS",),
    unsent="minsheng.core.drafts.typed:keep_unsent",
    leaves=("minsheng.core.drafts.leaving:TYPED",),
)
