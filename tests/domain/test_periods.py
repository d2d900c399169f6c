"""Stretches of time that figures are made for, and what each is compared with."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from minsheng.domain.periods import Period, Stretch


def test_today_until_now_is_compared_with_the_same_weekday_until_the_same_time() -> None:
    today = Stretch(datetime.fromisoformat("2026-11-28 00:00"), datetime.fromisoformat("2026-11-28 11:32"), "今日")

    before = today.before

    assert before.starts_at == datetime.fromisoformat("2026-11-21 00:00")
    assert before.ends_at == datetime.fromisoformat("2026-11-21 11:32")
    assert before.starts_at.weekday() == today.starts_at.weekday()


def test_period_is_compared_with_the_same_days_of_the_year_before() -> None:
    leap = Period.month(2024, 2)

    assert (leap.before.since, leap.before.until) == (date(2023, 2, 1), date(2023, 3, 1))
    assert leap.before.name == "2023年2月"


def test_period_must_end_after_it_begins() -> None:
    with pytest.raises(ValueError, match="end after"):
        Period(date(2026, 1, 1), date(2026, 1, 1))
