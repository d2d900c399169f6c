"""What a citizen is about to file, and the codes by which filed appeals are opened; words and persons sealed."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Draft(models.Model):
    """An appeal on its way: the answers so far, sealed. Once filed it keeps the receipt until it expires."""

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    answers = models.BinaryField()
    order = models.TextField(default="", blank=True)
    number = models.TextField(default="", blank=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="portal_draft_expires")]


class DraftFile(models.Model):
    """A picture, film or document of a draft; its content lies in the drafts' own store."""

    id = models.UUIDField(primary_key=True)
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    name = models.TextField()
    media_type = models.TextField()
    size = models.BigIntegerField()
    digest = models.TextField()
    scan = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="portal_draftfile_size"),
            models.UniqueConstraint(fields=["draft", "digest"], name="portal_draftfile_once"),
        ]


class AccessCode(models.Model):
    """The keyed hash of the code that opens an order together with its number."""

    order = models.TextField(primary_key=True)
    code = models.BinaryField()
    created_at = models.DateTimeField()
