"""The words of facts, sealed: one row for a fact that has any."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class Said(models.Model):
    """The words of one fact: its stream and version, and a sealed map of field and text. Source: SZ-26, JY-8d."""

    id = models.UUIDField(primary_key=True)
    stream = models.TextField()
    version = models.IntegerField()
    text_enc = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "version"], name="core_words_said_once")]
