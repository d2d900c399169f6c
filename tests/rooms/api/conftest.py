"""Cities for the tests of the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

# Imported inside: Django is set up only after this file has been read.
if TYPE_CHECKING:
    from tests.calling_ground import City


@pytest.fixture
def jiangyin(db: None, test_clock: Callable[[datetime], None]) -> City:
    """Return a city under the pack of Jiangyin, on a Monday morning."""
    return _opened("jiangyin", test_clock)


@pytest.fixture
def suqian(db: None, test_clock: Callable[[datetime], None]) -> City:
    """Return a city under the pack of Suqian, on a Monday morning."""
    return _opened("suqian", test_clock)


def _opened(pack: str, set_clock: Callable[[datetime], None]) -> City:
    from tests import calling_ground as calling

    set_clock(calling.MONDAY)
    return calling.open_city(pack, pack=pack, set_clock=set_clock)
