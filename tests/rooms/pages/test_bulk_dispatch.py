"""Dispatching several orders at once: foreseen row by row, each carried out by itself, sent again without effect."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.town_ground import Town, row, send, text_of

from minsheng.cases.live.models import Claim
from minsheng.core.ledger.models import Event
from minsheng.desks.queue import bulk_pages

WHERE = {"unit": "城管局", "basis": "权责清单"}


@pytest.fixture
def client(town: Town) -> Client:
    """Return the dispatcher's browser."""
    return town.desk("dispatcher")


def previewed(client: Client, orders: list[str], **where: str) -> Any:
    """Return the page that says what would follow."""
    return client.post("/dispatch", {"orders": orders, "preview": "1", **WHERE, **where})


def batch_of(preview: Any) -> dict[str, Any]:
    """Return what the browser would send of the preview: its hidden fields, and the rows that are ticked."""
    page = text_of(preview)
    form = page[page.index('id="carry-out"') :]
    hidden = dict(re.findall(r'<input type="hidden" name="(key|unit|basis|carry_out)" value="([^"]*)"', form))
    ticked = re.findall(r'name="orders" value="([^"]*)" form="carry-out" checked', page)
    return {**hidden, "orders": ticked}


def results(answer: Any) -> dict[str, tuple[bool, str]]:
    return {line.id: (line.done, line.refusal) for line in answer.context["lines"]}


def test_three_orders_go_out_each_with_its_facts(town: Town, client: Client) -> None:
    orders = [town.register() for _ in range(3)]

    preview = previewed(client, orders)
    answer = client.post("/dispatch", batch_of(preview))

    assert [line.outcome.state for line in preview.context["lines"]] == ["待签收"] * 3
    assert "签收" in text_of(preview)
    assert results(answer) == dict.fromkeys(orders, (True, ""))
    assert text_of(answer).count("已交办</span>") == 3
    for order in orders:
        assert (row(order).status, row(order).lead) == ("DISPATCHED", "城管局")
        assert Event.objects.filter(stream=f"order/{order}", type="Dispatched").count() == 1


def test_nothing_is_changed_by_choosing_and_by_looking_ahead(town: Town, client: Client) -> None:
    orders = [town.register() for _ in range(2)]
    before = Event.objects.count()

    chosen = client.get("/dispatch", {"orders": orders})
    preview = previewed(client, orders)

    assert (chosen.status_code, preview.status_code) == (200, 200)
    assert [line.id for line in chosen.context["lines"]] == orders
    assert Event.objects.count() == before
    assert {row(order).status for order in orders} == {"SUBMITTED"}


def test_a_batch_sent_again_changes_nothing_and_says_the_same(town: Town, client: Client) -> None:
    orders = [town.register() for _ in range(2)]
    batch = batch_of(previewed(client, orders))
    first = client.post("/dispatch", batch)
    before = Event.objects.count()

    again = client.post("/dispatch", batch)

    assert results(again) == results(first) == dict.fromkeys(orders, (True, ""))
    assert Event.objects.count() == before


def test_a_batch_sent_again_after_others_went_on_does_not_dispatch_anew(town: Town, client: Client) -> None:
    order = town.register()
    batch = batch_of(previewed(client, [order]))
    client.post("/dispatch", batch)
    town.act(order, "officer@城管局", "request_return", reason="不属职责", basis="三定", suggest="住建局")
    town.act(order, "dispatcher", "accept_return")
    assert row(order).status == "SUBMITTED"
    before = Event.objects.count()

    client.post("/dispatch", batch)

    assert row(order).status == "SUBMITTED"
    assert Event.objects.count() == before


def test_one_that_was_dispatched_meanwhile_says_by_whom_and_stops_no_other(town: Town, client: Client) -> None:
    taken, free = town.register(), town.register()
    batch = batch_of(previewed(client, [taken, free]))
    other = town.desk(town.hire("钱交办", "dispatcher"))
    send(other, taken, "dispatch", unit="住建局", basis="三定")

    answer = client.post("/dispatch", batch)

    assert results(answer)[free] == (True, "")
    done, why = results(answer)[taken]
    assert not done
    assert "交办员钱交办已在" in why
    assert "办理了“交办”" in why
    assert row(taken).lead == "住建局"


def test_one_that_moved_since_the_preview_is_to_be_seen_anew(town: Town, client: Client) -> None:
    order = town.register()
    batch = batch_of(previewed(client, [order]))
    town.act(order, "dispatcher", "mark_repeat", of=town.register(), reason="同一事项")

    answer = client.post("/dispatch", batch)

    assert results(answer)[order] == (False, "此件在预览后有了变化，请打开查看后再办理。")
    assert row(order).status == "SUBMITTED"


def test_a_colleagues_claim_is_respected_in_preview_and_deed(town: Town, client: Client) -> None:
    claimed, free, later = town.register(), town.register(), town.register()
    other = town.desk(town.hire("钱交办", "dispatcher"))
    other.post(f"/orders/{claimed}/claim")

    preview = previewed(client, [claimed, free, later])
    batch = batch_of(preview)
    other.post(f"/orders/{later}/claim")
    answer = client.post("/dispatch", batch)

    refusals = {line.id: line.refusal for line in preview.context["lines"]}
    assert "钱交办已于" in refusals[claimed]
    assert refusals[free] == refusals[later] == ""
    assert len(batch["orders"]) == 2
    assert results(answer)[free] == (True, "")
    assert "钱交办已于" in results(answer)[later][1]
    assert Claim.objects.count() == 2


def test_an_unknown_unit_is_said_for_each_row(town: Town, client: Client) -> None:
    preview = previewed(client, [town.register()], unit="没有这个局")

    assert preview.context["lines"][0].refusal
    assert 'id="carry-out"' not in text_of(preview)


@pytest.mark.parametrize("missing", ["unit", "basis"])
def test_what_is_missing_is_said_beside_its_field(town: Town, client: Client, missing: str) -> None:
    answer = client.post("/dispatch", {"orders": [town.register()], "preview": "1", **WHERE, missing: ""})

    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert "请填写" in text_of(answer)


def test_more_than_can_be_looked_through_is_refused(town: Town, client: Client) -> None:
    orders = [f"id-{n}" for n in range(bulk_pages.MOST + 1)]

    answer = client.post("/dispatch", {"orders": orders, "preview": "1", **WHERE})

    assert answer.status_code == 422
    assert "一次最多办理 50 件" in text_of(answer)


def test_orders_that_do_not_exist_for_this_person_are_not_shown(town: Town, client: Client) -> None:
    order, hidden = town.register(), town.internal()

    answer = client.get("/dispatch", {"orders": [order, hidden, "x\0y", "nowhere"]})

    assert [line.id for line in answer.context["lines"]] == [order]
    assert row(hidden).number not in text_of(answer)
    assert "已不在您的列表中" in text_of(answer)


@pytest.mark.parametrize("orders", [[], ["nowhere"]])
def test_nothing_chosen_says_where_to_choose(town: Town, client: Client, orders: list[str]) -> None:
    answer = client.post("/dispatch", {"orders": orders, "preview": "1", **WHERE})

    assert answer.status_code == 422
    assert "没有选中工单" in text_of(answer)


def test_a_batch_without_its_key_is_not_carried_out(town: Town, client: Client) -> None:
    order = town.register()
    batch = {**batch_of(previewed(client, [order])), "key": "x"}

    answer = client.post("/dispatch", batch)

    assert (answer.status_code, row(order).status) == (422, "SUBMITTED")


@pytest.mark.parametrize("role", ["seat", "auditor", "supervisor", "officer@城管局"])
def test_other_desks_dispatch_nothing(town: Town, role: str) -> None:
    order = town.register()
    desk = town.desk(role)

    statuses = [desk.get("/dispatch", {"orders": [order]}).status_code]
    statuses.append(desk.post("/dispatch", {"orders": [order], **WHERE, "carry_out": "1"}).status_code)

    assert statuses == [403, 403]
    assert row(order).status == "SUBMITTED"


def test_only_the_dispatchers_list_of_what_is_to_be_dispatched_can_be_ticked(town: Town, client: Client) -> None:
    town.register()

    ticked = [
        path for path in ("/", "/?tab=SUBMITTED", "/?tab=everything") if 'form="bulk"' in text_of(client.get(path))
    ]

    assert ticked == ["/?tab=SUBMITTED"]
    assert 'form="bulk"' not in text_of(town.desk("supervisor").get("/?tab=everything"))


def queries_of_a_preview(town: Town, client: Client, rows: int) -> int:
    """Return how many statements a preview of so many rows takes."""
    orders = [town.register() for _ in range(rows)]
    previewed(client, orders)
    with CaptureQueriesContext(connection) as asked:
        previewed(client, orders)
        return len(asked)


def test_each_row_of_a_preview_costs_the_same_few_statements(town: Town, client: Client) -> None:
    two, four, eight = (queries_of_a_preview(town, client, rows) for rows in (2, 4, 8))

    assert (four - two) * 2 == eight - four
    assert (four - two) / 2 <= 5
