"""Questions: a row each, beside their streams."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.knowledge.question import CONVERTED


class Question(LifeCycleRow):
    """A question; `account`: the asker's pseudonym; `title`, `text`: as everybody reads it, empty while nobody may."""

    account = models.UUIDField(null=True)
    title = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)
    is_recommended = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            *list_indexes("questions_question", ends=(CONVERTED,)),
            models.Index(fields=["city", "account", "-asked_at"], name="questions_question_account"),
            models.Index(
                fields=["city", "-is_recommended", "-published_at", "number"],
                condition=~models.Q(published_at=None),
                name="questions_question_public",
            ),
        ]
