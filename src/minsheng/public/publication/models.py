"""What everybody may read: a row a published case, made of confirmed words; and the figures that stay public."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func


class PublicCase(models.Model):
    """One published case. `order` is the order's id; nothing here was not confirmed, or is not open to all anyhow.

    `words` is title, content and answer in one, for the search. Source: JY-9.8a, A-73.
    """

    order = models.TextField(primary_key=True)
    # No index of its own: a city is nearly the whole table.
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.TextField()
    title = models.TextField()
    content = models.TextField()
    reply = models.TextField()
    words = models.TextField()
    type = models.TextField()
    channel = models.TextField()
    category = models.TextField(default="", blank=True)
    unit = models.TextField(default="", blank=True)
    grade = models.TextField(default="", blank=True)
    follows = models.IntegerField(default=0, db_default=0)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "number"], name="publication_publiccase_number"),
        ]
        indexes = [
            models.Index(fields=["city", "-published_at", "-order"], name="publication_case_newest"),
            models.Index(fields=["city", "type", "-published_at", "-order"], name="publication_case_type"),
            models.Index(fields=["city", "channel", "-published_at", "-order"], name="publication_case_channel"),
            models.Index(fields=["city", "unit", "-published_at", "-order"], name="publication_case_unit"),
            models.Index(fields=["city", "-registered_at", "-order"], name="publication_case_registered"),
            GinIndex(Func(F("words"), function="zh_bigrams"), name="publication_case_words", fastupdate=False),
        ]


class Follow(models.Model):
    """Somebody who has the same matter and follows the case instead of telling it again.

    It outlasts the case's row, which goes while an order is handled anew. `seen`: of what was public then, the moment
    when it became so; another one is a new result, to be told.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.TextField()
    number = models.TextField()
    account = models.ForeignKey("citizens.Account", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    seen = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "account"], name="publication_follow_once")]


class Figures(models.Model):
    """The figures of a city as they were counted last; the page never counts a million rows."""

    city = models.OneToOneField("policies.City", primary_key=True, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()
    months = models.JSONField()
    groups = models.JSONField(default=list)
