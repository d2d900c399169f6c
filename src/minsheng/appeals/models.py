"""What was said: the words of an appeal, where, about whom. Who said it is in the identity vault."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class Appeal(models.Model):
    """The words behind an order; `id` is the order's. The ledger holds their digest alone. Source: SZ-15.1, JY-9.1."""

    id = models.TextField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    appellant = models.ForeignKey("people.Appellant", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.TextField(default="", blank=True)
    content = models.TextField(default="", blank=True)
    place = models.TextField(default="", blank=True)
    target_person = models.TextField(default="", blank=True)
    # Of an imported letter: when its writer wrote it, and what makes the same letter the same.
    said_at = models.DateTimeField(null=True)
    source_digest = models.BinaryField(null=True)
    source_no = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "source_digest"],
                condition=models.Q(source_digest__isnull=False),
                name="appeals_appeal_source",
            ),
        ]
