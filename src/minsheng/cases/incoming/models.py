"""What people sent: a row each, beside their streams."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.channels.incoming import CLOSED, TAKEN


class SeparatorSheet(models.Model):
    """A sheet that stands before a letter in a pile of scans, and the thing that it became, once.

    `number`: printed on it, a series a year of the city.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    number = models.TextField()
    printed_at = models.DateTimeField()
    printed_by = models.TextField()
    used_at = models.DateTimeField(null=True)
    incoming = models.UUIDField(null=True)

    class Meta:
        constraints = [  # noqa: RUF012 - Django reads it, nobody changes it
            models.UniqueConstraint(fields=["city", "number"], name="incoming_sheet_once"),
        ]


class Incoming(LifeCycleRow):
    """What somebody sent; `source_no`: its number in its channel; `order`: where it went; `note`: why a seat looks.

    `sender_index`: what several of one sender are found by, as the vault's indexes are; empty for an unknown sender.
    """

    source_no = models.TextField(default="", blank=True)
    order = models.TextField(default="", blank=True)
    channel = models.TextField(default="sms", db_default="sms")
    note = models.TextField(default="", db_default="", blank=True)
    sender_index = models.BinaryField(null=True)

    class Meta:
        constraints = [  # noqa: RUF012 - Django reads it, nobody changes it
            models.UniqueConstraint(fields=["city", "source_no"], condition=~Q(source_no=""), name="incoming_once"),
        ]
        indexes = [  # noqa: RUF012
            *list_indexes("incoming_incoming", ends=(TAKEN, CLOSED)),
            models.Index(fields=["sender_index", "id"], name="incoming_incoming_sender"),
            models.Index(fields=["order", "id"], condition=~Q(order=""), name="incoming_incoming_order"),
        ]
