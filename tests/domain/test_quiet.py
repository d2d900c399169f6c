"""The hours in which people are not told what can wait."""

from __future__ import annotations

from datetime import datetime, time

import pytest
from tests.packing_ground import rules_of

from minsheng.domain import kinds
from minsheng.domain.quiet import QuietHours


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


@pytest.mark.parametrize(
    ("hours", "moment", "told"),
    [
        ("22:00-08:00", "2026-09-22T21:59:59", "2026-09-22T21:59:59"),
        ("22:00-08:00", "2026-09-22T22:00:00", "2026-09-23T08:00:00"),
        ("22:00-08:00", "2026-09-22T00:30:10", "2026-09-22T08:00:00"),
        ("22:00-08:00", "2026-09-22T08:00:00", "2026-09-22T08:00:00"),
        ("12:00-13:30", "2026-09-22T12:10:00", "2026-09-22T13:30:00"),
        ("12:00-13:30", "2026-09-22T13:30:00", "2026-09-22T13:30:00"),
    ],
)
def test_what_can_wait_is_told_once_it_is_no_longer_quiet(hours: str, moment: str, told: str) -> None:
    assert kinds.quiet(hours).over_at(at(moment)) == at(told)


def test_packs_write_them_as_hours_and_are_told_what_is_wrong() -> None:
    known = rules_of("suqian").quiet_hours

    assert known == QuietHours(time(22), time(8))
    assert (known.plain(), known.written()) == ("22:00-08:00", "每天 22:00-08:00")
    assert kinds.quiet(known) is known
    for wrong in ("22-8", "25:00-08:00", 7, "08:00-08:00"):
        with pytest.raises(ValueError, match="免打扰时段"):
            kinds.quiet(wrong)
