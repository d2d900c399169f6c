"""Snippets: whose they are, what they are called, what they say."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models
from django.db.models import Q

SCOPES = ("city", "unit", "person")


class Snippet(models.Model):
    """Words of a city, of one of its units (`unit`, by name) or of a person (`staff`); ended ones stay."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    scope = models.TextField()
    unit = models.TextField(default="", blank=True)
    staff = models.BigIntegerField(null=True)
    title = models.TextField()
    words = models.TextField()
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="city", unit="", staff=None)
                | (Q(scope="unit", staff=None) & ~Q(unit=""))
                | Q(scope="person", unit="", staff__isnull=False),
                name="snippets_snippet_whose",
            ),
        ]
        indexes = [
            models.Index(fields=["city", "title"], condition=Q(ended_at=None), name="snippets_snippet_offered"),
        ]
