"""Orders as the ledger's facts make them: one row an order for screens and locks, one row a breach for counting."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q

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
    is_sealed = models.BooleanField(default=False, db_default=False)
    is_emergency = models.BooleanField(default=False)
    is_published = models.BooleanField(default=False)
    extension_pending = models.BooleanField(default=False)
    supervised = models.BooleanField(default=False)
    # What the desks' lists ask for: `HANDLING@城管局` for each unit's part, the unit under supervision, a dispute about
    # who is responsible, a closed case whose publication nobody has decided, more units than the lead, who took it.
    stages = ArrayField(models.TextField(), default=list)
    supervised_unit = models.TextField(default="", blank=True)
    is_disputed = models.BooleanField(default=False)
    publication_due = models.BooleanField(default=False)
    is_joint = models.BooleanField(default=False)
    registrar = models.TextField(default="", blank=True)
    urged_since = models.DateTimeField(null=True)
    urges = models.IntegerField(default=0, db_default=0)
    matter = models.TextField(default="", blank=True)
    parent = models.TextField(default="", blank=True)
    # The session of a programme that collected it.
    programme = models.TextField(default="", blank=True, db_default="")
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
            # What counts and first pages of city-wide roles ask for stands in the index: they never touch the rows.
            models.Index(
                fields=["city", "status", "due", "id"],
                include=["is_internal", "is_sealed", "extension_pending", "is_disputed", "is_emergency", "supervised"],
                condition=OPEN,
                name="orders_order_waiting",
            ),
            models.Index(fields=["city", "due", "id"], condition=OPEN, name="orders_order_pressing"),
            models.Index(fields=["city", "programme"], condition=~Q(programme=""), name="orders_order_programme"),
            # Similar matters while a seat types; of open orders alone, since every step of an order pays for it.
            GinIndex(
                Func(F("title"), function="zh_bigrams"),
                condition=OPEN & Q(is_internal=False),
                name="orders_order_alike",
            ),
            # The table of units at the supervisor's desk is counted in this index alone.
            models.Index(
                fields=["city", "lead", "status", "due"],
                include=["id", "is_internal", "is_sealed", "urges", "urged_since"],
                condition=OPEN & ~Q(lead=""),
                name="orders_order_oversight",
            ),
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
            # Few at a time, and looked for among all that is open.
            models.Index(
                fields=["city", "due", "id"], condition=OPEN & Q(is_emergency=True), name="orders_order_emergency"
            ),
            models.Index(fields=["city", "due", "id"], condition=Q(is_disputed=True), name="orders_order_disputed"),
            models.Index(
                fields=["city", "-registered_at", "-id"],
                condition=Q(publication_due=True),
                name="orders_order_unpublished",
            ),
            # Looking back begins behind tens of thousands of newer orders that are still open.
            models.Index(
                fields=["city", "-registered_at", "-id"],
                condition=Q(status="CLOSED") & ~Q(lead=""),
                name="orders_order_closed",
            ),
            # A unit's or a seat's own work, the newest first; what a unit did beside the lead is rare and apart.
            models.Index(
                fields=["city", "lead", "-registered_at", "-id"], condition=~Q(lead=""), name="orders_order_lead"
            ),
            GinIndex(fields=["units"], condition=Q(is_joint=True), name="orders_order_joint", fastupdate=False),
            models.Index(
                fields=["city", "registrar", "-registered_at", "-id"],
                condition=~Q(registrar=""),
                name="orders_order_registrar",
            ),
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
        indexes = [
            models.Index(fields=["city", "party", "code", "due"], name="orders_breach_party"),
            models.Index(fields=["city", "code", "due"], include=["party", "order"], name="orders_breach_month"),
        ]


class Suggestion(models.Model):
    """That a supervision order was suggested, and what came of it. `seq` is its place in the order. Source: SZ-40.1."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="suggestions")
    seq = models.IntegerField()
    category = models.TextField()
    ground = models.TextField()
    at = models.DateTimeField()
    status = models.TextField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "seq"], name="orders_suggestion_order_seq")]
        indexes = [models.Index(fields=["city", "status", "-at", "-id"], name="orders_suggestion_waiting")]


class Supervision(models.Model):
    """A supervision order as it stands, with the number of its paper. `seq`: the first of its order, the second, …

    `due` is in force, also once it is over; `ended`: no more than the end sorts what is closed. Source: SZ-39, SQ-18.0.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="supervisions")
    seq = models.IntegerField()
    number = models.TextField(default="", blank=True)
    category = models.TextField()
    unit = models.TextField()
    issuer = models.TextField()
    status = models.TextField()
    level = models.IntegerField()
    issued_at = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "seq"], name="orders_supervision_order_seq")]
        indexes = [
            models.Index(fields=["city", "due", "id"], condition=~Q(status="CLOSED"), name="orders_supervision_open"),
            models.Index(
                fields=["city", "-closed_at", "-id"], condition=Q(status="CLOSED"), name="orders_supervision_closed"
            ),
        ]


class Urge(models.Model):
    """One urging of an order's unit, by whom of which role. `seq`: the version of its fact. Source: SZ-39, SQ-18.0."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="urgings")
    seq = models.IntegerField()
    unit = models.TextField(default="", blank=True)
    role = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "seq"], name="orders_urge_order_seq")]
        indexes = [models.Index(fields=["city", "unit", "role", "at"], name="orders_urge_unit")]


class Series(models.Model):
    """The last number of a city's series of papers in a year; taken under lock with the fact, so that none is left out.

    Source: SZ-39; 党政机关公文处理工作条例 (发文字号).
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    name = models.TextField()
    year = models.IntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "name", "year"], name="orders_series_once")]


class Assignment(models.Model):
    """Who of a unit works on an order: the unit's own affair, and so a row and not a fact of the order."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="assignments")
    unit = models.TextField()
    person = models.TextField()
    note = models.TextField(default="", blank=True)
    assigned_by = models.TextField()
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "unit"], name="orders_assignment_order_unit")]
        indexes = [models.Index(fields=["person"], name="orders_assignment_person")]


class Routing(models.Model):
    """How often appeals of a category went to a unit, and on what basis: what a dispatcher is shown as usual.

    Made from the ledger's facts by `orders.tasks`; `category` is empty for what nobody has categorized.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    category = models.TextField(default="", blank=True)
    unit = models.TextField()
    basis = models.TextField()
    count = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "category", "unit", "basis"], name="orders_routing_once"),
        ]


class Persona(models.Model):
    """Under whose name and number somebody plants appeals from a moment to another, for which task. Source: SQ-15."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    appellant = models.ForeignKey("people.Appellant", on_delete=models.PROTECT, related_name="+")
    task = models.TextField(unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["city", "until"], name="orders_persona_until")]


class Planted(models.Model):
    """An appeal that was planted: made with it, changed by nothing, read by what counts and by the task's page."""

    order = models.OneToOneField(Order, primary_key=True, on_delete=models.PROTECT, related_name="+")
    task = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["task"], name="orders_planted_task")]
