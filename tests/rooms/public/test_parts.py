"""An appeal that several units handle at once: each answer reaches whoever filed it.

Clauses: JY-9.4, JY-9.6, JY-9.8.2.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests import refusals_ground
from tests.publication_ground import decided, told
from tests.town_ground import Town, relayed
from tests.visiting_ground import Citizen, answered, closed

from minsheng.cases.orders import models
from minsheng.public.publication import actions


def split(town: Town, citizen: Citizen) -> tuple[models.Order, list[models.Order]]:
    """Return an appeal, and the parts into which it was dispatched."""
    row = citizen.file()
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "dispatch", units=("城管局", "住建局"), parallel=True, basis="权责清单")
    return row, list(models.Order.objects.filter(parent=row.id).order_by("id"))


def replied(town: Town, part: models.Order) -> None:
    """Let a part's unit answer, and the answer pass."""
    town.act(part.id, f"officer@{part.lead}", "sign")
    town.act(part.id, f"leader@{part.lead}", "approve_reply")
    town.act(part.id, f"officer@{part.lead}", "reply", text=f"{part.lead}已经修好了。", channel="web")
    town.act(part.id, "auditor", "pass_audit")


def test_the_whole_leads_to_each_part_with_its_deadline_answer_and_rating(town: Town) -> None:
    citizen = Citizen(town.code)
    row, parts = split(town, citizen)
    whole = citizen.shown(f"appeals/{row.number}")
    assert "已分别转 2 个单位办理" in whole
    assert re.search(r"已转城管局，最迟 .+ 前答复", whole)
    assert "/urge" not in whole

    part = parts[0]
    citizen.act(part.number, "urge", "urge", text="请快一点")
    replied(town, part)

    page = citizen.shown(f"appeals/{part.number}")
    assert f"{part.lead}已经修好了。" in page
    assert citizen.path(f"appeals/{row.number}") in page
    assert citizen.act(part.number, "rate", "rate", satisfied="satisfied", resolved="yes").status_code == 302
    assert models.Order.objects.get(id=part.id).reason == "satisfied"
    replied(town, parts[1])
    closed(town, parts[1].id)
    assert "各单位均已办结" in citizen.shown(f"appeals/{row.number}")


def test_the_messages_link_leads_to_the_part_that_was_answered(town: Town, settings: Any) -> None:
    settings.PUBLIC_URL = "https://hotline.example"
    row, parts = split(town, Citizen(town.code))
    replied(town, parts[1])

    [(_phone, text)] = told(town)

    reader = Citizen(town.code)
    link = text.partition(f"/portal/{town.code}/")[2]
    assert reader.get(link)["Location"] == reader.path(f"appeals/{parts[1].number}")
    assert "住建局已经修好了。" in reader.shown(f"appeals/{parts[1].number}")
    assert row.number in reader.shown("mine")


def test_a_part_is_as_closed_to_others_as_the_whole(town: Town) -> None:
    _row, parts = split(town, Citizen(town.code))
    stranger = Citizen(town.code)
    known = refusals_ground.known()

    for address in (f"appeals/{parts[0].number}", f"cases/{parts[0].number}", f"cases?text={parts[0].number}"):
        assert stranger.get(address).status_code == 404

    assert refusals_ground.since(known).count() == 3


@pytest.mark.parametrize("when", ["open", "closed"])
def test_a_no_to_publication_holds_for_every_part(town: Town, when: str) -> None:
    citizen = Citizen(town.code)
    row, parts = split(town, citizen)
    if when == "open":
        assert citizen.act(row.number, "publish", "publish", publish="no").status_code == 302
    for part in parts:
        replied(town, part)
        closed(town, part.id)
        assert decided(town, part.id).status_code == (409 if when == "open" else 302)
    relayed()
    if when == "closed":
        assert Citizen(town.code).get(f"cases/{parts[0].number}").status_code == 200
        assert citizen.act(row.number, "publish", "publish", publish="no").status_code == 302
        relayed()

    for part in parts:
        assert Citizen(town.code).get(f"cases/{part.number}").status_code == 404
        assert not models.Order.objects.get(id=part.id).is_published


def test_who_was_merged_into_another_is_told_and_led_to_its_public_result(town: Town) -> None:
    first, second = Citizen(town.code), Citizen(town.code)
    target = first.file()
    merged = second.file(contact={"appellant": "citizen", "name": "", "phone": "13000000002"})
    town.act(merged.id, "seat", "submit")
    town.act(target.id, "seat", "submit")
    town.act(merged.id, "dispatcher", "link", to=target.id)
    page = second.shown(f"appeals/{merged.number}")
    assert "已合并办理" in page
    assert target.number not in page

    town.act(target.id, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(target.id, "officer@城管局", "sign")
    town.act(target.id, "leader@城管局", "approve_reply")
    town.act(target.id, "officer@城管局", "reply", text="已派人修复。", channel="web")
    town.act(target.id, "auditor", "pass_audit")
    closed(town, target.id)
    assert decided(town, target.id).status_code == 302
    relayed()

    assert second.path(f"cases/{target.number}") in second.shown(f"appeals/{merged.number}")


def test_the_figure_of_what_is_public_counts_what_can_be_read(town: Town) -> None:
    for number in range(6):
        row = Citizen(town.code).file()
        answered(town, row.id)
        closed(town, row.id)
        if number < 5:
            decided(town, row.id)
        town.later(minutes=1)
    relayed()
    actions.count(town.now)

    cells = re.findall(r'<td class="number">([^<]*)</td>', Citizen(town.code).shown("statistics"))

    assert cells[0] == "6"
    assert cells[3] == "5"
