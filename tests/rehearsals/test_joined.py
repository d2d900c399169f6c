"""A rehearsal knows what an order was joined to and what was joined to it, as the platform does."""

from __future__ import annotations

from pathlib import Path

import pytest

from minsheng.app.cli import rehearse
from minsheng.domain.orders import events as ev
from minsheng.gateways import packfiles


@pytest.mark.clause("JY-9.8.2")
def test_what_goes_on_for_a_joined_appeal_follows_its_no_and_what_was_joined_follows_the_seal() -> None:
    _, results = rehearse.play_file(Path(__file__).parent / "joined_choice.yaml", library=packfiles.shipped_packs())
    restrained = [
        (fact.stream, fact.event.private, fact.event.sealed)
        for result in results
        for fact in result.facts
        if isinstance(fact.event, ev.Restrained)
    ]

    assert [failure for result in results for failure in result.failed] == []
    assert restrained == [("o1", True, False), ("o4", False, True)]
