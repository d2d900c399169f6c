"""The machine and the rehearsal can't differ: every shipped scenario is played on PostgreSQL as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.actions import playing

from minsheng.gateways import packfiles
from minsheng.ledger import verification
from minsheng.orders import actions

pytestmark = pytest.mark.django_db

FILES = sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_scenario_gives_the_same_facts_on_postgresql(path: Path) -> None:
    story, rehearsed, refused = playing.rehearsed(path)
    if story.settings or any(step.thing == "contact" for step in story.steps):
        pytest.skip("a city has no settings of its own; contacts are played in test_contacts")

    played = playing.play(story)

    assert played.refusals == refused
    assert playing.stored_lines(played) == rehearsed
    assert verification.verify().fault is None
    assert actions.rebuild(check=True)[1] == 0
