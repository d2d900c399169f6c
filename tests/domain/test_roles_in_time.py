"""Roles that exclude each other may follow one another, and never meet on a day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.separation import Clash, Held, clashes, clashes_in_time

_DAYS = [date(2026, 10, day) for day in range(1, 6)]


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ((None, None), (None, None), True),
        ((None, _DAYS[1]), (_DAYS[2], None), False),
        ((None, _DAYS[1]), (_DAYS[1], None), True),
        ((_DAYS[3], None), (_DAYS[0], _DAYS[2]), False),
        ((_DAYS[3], None), (None, _DAYS[3]), True),
        ((_DAYS[0], _DAYS[4]), (_DAYS[1], _DAYS[2]), True),
    ],
)
def test_roles_clash_when_they_meet_on_a_day(
    first: tuple[date | None, date | None], second: tuple[date | None, date | None], meet: bool
) -> None:
    held = [Held("seat", *first), Held("dispatcher", *second)]

    assert bool(clashes_in_time(held)) is meet
    assert bool(clashes_in_time(reversed(held))) is meet


def test_each_pair_is_told_once_with_its_duty() -> None:
    held = [Held("officer"), Held("supervisor"), Held("officer", _DAYS[0])]

    assert clashes_in_time(held) == [Clash("officer", "supervisor", clashes(("officer", "supervisor"))[0].duty)]


@given(st.lists(st.sampled_from(["seat", "dispatcher", "auditor", "officer", "leader"]), unique=True))
def test_roles_without_dates_clash_as_ever(roles: list[str]) -> None:
    pairs = {frozenset((each.proposer, each.decider)) for each in clashes(roles)}

    assert {frozenset((each.proposer, each.decider)) for each in clashes_in_time(map(Held, roles))} == pairs
