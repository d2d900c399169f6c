"""The town that the administration's tests play in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.town_ground import Town


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under jiangyin's rules, on a Friday afternoon."""
    from tests import town_ground as towns  # not before Django is set up

    return towns.build("jiangyin", test_clock)
