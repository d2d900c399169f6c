"""A town and whoever visits its public pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.town_ground import Town
    from tests.wechat_ground import Follower, Platform


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: Any) -> Town:
    """Return a town under jiangyin's rules, in a demonstration: codes by text message are shown."""
    from tests import town_ground as towns

    settings.DEMO = True
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DRAFTS_FOLDER = tmp_path / "draft-files"
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def suqian(town: Town) -> Town:
    """Return another town: who files online must be known by a register, and a text message asks for the rating."""
    from tests import town_ground as towns

    return towns.build("suqian_c", town.set_clock, pack="suqian")


@pytest.fixture
def suzhou(town: Town) -> Town:
    """Return another town, where a unit says whether a matter is its own (SZ-14c)."""
    from tests import town_ground as towns

    return towns.build("suzhou_p", town.set_clock, pack="suzhou")


@pytest.fixture
def platform() -> Iterator[Platform]:
    """Have an invented platform of accounts, as WeChat's, answer on loopback."""
    from tests import wechat_ground as wechat

    with wechat.running() as platform:
        yield platform


@pytest.fixture
def follower(town: Town) -> Follower:
    """Return somebody who follows the city's account."""
    from tests.wechat_ground import Follower

    return Follower(now=lambda: town.now.timestamp())
