"""What a desk keeps for its own sake: work that was not yet handed in. No fact of any order."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class RegistrationDraft(models.Model):
    """What a seat has typed and not yet handed in, against a crash. It holds personal data: ciphertext, for a day.

    Without `body` it says only which form was handed in last, so that a save that was still on its way brings nothing
    back. Source: JY-8d, SZ-26.
    """

    staff = models.OneToOneField("people.Staff", primary_key=True, on_delete=models.CASCADE, related_name="+")
    body = models.BinaryField(null=True)
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    done_key = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="desks_registrationdraft_expiry")]
