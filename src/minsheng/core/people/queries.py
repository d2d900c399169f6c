"""Reading people: who is signed in, units as the domain knows them, appellants by pseudonym."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.core.ledger import actions as ledger_actions
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import labels, vault
from minsheng.core.people.models import Appellant, Client, FormerUnit, RoleAssignment, Roster, Staff, Unit, UnitContact
from minsheng.core.people.permissions import is_unit_role
from minsheng.domain.actors import ROLES, UNIT_ROLES, Actor
from minsheng.domain.covering import Own
from minsheng.domain.duties.contact import PENDING
from minsheng.domain.orders.order import UnitFacts
from minsheng.domain.rejected import Rejected

logger = logging.getLogger(__name__)

FIELDS = ("name", "phone", "id_number", "address")
ACTING_AS = "acting_as"


class UnknownUnit(Rejected):
    """The city has no unit of that name."""

    def __init__(self, unit: str) -> None:
        super().__init__("unknown_unit", unit=unit)


class UnknownAppellant(Rejected):
    """The vault has nobody of that pseudonym in that city."""

    def __init__(self) -> None:
        super().__init__("unknown_appellant")


@dataclass(frozen=True, slots=True)
class Filing:
    """A contact as the pages show it."""

    id: UUID
    unit: str
    post: str
    person: str
    effective_on: date
    status: str
    due: datetime | None
    late: bool
    ended_on: date | None = None
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Compliance:
    """What a unit has and lacks of its contacts on a day, for the list of the center. Source: JY-3b, SZ-9b, SZ-11.

    `unconfirmed`: posts whose holder the unit had not confirmed by then to meet the conditions.
    """

    unit: str
    posts: tuple[str, ...]
    pending: int
    late: int
    unconfirmed: tuple[str, ...] = ()


# Every decision asks this, so it is one prepared statement; its columns are the fields of UnitFacts, in order.
_UNIT_FACTS = b"""
    SELECT u.name, u.kind, u.level, p.name, nullif(u.phone, ''),
        u.joined_on IS NOT NULL AND u.joined_on <= %(today)s AND (u.left_on IS NULL OR u.left_on > %(today)s),
        EXISTS (SELECT FROM people_unitcontact c WHERE c.unit_id = u.id AND c.effective_on <= %(today)s
            AND (c.ended_on IS NULL OR c.ended_on > %(today)s)),
        EXISTS (SELECT FROM people_roster r WHERE r.unit_id = u.id AND r.starts_at <= %(now)s AND r.ends_at > %(now)s),
        u.is_discipline
    FROM people_unit u LEFT JOIN people_unit p ON p.id = u.parent_id
    WHERE u.city_id = %(city)s AND (%(names)s::text[] IS NULL OR u.name = ANY(%(names)s::text[]))
"""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever is signed in, acting in one of their roles."""

    id: int
    username: str
    display_name: str
    city: str
    city_name: str
    unit: str | None
    roles: tuple[str, ...]
    acting_as: str
    acknowledged: bool
    # The desk that the role sits at, and the moment at which the role ends; empty and None without.
    desk: str = ""
    until: datetime | None = None

    @property
    def actor(self) -> Actor:
        """Return the actor of the domain: the unit belongs to unit roles alone."""
        return Actor(self.acting_as, self.unit if is_unit_role(self.acting_as) else None, f"staff:{self.id}")

    @property
    def role_name(self) -> str:
        """Return the role's Chinese name."""
        return wording.ROLES.get(self.acting_as, "")

    @property
    def in_unit_role(self) -> bool:
        """Tell whether the person acts for a unit now."""
        return is_unit_role(self.acting_as)

    @property
    def oversees_units(self) -> bool:
        """Tell whether the person sees what units lack of their filings. Source: JY-3b."""
        return self.acting_as in ("supervisor", "duty_leader", "office", "dispatcher")

    @property
    def role_choices(self) -> tuple[tuple[str, str], ...]:
        """Return the roles one may change to, with their names."""
        return tuple((role, wording.ROLES[role]) for role in self.roles)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an appellant is, in clear or masked: the fields say nothing of which."""

    name: str | None
    phone: str | None
    id_number: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class RevealEntry:
    """One line of the reveal log. Source: JY-23.5."""

    at: datetime
    person: str
    role: str
    unit: str | None
    order: str
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who answers for a unit at a moment, and how to reach them."""

    person: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """An API client as its requests act."""

    id: int
    name: str
    city: str
    unit: str | None
    roles: tuple[str, ...]

    def actor(self, role: str | None = None) -> Actor | None:
        """Return the actor in the wanted role, by default the only one; None when the client doesn't hold it."""
        wanted = role or (self.roles[0] if len(self.roles) == 1 else None)
        if wanted is None or wanted not in self.roles:
            return None
        return Actor(wanted, self.unit if is_unit_role(wanted) else None, f"client:{self.id}")


def person_of(staff: Staff, *, wanted: str | None = None, now: datetime) -> Person | None:
    """Return a member of staff as acting in the wanted role, else in the first of theirs; None without any.

    The roles are those that they hold on this day: every door asks here.
    """
    held = {row.role: row for row in staff.assignments.filter(held_on(now.astimezone(ZONE).date()))}
    roles = tuple(role for role in ROLES if role in held)
    if not roles:
        return None
    acting_as = wanted if wanted in held else roles[0]
    return Person(
        id=staff.pk,
        username=staff.username,
        display_name=staff.display_name,
        city=staff.city_id,
        city_name=staff.city.name,
        unit=staff.unit.name if staff.unit is not None else None,
        roles=roles,
        acting_as=acting_as,
        acknowledged=staff.confidentiality_ack_at is not None
        and staff.confidentiality_version == labels.CONFIDENTIALITY_VERSION,
        desk=held[acting_as].desk,
        until=end_of(held[acting_as].ends_on),
    )


def held_on(day: date) -> Q:
    """Return the condition that a role of an account is held on a day."""
    return (Q(starts_on=None) | Q(starts_on__lte=day)) & (Q(ends_on=None) | Q(ends_on__gte=day))


def end_of(day: date | None) -> datetime | None:
    """Return the moment at which a last day is over; the calendar's own last one never is."""
    return None if day is None or day == date.max else datetime.combine(day + timedelta(days=1), time(0), ZONE)


def staff_id(username: str) -> int | None:
    """Return the id of an account, or None."""
    return Staff.objects.filter(username=username).values_list("pk", flat=True).first()


def names(persons: Iterable[str]) -> dict[str, str]:
    """Return display names for the `person` of actors (`staff:7`, `client:3`); unknown ones are left out."""
    staff: list[int] = []
    clients: list[int] = []
    for person in set(persons):
        kind, _, number = person.partition(":")
        if number.isdecimal():
            (staff if kind == "staff" else clients if kind == "client" else []).append(int(number))
    found = {f"staff:{pk}": name for pk, name in Staff.objects.filter(pk__in=staff).values_list("pk", "display_name")}
    if clients:
        rows = Client.objects.filter(pk__in=clients).values_list("pk", "name")
        found |= {f"client:{pk}": name for pk, name in rows}
    return found


def colleagues(city: str, *, unit: str, now: datetime) -> list[tuple[str, str]]:
    """Return the staff of a unit who hold a role of it today: as actors name them, and their names."""
    held = RoleAssignment.objects.filter(
        held_on(now.astimezone(ZONE).date()), staff=OuterRef("pk"), role__in=UNIT_ROLES
    )
    rows = Staff.objects.filter(Exists(held), city=city, unit__name=unit, is_active=True).order_by("display_name", "pk")
    return [(f"staff:{pk}", name) for pk, name in rows.values_list("pk", "display_name")]


def signs_in_as(city: str, *, unit: str, username: str) -> str:
    """Return the account of somebody of a unit by the name that they sign in with, as actors name it; or nothing."""
    pk = Staff.objects.filter(city=city, unit__name=unit, username=username, is_active=True).values_list(
        "pk", flat=True
    )
    return f"staff:{found}" if (found := pk.first()) is not None else ""


def namesakes(city: str, *, unit: str, name: str, now: datetime) -> tuple[str, ...]:
    """Return the accounts of everybody of the unit who bears a name, or of the one whose sign-in name it is."""
    signed = signs_in_as(city, unit=unit, username=name)
    known = colleagues(city, unit=unit, now=now)
    return tuple(account for account, called in known if called == name or account == signed)


def heads(account: str, *, unit: str, now: datetime) -> bool:
    """Tell whether an account heads a unit today."""
    held = RoleAssignment.objects.filter(held_on(now.astimezone(ZONE).date()), role="head", staff__unit__name=unit)
    return held.filter(staff=int(account.removeprefix("staff:"))).exists()


def heads_of(city: str, *, units: Iterable[str], now: datetime) -> dict[str, str]:
    """Return who heads each of the units today, by the names of its heads. Source: SZ-5."""
    held = RoleAssignment.objects.filter(held_on(now.astimezone(ZONE).date()), role="head")
    rows = held.filter(staff__city=city, staff__unit__name__in=list(units), staff__is_active=True)
    found: dict[str, list[str]] = {}
    for unit, name in rows.order_by("staff_id").values_list("staff__unit__name", "staff__display_name"):
        found.setdefault(unit, []).append(name)
    return {unit: "、".join(dict.fromkeys(names)) for unit, names in found.items()}


def of_unit(city: str, *, unit: str) -> list[str]:
    """Return the names of everybody known to be of a unit: its staff, also those who left, and its contacts."""
    staff = Staff.objects.filter(city=city, unit__name=unit).values_list("display_name", flat=True)
    contacts = UnitContact.objects.filter(unit__city=city, unit__name=unit).values_list("name", flat=True)
    return list(dict.fromkeys((*staff, *contacts)))


def parent_of(city: str, *, unit: str) -> str:
    """Return the unit that a unit belongs to, or an empty text."""
    found = Unit.objects.filter(city=city, name=unit, parent__isnull=False).values_list("parent__name", flat=True)
    return found.first() or ""


def known_as(unit: str) -> set[str]:
    """Return a unit's name and those of all units that went into it, over every change; for rows of one city."""
    found = more = {unit}
    while more:
        more = set(FormerUnit.objects.filter(successor__name__in=more).values_list("name", flat=True)) - found
        found = found | more
    return found


def names_of(city: str, *, unit: str) -> set[str]:
    """Return what a unit may be called where it is complained about: its name, its parent's, and those that went into
    either, over every change; people go on complaining about the old name.
    """
    found = {name for name in (unit, parent_of(city, unit=unit)) if name}
    more = found
    while more:
        rows = FormerUnit.objects.filter(city=city, successor__name__in=more)
        more = set(rows.values_list("name", flat=True)) - found
        found |= more
    return found


def unit_facts(city: str, *, names: Iterable[str] | None = None, now: datetime) -> dict[str, UnitFacts]:
    """Return what decisions need to know of the city's units, of the named ones or of all. Source: SZ-9b, JY-3b."""
    today = now.astimezone(ZONE).date()
    values = {"city": city, "names": None if names is None else sorted(set(names)), "now": now, "today": today}
    return {row[0]: UnitFacts(*row) for row in ledger_actions.execute(_UNIT_FACTS, values, alone=True).fetchall()}


def unit_names(city: str, *, now: datetime) -> list[str]:
    """Return the names of the units that have joined, in order of level and name."""
    today = now.astimezone(ZONE).date()
    rows = Unit.objects.filter(Q(joined_on__lte=today), Q(left_on=None) | Q(left_on__gt=today), city=city)
    return list(rows.order_by("level", "name").values_list("name", flat=True))


def all_units(city: str) -> list[str]:
    """Return the names of the city's units, whether they have joined or left."""
    return list(Unit.objects.filter(city=city).order_by("level", "name").values_list("name", flat=True))


def on_roster(city: str, *, unit: str, at: datetime) -> list[OnDuty]:
    """Return who is on the unit's roster at the moment. Source: SZ-9b, JY-10.5."""
    rows = Roster.objects.filter(unit__city=city, unit__name=unit, starts_at__lte=at, ends_at__gt=at)
    return [
        OnDuty(person=row.person, phone=shown_value(row.phone_enc, owner=f"roster/{row.pk}"))
        for row in rows.order_by("starts_at", "id")
    ]


def phone_on_duty(city: str, *, unit: str, at: datetime) -> str | None:
    """Return the telephone of whoever is on the unit's roster at the moment, else of who stands in; None for nobody.

    Source: SZ-9b.
    """
    rows = Roster.objects.filter(unit__city=city, unit__name=unit, starts_at__lte=at, ends_at__gt=at)
    for row in rows.order_by("starts_at", "id"):
        for sealed, field in ((row.phone_enc, "phone"), (row.substitute_phone_enc, "substitute_phone")):
            if sealed is None:
                continue
            try:
                return vault.decrypt(bytes(sealed), owner=f"roster/{row.pk}", field=field)
            except vault.VaultBroken:
                _log_broken(f"roster/{row.pk}", field)
    return None


def without_roster(city: str, *, since: datetime, until: datetime) -> list[str]:
    """Return the units that had joined by a moment and had nobody on a roster from then up to another. SZ-43.6."""
    duty = Roster.objects.filter(unit=OuterRef("pk"), starts_at__lt=until, ends_at__gt=since)
    return _joined_without(Exists(duty), city, since=since)


def without_contact(city: str, *, since: datetime, until: datetime) -> list[str]:
    """Return the units that had joined by a moment and had no contact in force from then up to another. SZ-43.6."""
    ends_later = Q(ended_on=None) | Q(ended_on__gt=since)
    in_force = UnitContact.objects.filter(ends_later, unit=OuterRef("pk"), effective_on__lte=until)
    return _joined_without(Exists(in_force), city, since=since)


def _joined_without(has: Exists, city: str, *, since: datetime) -> list[str]:
    joined = Unit.objects.filter(city=city, joined_on__lte=since, left_on=None).exclude(kind="platform")
    return list(joined.exclude(has).order_by("name").values_list("name", flat=True))


def contacts(city: str, *, unit: str, on: date) -> dict[str, OnDuty]:
    """Return who holds the unit's posts on a day. Source: SZ-9b, JY-3b."""
    rows = UnitContact.objects.filter(_current(on), unit__city=city, unit__name=unit)
    return {
        row.post: OnDuty(person=row.name, phone=shown_value(row.phone_enc, owner=f"contact/{row.pk}"))
        for row in rows.order_by("effective_on")
    }


def find_appellant(*, city: str, phone: str) -> list[UUID]:
    """Return the pseudonyms kept with this number, newest first. Raises: BadPhone."""
    normal = vault.phone_in(city, phone)
    rows = Appellant.objects.filter(city=city, phone_index__in=vault.phone_indexes(normal, city=city)).order_by(
        "-created_at", "-id"
    )
    return list(rows.values_list("id", flat=True))


def sharing_number(appellant: UUID, *, city: str) -> list[UUID]:
    """Return the pseudonyms kept with an appellant's number, themselves first; for the program alone, no one reads it.

    Only for what compares numbers and shows nothing: whoever looks somebody up goes through `appellants.same_phone`.
    """
    row = Appellant.objects.filter(pk=appellant, city=city).first()
    phone = opened(row)[0].phone if row is not None else None
    others = find_appellant(city=city, phone=phone) if phone is not None else []
    return list(dict.fromkeys((appellant, *others)))


def find_appellant_by_id_number(*, city: str, id_number: str) -> list[UUID]:
    """Return the pseudonyms kept with this identity number, newest first. Raises: BadIdNumber."""
    indexes = vault.id_number_indexes(vault.normal_id_number(id_number), city=city)
    rows = Appellant.objects.filter(city=city, id_index__in=indexes).order_by("-created_at", "-id")
    return list(rows.values_list("id", flat=True))


def masked(appellants: Sequence[UUID], *, city: str) -> dict[UUID, Identity]:
    """Return the masked identities of the city's appellants. Whether one may see even these: `permissions.sight`."""
    return {who: face.masked for who, face in faces(appellants, city=city).items()}


@dataclass(frozen=True, slots=True)
class Face:
    """An appellant as most see them, and what must be covered of them wherever it stands, which is shown to nobody."""

    masked: Identity
    own: Own


def faces(appellants: Sequence[UUID], *, city: str) -> dict[UUID, Face]:
    """Return the city's appellants, masked and to be covered. Whether one may see the mask: `permissions.sight`."""
    found = {}
    for row in Appellant.objects.filter(city=city, pk__in=appellants):
        clear, broken = opened(row)
        own = Own(clear.name or "", clear.phone or "", clear.id_number or "", clear.address or "")
        found[row.pk] = Face(with_gaps(_masked(clear), broken), own)
    return found


def opened(row: Appellant) -> tuple[Identity, tuple[str, ...]]:
    """Return the identity in clear, and the fields that can't be opened, which are None in it: one bad cell hides
    itself and nothing else.

    For this feature's own use, after the permission was checked and recorded.
    """
    values: dict[str, str | None] = {}
    broken = []
    for field in FIELDS:
        stored = getattr(row, f"{field}_enc")
        try:
            values[field] = None if stored is None else vault.decrypt(bytes(stored), owner=str(row.pk), field=field)
        except vault.VaultBroken:
            _log_broken(f"identity/{row.pk}", field)
            values[field] = None
            broken.append(field)
    return Identity(**values), tuple(broken)


def with_gaps(identity: Identity, broken: Iterable[str]) -> Identity:
    """Return the identity with a sentence in the place of what can't be opened."""
    return replace(identity, **dict.fromkeys(broken, _(labels.UNREADABLE)))


def shown_value(stored: bytes | memoryview | None, *, owner: str, field: str = "phone") -> str | None:
    """Return a sealed value in clear, or a sentence where it can't be opened; for this feature's own use."""
    if stored is None:
        return None
    try:
        return vault.decrypt(bytes(stored), owner=owner, field=field)
    except vault.VaultBroken:
        _log_broken(owner, field)
        return _(labels.UNREADABLE)


def _log_broken(owner: str, field: str) -> None:
    # Which row and column it is says nothing of whose; `minsheng doctor` names the same.
    logger.error("a sealed value can't be opened, look at it with `minsheng ledger verify`: %s %s", owner, field)


def _masked(clear: Identity) -> Identity:
    return Identity(
        name=None if clear.name is None else vault.mask_name(clear.name),
        phone=None if clear.phone is None else vault.mask_phone(clear.phone),
        id_number=None if clear.id_number is None else vault.mask_id_number(clear.id_number),
        address=None if clear.address is None else vault.mask_address(clear.address),
    )


def reveals(appellant: UUID) -> list[RevealEntry]:
    """Return who saw this identity, when, which fields and why. Source: JY-20.11, JY-23.5."""
    return [
        _entry(event.at, event.actor, ledger.content(event))
        for event in ledger.history(f"identity/{appellant}")
        if event.type == "IdentityRevealed"
    ]


def _entry(at: datetime, actor: Mapping[str, object], body: Mapping[str, Any]) -> RevealEntry:
    unit = actor.get("unit")
    return RevealEntry(
        at=at,
        person=str(actor.get("person") or ""),
        role=str(actor.get("role") or ""),
        unit=str(unit) if unit else None,
        order=str(body["order"]),
        fields=tuple(body["fields"]),
        reason=str(body["reason"]),
    )


def _current(day: date) -> Q:
    return Q(effective_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gt=day))


def filings(city: str, *, unit: str) -> list[Filing]:
    """Return the unit's contacts in force and to come, by post."""
    rows = UnitContact.objects.filter(unit__city=city, unit__name=unit, ended_on=None)
    return [_filing(row) for row in rows.select_related("unit").order_by("post")]


def former_filings(city: str, *, unit: str, limit: int = 50) -> list[Filing]:
    """Return who held the unit's posts before, from when to when, the latest first. Source: SZ-9b."""
    rows = UnitContact.objects.filter(unit__city=city, unit__name=unit).exclude(ended_on=None)
    return [_filing(row) for row in rows.select_related("unit").order_by("-ended_on", "post")[:limit]]


def _filing(row: UnitContact) -> Filing:
    return Filing(
        id=row.pk,
        unit=row.unit.name,
        post=row.post,
        person=row.name,
        effective_on=row.effective_on,
        status=row.status,
        due=row.due,
        late=bool(row.state and row.state.get("breaches")),
        ended_on=row.ended_on,
        confirmed_on=row.confirmed_on,
    )


def compliance(city: str, *, on: date | None = None) -> list[Compliance]:
    """Return every unit that has not left with the posts it has filled, and its filings that wait or are late.

    `on`: whoever held a post on that day, and what was confirmed by then; without it, as things stand, also for whom
    is to come. Source: JY-3b (a unit without 分管领导 and 经办人 is to be seen), JY-3c, SZ-9b, SZ-11.
    """
    units: dict[str, list[UnitContact]] = {
        name: []
        for name in Unit.objects.filter(city=city, left_on=None).order_by("name").values_list("name", flat=True)
    }
    held = Q(ended_on=None) if on is None else _current(on)
    rows = UnitContact.objects.filter(held, unit__city=city, unit__left_on=None).select_related("unit")
    for row in rows.order_by("post"):
        units[row.unit.name].append(row)
    return [
        Compliance(
            unit=name,
            posts=tuple(row.post for row in rows_of),
            pending=sum(row.status == PENDING for row in rows_of),
            late=sum(bool(row.state and row.state.get("breaches")) for row in rows_of),
            unconfirmed=tuple(
                row.post for row in rows_of if row.confirmed_on is None or (on is not None and row.confirmed_on > on)
            ),
        )
        for name, rows_of in units.items()
    ]
