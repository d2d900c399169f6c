"""What the registers share: what a decision needs from elsewhere, and guards over titles and days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.covering import covered
from minsheng.domain.lifecycle import NEW, Case, at_stage
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the units that have nobody on duty; whether the number is taken.

    `called`: by the name of today, the one by which a unit stands in the entry.
    """

    rosterless: frozenset[str] = frozenset()
    is_taken: bool = False
    called: Mapping[str, str] = field(default_factory=dict)


@at_stage("fields")
def names_nobody(case: Case[Any]) -> None:
    """Refuse personal data in what stands in lists and on the release: title and number."""
    for name in ("title", "number", "course"):
        text = getattr(case.command, name, "")
        if text and covered(text) != text:
            raise Rejected("title_names_somebody")


@at_stage("fields")
def number_free(case: Case[Any]) -> None:
    """Refuse a number that another document of the city has."""
    if case.facts.is_taken:
        raise Rejected("number_taken", number=case.command.number)


_BRACKETS: Final = str.maketrans("〔【[", "(((") | str.maketrans("〕】]", ")))")
_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")


def same_number(one: str, other: str) -> bool:
    """Tell whether two numbers of documents are one, in whatever width, blanks and brackets they were typed."""
    return len({_folded(each) for each in (one, other)}) == 1


def _folded(number: str) -> str:
    plain = "".join(unicodedata.normalize("NFKC", number).split()).translate(_BRACKETS)
    return _ZEROS.sub("", plain)


def day_of(moment: datetime, rules: Rules) -> date:
    """Return the city's day of a moment."""
    return rules.worktime.local_day(moment)


def not_later(name: str) -> Any:
    """Return a guard that the day in a field is not in the future."""

    @at_stage("fields")
    def has_come(case: Case[Any]) -> None:
        day = getattr(case.command, name)
        if day is not None and day > day_of(case.now, case.rules):
            raise Rejected("day_not_come")

    return has_come


def keeps(state: Any, by: Actor, relation: str) -> bool:
    """Return whether an entry is the actor's to keep: a unit keeps its own, the center those of no unit."""
    if relation != "own" or state.status == NEW:
        return True
    return bool(state.unit == by.unit) if by.role in UNIT_ROLES else not state.unit
