"""The table of attachments. Its label is that of the appeals, where it began, so that table and migrations stay."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models

# What files are brought to an order for; other owners name their own.
PURPOSES = ("APPEAL", "REPLY", "RETURN", "EXTENSION", "COMMENT")
SCANS = ("CLEAN", "UNSCANNED")


class Attachment(models.Model):
    """A file that belongs to a stream, and the projection of its own, `attachment/<id>`. Source: JY-10.3c, SZ-14c.

    `owner` and `order` are the two halves of the stream's name: orders were the first owner, and facts name the column.
    The content is in the file store under `digest`; the name, which may tell who somebody is, is here alone, and the
    ledger has its salted digest. `round` and `stage` say how the owner stood: once it has moved on, the file is part of
    the record.
    """

    id = models.UUIDField(primary_key=True)
    owner = models.TextField(default="order", db_default="order")
    order = models.TextField()
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    purpose = models.TextField()
    unit = models.TextField(default="", blank=True)
    # As for an addition: the joined appeal whose citizen brought it.
    joined = models.TextField(default="", db_default="", blank=True)
    round = models.IntegerField()
    stage = models.TextField()
    name = models.TextField()
    salt = models.BinaryField(default=b"", db_default=b"")
    media_type = models.TextField()
    size = models.BigIntegerField()
    digest = models.TextField()
    scan = models.TextField()
    uploaded_by = models.TextField()
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "appeals"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(owner="order") | models.Q(purpose__in=PURPOSES), name="appeals_attachment_purpose"
            ),
            models.CheckConstraint(condition=models.Q(scan__in=SCANS), name="appeals_attachment_scan"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="appeals_attachment_size"),
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="appeals_attachment_digest"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="appeals_attachment_name_given"),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="appeals_attachment_order"),
            models.Index(fields=["digest"], condition=models.Q(removed_at=None), name="appeals_attachment_present"),
        ]
