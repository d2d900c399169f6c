"""Many accounts with their terms in one go: read together, each looked at beside what is there, written together.

What one account or one term may be is said by `changing`, `terms` and `actions`, here as where one is added alone; the
facts are the same. Read `people.sheets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models.functions import Lower

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import actions, queries, terms
from minsheng.core.people.accounts import changing
from minsheng.core.people.models import RoleAssignment, Staff, Unit
from minsheng.core.people.terms import Term
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned

Fact = tuple[str, dict[str, object]]


@dataclass(slots=True)
class Account:
    """An account as it is to be: its row, the terms that it holds, and what of it is to be written."""

    row: Staff
    unit: str
    held: dict[str, Term] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    facts: list[Fact] = field(default_factory=list)


class Entering:
    """Enters accounts and terms: `read` what is there, `put` each, `flush`. Works in the caller's transaction."""

    def __init__(self, city: str, *, actor: Actor, now: datetime) -> None:
        self.rules = policies.rules_for(city, now=now)
        self._city, self._actor, self._now = city, actor, now
        self._known: dict[str, Account] = {}
        self._units: dict[str, int] = {}

    def read(self, usernames: Iterable[str]) -> None:
        """Read the accounts of these names, held until the transaction ends, with their terms, and the units."""
        wanted = {cleaned(each).strip() for each in usernames}
        rows = Staff.objects.select_for_update(of=("self",)).select_related("unit").annotate(small=Lower("username"))
        found = rows.filter(small__in={each.lower() for each in wanted}).order_by("pk")
        self._known = {row.username: Account(row, row.unit.name if row.unit is not None else "") for row in found}
        by_id = {each.row.pk: each for each in self._known.values()}
        for row in RoleAssignment.objects.filter(staff__in=by_id):
            by_id[row.staff_id].held[row.role] = terms.term_of(row)
        joined = queries.unit_names(self._city, now=self._now)
        self._units = dict(Unit.objects.filter(city=self._city, name__in=joined).values_list("name", "pk"))

    def put(self, username: str, name: str, unit: str, given: Sequence[Term]) -> bool:
        """Look at an account with its terms; return whether anything is new. What is refused leaves nothing behind.

        Raises: Rejected `field_missing`, what `names.checked_account` refuses, `account_differs`, `term_…`; NameTaken,
        UnknownUnit, BadRole, DutiesNotSeparated.
        """
        username, name, unit = changing.checked_account(username, name, unit)
        known = self._known.get(username)
        if known is None:
            if unit and unit not in self._units:
                raise queries.UnknownUnit(unit)
            account = self._new(username, name, unit)
        elif known.row.city_id != self._city:
            raise actions.NameTaken(username)
        elif (known.row.display_name, known.unit) != (name, unit):
            raise Rejected("account_differs", username=username)
        else:
            account = known
        is_new = self._give(account, given) or known is None
        self._known[username] = account
        return is_new

    def give(self, username: str, given: Term) -> bool:
        """Look at a term of an account that is there; return whether it is new. Raises: as `put`, `unknown_account`."""
        known = self._known.get(username)
        if known is None or known.row.city_id != self._city:
            raise Rejected("unknown_account", username=username)
        return self._give(known, [given])

    def flush(self) -> None:
        """Write the accounts, their terms and their facts."""
        Staff.objects.bulk_create([each.row for each in self._known.values() if each.row.pk is None])
        rows = [self._row(each, role) for each in self._known.values() for role in sorted(each.changed)]
        RoleAssignment.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["staff", "role"],
            update_fields=["starts_on", "ends_on", "desk", "level", "kinds", "granted_at", "granted_by"],
        )
        facts = [(f"staff/{each.row.pk}", *fact) for each in self._known.values() for fact in each.facts]
        ledger.record_several(self._city, facts, actor=self._actor, now=self._now)
        for each in self._known.values():
            each.facts, each.changed = [], set()

    def _new(self, username: str, name: str, unit: str) -> Account:
        if username.lower() in {each.lower() for each in self._known}:
            raise actions.NameTaken(username)
        row = actions.new_row(self._city, username, name, unit=self._units.get(unit), now=self._now)
        return Account(row, unit, facts=[("StaffAdded", actions.added(unit or None))])

    def _give(self, account: Account, given: Sequence[Term]) -> bool:
        held, fresh = dict(account.held), []
        for term in given:
            others = [each for role, each in held.items() if role != term.role]
            terms.checked(term, others, has_unit=bool(account.unit), rules=self.rules, now=self._now)
            if held.get(term.role) != term:
                held[term.role] = term
                fresh.append(term)
        account.held = held
        account.changed |= {each.role for each in fresh}
        account.facts += [("RoleGiven", {"role": each.role, **terms.values_of(each)}) for each in fresh]
        return bool(fresh)

    def _row(self, account: Account, role: str) -> RoleAssignment:
        values = terms.values_of(account.held[role])
        return RoleAssignment(staff=account.row, role=role, granted_at=self._now, granted_by=str(self._actor), **values)
