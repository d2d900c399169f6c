"""A town for what browsers are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

# Imported inside: Django is set up only after this file has been read.
if TYPE_CHECKING:
    from tests.town_ground import Town


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under jiangyin's rules, on a Friday afternoon."""
    from tests import town_ground as towns

    return towns.build("jiangyin", test_clock)


@pytest.fixture
def open_town(transactional_db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town whose facts are really committed, so that another process sees them."""
    from tests import town_ground as towns

    return towns.build("jiangyin", test_clock)
