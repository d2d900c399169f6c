"""The machine and the rehearsal can't differ: every shipped scenario is played on PostgreSQL as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import playing_ground as playing

from minsheng.cases.orders import actions
from minsheng.core.ledger import verification
from minsheng.gateways import packfiles

pytestmark = pytest.mark.django_db

# A city has no settings of its own, so a story that changes parameters is for the rehearsal alone; contacts have a
# room of their own (test_contacts), and so have cases, meetings and programmes.
FILES = [
    path
    for path in sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml"))
    if "\nset:" not in (text := path.read_text(encoding="utf-8")) and playing.of_orders_alone(text)
]


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_scenario_gives_the_same_facts_on_postgresql(path: Path) -> None:
    story, rehearsed, refused = playing.rehearsed(path)

    played = playing.play(story)

    assert played.refusals == refused
    assert playing.stored_lines(played) == rehearsed
    assert verification.verify().fault is None
    assert actions.rebuild(check=True)[1] == 0
