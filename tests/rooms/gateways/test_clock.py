"""The one clock, and the refusal to move it by accident."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from minsheng.gateways import clock


def test_now_is_aware_and_in_utc_without_a_test_clock() -> None:
    moment = clock.now()

    assert moment.utcoffset() == timedelta(0)


def test_now_is_the_moment_of_the_file_when_a_test_clock_is_named(test_clock: Callable[[datetime], None]) -> None:
    beijing = timezone(timedelta(hours=8))
    test_clock(datetime(2026, 3, 2, 9, 0, 1, tzinfo=beijing))

    moment = clock.now()

    assert moment == datetime(2026, 3, 2, 1, 0, 1, tzinfo=UTC)
    assert moment.utcoffset() == timedelta(0)


def test_now_refuses_a_test_clock_when_not_in_test_mode(
    test_clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    test_clock(datetime(2026, 3, 2, tzinfo=UTC))
    monkeypatch.delenv(clock.MODE_VARIABLE)

    with pytest.raises(clock.ClockRefused) as refused:
        clock.now()

    assert refused.value.code == "TEST_CLOCK_OUTSIDE_TEST_MODE"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2026-03-02T09:00:00", "TEST_CLOCK_NAIVE"),  # no offset: nobody could say which moment it is
        ("yesterday", "TEST_CLOCK_UNREADABLE"),
        ("", "TEST_CLOCK_UNREADABLE"),
    ],
)
def test_now_refuses_a_file_when_it_holds_no_moment(
    written: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "clock"
    path.write_text(written)
    monkeypatch.setenv(clock.CLOCK_VARIABLE, str(path))

    with pytest.raises(clock.ClockRefused) as refused:
        clock.now()

    assert refused.value.code == code


def test_set_test_clock_refuses_a_naive_moment(tmp_path: Path) -> None:
    path = tmp_path / "clock"

    with pytest.raises(clock.ClockRefused):
        clock.set_test_clock(path, moment=datetime(2026, 3, 2))  # noqa: DTZ001 - that is the point

    assert not path.exists()
