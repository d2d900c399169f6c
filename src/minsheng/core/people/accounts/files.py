"""Accounts from a file: one row an account and its role, several rows for several terms; read `people.sheets`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng import wording
from minsheng.core.people import actions, queries, sheets, term_files, terms
from minsheng.core.people.accounts import changing
from minsheng.core.people.models import Staff
from minsheng.core.people.sheets import Sheet
from minsheng.core.policies import queries as policies
from minsheng.domain import names
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned
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


def putting(city: str, *, actor: Actor, now: datetime) -> Callable[[Row], bool]:
    """Return what adds a row's account, or lets one that is there hold the roles too, and tells whether that is new."""
    rules = policies.rules_for(city, now=now)

    def put(row: Row) -> bool:
        term = term_files.term_of(row, rules)
        roles = sheets.codes_of(row.get("role"), wording.ROLES)
        if not roles:
            raise Rejected("field_missing", fields=("role",))
        is_new = add_account(
            city, row.get("username"), name=row.get("name"), unit=row.get("unit"), actor=actor, now=now
        )
        for role in roles:
            given = replace(term, role=role)
            is_new = terms.give(row.get("username"), given, city=city, actor=actor, now=now) or is_new
        return is_new

    return put


def add_account(city: str, username: str, *, name: str, unit: str, actor: Actor, now: datetime) -> bool:
    """Add an account without password and role; return whether it is new. One that is there must be of this person.

    Raises: Rejected `field_missing`, what `names.checked_account` refuses, `account_differs`; NameTaken, UnknownUnit.
    """
    username, name, unit = (cleaned(each).strip() for each in (username, name, unit))
    if not username:
        raise Rejected("field_missing", fields=("username",))
    names.checked_account(username, most=changing.USERNAME_AT_MOST)
    names.checked(name, most=changing.NAME_AT_MOST)
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
