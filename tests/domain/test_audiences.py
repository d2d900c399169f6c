"""Who a notice reaches, and by which audience."""

from __future__ import annotations

import pytest

from minsheng.domain import audiences
from minsheng.domain.actors import Actor
from minsheng.domain.audiences import Telling


@pytest.mark.parametrize(
    ("to", "who", "audience"),
    [
        ("dispatcher", Actor("dispatcher"), "role:dispatcher"),
        ("officer@城管局", Actor("officer", "城管局"), "officer@城管局"),
        ("duty@城管局", Actor("officer", "城管局"), "unit:城管局"),
    ],
)
def test_a_notice_reaches_its_recipient(to: str, who: Actor, audience: str) -> None:
    assert (audiences.recipient(to), audiences.audience_of(to)) == (who, audience)


def test_notices_become_signals_to_whoever_sits_at_a_desk() -> None:
    assert audiences.recipient("citizen") is None
    assert audiences.of_notices("suqian", ["citizen", "office"]) == [Telling("suqian", "role:office", "queue")]
    assert audiences.CITY == "city"


def test_notice_to_a_person_is_heard_by_them_alone() -> None:
    assert audiences.audience_of("staff:7") == "staff:7"
