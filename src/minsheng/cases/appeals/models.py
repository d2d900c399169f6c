"""What was said: the words of an appeal, where, about whom. Who said it is in the identity vault."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models

PUBLIC_FIELDS = ("title", "content", "reply")


class Appeal(models.Model):
    """The words behind an order; `id` is the order's. The ledger holds digests alone. Source: SZ-15.1, JY-9.1."""

    id = models.TextField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    appellant = models.ForeignKey("people.Appellant", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.TextField(default="", blank=True)
    content = models.TextField(default="", blank=True)
    place = models.TextField(default="", blank=True)
    target_person = models.TextField(default="", blank=True)
    # A code of the tree of categories; empty until somebody has said it.
    category = models.TextField(default="", blank=True)
    # Of an imported letter: when its writer wrote it, and what makes the same letter the same.
    said_at = models.DateTimeField(null=True)
    source_digest = models.BinaryField(null=True)
    source_no = models.TextField(default="", blank=True)
    # What the digest of all these words in the ledger begins with, so that nobody finds a short word by trying
    # (`appeals.binding`); empty for appeals from before there was one.
    salt = models.BinaryField(default=b"", db_default=b"")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "source_digest"],
                condition=models.Q(source_digest__isnull=False),
                name="appeals_appeal_source",
            ),
        ]


class Addition(models.Model):
    """What a citizen said afterwards; the ledger holds its digest (`MaterialAdded`). Source: JY-9.1a, JY-6.6.

    `joined`: the appeal whose citizen said it, where that was joined to the order; empty for the order's own appellant.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.TextField()
    joined = models.TextField(default="", db_default="", blank=True)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="appeals_addition_order")]


class PublicText(models.Model):
    """The de-identified words of one part of an order as the auditor confirmed them; a page shows these and no others.

    Source: JY-9.8a, A-73.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.TextField()
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    field = models.TextField()
    text = models.TextField()
    confirmed_by = models.TextField()
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(field__in=PUBLIC_FIELDS), name="appeals_publictext_field"),
            models.UniqueConstraint(fields=["order", "field"], name="appeals_publictext_order_field"),
        ]


class PublicFile(models.Model):
    """A picture or film that the auditor has chosen for publication: a copy that tells nothing beside what it shows.

    `place` is its number on the page; the name that somebody gave it is not published. Source: JY-9.8a, JY-10.3c.
    """

    id = models.BigAutoField(primary_key=True)
    order = models.TextField()
    attachment = models.UUIDField()
    place = models.IntegerField()
    digest = models.TextField()
    media_type = models.TextField()
    extension = models.TextField()
    size = models.BigIntegerField()
    confirmed_by = models.TextField()
    confirmed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "place"], name="appeals_publicfile_order_place"),
            models.UniqueConstraint(fields=["order", "attachment"], name="appeals_publicfile_order_attachment"),
        ]
