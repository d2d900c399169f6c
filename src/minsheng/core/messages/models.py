"""Messages to people: a row for each fact, recipient and channel."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models
from django.db.models import Q

# HELD: told once something else has happened, see `actions.release`. NO_CARRIER: tried again like one that waits; the
# installation has nobody who carries its channel. FAILED: given up, and stays.
STATES = ("WAITING", "NO_CARRIER", "SENT", "FAILED", "HELD")
# Those that did not leave, for whatever reason, and of them those that are still to be sent.
UNSENT = ~Q(state="SENT")
DUE = Q(state__in=("WAITING", "NO_CARRIER"))


class Message(models.Model):
    """A message; `position` and `place` say with which fact of the ledger it came.

    `recipient`: `citizen`, whoever the stream's thing is of, or `duty@UNIT`, whoever is on the unit's roster, both
    found when it is sent; or `account:<id>`. No address and no words: the writer of the feature makes both when
    the message goes.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    position = models.BigIntegerField()
    place = models.IntegerField()
    stream = models.TextField()
    kind = models.TextField()
    params = models.JSONField(default=dict)
    recipient = models.TextField()
    channel = models.TextField(default="sms")
    state = models.TextField(default="WAITING")
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        # The table is older than this room.
        db_table = "citizens_message"
        constraints = [
            models.UniqueConstraint(
                fields=["position", "place", "recipient", "channel"], name="citizens_message_once_each"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="citizens_message_state"),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=DUE, name="citizens_message_due"),
            models.Index(fields=["stream", "id"], name="citizens_message_stream"),
            # Of millions that are sent the few that are not: they are counted whenever the machinery is looked at.
            models.Index(fields=["channel", "state"], condition=UNSENT, name="citizens_message_unsent"),
        ]


class Template(models.Model):
    """A version of a city's own words for a sentence that people are sent; empty words: as the program has them."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    kind = models.TextField()
    number = models.IntegerField()
    words = models.TextField(blank=True)
    starts_on = models.DateField()
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "kind", "number"], name="core_messages_template_number"),
        ]
