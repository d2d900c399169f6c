"""A town whose facts are really committed, since the server answers from a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pages.town import Town


@pytest.fixture
def town(transactional_db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under jiangyin's rules that other threads see too."""
    from tests.pages import town as towns  # not before Django is set up

    return towns.build("jiangyin", test_clock)
