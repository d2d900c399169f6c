"""Signing in by a service of the city's own (OpenID Connect): which account its name for a person belongs to.

The administrator binds a subject to an account; nobody binds themselves, and no account is made by signing in. The
adapter is the citizens' (`gateways.identity`). Source: ASVS 6.8.1, 6.8.4.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people.models import SignInSubject, Staff
from minsheng.core.people.signin import StaffBackend
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned
from minsheng.gateways import identity

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Bound:
    """An account and what the service calls its holder."""

    username: str
    name: str
    subject: str


def is_offered() -> bool:
    """Tell whether this installation has such a service."""
    return bool(settings.OPENID_STAFF)


def provider() -> identity.IdentityProvider:
    """Return the service; one that says it is missing where there is none."""
    client = identity.Client(**settings.OPENID_STAFF) if settings.OPENID_STAFF else None
    return identity.configured(client, demonstration=False, needs_name=False)


def account_of(subject: str) -> Staff | None:
    """Return the account that is bound to a subject, if it may sign in."""
    found = SignInSubject.objects.filter(subject=subject).values_list("staff", flat=True).first()
    return StaffBackend().get_user(found) if found is not None else None


def has_shown_factor(methods: Collection[str], trusted: Collection[str]) -> bool:
    """Tell whether what the service says of how somebody signed in counts as a second factor in the city."""
    return any(each in trusted for each in methods)


@transaction.atomic
def bind(username: str, subject: str, *, city: str | None, actor: Actor, now: datetime) -> bool:
    """Bind an account to the service's name for its holder; an empty one ends that. Return whether it is new.

    `subject`: as the service gives it (`sub`); its issuer is the installation's. Nobody binds their own account.
    Raises: Rejected `unknown_account`, `self_approval`, `subject_taken`, `subject_malformed`, `single_missing`.
    """
    if not is_offered():
        raise Rejected("single_missing")
    wanted = cleaned(subject).strip()
    if len(wanted) > _LONGEST:
        raise Rejected("subject_malformed", most=_LONGEST)
    staff = Staff.objects.select_for_update(of=("self",)).filter(username=username).first()
    if staff is None or (city is not None and staff.city_id != city):
        raise Rejected("unknown_account", username=username)
    if actor.person == f"staff:{staff.pk}":
        raise Rejected("self_approval")
    ledger.hold("sign-in subjects")
    whole = f"{settings.OPENID_STAFF['issuer']}#{wanted}" if wanted else ""
    if whole and SignInSubject.objects.filter(subject=whole).exclude(staff=staff).exists():
        raise Rejected("subject_taken")
    known = SignInSubject.objects.filter(staff=staff).values_list("subject", flat=True).first() or ""
    if whole == known:
        return False
    SignInSubject.objects.filter(staff=staff).delete()
    if whole:
        SignInSubject.objects.create(staff=staff, subject=whole)
    kind = "SubjectBound" if whole else "SubjectUnbound"
    # Sessions that the former name began end with it.
    Staff.objects.filter(pk=staff.pk).update(session_epoch=staff.session_epoch + 1)
    ledger.record(staff.city_id, f"staff/{staff.pk}", kind, {}, actor=actor, now=now)
    return True


def bound(city: str) -> list[Bound]:
    """Return the accounts of a city that are bound, by account name."""
    rows = SignInSubject.objects.filter(staff__city=city).select_related("staff").order_by("staff__username")
    return [Bound(row.staff.username, row.staff.display_name, row.subject.rpartition("#")[2]) for row in rows]
