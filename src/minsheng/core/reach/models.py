"""Addresses of people in channels other than the telephone, sealed; and what each wishes of the messages."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models

from minsheng.core.people import vault


class Address(models.Model):
    """A mail address, or the name that a program gives its user; `appellant` is the pseudonym of the vault.

    `address_index` finds it, as the vault's indexes do. `verified`: whether its holder has shown that it is theirs, by
    a code to the telephone or since the program vouches for it; one that is not counts for the order alone that began
    with it (`about`): whoever writes may say that they are anybody. Source: JY-8d, SZ-26.
    """

    # What a change of keys makes anew beside the sealed cell (`people.rotation`).
    found_by = "address_index"

    id = models.UUIDField(primary_key=True)
    city = models.TextField()
    appellant = models.UUIDField()
    channel = models.TextField()
    address_enc = models.BinaryField()
    address_index = models.BinaryField()
    verified = models.BooleanField(default=False)
    about = models.TextField(default="", blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "address_index", "appellant", "about"], name="core_reach_address_once"
            ),
        ]
        indexes = [models.Index(fields=["appellant", "channel"], name="core_reach_address_of")]

    def index_of(self, clear: str) -> bytes:
        """Return what an address is found by, made with the current key."""
        return vault.blind_index(self.channel, clear, city=self.city)


class Wish(models.Model):
    """How somebody wishes to be told: channels in order, the language, no news. Duties are told all the same."""

    appellant = models.UUIDField(primary_key=True)
    city = models.TextField()
    channels = models.JSONField(default=list)
    language = models.TextField(default="", blank=True)
    no_news = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
