"""An internal referral is in no list for everybody, no search and no export; those who handle it find it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from tests import calling_ground as calling
from tests.town_ground import Town, row
from tests.visiting_ground import Citizen

from minsheng.cases.orders.office import queues
from minsheng.cases.orders.reading import finding, similar
from minsheng.core.people import permissions
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store

CONTENT, PLACE = "收受礼金后放行渣土车的蓝鸢台账", "云栖路九十九号院"
WORDS = (CONTENT, PLACE)
HANDLING = ("designated_officer", "discipline")


def told(text: str) -> list[str]:
    return [each for each in WORDS if each in text]


@pytest.fixture
def order(town: Town) -> str:
    return town.internal(content=CONTENT, place=PLACE)


@pytest.mark.clause("JY-12.0")
def test_it_is_in_no_list_and_no_search_of_a_desk_but_of_those_who_handle_it(town: Town, order: str) -> None:
    rules, number = policies.rules_for(town.code, now=town.now), row(order).number
    everybody = (*(role for role in CITY_ROLES if role not in HANDLING), *(f"{role}@城管局" for role in UNIT_ROLES))

    for name in everybody:
        actor = town.actor(name)
        base = queues.ground(actor, city=town.code, rules=rules, now=town.now)
        for queue in queues.of(actor, rules=rules):
            assert order not in {each.id for each in queues.page(queue, base, after=None)[0]}, (name, queue.code)
        if permissions.sees_orders(actor.role):
            client = town.desk(name)
            found = [client.post("/find", {"words": words}).content.decode() for words in ("蓝鸢 台账", number)]
            assert told("".join(found)) == [], name
            assert f"/orders/{order}" not in "".join(found), name
        assert finding.search(actor, city=town.code, text="蓝鸢台账") == [], name
        assert similar.of(actor, city=town.code, content=CONTENT, place=PLACE) == [], name
    for name in ("designated_officer", "officer@住建局"):
        assert f"/orders/{order}" in town.desk(name).post("/find", {"words": "蓝鸢 台账"}).content.decode(), name


@pytest.mark.clause("JY-12.0")
def test_programs_of_other_roles_are_given_neither_it_nor_its_number(town: Town, order: str) -> None:
    city = calling.City(town.code, town.set_clock, CITY_ROLES)

    for role in (each for each in CITY_ROLES if each not in HANDLING and permissions.sees_orders(each)):
        lists = str(city.get("/orders", by=role).body) + str(city.get("/queue", by=role).body)
        assert (order in lists, row(order).number in lists, told(lists)) == (False, False, []), role
    assert order in str(city.get("/orders", by="designated_officer").body)


@pytest.mark.clause("JY-12.0")
def test_the_public_finds_nothing_of_it_and_it_is_never_published(town: Town, order: str) -> None:
    for by, command, fields in (("auditor", "publish", {}), ("citizen", "set_publish", {"publish": "yes"})):
        with pytest.raises(Rejected, match="never_public"):
            town.act(order, by, command, **fields)
    stranger, number = Citizen(town.code), row(order).number

    pages = [
        stranger.get(path).content.decode() for path in ("cases", "cases/feed.xml", "cases?text=%E8%93%9D%E9%B8%A2")
    ]

    pages.append(Client().get(f"/open311/{town.code}/v2/requests.json").content.decode())
    assert told("".join(pages)) == []
    assert number not in "".join(pages)
    assert stranger.get(f"cases/{number}").status_code == 404


@pytest.mark.clause("JY-12.0")
def test_the_export_for_analysis_has_no_word_of_it(town: Town, order: str, tmp_path: Path) -> None:
    export.export(Store(tmp_path / "lake"), now=town.now)

    files = [each.read_bytes() for each in (tmp_path / "lake").rglob("*") if each.is_file()]
    assert files
    assert not any(word.encode() in content for word in WORDS for content in files)
