"""What browsers are told: one row a signal, numbered in the order of commits; and who looks at what now."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class Signal(models.Model):
    """Something that an audience of a city is told at once: what kind of thing, and of what, no word of it.

    `order`: an order's id, of anything else its stream.

    A row's id is the id of the browser's event, so that a browser that was away asks for what came after. Rows are
    deleted after an hour, but never the newest one: it says where the numbers stand.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    audience = models.TextField()
    kind = models.TextField()
    order = models.TextField(default="", blank=True, db_column="order_id")
    version = models.IntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["city", "audience", "id"], name="live_signal_audience")]


class Presence(models.Model):
    """Somebody has the thing of a stream before them.

    Lossy: the table is not logged, a crash of the database empties it.
    Role and unit are kept to ask again, at each telling, whether the thing still exists for the person.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    stream = models.TextField(db_column="order_id")
    staff = models.BigIntegerField(db_column="staff_id")
    name = models.TextField()
    role = models.TextField()
    unit = models.TextField(default="", blank=True)
    typing = models.BooleanField(default=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "staff"], name="live_presence_once")]
        indexes = [models.Index(fields=["seen_at"], name="live_presence_seen")]


class Claim(models.Model):
    """Who has a thing before them, so that two don't decide on it at once. A row, not a fact: it expires by itself."""

    stream = models.TextField(primary_key=True)
    city = models.TextField()
    person = models.TextField()
    role = models.TextField()
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "expires_at"], name="live_claim_person")]
