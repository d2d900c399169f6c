"""Surveys, tokens, answers. Nothing joins an answer to a token or to a person: no column, no order, no hour."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from uuid import uuid4

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.surveys import survey


class Survey(LifeCycleRow):
    """A survey; `has_link`: everybody may answer it, while it is open."""

    title = models.TextField(default="", blank=True)
    has_link = models.BooleanField(default=False)

    class Meta:
        indexes = list_indexes("surveys_survey", ends=(survey.PUBLISHED, survey.CANCELLED))


class Token(models.Model):
    """That a token is good for one answer, and whether it was used. Whose it is, the message alone knew."""

    digest = models.TextField(primary_key=True)
    survey = models.UUIDField()
    is_used = models.BooleanField(default=False)


class Waiting(models.Model):
    """An answer that has come and is not mixed with others yet; the key is by chance, and no hour is kept."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    survey = models.UUIDField()
    day = models.DateField()
    way = models.TextField()
    district = models.TextField(default="", blank=True)
    answers = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["survey", "day"], name="surveys_waiting_survey")]


class Answer(models.Model):
    """An answer as it counts: written with others, in an order by chance. `heap`: with which it was taken."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    survey = models.UUIDField()
    heap = models.IntegerField()
    way = models.TextField()
    district = models.TextField(default="", blank=True)
    answers = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["survey", "heap"], name="surveys_answer_survey")]


class Callee(models.Model):
    """Somebody of the sample who is asked by telephone, by their order, and whether they were reached; no answer."""

    id = models.BigAutoField(primary_key=True)
    survey = models.UUIDField()
    order = models.TextField()
    state = models.TextField(default="TO_CALL")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "order"], name="surveys_callee_once")]

    @property
    def is_to_be_called(self) -> bool:
        """Tell whether somebody still has to call them."""
        return self.state == "TO_CALL"
