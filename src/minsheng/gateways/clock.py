"""The one place that reads the clock; everything else is told the moment.

Only pages, api, tasks and cli may call it (architecture: time is an argument).
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

CLOCK_VARIABLE = "MINSHENG_TEST_CLOCK"
MODE_VARIABLE = "MINSHENG_TEST_MODE"


class ClockRefused(Exception):
    """A test clock was named where it may not be, or its file cannot be read as a moment."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def now() -> datetime:
    """Return the present moment, aware, in UTC, uncut.

    In tests `MINSHENG_TEST_CLOCK` names a file that holds an ISO moment with its offset; all processes agree on it.
    Raises: ClockRefused when the variable is set without `MINSHENG_TEST_MODE=1`, so that no official clock can be moved
    by one stray variable.
    """
    named = os.environ.get(CLOCK_VARIABLE)
    if not named:
        return datetime.now(UTC)
    if not test_mode():
        raise ClockRefused("TEST_CLOCK_OUTSIDE_TEST_MODE", variable=CLOCK_VARIABLE, mode=MODE_VARIABLE)
    return _read(Path(named))


def test_mode() -> bool:
    """Tell whether the process was explicitly started for tests."""
    return os.environ.get(MODE_VARIABLE) == "1"


def set_test_clock(path: Path, *, moment: datetime) -> None:
    """Write the moment that every process with this test clock shall see, at once and whole.

    Raises: ClockRefused for a moment without an offset.
    """
    if moment.tzinfo is None:
        raise ClockRefused("TEST_CLOCK_NAIVE", path=str(path))
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    draft.write_text(moment.isoformat() + "\n", encoding="ascii")
    draft.replace(path)


def _read(path: Path) -> datetime:
    try:
        moment = datetime.fromisoformat(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as fault:
        raise ClockRefused("TEST_CLOCK_UNREADABLE", path=str(path)) from fault
    if moment.tzinfo is None:
        raise ClockRefused("TEST_CLOCK_NAIVE", path=str(path))
    return moment.astimezone(UTC)
