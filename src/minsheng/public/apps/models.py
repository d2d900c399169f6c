"""The programs of others that serve citizens, who is signed in there, and on the way from there to our pages."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models


class Program(models.Model):
    """A program in which people of a city are served; what is kept of its token finds it.

    `channel`: the code of the pack under which its appeals are registered, and under which people are told there.
    `webhook`: where what is told goes, empty for none; its signature is made with the sealed secret.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    name = models.TextField()
    channel = models.TextField()
    webhook = models.TextField(default="", blank=True)
    secret_enc = models.BinaryField()
    token_hash = models.BinaryField(unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "name"], name="public_apps_program_name")]


class Grant(models.Model):
    """Somebody signed in to a program: what is kept of the token, whose account, until when."""

    id = models.BigAutoField(primary_key=True)
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="+")
    account = models.UUIDField()
    token_hash = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["expires_at"], name="public_apps_grant_until"),
            models.Index(fields=["account", "program"], name="public_apps_grant_of"),
        ]


class Ticket(models.Model):
    """The way of somebody from a program into the portal's pages: good once, until a moment."""

    id = models.BigAutoField(primary_key=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="public_apps_ticket_until")]
