"""What a channel counts as in the release: the pack says so, and nothing is a telephone call for want of a line."""

from __future__ import annotations

from datetime import date

import pytest

from minsheng.domain import packs
from minsheng.figures.lake.order_rows import source_of
from minsheng.gateways import packfiles

CALENDAR = packfiles.load_calendar()


def _rules(city: str, **settings: object) -> packs.Rules:
    chosen = packs.in_force(packfiles.shipped_packs(), city, on=date(2026, 10, 8))
    return packs.rules(chosen.pack, calendar=CALENDAR, settings=settings)


@pytest.mark.clause("AR-2.1.1")
@pytest.mark.parametrize("city", ["suzhou", "jiangyin", "suqian"])
def test_every_shipped_channel_says_what_it_counts_as(city: str) -> None:
    rules = _rules(city)

    assert rules.channel_sources.keys() == rules.channels.keys()
    assert [each for each in rules.channels if source_of(each, rules) == "phone"] == ["phone"]


@pytest.mark.parametrize("channel", ["wuxi", "grid", "police", "urban_mgmt", "state_inspection", "national_service"])
def test_what_others_pass_on_is_a_transfer(channel: str) -> None:
    assert source_of(channel, _rules("jiangyin")) == "transfer"


def test_channel_that_nothing_was_said_of_is_online() -> None:
    rules = _rules(
        "jiangyin", channels={"phone": "电话", "douyin": "抖音"}, channel_sources="none", online_channels=["douyin"]
    )

    assert (source_of("phone", rules), source_of("douyin", rules)) == ("phone", "online")
