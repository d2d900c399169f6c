"""Calls, their legs, agents, and what agents ask the controller for. What happened stands in the ledger's journal."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models
from django.db.models import Q

from minsheng.core.people import vault


class TelephonyCall(models.Model):
    """A call as its timeline says by now. `channel`: what the switch calls it; `caller_*`: the number, sealed.

    `outcome`, `order`: what came of it; `digest`: of the whole timeline, once it has ended. Source: SZ-15.2, JY-8d.
    """

    # What a change of keys makes anew beside the sealed cell (`people.rotation`).
    found_by = "caller_index"

    id = models.UUIDField(primary_key=True)
    city = models.TextField()
    direction = models.TextField()
    line = models.TextField()
    queue = models.TextField(default="", blank=True)
    channel = models.TextField(default="", blank=True)
    stage = models.TextField()
    agent = models.TextField(default="", blank=True)
    caller_enc = models.BinaryField(null=True)
    caller_index = models.BinaryField(null=True)
    offered_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    presses = models.IntegerField(default=0)
    missed = models.IntegerField(default=0)
    hold_seconds = models.IntegerField(default=0)
    cause = models.TextField(default="", blank=True)
    by = models.TextField(default="", blank=True)
    callback_of = models.UUIDField(null=True)
    outcome = models.TextField(default="", blank=True)
    order = models.TextField(default="", blank=True)
    lines = models.IntegerField(default=0)
    digest = models.BinaryField(null=True)

    class Meta:
        db_table = "telephony_call"
        indexes = [
            models.Index(fields=["city", "offered_at"], condition=Q(ended_at=None), name="telephony_call_live"),
            models.Index(fields=["city", "-offered_at"], name="telephony_call_newest"),
            models.Index(fields=["agent", "-offered_at"], condition=~Q(agent=""), name="telephony_call_agent"),
            models.Index(fields=["order"], condition=~Q(order=""), name="telephony_call_order"),
        ]

    def index_of(self, clear: str) -> bytes:
        """Return what a number is found by, made with the current key."""
        return vault.blind_index("phone", clear, city=self.city)


class TelephonyLeg(models.Model):
    """A phone that rang for a call: an agent's, the citizen's who was called back, or a third party's."""

    id = models.TextField(primary_key=True)
    call = models.UUIDField()
    agent = models.TextField(default="", blank=True)
    is_citizen = models.BooleanField(default=False)
    is_party = models.BooleanField(default=False, db_default=False)
    began_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cause = models.TextField(default="", blank=True)

    class Meta:
        db_table = "telephony_leg"
        indexes = [models.Index(fields=["call"], name="telephony_leg_call")]


class TelephonyAgent(models.Model):
    """Somebody at a telephone, as the controller last said; the columns are those of the domain's `Agent`."""

    id = models.TextField(primary_key=True)
    city = models.TextField()
    state = models.TextField()
    since = models.DateTimeField()
    idle_since = models.DateTimeField()
    reason = models.TextField(default="", blank=True)
    call = models.TextField(default="", blank=True)
    outcome = models.TextField(default="", blank=True)
    then = models.TextField(default="READY")
    then_reason = models.TextField(default="", blank=True)
    skills = models.JSONField(default=dict)

    class Meta:
        db_table = "telephony_agent"
        indexes = [models.Index(fields=["city", "state"], name="telephony_agent_state")]


class TelephonyTurn(models.Model):
    """How often a city's calls were taken over: what a controller writes of an earlier turn is written no more."""

    city = models.TextField(primary_key=True)
    turn = models.BigIntegerField(default=0)

    class Meta:
        db_table = "telephony_turn"


class TelephonyAsk(models.Model):
    """What somebody at a desk wants of the controller, under a key of their form; `refused`: the code of a refusal.

    Wishes of one moment are done in the order of `id`.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    city = models.TextField()
    agent = models.TextField()
    role = models.TextField()
    kind = models.TextField()
    body = models.JSONField(default=dict)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    refused = models.TextField(default="", blank=True)

    class Meta:
        db_table = "telephony_ask"
        indexes = [
            models.Index(fields=["city", "id"], condition=Q(done_at=None), name="telephony_ask_open"),
            models.Index(fields=["agent", "-id"], name="telephony_ask_agent"),
            models.Index(fields=["done_at"], condition=~Q(done_at=None), name="telephony_ask_done"),
        ]
