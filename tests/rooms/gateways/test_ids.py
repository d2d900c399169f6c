"""Identifiers sort by time."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.gateways.ids import uuid7

MOMENT = datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)
MOMENTS = st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_uuid7_is_of_version_seven() -> None:
    made = uuid7(MOMENT)

    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(MOMENT.timestamp() * 1000)


def test_uuid7_rises_with_the_calls_when_the_clock_stands_still() -> None:
    made = [uuid7(MOMENT) for _ in range(2000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


@given(MOMENTS, st.timedeltas(min_value=timedelta(microseconds=1), max_value=timedelta(days=3650)))
def test_uuid7_never_sorts_before_an_earlier_one(moment: datetime, later: timedelta) -> None:
    first, second = uuid7(moment), uuid7(moment + later)

    assert first < second


def test_uuid7_refuses_a_naive_moment() -> None:
    with pytest.raises(ValueError, match="aware"):
        uuid7(datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point
