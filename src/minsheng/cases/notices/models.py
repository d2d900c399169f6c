"""What people are told: one row a notice, made from the ledger's facts."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """A notice to a role, a unit's person, or the appellant. `position` and `place` say which fact it came with."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    position = models.BigIntegerField()
    place = models.IntegerField()
    stream = models.TextField()
    kind = models.TextField()
    recipient = models.TextField()
    params = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["position", "place"], name="notices_notice_once"),
        ]
        indexes = [
            models.Index(fields=["city", "recipient", "-id"], name="notices_notice_recipient"),
            models.Index(fields=["stream", "id"], name="notices_notice_stream"),
        ]
