"""Writing people: units, contacts, rosters, staff, clients. One transaction each, with its fact.

A sign-in is a fact of the account's stream, too: the administrator and the auditor read there who was in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import labels, passwords, queries, vault
from minsheng.core.people.models import (
    Client,
    FormerUnit,
    KnownDevice,
    RoleAssignment,
    Roster,
    Staff,
    Unit,
    UnitContact,
)
from minsheng.core.people.permissions import is_unit_role
from minsheng.domain import names, separation
from minsheng.domain.actors import ROLES, Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways import ids

_LAST_USED_EVERY = timedelta(days=1)


class NameTaken(Rejected):
    """There is already one of that name."""

    def __init__(self, name: str) -> None:
        super().__init__("name_taken", name=name)


class BadRole(Rejected):
    """There is no such role, or it needs a unit and none was given."""

    def __init__(self, code: str, role: str) -> None:
        super().__init__(code, role=role)


class DutiesNotSeparated(Rejected):
    """The roles must not be held by one account: one proposes what the other decides."""

    def __init__(self, clash: separation.Clash) -> None:
        super().__init__("duties_not_separated", proposer=clash.proposer, decider=clash.decider, duty=clash.duty)


@transaction.atomic
def add_unit(
    city: str,
    *,
    name: str,
    kind: str = "government",
    level: str = "city",
    region: str = "",
    parent: str | None = None,
    phone: str = "",
    joined_on: date | None,
    is_discipline: bool = False,
    actor: Actor,
    now: datetime,
) -> int:
    """Add a unit and return its id. Raises: NameTaken, UnknownUnit for the parent, what `names.checked` refuses.

    Source: SZ-3, SZ-8a.
    """
    name = names.checked(name)
    above = _unit(city, parent) if parent else None
    if FormerUnit.objects.filter(city=city, name=name).exists():
        # Two units of one name at different times would be one in every statistic.
        raise Rejected("unit_name_was_used", name=name)
    try:
        with transaction.atomic():
            unit = Unit.objects.create(
                city_id=city,
                name=name,
                kind=kind,
                level=level,
                region=region,
                parent=above,
                phone=phone,
                joined_on=joined_on,
                is_discipline=is_discipline,
            )
    except IntegrityError as fault:
        if Unit.objects.filter(city=city, name=name).exists():
            raise NameTaken(name) from fault
        raise
    ledger.record(city, f"unit/{unit.pk}", "UnitAdded", unit_added(unit), actor=actor, now=now)
    return unit.pk


def unit_added(unit: Unit) -> dict[str, object]:
    """Return what the fact of a new unit says."""
    return {"name": unit.name, "kind": unit.kind, "level": unit.level, "joined_on": unit.joined_on}


@transaction.atomic
def set_contact(
    city: str,
    *,
    unit: str,
    post: str,
    name: str,
    phone: str,
    effective_on: date,
    filed_at: datetime | None,
    now: datetime,
) -> UUID:
    """Put a person on a unit's post from a day on, ending whoever held it; return the contact's id.

    The filing's deadline and lateness are the business of the contact's own stream. Source: SZ-9b, JY-3b, JY-3c.
    """
    row = _unit(city, unit)
    UnitContact.objects.filter(unit=row, post=post, ended_on=None).update(ended_on=effective_on)
    contact = ids.uuid7(now)
    UnitContact.objects.create(
        id=contact,
        unit=row,
        post=post,
        name=name,
        phone_enc=_sealed(city, phone, owner=f"contact/{contact}"),
        effective_on=effective_on,
        filed_at=filed_at,
    )
    return contact


@transaction.atomic
def put_on_roster(
    city: str,
    *,
    unit: str,
    person: str,
    phone: str,
    starts_at: datetime,
    ends_at: datetime,
    substitute: str = "",
    substitute_phone: str = "",
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put a person on a unit's roster and return the entry's id; `rosters.put` has the checks.

    The ledger knows unit and hours; names and numbers stand in the table alone. Source: SZ-9b, JY-10.5.
    """
    row = locked_unit(city, unit)
    entry = ids.uuid7(now)
    Roster.objects.create(
        id=entry,
        unit=row,
        person=person,
        phone_enc=_sealed(city, phone, owner=f"roster/{entry}"),
        substitute=substitute,
        substitute_phone_enc=_sealed(city, substitute_phone, owner=f"roster/{entry}", field="substitute_phone"),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    body = {"entry": str(entry), "starts_at": starts_at, "ends_at": ends_at}
    ledger.record(city, f"unit/{row.pk}", "RosterEntryAdded", body, actor=actor, now=now)
    return entry


@transaction.atomic
def take_off_roster(entry: UUID, *, city: str, unit: str, actor: Actor, now: datetime) -> bool:
    """Take an entry off a unit's roster; return whether it was on it. A shift that has begun ends now.

    What is over stays: it is what the night's dispatches were judged by. Source: SZ-9b, JY-10.5.
    """
    row = locked_unit(city, unit)
    found = Roster.objects.filter(pk=entry, unit=row, ends_at__gt=now).first()
    if found is None:
        return False
    if found.starts_at < now:
        Roster.objects.filter(pk=entry).update(ends_at=now)
    else:
        found.delete()
    ledger.record(city, f"unit/{row.pk}", "RosterEntryRemoved", {"entry": str(entry)}, actor=actor, now=now)
    return True


@transaction.atomic
def add_staff(
    city: str,
    *,
    username: str,
    display_name: str,
    password: str | None,
    roles: Sequence[str],
    unit: str | None = None,
    is_demo: bool = False,
    is_first: bool = False,
    actor: Actor,
    now: datetime,
) -> int:
    """Add a member of staff with their roles and return the id; without a password they set one by a code (`passes`).

    `is_first`: the password was made for them, and is changed at the first sign-in.
    Raises: NameTaken, also for one that differs by case alone, BadRole, DutiesNotSeparated, UnknownUnit, what
    `names.checked` refuses; django's ValidationError for a weak password.
    """
    username, display_name = names.checked_account(username), names.checked(display_name)
    check_roles(roles, unit, now=now)
    if Staff.objects.filter(username__iexact=username).exists():
        raise NameTaken(username)
    staff = new_row(city, username, display_name, unit=_unit(city, unit).pk if unit else None, now=now)
    staff.is_demo, staff.password_is_first = is_demo, is_first
    if password is not None and not is_demo:
        passwords.check(password, staff, now=now)
    if password is not None:
        staff.password = _demo_hash(password) if is_demo else make_password(password)
    staff.save(force_insert=True)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(staff=staff, role=role, granted_at=now, granted_by=str(actor)) for role in dict.fromkeys(roles)
    )
    body = added(unit, roles, is_demo=is_demo)
    ledger.record(city, f"staff/{staff.pk}", "StaffAdded", body, actor=actor, now=now)
    return staff.pk


def new_row(city: str, username: str, display_name: str, *, unit: int | None, now: datetime) -> Staff:
    """Return the row of a new account, without a password and not saved. Raises: what `names.checked` refuses."""
    return Staff(
        username=names.checked_account(username),
        display_name=names.checked(display_name),
        city_id=city,
        unit_id=unit,
        password=make_password(None),
        password_changed_at=now,
    )


def added(unit: str | None, roles: Sequence[str] = (), *, is_demo: bool = False) -> dict[str, object]:
    """Return what the fact of a new account says."""
    return {"unit": unit, "roles": list(roles), "demo": is_demo}


@transaction.atomic
def set_roles(staff_id: int, *, roles: Sequence[str], actor: Actor, now: datetime) -> None:
    """Give a member of staff exactly these roles; of those held already the terms stand (`terms`).

    Raises: BadRole, DutiesNotSeparated.
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    for role in roles:
        check_role(role, has_unit=staff.unit is not None)
    # Whoever is given a role again after its last day has it again; dates to come stand.
    over = Q(ends_on__lt=now.astimezone(ZONE).date())
    RoleAssignment.objects.filter(~Q(role__in=roles) | over, staff=staff).delete()
    kept = {row.role: separation.Held(row.role, row.starts_on, row.ends_on) for row in staff.assignments.all()}
    check_apart([kept.get(role, separation.Held(role)) for role in dict.fromkeys(roles)], now=now)
    RoleAssignment.objects.bulk_create(
        (RoleAssignment(staff=staff, role=role, granted_at=now, granted_by=str(actor)) for role in roles),
        ignore_conflicts=True,
    )
    body = {"roles": list(roles)}
    ledger.record(staff.city_id, f"staff/{staff.pk}", "RolesSet", body, actor=actor, now=now)


@transaction.atomic
def set_active(staff_id: int, *, active: bool, actor: Actor, now: datetime) -> None:
    """Let a member of staff in, or keep them out; a session that runs ends with its next request.

    Letting somebody in again gives them their roles anew. Raises: DutiesNotSeparated.
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    if active:
        check_apart(
            [separation.Held(*row) for row in staff.assignments.values_list("role", "starts_on", "ends_on")], now=now
        )
    Staff.objects.filter(pk=staff_id).update(is_active=active)
    kind = "StaffActivated" if active else "StaffDeactivated"
    ledger.record(staff.city_id, f"staff/{staff.pk}", kind, {}, actor=actor, now=now)


@transaction.atomic
def set_password(staff_id: int, *, password: str, is_first: bool = False, actor: Actor, now: datetime) -> None:
    """Change a password; all sessions of the account end. Raises: django's ValidationError for a weak one.

    `is_first`: it was made for its holder, and is changed at the next sign-in.
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    passwords.check(password, staff, now=now)
    passwords.keep(staff, now=now)
    Staff.objects.filter(pk=staff_id).update(
        password=make_password(password), password_changed_at=now, password_is_first=is_first
    )
    KnownDevice.objects.filter(staff=staff).delete()
    ledger.record(staff.city_id, f"staff/{staff.pk}", "PasswordChanged", {}, actor=actor, now=now)


@transaction.atomic
def acknowledge(staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Record that somebody has acknowledged the confidentiality text in force. Source: SZ-11.5."""
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    Staff.objects.filter(pk=staff_id).update(
        confidentiality_ack_at=now, confidentiality_version=labels.CONFIDENTIALITY_VERSION
    )
    body = {"version": labels.CONFIDENTIALITY_VERSION}
    ledger.record(staff.city_id, f"staff/{staff.pk}", "ConfidentialityAcknowledged", body, actor=actor, now=now)


@transaction.atomic
def note_signed_in(staff_id: int, *, now: datetime) -> None:
    """Record that somebody has signed in, and remember when that was last."""
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    Staff.objects.filter(pk=staff_id).update(last_seen=now)
    actor = Actor("system", person=f"staff:{staff.pk}")
    ledger.record(staff.city_id, f"staff/{staff.pk}", "SignedIn", {}, actor=actor, now=now)


@transaction.atomic
def add_client(
    city: str,
    *,
    name: str,
    roles: Sequence[str],
    unit: str | None = None,
    expires_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> str:
    """Add an API client and return its token, which is shown this once.

    Raises: NameTaken, BadRole, DutiesNotSeparated, UnknownUnit, what `names.checked` refuses.
    """
    name = names.checked(name)
    check_roles(roles, unit, now=now)
    prefix, token = new_token()
    if Client.objects.filter(city=city, name=name).exists():
        raise NameTaken(name)
    client = Client.objects.create(
        city_id=city,
        unit=_unit(city, unit) if unit else None,
        name=name,
        roles=list(roles),
        token_prefix=prefix,
        token_hash=token_hash(token),
        expires_at=expires_at,
        created_at=now,
    )
    body = {"name": name, "roles": list(roles), "unit": unit}
    ledger.record(city, f"client/{client.pk}", "ClientAdded", body, actor=actor, now=now)
    return token


@transaction.atomic
def revoke_client(city: str, *, name: str, actor: Actor, now: datetime) -> bool:
    """Make a client's token useless; return whether there was such a client in use."""
    client = Client.objects.select_for_update().filter(city=city, name=name, active=True).first()
    if client is None:
        return False
    Client.objects.filter(pk=client.pk).update(active=False)
    ledger.record(city, f"client/{client.pk}", "ClientRevoked", {}, actor=actor, now=now)
    return True


def authenticate(token: str, *, now: datetime) -> queries.ClientFacts | None:
    """Return the client of a token, or None. One indexed query; the day of last use is written once a day.

    A fast keyed hash is enough here: tokens are 256 random bits, nobody can try them through.
    """
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "ms" or len(token) > 200 or not token.isascii() or not parts[1].isalnum():
        return None
    client = Client.objects.filter(token_prefix=parts[1]).select_related("unit", "city").first()
    known = bytes(client.token_hash) if client is not None else bytes(32)
    matches = any(hmac.compare_digest(known, token_hash(token, secret)) for secret in _secrets())
    if client is None or not matches or not client.active or not client.city.active:
        return None
    if client.expires_at is not None and client.expires_at <= now:
        return None
    today = now.astimezone(ZONE).date()
    if client.last_used_on is None or today - client.last_used_on >= _LAST_USED_EVERY:
        Client.objects.filter(pk=client.pk).update(last_used_on=today)
    return queries.ClientFacts(
        id=client.pk,
        name=client.name,
        city=client.city_id,
        unit=client.unit.name if client.unit is not None else None,
        roles=tuple(client.roles),
    )


@lru_cache(maxsize=1)
def _demo_hash(password: str) -> str:
    """Return the one hash of the password that all demonstration accounts share: hashing each takes a tenth second."""
    return make_password(password)


def locked_unit(city: str, name: str) -> Unit:
    """Return a unit's row, held until the transaction ends: its stream has one writer. Raises: UnknownUnit."""
    unit = Unit.objects.select_for_update(of=("self",)).filter(city=city, name=name).first()
    if unit is None:
        raise queries.UnknownUnit(name)
    return unit


def _unit(city: str, name: str) -> Unit:
    unit = Unit.objects.filter(city=city, name=name).first()
    if unit is None:
        raise queries.UnknownUnit(name)
    return unit


def check_role(role: str, *, has_unit: bool) -> None:
    """Raise BadRole for a role that there is not, or that needs a unit."""
    if role not in ROLES:
        raise BadRole("unknown_role", role)
    if is_unit_role(role) and not has_unit:
        raise BadRole("role_needs_unit", role)


def check_apart(held: Iterable[separation.Held], *, now: datetime) -> None:
    """Every door through which anybody is given roles passes here; what is over counts no more.

    Raises: DutiesNotSeparated for roles that would meet on a day.
    """
    today = now.astimezone(ZONE).date()
    for clash in separation.clashes_in_time(each for each in held if each.ends_on is None or each.ends_on >= today):
        raise DutiesNotSeparated(clash)


def check_roles(roles: Sequence[str], unit: str | None, *, now: datetime) -> None:
    """Raise BadRole or DutiesNotSeparated for roles that nobody of a unit, or of none, holds together."""
    for role in roles:
        check_role(role, has_unit=unit is not None)
    check_apart(map(separation.Held, dict.fromkeys(roles)), now=now)


def _sealed(city: str, phone: str, *, owner: str, field: str = "phone") -> bytes | None:
    return vault.encrypt(vault.phone_in(city, phone), owner=owner, field=field) if phone else None


def new_token() -> tuple[str, str]:
    """Return a new token for a client, and the part of it by which its row is found."""
    prefix = secrets.token_hex(6)
    return prefix, f"ms_{prefix}_{secrets.token_urlsafe(32)}"


def token_hash(token: str, secret: str | None = None) -> bytes:
    """Return what is kept of a token."""
    key = hashlib.sha512(b"minsheng client token" + (secret or settings.SECRET_KEY).encode()).digest()
    return hashlib.blake2b(token.encode(), key=key, digest_size=32).digest()


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
