"""A change of contact: announced, filed, overdue, and moved by a calendar.

Clauses: JY-3b, JY-3c, JY-20.1, A-48, A-54.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests import cast

from minsheng.domain import packs, rehearsal
from minsheng.domain.duties import contact as duty
from minsheng.domain.duties.contact import ChangeContact, Contact, FileContact
from minsheng.domain.facts import Fact
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles

ZONE = ZoneInfo("Asia/Shanghai")
NEW = Contact("contact/c1")


def rules_with(*, year: tuple[str, ...] | None = None) -> Rules:
    calendar = packfiles.load_calendar()
    if year is not None:
        calendar = calendar.with_year(rehearsal.calendar_year("2027", year, ()))
    chosen = packs.in_force(packfiles.shipped_packs(), "jiangyin", on=date(2026, 1, 1))
    return packs.rules(chosen.pack, calendar=calendar)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def folded(*facts: Fact) -> Contact:
    contact = NEW
    for fact in facts:
        contact = duty.evolve(contact, fact)
    return contact


def announced(effective: date, *, at: str = "2026-09-30 09:00") -> Contact:
    command = ChangeContact(unit=cast.WATERS, post="经办人", effective=effective)
    return folded(*duty.decide(NEW, command, by=cast.officer(cast.WATERS), rules=rules_with(), now=moment(at)))


def test_change_starts_the_clock_from_the_day_it_takes_effect() -> None:
    contact = announced(date(2026, 9, 30))

    assert (contact.status, contact.unit, contact.post) == (duty.PENDING, cast.WATERS, "经办人")
    assert contact.timers[duty.CLOCK].due == moment("2026-10-10 17:30")
    assert contact.version == 1


def test_filing_at_the_due_second_is_in_time() -> None:
    contact = announced(date(2026, 9, 30))

    (fact,) = duty.decide(
        contact, FileContact(), by=cast.officer(cast.WATERS), rules=rules_with(), now=moment("2026-10-10 17:30")
    )

    filed = duty.evolve(contact, fact)
    assert filed.status == duty.FILED
    assert filed.timers[duty.CLOCK].status == "met"
    assert duty.next_due(filed) is None


def test_change_that_nobody_files_is_a_breach_of_the_unit() -> None:
    contact = announced(date(2026, 9, 30))
    clock = duty.next_due(contact)
    assert clock is not None

    fact = duty.fire(contact, clock, rules_with())

    assert fact.at == moment("2026-10-10 17:30")
    assert [str(breach) for breach in fact.breaches] == [f"late_contact@{cast.WATERS}"]
    assert f"overdue>leader@{cast.WATERS}" in [str(notice) for notice in fact.notices]
    late = duty.evolve(contact, fact)
    (filed,) = duty.decide(
        late, FileContact(), by=cast.officer(cast.WATERS), rules=rules_with(), now=moment("2026-10-12 09:00")
    )
    clock = duty.evolve(late, filed).timers[duty.CLOCK]
    assert (clock.status, clock.done_at) == ("missed", moment("2026-10-12 09:00"))


@pytest.mark.parametrize(
    ("contact", "command", "unit", "code"),
    [
        # what is missing is named
        (NEW, ChangeContact(unit=cast.WATERS, post="经办人"), cast.WATERS, "field_missing"),
        (NEW, ChangeContact(post="经办人", effective=date(2026, 9, 30)), cast.WATERS, "field_missing"),
        # another unit's
        (NEW, ChangeContact(unit=cast.WATERS, post="经办人", effective=date(2026, 9, 30)), cast.ROADS, "not_your_unit"),
        (announced(date(2026, 9, 30)), FileContact(), cast.ROADS, "not_your_unit"),
        # nothing to file, announced before, filed before
        (NEW, FileContact(), cast.WATERS, "not_found"),
        (announced(date(2026, 9, 30)), ChangeContact(unit=cast.WATERS), cast.WATERS, "not_allowed_now"),
        (replace(announced(date(2026, 9, 30)), status=duty.FILED), FileContact(), cast.WATERS, "not_allowed_now"),
    ],
)
def test_command_is_refused_when(contact: Contact, command: ChangeContact | FileContact, unit: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        duty.decide(contact, command, by=cast.officer(unit), rules=rules_with(), now=moment("2026-10-08 09:00"))

    assert caught.value.code == code


def test_only_an_officer_announces_and_files() -> None:
    for by in (cast.OFFICE, cast.leader(cast.WATERS), cast.CITIZEN):
        with pytest.raises(Rejected) as caught:
            duty.decide(NEW, FileContact(), by=by, rules=rules_with(), now=moment("2026-10-08 09:00"))
        assert caught.value.code == "not_your_role"


def test_loaded_year_moves_the_clock_and_takes_a_miss_back() -> None:
    contact = announced(date(2026, 12, 30), at="2026-12-30 09:00")
    clock = contact.timers[duty.CLOCK]
    assert clock.due == moment("2027-01-04 17:30")
    missed = duty.evolve(contact, duty.fire(contact, clock, rules_with()))

    steps = duty.recompute(missed, year=2027, rules=rules_with(year=("2027-01-01",)), now=moment("2027-01-05 09:00"))

    assert [step.clocks[0].status for step in steps] == ["annulled", "running"]
    after = missed
    for step in steps:
        after = duty.evolve(after, step)
    assert after.breaches == ()
    assert after.timers[duty.CLOCK].due == moment("2027-01-05 17:30")
    assert [str(notice) for notice in steps[-1].notices] == [f"due_changed>officer@{cast.WATERS}"]


def test_loaded_year_confirms_a_miss_that_stands() -> None:
    contact = announced(date(2026, 12, 30), at="2026-12-30 09:00")
    missed = duty.evolve(contact, duty.fire(contact, contact.timers[duty.CLOCK], rules_with()))

    (step,) = duty.recompute(missed, year=2027, rules=rules_with(year=()), now=moment("2027-01-05 09:00"))

    assert step.clocks[0].status == "missed"
    assert not step.clocks[0].provisional
    assert duty.evolve(missed, step).breaches == missed.breaches


@pytest.mark.parametrize("contact", [NEW, announced(date(2026, 9, 30))])
def test_loaded_year_that_does_not_concern_it_does_nothing(contact: Contact) -> None:
    assert duty.recompute(contact, year=2027, rules=rules_with(year=()), now=moment("2026-10-01 09:00")) == ()


def test_loading_a_year_again_changes_nothing() -> None:
    contact = announced(date(2026, 9, 30))

    assert duty.recompute(contact, year=2026, rules=rules_with(), now=moment("2026-10-01 09:00")) == ()
