"""Figures of the mayor's mailbox, hot topics and concentrated appeals, whatever is published. Clauses: A-21."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from tests.publication_ground import decided
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, closed

from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import results
from minsheng.gateways import packfiles
from minsheng.public.publication import actions

NOISE, ROAD = list(packfiles.categories().by_code)[:2]


def appeals(town: Town, category: str, count: int, *, apart: timedelta, **fields: str) -> None:
    """Let appeals of a category come in, one after the other."""
    for _ in range(count):
        town.at(town.now + apart)
        order = town.register(**fields)
        Appeal.objects.update_or_create(
            id=order, defaults={"city_id": town.code, "category": category, "created_at": town.now}
        )


def rows(page: str) -> list[tuple[str, ...]]:
    """Return the rows of the groups' table: kind, name, received, closed, rate."""
    table = page[page.index('id="groups-caption"') :]
    return [
        tuple(re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row))
        for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]
    ]


def test_the_mayors_mailbox_is_a_channel_that_the_list_can_be_narrowed_to_and_is_counted(town: Town) -> None:
    appeals(town, "", 6, apart=timedelta(minutes=1), channel="mayor", publish="no")
    actions.count(town.now)
    citizen = Citizen(town.code)

    assert rows(citizen.shown("statistics")) == [("市长信箱", "—", "6", "0", "样本不足")]
    assert '<option value="mayor">市长信箱</option>' in citizen.shown("cases")


@pytest.mark.clause("JY-18")
def test_a_letter_to_the_mayor_is_found_in_the_public_list_by_its_channel(town: Town) -> None:
    order = town.replied(channel="mayor")
    town.act(order, "auditor", "pass_audit")
    closed(town, order)
    assert decided(town, order).status_code == 302
    relayed()
    number = models.Order.objects.get(id=order).number
    citizen = Citizen(town.code)

    assert number in citizen.shown("cases?channel=mayor")
    assert number not in citizen.shown("cases?channel=web")


def test_hot_topics_are_what_was_told_most_and_concentrated_what_many_told_at_once(town: Town) -> None:
    many = {"many": 5, "within": timedelta(hours=24)}
    since = town.now
    appeals(town, NOISE, 5, apart=timedelta(hours=5))
    appeals(town, ROAD, 7, apart=timedelta(hours=7))

    found = results.groups(town.code, since=since, **many)  # type: ignore[arg-type]

    assert [(each.kind, each.category, each.received) for each in found] == [
        ("HOT", ROAD, 7), ("HOT", NOISE, 5), ("MANY", NOISE, 5),
    ]  # fmt: skip


def test_a_group_of_few_is_not_shown_since_one_could_tell_who(town: Town) -> None:
    appeals(town, NOISE, 4, apart=timedelta(minutes=1), publish="no")
    actions.count(town.now)

    assert "groups-caption" not in Citizen(town.code).shown("statistics")
