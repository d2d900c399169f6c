"""Who is told what. Decided together with the events, so that nobody is told of what did not happen."""

from __future__ import annotations

from datetime import datetime, timedelta

from minsheng.domain.worktime import WorkTime

CITIZEN = "citizen"
OFFICE = "office"
ONE_SECOND = timedelta(seconds=1)


def unit_recipients(*, unit: str, moment: datetime, worktime: WorkTime, roster: bool) -> tuple[str, ...]:
    """Return who of a unit is told at `moment`: the officer in office hours, whoever is on duty outside.

    At the last second of a shift both are told, since one leaves and the other begins. Without a roster the
    officer and the leader are told, since somebody must be.
    Source: SZ-9b, JY-10.5, SQ-11.
    """
    officer, on_duty = f"officer@{unit}", (f"duty@{unit}",) if roster else (f"officer@{unit}", f"leader@{unit}")
    if not worktime.in_office(moment):
        return on_duty
    if not worktime.in_office(moment + ONE_SECOND):
        return tuple(dict.fromkeys((officer, *on_duty)))
    return (officer,)


def overdue_recipients(*, unit: str, moment: datetime, worktime: WorkTime, roster: bool) -> tuple[str, ...]:
    """Return who is told of a missed clock: the unit's person of the hour, its leader, the office (JY-20.1)."""
    if not unit:
        return (OFFICE,)
    people = unit_recipients(unit=unit, moment=moment, worktime=worktime, roster=roster)
    return tuple(dict.fromkeys((*people, f"leader@{unit}", OFFICE)))
