"""Accounts of citizens, codes to their telephones, links in messages, counts against machines. No number in clear."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models
from django.db.models import Q

LEVELS = ("PHONE", "REAL_NAME")


class Account(models.Model):
    """Somebody who has shown that a telephone is theirs. Who it is stands in the vault; `front_name` is for others.

    Source: SZ-17a, SQ-10.1, A-60.
    """

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    appellant = models.OneToOneField("people.Appellant", on_delete=models.PROTECT, related_name="+")
    front_name = models.TextField(default="", blank=True)
    level = models.TextField(default="PHONE")
    # A keyed hash of the register's own name for the person: the same person has one account.
    subject = models.BinaryField(null=True)
    verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="citizens_account_level"),
            models.UniqueConstraint(
                fields=["city", "subject"], condition=Q(subject__isnull=False), name="citizens_account_subject"
            ),
        ]


class PhoneCode(models.Model):
    """A code that was sent to a telephone: for one purpose, once, for some minutes, with few tries."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    phone = models.BinaryField()
    code = models.BinaryField()
    expires_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone", "-id"], name="citizens_phonecode_phone")]


class Count(models.Model):
    """Counts as an older version kept them; `people.Count` has them now, and this table goes with a later version."""

    key = models.BinaryField(primary_key=True)
    begun_at = models.DateTimeField()
    count = models.IntegerField()


class Spent(models.Model):
    """A question to people that was answered; it is good for one answer."""

    nonce = models.TextField(primary_key=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="citizens_spent_expires")]


class Link(models.Model):
    """A link in a text message to one order, found by the keyed hash of its token."""

    token = models.BinaryField(primary_key=True)
    city = models.TextField()
    order = models.TextField()
    expires_at = models.DateTimeField()
