"""Units, contacts, rosters, staff, API clients and the identity vault. Personal data of citizens is ciphertext here."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from minsheng.domain.actors import ROLES

UNIT_KINDS = ("platform", "government", "party", "enterprise")
UNIT_LEVELS = ("city", "county", "town")
UNIT_CHANGES = ("rename", "merge", "split", "end")
POSTS = ("分管领导", "主要负责人", "负责人", "联系人", "经办人")
APPELLANT_KINDS = ("citizen", "enterprise", "organization")


class Unit(models.Model):
    """An organization that appeals are dispatched to. Source: SZ-3, SZ-8a, JY-3b."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    kind = models.TextField()
    level = models.TextField()
    region = models.TextField(default="", blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    joined_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    # The unit's public switchboard, not a person's number.
    phone = models.TextField(default="", blank=True)
    is_discipline = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="people_unit_city_name"),
            models.CheckConstraint(condition=Q(kind__in=UNIT_KINDS), name="people_unit_kind"),
            models.CheckConstraint(condition=Q(level__in=UNIT_LEVELS), name="people_unit_level"),
            models.CheckConstraint(condition=~Q(name=""), name="people_unit_name_given"),
            models.CheckConstraint(condition=Q(left_on__gte=F("joined_on")), name="people_unit_left_after_joined"),
        ]


class Region(models.Model):
    """A region of a city by its code, under another; from `ended_on` on it is no more. Source: GB/T 2260."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.TextField()
    name = models.TextField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "code"], name="people_region_city_code"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"), name="people_region_code"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="people_region_name_given"),
        ]


class UnitRegion(models.Model):
    """A region that a unit serves."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="serves", db_index=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="served_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "region"], name="people_unitregion_once")]


class Place(models.Model):
    """A place of a city that people name: a hospital, an estate, a bridge, with its address and the region it is in.

    `region`: its code, empty where nobody said; `found_by`: what it is looked for by; an ended one stays.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.TextField()
    region = models.TextField(default="", blank=True)
    address = models.TextField(default="", blank=True)
    aliases = ArrayField(models.TextField(), default=list)
    found_by = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "name", "region"], condition=Q(ended_at=None), name="people_place_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="people_place_name_given"),
        ]


class FormerUnit(models.Model):
    """A name that a unit had until a day, what became of it, and who stands in its place: one row a successor.

    Orders, statistics and facts of that time name the unit as it was; here is who it is now.
    """

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    what = models.TextField()
    until = models.DateField()
    successor = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(what__in=UNIT_CHANGES), name="people_formerunit_what"),
            models.UniqueConstraint(
                fields=["city", "name", "successor"], name="people_formerunit_once", nulls_distinct=False
            ),
        ]


class UnitContact(models.Model):
    """A post of a unit and who holds it, as filed with the center. Source: SZ-9b, JY-3b, JY-3c.

    A change announced by the unit is also the projection of its stream `contact/<id>`: `state` is the domain's value,
    `version` and `head` the stream's end. A contact that was filed from the start has no stream, and version 0.
    """

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="contacts")
    post = models.TextField()
    name = models.TextField()
    phone_enc = models.BinaryField(null=True)
    effective_on = models.DateField()
    filed_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    # The day on which the unit confirmed that the person meets the conditions of a service officer (SZ-11.1 to 11.4).
    confirmed_on = models.DateField(null=True)
    status = models.TextField(default="FILED")
    due = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)
    head = models.BinaryField(null=True)
    state = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=("PENDING", "FILED")), name="people_unitcontact_status"),
            models.CheckConstraint(condition=Q(post__in=POSTS), name="people_unitcontact_post"),
            models.UniqueConstraint(
                fields=["unit", "post"], condition=Q(ended_on=None), name="people_unitcontact_one_a_post"
            ),
        ]


class Roster(models.Model):
    """Who is on duty for a unit from one moment to another. Source: SZ-9b, JY-10.5."""

    id = models.UUIDField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="rosters")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    staff = models.ForeignKey("Staff", null=True, on_delete=models.PROTECT, related_name="+")
    person = models.TextField()
    phone_enc = models.BinaryField(null=True)
    # Who stands in when the person can't be reached.
    substitute = models.TextField(default="", db_default="")
    substitute_phone_enc = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="people_roster_ends_after_start"),
        ]
        indexes = [models.Index(fields=["unit", "ends_at"], name="people_roster_unit_ends")]


class Staff(AbstractBaseUser):
    """Someone who signs in. There is no superuser: every right comes from a role."""

    id = models.BigAutoField(primary_key=True)
    username = models.TextField(unique=True)
    display_name = models.TextField()
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="staff")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(null=True)
    # Made by the program and seen by whoever handed it on: good for one sign-in.
    password_is_first = models.BooleanField(default=False, db_default=False)
    confidentiality_ack_at = models.DateTimeField(null=True)
    confidentiality_version = models.TextField(default="", blank=True)
    last_seen = models.DateTimeField(null=True)
    # Raised to end every session of the account.
    session_epoch = models.IntegerField(default=0, db_default=0)

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry: Django's own hash until sessions were ended, then another each time."""
        value = self.password if not self.session_epoch else f"{self.password}\0{self.session_epoch}"
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class Factor(models.Model):
    """What somebody signs in with beside the password: an application that shows codes, or a security key.

    `secret_enc`: of the codes; `credential`: a key's public part. `count`: the last step whose code was used, or how
    often the key has signed. Without `confirmed_at` it is being set up. Source: GB/T 22239-2019 8.1.4.1 d.
    """

    id = models.UUIDField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    kind = models.TextField()
    secret_enc = models.BinaryField(null=True)
    credential = models.BinaryField(null=True)
    count = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="totp", secret_enc__isnull=False) | Q(kind="key", credential__isnull=False),
                name="people_factor_kind",
            )
        ]


class SignInSubject(models.Model):
    """What the city's sign-in service calls the holder of an account: `issuer#sub`."""

    id = models.BigAutoField(primary_key=True)
    staff = models.OneToOneField(Staff, on_delete=models.CASCADE, related_name="+")
    subject = models.TextField(unique=True)


class Alarm(models.Model):
    """An alarm that rang for the security administrator; `about`: a person as facts name them, or an address."""

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    about = models.TextField()
    count = models.IntegerField()
    rang_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["city", "-rang_at"], name="people_alarm_city_rang")]


class AdminNetwork(models.Model):
    """A network from which a city is administered; a city without any is administered from everywhere."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+")
    network = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["city", "network"], name="people_adminnetwork_once")]


class FormerPassword(models.Model):
    """The hash of a password that an account had before; it is not taken again."""

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    password = models.TextField()


class PasswordRequest(models.Model):
    """Somebody has forgotten their password and waits for a code of the administrator's."""

    id = models.UUIDField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff"], condition=Q(handled_at=None), name="people_passwordrequest_one_open"
            )
        ]


class RecoveryCode(models.Model):
    """A code for whoever has lost their factor, good once; only its keyed hash is kept."""

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField()
    used_at = models.DateTimeField(null=True)


class KnownDevice(models.Model):
    """A browser in which somebody is not asked for the factor again until a moment; only a hash of its mark is kept."""

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(unique=True)
    until = models.DateTimeField()


class SignInPass(models.Model):
    """A code that lets the holder of a locked account in once, given by somebody who knows them. Source: SZ-9b.

    Only a keyed hash of the code is kept. `tries`: how often a wrong one was typed. `sets_password`: the code lets the
    holder set a password of their own instead.
    """

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    code_hash = models.BinaryField()
    until = models.DateTimeField()
    tries = models.IntegerField(default=0)
    sets_password = models.BooleanField(default=False, db_default=False)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["staff", "-until"], name="people_signinpass_staff")]


class OpenSession(models.Model):
    """Whose a session is, so that an account's sessions can be found and ended; the session itself is Django's."""

    id = models.BigAutoField(primary_key=True)
    session_key = models.TextField(unique=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField(db_default=Now())


class Count(models.Model):
    """How often something was done within a window, by a keyed hash of who or what did it."""

    key = models.BinaryField(primary_key=True)
    begun_at = models.DateTimeField()
    count = models.IntegerField()


class RoleAssignment(models.Model):
    """A role that a member of staff may act in, from a day up to and with a last day; without them always.

    `desk`: where a city role sits (the pack's `desks`), `level`: the post's rank, `kinds`: a specialist's fields.
    Source: JS-2.3b, JS-2.3f, AR-2.6.1.
    """

    id = models.BigAutoField(primary_key=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="assignments")
    role = models.TextField()
    granted_at = models.DateTimeField()
    granted_by = models.TextField()
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    desk = models.TextField(default="", db_default="", blank=True)
    level = models.TextField(default="", db_default="", blank=True)
    kinds = ArrayField(models.TextField(), default=list, db_default=[], blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "role"], name="people_roleassignment_staff_role"),
            models.CheckConstraint(condition=Q(role__in=ROLES), name="people_roleassignment_role"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="people_roleassignment_dates"),
            models.CheckConstraint(condition=Q(kinds=[]) | Q(role="specialist"), name="people_roleassignment_kinds"),
        ]


class DeskShift(models.Model):
    """Who sits at a desk of the hotline from one moment to another. Source: JS-1b, JS-2.3b."""

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    desk = models.TextField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="people_deskshift_ends_after_start"),
        ]
        indexes = [models.Index(fields=["city", "desk", "ends_at"], name="people_deskshift_desk_ends")]


class Expert(models.Model):
    """Somebody whom a unit has nominated as an expert for some fields, up to and with a last day. Source: JS-2.2d."""

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.TextField()
    fields = ArrayField(models.TextField())
    # Where they work, for those who are not of the unit themselves.
    organization = models.TextField(default="", db_default="", blank=True)
    nominated_by = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="experts")
    starts_on = models.DateField()
    ends_on = models.DateField()
    phone_enc = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="people_expert_dates"),
            models.CheckConstraint(condition=~Q(fields=[]), name="people_expert_field_given"),
        ]
        indexes = [models.Index(fields=["city", "ends_on"], name="people_expert_city_ends")]


class Client(models.Model):
    """A program that uses the API, scoped to roles and perhaps a unit. Only a keyed hash of its token is kept."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    roles = ArrayField(models.TextField())
    token_prefix = models.TextField(unique=True)
    token_hash = models.BinaryField()
    active = models.BooleanField(default=True)
    expires_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["city", "name"], name="people_client_city_name"),
            models.CheckConstraint(condition=Q(roles__contained_by=list(ROLES)), name="people_client_roles"),
        ]


class VaultKey(models.Model):
    """A key that personal data here are sealed with: its fingerprint, by which a program knows that its keys fit.

    In use until `minsheng keys rotate` finds nothing left under it.
    """

    fingerprint = models.TextField(primary_key=True)
    key_id = models.TextField()
    first_seen = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)


class Appellant(models.Model):
    """The identity vault: who somebody is. Everything else knows the id alone. Source: JY-8d, SZ-26, SQ-10.1."""

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+")
    kind = models.TextField()
    name_enc = models.BinaryField(null=True)
    phone_enc = models.BinaryField(null=True)
    id_number_enc = models.BinaryField(null=True)
    address_enc = models.BinaryField(null=True)
    # Keyed hashes of the normalized values, for finding only; equal values give equal hashes within a city.
    phone_index = models.BinaryField(null=True)
    id_index = models.BinaryField(null=True)
    key_id = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=APPELLANT_KINDS), name="people_appellant_kind"),
        ]
        indexes = [
            models.Index(fields=["city", "phone_index"], name="people_appellant_phone"),
            models.Index(fields=["city", "id_index"], name="people_appellant_id_number"),
            models.Index(fields=["key_id"], name="people_appellant_key"),
        ]
