"""The terms of roles from a file: who holds which role from when to when, at which desk; read `sheets`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

from minsheng import wording
from minsheng.core.people import sheets
from minsheng.core.people.accounts.entering import Entering
from minsheng.core.people.sheets import Sheet
from minsheng.core.people.terms import Term
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways.tables import Row

SHEET: Final = Sheet(
    MappingProxyType(
        {
            "username": ("账号", "用户名", "登录名"),
            "role": ("岗位", "角色"),
            "starts_on": ("起始日期", "起始", "开始日期", "任职起"),
            "ends_on": ("截止日期", "截止", "结束日期", "任职止"),
            "desk": ("席位", "坐席组", "座席组"),
            "level": ("级别", "职级"),
            "kinds": ("专员类别", "政策专员类别", "类别"),
        }
    ),
    ("username", "role"),
)


class Putting:
    """Lets accounts hold roles as rows say, all in one go (`sheets.Bulk`)."""

    def __init__(self, city: str, *, actor: Actor, now: datetime) -> None:
        self._entering = Entering(city, actor=actor, now=now)

    def read(self, rows: Sequence[Row]) -> None:
        """Read the accounts that the rows name."""
        self._entering.read(row.get("username") for row in rows)

    def __call__(self, row: Row) -> bool:
        """Look at a row's term; tell whether it is new."""
        if not row.get("username"):
            raise Rejected("field_missing", fields=("username",))
        return self._entering.give(row.get("username"), term_of(row, self._entering.rules))

    def flush(self) -> None:
        """Write the terms."""
        self._entering.flush()


putting = Putting


def term_of(row: Row, rules: Rules) -> Term:
    """Return the term that a row writes, by codes or by their Chinese names."""
    starts_on, ends_on = (
        sheets.day_of(row.get(name), column=SHEET.columns[name][0]) for name in ("starts_on", "ends_on")
    )
    return Term(
        role=sheets.code_of(row.get("role"), wording.ROLES),
        starts_on=starts_on,
        ends_on=ends_on,
        desk=sheets.code_of(row.get("desk"), rules.desks),
        level=sheets.code_of(row.get("level"), rules.staff_levels),
        kinds=sheets.codes_of(row.get("kinds"), rules.specialist_kinds),
    )
