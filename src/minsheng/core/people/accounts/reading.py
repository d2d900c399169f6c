"""The accounts of a city as the administrator's list shows them, and one account with its roles and its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE, StoredEvent
from minsheng.core.people import queries, terms
from minsheng.core.people.models import RoleAssignment, Staff
from minsheng.core.people.terms import Term
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import ROLES

# How an account may stand, the first that is true of it.
STATES: Final = ("disabled", "locked", "without_role", "new", "dormant", "active")
ON_A_PAGE: Final = 50
# An export is one file; a city's staff fit.
EXPORTED_AT_MOST: Final = 10_000
# Before anybody had an account.
_NEVER: Final = datetime(1970, 1, 1, tzinfo=ZONE)
# Facts of an account that its page shows, the newest.
FACTS_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which accounts: those whose name or account holds the words, with a role, of a unit, in a state; empty: all."""

    words: str = ""
    role: str = ""
    unit: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as lists show it. `roles`: those that it holds today."""

    id: int
    username: str
    name: str
    unit: str
    state: str
    roles: tuple[str, ...]
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A role of an account; `state`: `now`, `over` or `to_come`."""

    term: Term
    state: str


def page(city: str, wanted: Wanted, *, after: int | None, now: datetime) -> tuple[list[Account], int | None]:
    """Return the accounts that follow one, by account name, and which is the last of them if more follow."""
    found = _chosen(city, wanted, now=now)
    if after is not None and (name := Staff.objects.filter(pk=after, city=city).values_list("username", flat=True)):
        found = found.filter(username__gt=name[0])
    rows = _accounts(found[: ON_A_PAGE + 1], now=now)
    return rows[:ON_A_PAGE], rows[ON_A_PAGE - 1].id if len(rows) > ON_A_PAGE else None


def every(city: str, wanted: Wanted, *, now: datetime) -> list[Account]:
    """Return all accounts that are wanted, for a file."""
    return _accounts(_chosen(city, wanted, now=now)[:EXPORTED_AT_MOST], now=now)


def count(city: str, wanted: Wanted, *, now: datetime) -> int:
    """Return how many accounts are wanted."""
    return _chosen(city, wanted, now=now).count()


def city_of(staff: int) -> str:
    """Return the code of the city that an account belongs to, empty for none."""
    return Staff.objects.filter(pk=staff).values_list("city", flat=True).first() or ""


def one(city: str, staff: int, *, now: datetime) -> Account | None:
    """Return an account of the city, or None."""
    found = _accounts(Staff.objects.filter(city=city, pk=staff), now=now)
    return found[0] if found else None


def roles(staff: int, *, now: datetime) -> list[Held]:
    """Return every role that an account holds, held or is to hold, in the order of the table of roles."""
    today = now.astimezone(ZONE).date()
    rows = RoleAssignment.objects.filter(staff=staff)
    held = [Held(terms.term_of(row), _when(row, today)) for row in rows]
    return sorted(held, key=lambda each: ROLES.index(each.term.role))


def facts(staff: int) -> list[StoredEvent]:
    """Return the newest facts of an account, the newest first."""
    stream = f"staff/{staff}"
    events = ledger.history(stream, after_version=max(0, ledger.head(stream) - FACTS_SHOWN))
    return events[::-1]


def successors(city: str, staff: int, *, now: datetime) -> list[tuple[int, str]]:
    """Return who may take over what somebody leaves: the accounts in use of the same unit, or of none, with a role."""
    unit = Staff.objects.filter(pk=staff).values("unit")
    rows = Staff.objects.filter(_holds(now), city=city, is_active=True).exclude(pk=staff)
    rows = rows.filter(Q(unit__in=unit) | (Q(unit=None) & Exists(Staff.objects.filter(pk=staff, unit=None))))
    return [(row.pk, f"{row.display_name}（{row.username}）") for row in rows.order_by("display_name", "pk")]


def _chosen(city: str, wanted: Wanted, *, now: datetime) -> QuerySet[Staff]:
    rows = Staff.objects.filter(city=city).order_by("username")
    for word in wanted.words.split():
        rows = rows.filter(Q(username__icontains=word) | Q(display_name__icontains=word))
    if wanted.role:
        rows = rows.filter(_holds(now, role=wanted.role))
    if wanted.unit:
        rows = rows.filter(unit__name=wanted.unit)
    if wanted.state:
        dormant = _dormant_before(city, now)
        for earlier in STATES[: STATES.index(wanted.state)]:
            rows = rows.exclude(_in_state(earlier, dormant=dormant, now=now))
        rows = rows.filter(_in_state(wanted.state, dormant=dormant, now=now))
    return rows


def _in_state(state: str, *, dormant: datetime, now: datetime) -> Q:
    match state:
        case "disabled":
            return Q(is_active=False)
        case "locked":
            return Q(username__in=_locked(now))
        case "without_role":
            return ~Q(_holds(now))
        case "new":
            return Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        case "dormant":
            return Q(last_seen__lt=dormant) | Q(last_seen=None, password_changed_at__lt=dormant)
        case _:
            return Q(is_active=True)


def _holds(now: datetime, *, role: str = "") -> Exists:
    held = RoleAssignment.objects.filter(queries.held_on(now.astimezone(ZONE).date()), staff=OuterRef("pk"))
    return Exists(held.filter(role=role) if role else held)


def _locked(now: datetime) -> set[str]:
    """Return the account names that are locked for wrong passwords."""
    rows = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=now - settings.AXES_COOLOFF_TIME
    )
    return set(rows.values_list("username", flat=True))


def _accounts(rows: QuerySet[Staff], *, now: datetime) -> list[Account]:
    today = Prefetch(
        "assignments", RoleAssignment.objects.filter(queries.held_on(now.astimezone(ZONE).date())), to_attr="held_now"
    )
    locked = _locked(now)
    found = list(rows.select_related("unit").prefetch_related(today))
    dormant = _dormant_before(found[0].city_id, now) if found else now
    return [_account(row, locked=locked, dormant=dormant) for row in found]


def _dormant_before(city: str, now: datetime) -> datetime:
    """Return the moment before which an account was last used that is unused for too long (`people.dormant`)."""
    days = policies.rules_for(city, now=now).dormant_days
    return now - timedelta(days=days) if days else _NEVER


def _account(row: Staff, *, locked: set[str], dormant: datetime) -> Account:
    held = {each.role for each in row.held_now}  # type: ignore[attr-defined]
    return Account(
        id=row.pk,
        username=row.username,
        name=row.display_name,
        unit=row.unit.name if row.unit is not None else "",
        state=_state(row, is_locked=row.username in locked, has_role=bool(held), dormant=dormant),
        roles=tuple(role for role in ROLES if role in held),
        last_seen=row.last_seen,
    )


def _state(row: Staff, *, is_locked: bool, has_role: bool, dormant: datetime) -> str:
    """Return how an account stands: what `_in_state` finds, of a row that is at hand."""
    since = row.last_seen or row.password_changed_at
    true = {
        "disabled": not row.is_active,
        "locked": is_locked,
        "without_role": not has_role,
        "new": row.password.startswith(UNUSABLE_PASSWORD_PREFIX),
        "dormant": since is not None and since < dormant,
        "active": True,
    }
    return next(state for state in STATES if true[state])


def _when(row: RoleAssignment, today: date) -> str:
    if row.ends_on is not None and row.ends_on < today:
        return "over"
    return "to_come" if row.starts_on is not None and row.starts_on > today else "now"
