"""Orders as the ledger's facts make them: one row an order for screens and locks, one row a breach for counting."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

OPEN = ~Q(status="CLOSED")


class Order(models.Model):
    """The projection of one stream `order/<id>`. `state` is the whole domain value; the columns are for lists.

    `due` is the next moment that somebody must keep, `queries.NEVER` if there is none; `version` and `head` are the
    stream's end.
    """

    id = models.TextField(primary_key=True)
    # No index of its own: a city is nearly the whole table, and the planner would fall for it.
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.TextField(unique=True)
    title = models.TextField(default="", blank=True)
    version = models.IntegerField()
    head = models.BinaryField()
    status = models.TextField()
    reason = models.TextField(null=True)
    type = models.TextField()
    channel = models.TextField()
    lead = models.TextField(default="", blank=True)
    units = ArrayField(models.TextField(), default=list)
    target_unit = models.TextField(default="", blank=True)
    handler = models.TextField(default="", blank=True)
    is_internal = models.BooleanField(default=False)
    is_emergency = models.BooleanField(default=False)
    is_published = models.BooleanField(default=False)
    extension_pending = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False)
    matter = models.TextField(default="", blank=True)
    parent = models.TextField(default="", blank=True)
    round = models.IntegerField(default=1)
    registered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due = models.DateTimeField()
    state = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="orders_order_version"),
            models.CheckConstraint(
                condition=Q(is_internal=False) | Q(is_published=False), name="orders_order_internal_never_public"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "status", "due", "id"], condition=OPEN, name="orders_order_queue"),
            models.Index(fields=["city", "-registered_at", "-id"], name="orders_order_newest"),
            models.Index(fields=["city", "matter"], condition=~Q(matter=""), name="orders_order_matter"),
            models.Index(fields=["parent"], condition=~Q(parent=""), name="orders_order_parent"),
            GinIndex(fields=["units"], condition=OPEN, name="orders_order_units", fastupdate=False),
            models.Index(
                fields=["city", "due", "id"],
                condition=OPEN & Q(extension_pending=True),
                name="orders_order_extension",
            ),
            models.Index(fields=["city", "due", "id"], condition=Q(supervised=True), name="orders_order_supervised"),
        ]


class Breach(models.Model):
    """One event of breach, for counting by unit and month. `seq` is its place in the order."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="breaches")
    seq = models.IntegerField()
    code = models.TextField()
    party = models.TextField()
    at = models.DateTimeField()
    due = models.DateTimeField(null=True)
    timer = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="orders_breach_order_seq"),
        ]
        indexes = [models.Index(fields=["city", "party", "code", "due"], name="orders_breach_party")]


class Draft(models.Model):
    """What a unit's officer has written of the next answer, for the leader who approves it. Source: JY-13.1c."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="drafts")
    unit = models.TextField()
    text = models.TextField()
    saved_by = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "unit"], name="orders_draft_order_unit")]
