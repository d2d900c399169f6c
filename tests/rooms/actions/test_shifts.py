"""Shifts at the hotline's desks: who sits there, at which hours nobody does, who is told. Clauses: JS-1b, JS-2.3b."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, moment

from minsheng.core.ledger import queries as ledger
from minsheng.core.people import actions, shifts, tasks, terms
from minsheng.core.people.models import DeskShift, Staff
from minsheng.core.people.shifts import Shift
from minsheng.core.people.terms import Term
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected

DAY = timedelta(days=1)


@pytest.fixture
def town(db: None, test_clock: object) -> Town:
    """Return a town with two seats."""
    found = towns.build("jiangyin", test_clock)  # type: ignore[arg-type]
    found.staff["second"] = found.hire("座席乙", "seat")
    return found


def put(town: Town, name: str, start: str, end: str, *, desk: str = "ordinary") -> object:
    username = Staff.objects.get(pk=town.staff[name]).username
    return shifts.put(town.code, Shift(desk, username, moment(start), moment(end)), actor=SYSTEM, now=town.now)


def all_week_but(town: Town, gap_starts: str, gap_ends: str) -> None:
    """Let the two seats take turns for eight days, and nobody be there once."""
    start, gap = moment("2026-09-18 00:00"), (moment(gap_starts), moment(gap_ends))
    for number in range(24):
        begins, ends = start + number * timedelta(hours=8), start + (number + 1) * timedelta(hours=8)
        for since, until in ((begins, min(ends, gap[0])), (max(begins, gap[1]), ends)):
            if since < until and until > town.now and (since, until) != (begins, ends):
                put(town, "seat", f"{since:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}")
            elif (since, until) == (begins, ends) and until > town.now:
                put(town, "second", f"{since:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}")
                break


def gaps(town: Town) -> list[tuple[datetime, datetime]]:
    rules = policies.rules_for(town.code, now=town.now)
    return [
        (each.starts_at, each.ends_at)
        for each in shifts.gaps(town.code, rules=rules, since=town.now, until=town.now + shifts.AHEAD)
    ]


@pytest.mark.clause("JS-1b")
def test_an_hour_of_the_night_without_a_seat_is_listed_and_told_once_a_day(town: Town) -> None:
    all_week_but(town, "2026-09-20 03:00", "2026-09-20 04:00")

    assert gaps(town) == [(moment("2026-09-20 03:00"), moment("2026-09-20 04:00"))]

    for _ in range(2):
        tasks.watch_desks(town.now)
        town.later(hours=1)
    towns.relayed()
    told = {role: town.desk(role).get("/notices/").content.decode() for role in ("duty_leader", "supervisor", "seat")}
    words = "“综合”席位在 09-20 03:00 至 09-20 04:00 无人当班"
    assert [told[role].count(words) for role in told] == [1, 1, 0]
    listed = town.desk("supervisor").get("/roster").content.decode()
    assert "09-20 03:00–04:00" in listed


def test_a_gap_that_runs_is_told_once_and_again_the_next_day(town: Town) -> None:
    put(town, "seat", "2026-09-18 08:00", "2026-09-18 16:45")
    town.at(moment("2026-09-18 20:05"))
    counts = []
    for _ in range(5):
        tasks.watch_desks(town.now)
        counts.append(len(ledger.history(f"desks/{town.code}")))
        town.later(hours=1)
    town.at(moment("2026-09-19 08:05"))
    tasks.watch_desks(town.now)

    first, *_, last = counts
    assert first == counts[3]  # until midnight
    assert len(ledger.history(f"desks/{town.code}")) == last > first


def test_a_city_that_plans_no_shifts_is_told_nothing(town: Town) -> None:
    tasks.watch_desks(town.now)

    assert ledger.history(f"desks/{town.code}") == []


def test_who_sits_at_a_desk_now(town: Town) -> None:
    put(town, "seat", "2026-09-18 16:00", "2026-09-18 18:00", desk="enterprise")
    put(town, "second", "2026-09-18 18:00", "2026-09-18 20:00", desk="enterprise")

    def names(at: str) -> list[str]:
        return [each.name for each in shifts.on_shift(town.code, at=moment(at), desk="enterprise")]

    assert [names(f"2026-09-18 {hour}") for hour in ("15:59", "16:00", "18:00", "20:00")] == [
        [], ["seat甲"], ["座席乙"], [],
    ]  # fmt: skip
    assert shifts.on_shift(town.code, at=moment("2026-09-18 16:30"), desk="ordinary") == []


def test_a_shift_counts_while_its_person_answers_calls(town: Town) -> None:
    all_week_but(town, "2026-09-30 00:00", "2026-09-30 01:00")
    assert gaps(town) == []

    username = Staff.objects.get(pk=town.staff["second"]).username
    terms.give(username, Term("seat", ends_on=date(2026, 9, 20)), actor=SYSTEM, now=town.now)
    after_role = gaps(town)
    terms.give(username, Term("seat"), actor=SYSTEM, now=town.now)
    actions.set_active(town.staff["second"], active=False, actor=SYSTEM, now=town.now)

    assert after_role == [(moment("2026-09-21 00:00"), town.now + shifts.AHEAD)]
    assert gaps(town) == [(town.now, town.now + shifts.AHEAD)]


def test_a_dispatcher_on_shift_covers_no_calls(town: Town) -> None:
    put(town, "dispatcher", "2026-09-18 16:00", "2026-09-19 16:00")

    assert gaps(town) == [(town.now, town.now + shifts.AHEAD)]
    assert [each.name for each in shifts.on_shift(town.code, at=town.now)] == ["dispatcher甲"]


def test_a_shift_that_runs_ends_now_and_one_to_come_is_taken_off(town: Town) -> None:
    running = put(town, "seat", "2026-09-18 16:00", "2026-09-18 18:00")
    coming = put(town, "seat", "2026-09-19 16:00", "2026-09-19 18:00")

    for id in (running, coming):
        shifts.take_off(town.code, id, actor=SYSTEM, now=town.now)  # type: ignore[arg-type]
    with pytest.raises(Rejected, match="shift_gone"):
        shifts.take_off(town.code, running, actor=SYSTEM, now=town.now)  # type: ignore[arg-type]

    assert list(DeskShift.objects.values_list("id", "ends_at")) == [(running, town.now)]
    kinds = [each.type for each in ledger.history(f"staff/{town.staff['seat']}")]
    assert kinds == ["ShiftAdded", "ShiftAdded", "ShiftRemoved", "ShiftRemoved"]


@pytest.mark.parametrize(
    ("name", "start", "end", "desk", "code"),
    [
        ("seat", "2026-09-18 18:00", "2026-09-18 17:00", "ordinary", "roster_ends_before_start"),
        ("seat", "2026-09-18 08:00", "2026-09-18 12:00", "ordinary", "roster_is_past"),
        ("seat", "2026-09-18 18:00", "2026-09-20 18:00", "ordinary", "shift_too_long"),
        ("seat", "2026-09-18 18:00", "2026-09-18 20:00", "moon", "term_unknown_desk"),
        ("seat", "2026-09-18 18:00", "2026-09-18 20:00", "", "field_missing"),
        ("seat", "2026-09-19 09:00", "2026-09-19 11:00", "ordinary", "shift_overlaps"),
        ("officer@城管局", "2026-09-18 18:00", "2026-09-18 20:00", "ordinary", "shift_without_role"),
    ],
)
def test_what_can_not_be_is_refused(town: Town, name: str, start: str, end: str, desk: str, code: str) -> None:
    put(town, "seat", "2026-09-19 10:00", "2026-09-19 12:00")

    with pytest.raises(Rejected, match=code):
        put(town, name, start, end, desk=desk)

    assert DeskShift.objects.count() == 1
