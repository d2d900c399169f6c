"""Parts of a parallel dispatch have the words, the person and the category of the whole. Clauses: JY-8d, JY-13.3."""

from __future__ import annotations

from tests.town_ground import Town, row, text_of

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import actions
from minsheng.cases.orders.reading import exporting
from minsheng.cases.orders.storage.queries import parts_of
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import appellants
from minsheng.domain.orders import commands as cmd
from minsheng.gateways import packfiles

LEAF = next(iter(packfiles.categories().by_code.values()))


def parted(town: Town) -> tuple[str, list[str]]:
    """Return an order of somebody known, and its parts."""
    who = appellants.keep_appellant(city=town.code, kind="citizen", name="陆晓禾", phone="13000000001", now=town.now)
    command = cmd.build(
        "submit",
        {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "content": "人行道破损"},
        zone=None,
    )
    made = actions.register(
        command,  # type: ignore[arg-type]
        city=town.code, actor=town.actor("seat"), now=town.now, words=actions.Words(appellant=who),
    )  # fmt: skip
    town.act(made.order.id, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="权责清单")
    return made.order.id, parts_of([made.order.id])


def test_who_it_is_can_be_revealed_on_a_part(town: Town) -> None:
    _, parts = parted(town)
    assert len(parts) == 2

    part = next(each for each in parts if row(each).lead == "城管局")
    town.act(part, "officer@城管局", "sign")

    page = town.desk("officer@城管局").post(
        f"/orders/{part}/identity", {"reason": "联系诉求人核实地点", "fields_wanted": ["name", "phone"]}
    )

    assert page.status_code == 200
    assert "陆晓禾" in page.content.decode()


def test_a_category_is_a_fact_and_reaches_the_export_of_every_part(town: Town) -> None:
    whole, parts = parted(town)
    before = ledger.page(after_position=0, limit=1000)[-1].position
    client = town.desk("dispatcher")

    for _ in range(2):
        client.post(f"/orders/{parts[0]}/category", {"category": LEAF.code, "category_text": LEAF.path})

    facts = ledger.history(f"appeal/{whole}")
    assert [(each.type, ledger.content(each)["category"]) for each in facts] == [("Categorised", LEAF.code)]
    words = appeals.words_of(whole)
    assert words is not None
    assert words.category == LEAF.code
    touched = exporting.touched(after_position=before, up_to=facts[0].position)
    assert touched == sorted([whole, *parts])
    assert {each.category for each in exporting.told(touched)} == {LEAF.code}
    assert row(whole).id == whole


def test_what_a_citizen_adds_to_a_part_is_read_with_the_whole_and_every_part(town: Town) -> None:
    whole, parts = parted(town)
    first, second = sorted(parts)

    town.act(first, "citizen", "add_material", text="补充：路灯杆上有编号。")

    assert [each.text for each in appeals.additions(whole)] == ["补充：路灯杆上有编号。"]
    assert [each.text for each in appeals.own_additions(whole)] == ["补充：路灯杆上有编号。"]
    for desk, order in (("dispatcher", whole), ("officer@城管局", first), ("officer@住建局", second)):
        unit = row(order).lead
        page = text_of(town.desk(desk if desk == "dispatcher" else f"officer@{unit}").get(f"/orders/{order}/"))
        assert "路灯杆上有编号" in page, order
