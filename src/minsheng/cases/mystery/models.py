"""Campaigns and their calls: a row each, beside their streams."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.mystery import call, campaign

_OF_CALLS = [
    *list_indexes("mystery_call", ends=(call.RATED, call.VOID)),
    models.Index(fields=["campaign"], name="mystery_call_campaign"),
    models.Index(fields=["caller"], name="mystery_call_caller"),
    models.Index(fields=["rater"], condition=~models.Q(rater=""), name="mystery_call_rater"),
]


class Campaign(LifeCycleRow):
    """A campaign; `units`: for whom it exists by now, `told`: roles that read its published result."""

    title = models.TextField(default="", blank=True)
    period = models.TextField(default="", blank=True)
    told = ArrayField(models.TextField(), default=list)

    class Meta:
        indexes = list_indexes("mystery_campaign", ends=(campaign.PUBLISHED, campaign.CANCELLED))


class MysteryCall(LifeCycleRow):
    """A call; `caller` and `rater` are accounts."""

    campaign = models.TextField()
    caller = models.TextField()
    rater = models.TextField(default="", blank=True)

    class Meta:
        indexes = _OF_CALLS
