"""A town whose facts are really committed, since the server answers from a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.town_ground import Town


@pytest.fixture(scope="session", autouse=True)
def _server_as_it_runs_first(server_as_it_runs: None) -> None:
    """Prepare the settings before any fixture starts the server: it asks once where the style sheet comes from."""


@pytest.fixture
def town(transactional_db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under jiangyin's rules that other threads see too."""
    from tests import town_ground as towns  # not before Django is set up

    return towns.build("jiangyin", test_clock)


@pytest.fixture
def demonstration(tmp_path: Path, settings: Any) -> None:
    """Let the installation be a demonstration with folders of its own: codes are shown, nobody's telephone rings."""
    from tests.reports_ground import lake_of

    settings.DEMO = True
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DRAFTS_FOLDER = tmp_path / "draft-files"
    settings.LAKE_FOLDER = lake_of("jiangyin")
