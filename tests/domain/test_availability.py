"""What looks from outside say: one miss is no outage, and time that nobody looked at is neither up nor down."""

from __future__ import annotations

from datetime import datetime, timedelta

from minsheng.domain.availability import Look, availability, between, outages

START = datetime.fromisoformat("2026-10-12T10:00:00+08:00")
EVERY = timedelta(seconds=30)


def seen(pattern: str, *, start: datetime = START) -> list[Look]:
    """Return looks, one each 30 seconds: `.` for an answer, `x` for a miss."""
    return [Look(start + each * EVERY, mark == ".") for each, mark in enumerate(pattern)]


def test_outage_lasts_from_the_first_miss_to_the_first_answer() -> None:
    found = outages(seen("..x.xxx..xx"))

    assert [(each.began - START, each.ended, each.misses) for each in found] == [
        (4 * EVERY, START + 7 * EVERY, 3),
        (9 * EVERY, None, 2),
    ]


def test_share_is_of_the_time_that_was_seen() -> None:
    looks = [*seen("..xx."), *seen("..xx", start=START + timedelta(hours=1))]
    told = availability(looks, every=EVERY)

    assert (told.up, told.down) == (4 * EVERY, 3 * EVERY)
    assert told.unseen == timedelta(hours=1) - 4 * EVERY
    assert told.share is not None
    assert round(told.share, 4) == 0.5714


def test_nothing_seen_says_nothing() -> None:
    assert availability([], every=EVERY).share is None
    assert availability(seen("x"), every=EVERY).share is None


def test_looks_of_a_time_leave_its_end_out_and_come_in_order() -> None:
    looks = seen("....")

    assert between(reversed(looks), START + EVERY, START + 3 * EVERY) == looks[1:3]
    assert between(looks, None, None) == looks
