"""Talks of three and calls that are passed on, on the platform: recorded with the unit or the expert, no name."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.town_ground import Town, fresh

from minsheng.cases.orders import actions, models
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.ledger.queries import content
from minsheng.domain.orders import commands as cmd
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store

GIVEN = {"type": "consult", "channel": "phone", "appellant": "enterprise", "publish": "yes", "content": "补贴何时发放"}


def draft(town: Town) -> str:
    command = cmd.build("register", GIVEN, zone=None)
    assert isinstance(command, cmd.AppealFields)
    return actions.register(command, city=town.code, actor=town.actor("seat"), now=town.now).order.id


def last(order: str) -> dict[str, object]:
    event = content(orders.history(order)[-1])["event"]
    assert isinstance(event, dict)
    return event


def test_unit_of_a_talk_stands_on_record_and_a_name_does_not(town: Town) -> None:
    order, client = draft(town), town.desk("seat")
    page = f"/orders/{order}/do/three_way/"

    refused = client.post(page, fresh(party="王某某", outcome="answered", seen_version="1"))
    taken = client.post(page, fresh(party="城管局", outcome="order", seen_version="1"))

    assert (refused.status_code, taken.status_code) == (422, 302)
    assert {name: last(order)[name] for name in ("kind", "party", "outcome")} == {
        "kind": "unit", "party": "城管局", "outcome": "order",
    }  # fmt: skip
    assert models.Order.objects.get(pk=order).status == "DRAFT"
    shown = client.get(f"/orders/{order}/").content.decode()
    assert ("登记三方通话" in shown, "王某某" in shown) == (True, False)


def test_call_that_is_passed_on_is_recorded(town: Town) -> None:
    order = draft(town)

    answer = town.desk("seat").post(f"/orders/{order}/do/transfer_call/", fresh(to="110", seen_version="1"))

    assert answer.status_code == 302
    assert (last(order)["kind"], last(order)["party"]) == ("emergency", "110")


@pytest.mark.parametrize(("told", "disposal"), [("specialist", "specialist"), ("城管局", "seat")])
def test_lake_counts_the_answer_for_the_specialist_who_gave_it(
    town: Town, tmp_path: Path, told: str, disposal: str
) -> None:
    order = draft(town)
    town.act(order, "seat", "three_way", **{"with": told, "outcome": "answered"})
    town.act(order, "seat", "answer", text="每月十日发放")
    store = Store(tmp_path / "lake")

    export.export(store, now=town.now)

    found = [row for file in store.read().of("orders") if file.month for row in store.rows(file).to_pylist()]
    assert [row["disposal"] for row in found] == [disposal]
