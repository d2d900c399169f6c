"""The ledger's tables. Only `ledger.actions` and `ledger.tasks` write them; what is append-only never changes.

Append-only are events, refusals, seals and the entries of journals. Migrations 0001, 0004 and 0005 add what Django
cannot say: the triggers that refuse change, the grants of the application's role, the months of the journals.
"""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One fact. `at` is the business moment, `recorded_at` when it was written down."""

    position = models.BigAutoField(primary_key=True)
    city = models.TextField()
    stream = models.TextField()
    version = models.IntegerField()
    type = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.JSONField()
    body = models.JSONField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "version"], name="ledger_event_stream_version"),
            models.CheckConstraint(condition=models.Q(version__gt=0), name="ledger_event_version_positive"),
        ]


class Seal(models.Model):
    """One link of the chain over commit order: it covers the events of a range of positions that can no longer grow.

    And the refusals up to `refusals_to`, from where the link before it ends; `refusals_hash` is their digest, null for
    none. Of the entries of journals it covers in the same way those up to `entries_to`. A link without events covers an
    empty range.
    """

    id = models.BigAutoField(primary_key=True)
    from_position = models.BigIntegerField()
    to_position = models.BigIntegerField()
    count = models.BigIntegerField()
    refusals_to = models.BigIntegerField(default=0, db_default=0)
    refusals_count = models.BigIntegerField(default=0, db_default=0)
    refusals_hash = models.BinaryField(null=True)
    entries_to = models.BigIntegerField(default=0, db_default=0)
    entries_count = models.BigIntegerField(default=0, db_default=0)
    entries_hash = models.BinaryField(null=True)
    prev = models.BinaryField()
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(to_position__gte=models.F("from_position"))
                | models.Q(count=0, to_position=models.F("from_position") - 1),
                name="ledger_seal_range",
            ),
            models.UniqueConstraint(
                fields=["from_position"], condition=models.Q(count__gt=0), name="ledger_seal_from_once"
            ),
            models.UniqueConstraint(
                fields=["to_position"], condition=models.Q(count__gt=0), name="ledger_seal_to_once"
            ),
        ]


class Alarm(models.Model):
    """The next due moment of a stream: one row a stream, gone when nothing runs."""

    stream = models.TextField(primary_key=True)
    due = models.DateTimeField()
    kind = models.TextField()
    # A sweeper's lease and the pause after a failure; both by the database's clock.
    held_until = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["due"], name="ledger_alarm_due")]


class Outbox(models.Model):
    """Events that the subscribers have not heard yet; deleted when they have."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    stream = models.TextField()
    from_version = models.IntegerField()
    to_version = models.IntegerField()
    recorded_at = models.DateTimeField()
    retry_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    last_error = models.TextField(default="")
    # The id of the request that appended them (`gateways.tracing`).
    request = models.TextField(default="", db_default="")


class Idempotency(models.Model):
    """The answer that was given to a command from outside, so that asking again changes nothing."""

    id = models.BigAutoField(primary_key=True)
    scope = models.TextField()
    key = models.TextField()
    fingerprint = models.BinaryField()
    status = models.IntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="ledger_idempotency_scope_key")]
        indexes = [models.Index(fields=["created_at"], name="ledger_idempotency_created")]


class Look(models.Model):
    """What came of comparing a sample of what is kept with the ledger's digests: which streams did not fit."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    streams = models.IntegerField()
    altered = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="ledger_look_at")]


class Sent(models.Model):
    """How far a collector outside has been told (`outward`): place of the last fact, refusal and seal, and when."""

    name = models.TextField(primary_key=True)
    position = models.BigIntegerField(default=0)
    refusal = models.BigIntegerField(default=0)
    seal = models.BigIntegerField(default=0)
    at = models.DateTimeField()


class Refusal(models.Model):
    """A refusal worth keeping, written after the roll-back: not an event, since nothing happened.

    It is never changed or taken away, as events are not, and the seals cover it.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    city = models.TextField()
    stream = models.TextField()
    actor = models.JSONField()
    command = models.TextField()
    code = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["stream", "at"], name="ledger_refusal_stream_at")]


class Entry(models.Model):
    """One line of a journal (`journals.Entry`), in the partition of its month; `digest` binds the row."""

    position = models.BigAutoField(primary_key=True)
    city = models.TextField()
    kind = models.TextField()
    stream = models.TextField()
    key = models.TextField()
    at = models.DateTimeField()
    actor = models.JSONField()
    body = models.JSONField()
    digest = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "key", "at"], name="ledger_entry_once"),
            models.CheckConstraint(condition=models.Q(position__gt=0), name="ledger_entry_position_check"),
        ]
