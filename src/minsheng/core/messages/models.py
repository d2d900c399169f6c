"""Messages to people: a row for each fact, recipient and channel."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

# HELD: told once something else has happened, see `actions.release`. NO_CARRIER: tried again like one that waits; the
# installation has nobody who carries its channel. SENT: a carrier has taken it; DELIVERED: its receipt says that it
# arrived. FAILED: given up, and stays; `why` says whether for good, after all tries, or since no receipt came.
STATES = ("WAITING", "NO_CARRIER", "SENT", "DELIVERED", "FAILED", "HELD")
LEFT = ("SENT", "DELIVERED")
# Those that did not leave, for whatever reason, and of them those that are still to be sent.
UNSENT = ~Q(state__in=LEFT)
DUE = Q(state__in=("WAITING", "NO_CARRIER"))


class Message(models.Model):
    """A message; `position` and `place` say with which fact of the ledger it came.

    `provider`, `provider_id`: who took it, under which id; `awaits`: its receipt is still to come; `parts`: how many
    text messages it was; `resent`: how often it was sent anew after a receipt said that it failed; `pace`: those of a
    lower number go first; `instead_of`: the channel that had failed before; `text_enc`: the words as they left, sealed;
    `told_at`: when it was kept;
    `after`: what is still to be done about one that failed, `NEXT` by the job, `CALL` by a person.

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
    delivered_at = models.DateTimeField(null=True)
    provider = models.TextField(default="", db_default="", blank=True)
    provider_id = models.TextField(default="", db_default="", blank=True)
    awaits = models.BooleanField(default=False, db_default=False)
    why = models.TextField(default="", db_default="", blank=True)
    parts = models.IntegerField(default=0, db_default=0)
    resent = models.IntegerField(default=0, db_default=0)
    pace = models.IntegerField(default=2, db_default=2)
    instead_of = models.TextField(default="", db_default="", blank=True)
    text_enc = models.BinaryField(null=True)
    after = models.TextField(default="", db_default="", blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        # The table is older than this room.
        db_table = "citizens_message"
        constraints = [
            models.UniqueConstraint(
                fields=["position", "place", "recipient", "channel"], name="citizens_message_once_each"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="citizens_message_standing"),
        ]
        indexes = [
            models.Index(fields=["pace", "next_at", "id"], condition=DUE, name="citizens_message_paced"),
            models.Index(
                fields=["provider", "provider_id"], condition=~Q(provider_id=""), name="citizens_message_provider"
            ),
            models.Index(fields=["sent_at", "id"], condition=Q(awaits=True), name="citizens_message_awaits"),
            models.Index(fields=["stream", "id"], name="citizens_message_stream"),
            # Rows come in the order of this moment: the index is a few pages, however many rows there are.
            BrinIndex(fields=["told_at"], name="citizens_message_told"),
            BrinIndex(fields=["position"], name="citizens_message_position"),
            models.Index(fields=["after", "city", "id"], condition=~Q(after=""), name="citizens_message_after"),
            # Of millions that are sent the few that are not: they are counted whenever the machinery is looked at.
            models.Index(fields=["channel", "state"], condition=UNSENT, name="citizens_message_unleft"),
        ]


class Receipt(models.Model):
    """What a provider told of a message, once for each thing that it can tell; kept for those that come early."""

    id = models.BigAutoField(primary_key=True)
    provider = models.TextField()
    provider_id = models.TextField()
    outcome = models.TextField()
    at = models.DateTimeField()
    is_used = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "core_messages_receipt"
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_id", "outcome"], name="core_messages_receipt_once"),
        ]
        indexes = [models.Index(fields=["at"], name="core_messages_receipt_at")]


class Submission(models.Model):
    """A message that a session of `minsheng gateway` submits; `provider_id`: of its first part, once all are taken."""

    id = models.BigAutoField(primary_key=True)
    provider = models.TextField()
    reference = models.TextField()
    provider_id = models.TextField(default="", db_default="", blank=True)
    parts = models.IntegerField(default=0, db_default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "reference"], name="core_messages_submission_once"),
        ]
        indexes = [models.Index(fields=["at"], name="core_messages_submission_at")]


class Part(models.Model):
    """A part as the carrier knows it: whose it is, and what its receipt said; a receipt may come before the answer."""

    id = models.BigAutoField(primary_key=True)
    provider = models.TextField()
    provider_id = models.TextField()
    submission = models.BigIntegerField(null=True)
    outcome = models.TextField(default="", db_default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="core_messages_part_once"),
        ]
        indexes = [
            models.Index(fields=["submission"], name="core_messages_part_of"),
            models.Index(fields=["at"], name="core_messages_part_at"),
        ]


class Piece(models.Model):
    """A part of a long text that somebody sent, sealed, until the others are there.

    `message`: keyed, of the sender and their number for it; `body`: keyed, of the part; `is_done`: its text is kept
    elsewhere, the row stays for a while to know the part when it is brought again.
    """

    id = models.BigAutoField(primary_key=True)
    provider = models.TextField()
    message = models.TextField()
    place = models.IntegerField()
    body = models.TextField()
    sealed = models.BinaryField()
    is_done = models.BooleanField(default=False, db_default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "message", "place"], name="core_messages_piece_once"),
        ]
        indexes = [models.Index(fields=["at"], name="core_messages_piece_at")]


class Binding(models.Model):
    """How a session with a carrier stands, as whoever holds it said last; `unanswered`: what the carrier has so far."""

    provider = models.TextField(primary_key=True)
    is_bound = models.BooleanField(default=False, db_default=False)
    unanswered = models.IntegerField(default=0, db_default=0)
    at = models.DateTimeField()


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


class AccessToken(models.Model):
    """What an account's platform wants to see with each request, sealed, until it ends."""

    account = models.TextField(primary_key=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField()


class Heard(models.Model):
    """When somebody wrote to an account last; `key`: keyed, of the account and the person."""

    key = models.BinaryField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="core_messages_heard_at")]
