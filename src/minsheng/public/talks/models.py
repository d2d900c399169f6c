"""Which requests were taken, how far a talk has come, and what is done after the answer; persons and words sealed."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class Taken(models.Model):
    """A message or an event that was taken; `key`: keyed, of its number; `proof`: keyed, of the request's signature.

    The platforms bring it again when they get no answer in time, and a signature is good for one message.
    """

    key = models.BinaryField(primary_key=True)
    proof = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proof"], name="talks_taken_proof")]
        indexes = [models.Index(fields=["at"], name="talks_taken_at")]


class Talk(models.Model):
    """How far a talk has come; `person`: keyed, of the account and the person; `draft`: of the portal's drafts."""

    person = models.BinaryField(primary_key=True)
    sealed = models.BinaryField()
    draft = models.UUIDField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="talks_talk_expires")]


class Errand(models.Model):
    """What is done after the answer to the platform, for and with whom is sealed; `next_at`: the next try."""

    id = models.UUIDField(primary_key=True)
    account = models.TextField()
    sealed = models.BinaryField()
    attempts = models.IntegerField(default=0, db_default=0)
    next_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="talks_errand_next")]
