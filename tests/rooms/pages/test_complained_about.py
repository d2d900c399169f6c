"""Whoever is complained about never learns who complains, however they were named. Clauses: JY-8d, JY-12.0, SZ-26."""

from __future__ import annotations

from typing import Any

import pytest
from tests import calling_ground as calling
from tests.secrets_ground import filed
from tests.town_ground import Town, row

from minsheng.cases.appeals.models import Appeal
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger.models import Refusal
from minsheng.core.people.models import Unit
from minsheng.domain.rejected import Rejected

REASON = {"reason": "联系诉求人核实地点", "fields_wanted": ["name", "phone"]}
SPELLINGS = (
    "丁立秋", "丁立秋（执法队）", "城管局丁立秋", "丁 立秋", "丁　立　秋", "丁\u200b立秋", "丁立秋队长", "[丁立秋]",
    "丁·立秋", "执法大队的丁立秋和另外一人", "丁队长", "老丁", "丁某某", "丁科长立秋", "执法队姓丁的",
)  # fmt: skip


def handled(town: Town, **said: Any) -> str:
    """Return an order of somebody known that 城管局 handles."""
    order = filed(town, **said)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(order, "officer@城管局", "sign")
    return order


def asks(town: Town, who: str | int, order: str) -> int:
    """Return the status of a page's answer to who asks for the identity; the name stands only in a 200."""
    client = town.desk(who)
    answer = client.post(f"/orders/{order}/identity", REASON)
    assert ("陆晓禾" in answer.content.decode()) == (answer.status_code == 200)
    assert answer.status_code == 200 or "陆**" not in client.get(f"/orders/{order}/").content.decode()
    return int(answer.status_code)


def api_asks(town: Town, who: str, order: str) -> Any:
    """Return the API's answer to a unit's program that asks for the identity."""
    city = calling.City(town.code, town.set_clock, (who,))
    seen = city.get(f"/orders/{order}", by=who)
    assert seen.body["identity"] is None or seen.body["identity"]["name"] != "陆晓禾"
    return city.post(f"/orders/{order}/identity", {"reason": "联系诉求人核实地点"}, by=who)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_person_complained_about_is_known_however_they_were_typed(town: Town, spelling: str) -> None:
    named = town.hire("丁立秋", "officer", unit="城管局")
    order = handled(town, target_person=spelling)

    assert asks(town, named, order) == 403
    assert asks(town, "officer@城管局", order) == 200, "a colleague handles the matter"
    assert set(Refusal.objects.filter(command="reveal").values_list("code", flat=True)) == {"reveal_target_never"}


@pytest.mark.parametrize("spelling", SPELLINGS[:4])
def test_leaders_and_programs_of_that_persons_unit_count_as_the_target(town: Town, spelling: str) -> None:
    town.hire("丁立秋", "officer", unit="城管局")
    order = handled(town, target_person=spelling)

    for name in ("leader@城管局", "head@城管局"):
        assert "陆**" not in town.desk(name).get(f"/orders/{order}/").content.decode()
        assert asks(town, name, order) == 403
    assert api_asks(town, "officer@城管局", order).code == "reveal_target_never"


@pytest.mark.parametrize("field", ["title", "content", "place", "added"])
def test_the_person_whom_the_words_name_is_the_target_with_leaders_and_programs(town: Town, field: str) -> None:
    named = town.hire("丁立秋", "officer", unit="城管局")
    order = handled(town, **({} if field == "added" else {field: "城管队员丁立秋打人"}))
    if field == "added":
        assert asks(town, named, order) == 200, "nobody has named them yet"
        town.act(order, "citizen", "add_material", text="打人的是城管队员丁 立秋")

    assert asks(town, named, order) == 403
    assert asks(town, "leader@城管局", order) == 403
    assert asks(town, "officer@城管局", order) == 200, "a colleague handles the matter"
    assert api_asks(town, "officer@城管局", order).code == "reveal_target_never"


def test_a_name_of_two_letters_inside_a_sentence_is_no_name(town: Town) -> None:
    named = town.hire("高兴", "officer", unit="城管局")

    assert asks(town, named, handled(town, content="路灯修好了我很高兴，谢谢")) == 200
    assert asks(town, named, handled(town, content="打人的是队员（高兴）")) == 403


def test_a_person_whom_nobody_knows_keeps_the_unit_s_programs_out(town: Town) -> None:
    order = handled(town, target_person="那个姓丁的队长")

    assert api_asks(town, "officer@城管局", order).code == "reveal_target_never"
    assert asks(town, "officer@城管局", order) == 200


def test_a_person_of_another_unit_keeps_nobody_else_out(town: Town) -> None:
    town.hire("丁立秋", "officer", unit="住建局")
    order = handled(town, target_person="丁立秋", target_unit="住建局")

    assert asks(town, "officer@城管局", order) == 200
    assert api_asks(town, "officer@城管局", order).status == 200


def test_nobody_complained_about_leaves_all_as_it_was(town: Town) -> None:
    order = handled(town)

    assert asks(town, "officer@城管局", order) == 200
    assert api_asks(town, "officer@城管局", order).status == 200
    assert "陆**" in town.desk("leader@城管局").get(f"/orders/{order}/").content.decode()


def test_a_unit_that_belongs_to_the_one_complained_about_is_the_target(town: Town) -> None:
    order = handled(town, target_unit="住建局")
    Unit.objects.filter(city=town.code, name="城管局").update(parent=Unit.objects.get(city=town.code, name="住建局"))

    assert asks(town, "officer@城管局", order) == 403
    assert api_asks(town, "officer@城管局", order).code == "reveal_target_never"


def test_a_person_named_by_a_joined_appeal_is_the_target(town: Town) -> None:
    named = town.hire("丁立秋", "officer", unit="城管局")
    order = handled(town)
    assert asks(town, named, order) == 200
    joined = filed(town, target_person="城管局丁立秋")

    town.act(joined, "dispatcher", "link", to=order)

    assert asks(town, named, order) == 403


def test_a_named_person_is_the_target_in_every_part(town: Town) -> None:
    named = town.hire("丁立秋", "officer", unit="城管局")
    whole = filed(town, target_person="丁 立秋")
    town.act(whole, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="权责清单")

    part = next(each for each in queries.parts_of([whole]) if row(each).lead == "城管局")
    assert asks(town, named, part) == 403


def test_a_person_named_by_an_appeal_joined_to_the_whole_is_the_target_in_every_part(town: Town) -> None:
    named = town.hire("丁立秋", "officer", unit="城管局")
    whole = filed(town)
    town.act(whole, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="权责清单")
    part = next(each for each in queries.parts_of([whole]) if row(each).lead == "城管局")
    assert asks(town, named, part) == 200

    town.act(filed(town, target_person="丁立秋（队长）"), "dispatcher", "link", to=whole)

    assert asks(town, named, part) == 403


def test_the_seat_chooses_from_the_people_of_the_unit(town: Town) -> None:
    town.hire("丁立秋", "officer", unit="城管局")
    client = town.desk("seat")

    page = client.get("/orders/new").content.decode()
    asked = {"content": "执法粗暴", "place": "", "category": "", "category_text": ""}
    offered = client.post("/orders/new/beside", {**asked, "target_unit": "城管局"}).content.decode()
    others = client.post("/orders/new/beside", {**asked, "target_unit": "住建局"}).content.decode()

    assert 'list="unit-people"' in page
    assert '<datalist id="unit-people">' in page
    assert '<datalist id="unit-people" hx-swap-oob="true">' in offered
    assert '<option value="丁立秋">' in offered
    assert "丁立秋" not in others
    assert "丁立秋" not in page


def test_what_was_typed_stands_as_it_was_typed(town: Town) -> None:
    order = handled(town, target_person="那个姓丁的队长")

    assert Appeal.objects.get(id=order).target_person == "那个姓丁的队长"


@pytest.mark.parametrize("named", ["城管", "城管局（执法队）", "没有的单位"])
def test_a_unit_that_the_city_does_not_have_is_not_complained_about(town: Town, named: str) -> None:
    with pytest.raises(Rejected, match="unit_unknown"):
        town.register(type="complaint", target_unit=named)
