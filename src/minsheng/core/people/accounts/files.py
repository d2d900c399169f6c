"""Accounts from a file: one row an account and its role, several rows for several terms; read `people.sheets`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng import wording
from minsheng.core.people import actions, queries, sheets
from minsheng.core.people.accounts import changing, term_files
from minsheng.core.people.accounts.entering import Entering
from minsheng.core.people.models import Staff
from minsheng.core.people.sheets import Sheet
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.tables import Row

SHEET: Final = Sheet(
    MappingProxyType(
        {
            "username": term_files.SHEET.columns["username"],
            "name": ("姓名", "人员姓名"),
            "unit": ("单位", "单位名称", "所属单位"),
            **{name: words for name, words in term_files.SHEET.columns.items() if name != "username"},
        }
    ),
    ("username", "name", "role"),
)


class Putting:
    """Adds the accounts of rows, or lets those that are there hold the roles too, all in one go (`sheets.Bulk`)."""

    def __init__(self, city: str, *, actor: Actor, now: datetime) -> None:
        self._entering = Entering(city, actor=actor, now=now)

    def read(self, rows: Sequence[Row]) -> None:
        """Read the accounts that the rows name."""
        self._entering.read(row.get("username") for row in rows)

    def __call__(self, row: Row) -> bool:
        """Look at a row's account with its roles; tell whether anything is new."""
        term = term_files.term_of(row, self._entering.rules)
        roles = sheets.codes_of(row.get("role"), wording.ROLES)
        if not roles:
            raise Rejected("field_missing", fields=("role",))
        given = [replace(term, role=role) for role in roles]
        return self._entering.put(row.get("username"), row.get("name"), row.get("unit"), given)

    def flush(self) -> None:
        """Write the accounts."""
        self._entering.flush()


putting = Putting


def add_account(city: str, username: str, *, name: str, unit: str, actor: Actor, now: datetime) -> bool:
    """Add an account without password and role; return whether it is new. One that is there must be of this person.

    Raises: Rejected `field_missing`, what `names.checked_account` refuses, `account_differs`; NameTaken, UnknownUnit.
    """
    username, name, unit = changing.checked_account(username, name, unit)
    known = Staff.objects.filter(username=username).select_related("unit").first()
    if known is None:
        if unit and unit not in queries.unit_names(city, now=now):
            raise queries.UnknownUnit(unit)
        actions.add_staff(
            city,
            username=username,
            display_name=name,
            password=None,
            roles=(),
            unit=unit or None,
            actor=actor,
            now=now,
        )
        return True
    if known.city_id != city:
        raise actions.NameTaken(username)
    if (known.display_name, known.unit.name if known.unit is not None else "") != (name, unit):
        raise Rejected("account_differs", username=username)
    return False
