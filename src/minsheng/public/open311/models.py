"""Tokens of requests that came by Open311: the way back to the number that the request was given."""

from __future__ import annotations

from django.db import models


class Token(models.Model):
    """One request of one client, for good, so that none is filed twice; the token itself is kept as a keyed hash."""

    token = models.BinaryField(primary_key=True)
    city = models.TextField()
    client = models.BigIntegerField()
    order = models.TextField()
    number = models.TextField()
    # A keyed hash of the body: the same key with another body is refused. None for tokens from before it was kept.
    fingerprint = models.BinaryField(null=True)
    created_at = models.DateTimeField()
