"""Drafts: what a person has typed into a form, and what a unit writes for a stream before it is given."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class FormDraft(models.Model):
    """What a person has typed into a form and not handed in. It may hold personal data: ciphertext, for some days.

    Without `body` it says only which showing of the form was handed in last, so that a save that was still on its way
    brings nothing back. Source: JY-8d, SZ-26.
    """

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    form = models.TextField()
    body = models.BinaryField(null=True)
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    done_key = models.UUIDField(null=True)

    class Meta:
        # The table is older than this room.
        db_table = "people_formdraft"
        constraints = [models.UniqueConstraint(fields=["staff", "form"], name="people_formdraft_staff_form")]
        indexes = [models.Index(fields=["expires_at"], name="people_formdraft_expiry")]


class UnitText(models.Model):
    """What a unit has written of what it will say next about a stream, and what a leader has approved of it.

    Text and remark are sealed: both may name people. Source: JY-13.1c, JY-8d.
    """

    id = models.BigAutoField(primary_key=True)
    stream = models.TextField()
    unit = models.TextField()
    text_enc = models.BinaryField(null=True)
    saved_by = models.TextField()
    saved_at = models.DateTimeField()
    # When it was sent to the leader; the digest of what the leader approved: the answer must be that, word for word.
    submitted_at = models.DateTimeField(null=True)
    approved_digest = models.BinaryField(null=True)
    # Empty and null where it was approved before these were kept.
    approved_by = models.TextField(default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    # What it is to be said as, where there are several ways.
    purpose = models.TextField(default="", db_default="", blank=True)
    # What the leader wants otherwise, when it was sent back.
    remark_enc = models.BinaryField(null=True)

    class Meta:
        # The table is older than this room, and was the orders' alone.
        db_table = "orders_draft"
        constraints = [models.UniqueConstraint(fields=["stream", "unit"], name="drafts_unittext_once")]
        indexes = [
            models.Index(
                fields=["unit", "stream"], condition=Q(submitted_at__isnull=False), name="drafts_unittext_sent"
            )
        ]
