"""Cases, meetings and programmes on PostgreSQL: every shipped story of them gives the facts of its rehearsal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from tests import playing_ground as playing
from tests import playing_things_ground as things

from minsheng.core.ledger import verification, witnesses
from minsheng.gateways import packfiles

pytestmark = pytest.mark.django_db

FILES = [
    path
    for path in sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml"))
    if "\nset:" not in (text := path.read_text(encoding="utf-8"))
    and any(f"{thing}: " in text for thing in things.THINGS)
]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_story_of_things_gives_the_same_facts_on_postgresql(
    path: Path, test_clock: Callable[[datetime], None]
) -> None:
    story, rehearsed, refused = playing.rehearsed(path)

    played = things.play(story, test_clock)

    assert played.refusals == refused
    assert things.stored_lines(played) == rehearsed
    assert verification.verify().fault is None
    assert witnesses.compare_all().altered == []
    assert all(each.changed == 0 for each in verification.rebuild(check=True).values())
