"""The supervisor's desk: every number is as many as the rows behind it, and what may be done from there."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries
from tests import town_ground as towns
from tests.town_ground import Town, form_of, row, send, text_of

from minsheng.cases.orders import actions
from minsheng.cases.orders.models import Breach, Order
from minsheng.cases.orders.office import oversight, queues
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger.models import Event
from minsheng.desks.supervision import pages as supervision_pages

CODES = [figure.code for figure in oversight.FIGURES]


def numbers(answer: Any) -> dict[str, dict[str, int]]:
    """Return the table: by unit (the total under ""), by code."""
    found = {line.name: {cell.code: cell.number for cell in line.cells} for line in answer.context["lines"]}
    return {"": {cell.code: cell.number for cell in answer.context["tiles"]}, **found}


def fire(town: Town) -> None:
    """Let whatever has run out be noticed, as the sweeper does."""
    for order in Order.objects.exclude(status="CLOSED").values_list("id", flat=True):
        actions.apply(None, order_id=order, actor=town.actor("system"), now=town.now)


@pytest.fixture
def busy(town: Town) -> dict[str, str]:
    """Return orders in many states: signed late, overdue, about to be, supervised, urged, closed, with two units."""
    orders = {"late": town.handled(), "unsigned": town.dispatched(), "joint": town.register()}
    town.act(orders["joint"], "dispatcher", "dispatch", lead="住建局", units=["城管局"], basis="权责清单")
    orders["watched"] = town.handled()
    town.act(orders["watched"], "supervisor", "supervise", category="K2", ground="群众多次反映")
    orders["urged"] = town.handled()
    town.act(orders["urged"], "office", "urge")
    orders["replied"] = town.replied()
    orders["internal"] = town.internal()
    town.later(days=8)
    fire(town)
    town.act(orders["unsigned"], "officer@城管局", "sign")
    orders["fresh"] = town.dispatched()
    orders["unsigned again"] = town.dispatched()
    town.later(days=2)
    fire(town)
    orders["near"] = town.handled()
    orders["newest"] = town.dispatched()
    return orders


@pytest.mark.parametrize("role", ["supervisor", "duty_leader", "office", "joint_meeting"])
def test_every_number_is_as_many_as_the_rows_behind_it(town: Town, busy: dict[str, str], role: str) -> None:
    client = town.desk(role)
    answer = client.get("/supervision")

    pressed = re.findall(r'<a[^>]*href="(/supervision/rows[^"]*)"', text_of(answer))
    table = numbers(answer)

    assert len(set(pressed)) == len(pressed)
    checked = 0
    for unit, by_code in table.items():
        for code, number in by_code.items():
            rows = client.get("/supervision/rows", {"what": code, "unit": unit}).context["rows"]
            assert len(rows) == number, (unit, code)
            checked += number > 0
    # The fixture has something of everything, or this would prove nothing.
    assert {code for by_code in table.values() for code, number in by_code.items() if number} == set(CODES)
    assert checked >= len(pressed) - len(CODES)
    for address in pressed:
        assert client.get(html.unescape(address)).status_code == 200


def test_the_numbers_are_what_happened(town: Town, busy: dict[str, str]) -> None:
    table = numbers(town.desk("supervisor").get("/supervision"))

    assert table["城管局"]["watched"] == 1
    assert table["城管局"]["urged"] == 1
    assert table[""]["late_signs"] == Breach.objects.filter(code="late_sign").values("order").distinct().count()
    over = Order.objects.filter(
        lead="城管局", status__in=("DISPATCHED", "HANDLING"), due__lt=town.now, is_internal=False
    )
    assert table["城管局"]["over"] == over.count() > 0


def test_a_late_signature_counts_in_the_month_that_was_missed(town: Town) -> None:
    town.dispatched()
    town.later(days=4)
    fire(town)
    client = town.desk("supervisor")

    this_month = numbers(client.get("/supervision"))["城管局"]["late_signs"]
    town.later(days=20)
    next_month = numbers(client.get("/supervision"))["城管局"]["late_signs"]

    assert (this_month, next_month) == (1, 0)


def test_internal_referrals_are_counted_nowhere(town: Town) -> None:
    order = town.internal()
    town.later(days=40)
    actions.apply(None, order_id=order, actor=town.actor("system"), now=town.now)

    answer = town.desk("supervisor").get("/supervision")

    assert answer.context["lines"] == []
    assert set(numbers(answer)[""].values()) == {0}


def test_units_stand_by_what_is_overdue_and_are_found_by_name(town: Town) -> None:
    late = town.register()
    town.act(late, "dispatcher", "dispatch", unit="住建局", basis="权责清单")
    town.later(days=3)
    fire(town)
    for _ in range(3):
        town.dispatched()
    client = town.desk("supervisor")

    everybody, one = client.get("/supervision"), client.get("/supervision", {"unit": "城管"})

    assert [line.name for line in everybody.context["lines"]] == ["住建局", "城管局"]
    assert [line.name for line in one.context["lines"]] == ["城管局"]
    assert "没有符合的单位" in text_of(client.get("/supervision", {"unit": "没有"}))


def test_many_units_stand_on_several_pages_and_the_worst_first(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision_pages, "_UNITS", 1)
    for unit in ("城管局", "住建局"):
        town.act(town.register(), "dispatcher", "dispatch", unit=unit, basis="权责清单")
    client = town.desk("supervisor")

    first = client.get("/supervision")
    second = client.get(f"/supervision{first.context['next']}")

    assert [len(first.context["lines"]), len(second.context["lines"])] == [1, 1]
    assert first.context["lines"][0].name != second.context["lines"][0].name
    assert (first.context["known"], second.context["next"], second.context["back"]) == (2, "", "?")
    assert client.get("/supervision?from=x").context["begin"] == 1


@pytest.mark.clause("SZ-7a")
@pytest.mark.parametrize(
    ("pack", "issuer", "other"),
    [
        ("suzhou", "joint_meeting", "duty_leader"),
        ("suzhou", "supervisor", "duty_leader"),
        ("jiangyin", "supervisor", "joint_meeting"),
    ],
)
def test_only_the_packs_issuers_may_supervise(
    db: None, test_clock: Callable[[datetime], None], pack: str, issuer: str, other: str
) -> None:
    town = towns.build(pack, test_clock, pack=pack)
    order = town.handled()

    offered = {
        role: {each.name for each in town.desk(role).get(f"/orders/{order}/").context["choices"]}
        for role in (issuer, other)
    }
    done = send(town.desk(issuer), order, "supervise", category="K1", ground="涉及面广")

    assert "supervise" in offered[issuer]
    assert "supervise" not in offered[other]
    assert done.status_code == 302
    assert row(order).supervised
    assert numbers(town.desk(issuer).get("/supervision"))["城管局"]["watched"] == 1


def test_the_rows_follow_each_other_by_key_and_lead_on_to_the_next(town: Town) -> None:
    orders = [town.dispatched() for _ in range(queues.PAGE + 2)]
    client = town.desk("supervisor")

    first = client.get("/supervision/rows", {"what": "open", "unit": "城管局"})
    second = client.get(first.context["next"])
    page = client.get(f"/orders/{orders[0]}/", {"list": "open@城管局"})

    seen = [each.id for each in (*first.context["rows"], *second.context["rows"])]
    assert sorted(seen) == sorted(orders)
    assert second.context["next"] == ""
    assert page.context["way"].label == "城管局 在办"
    assert page.context["way"].place.total == len(orders)
    assert page.context["way"].place.following in orders
    back = client.get("/", {"tab": "open@城管局"})
    assert back.status_code == 302
    assert back["Location"].startswith("/supervision/rows?what=open&unit=")


@pytest.mark.parametrize("role", ["dispatcher", "seat", "auditor", "officer@城管局", "designated_officer"])
def test_other_desks_do_not_have_it(town: Town, role: str) -> None:
    client = town.desk(role)

    paths = ("/supervision", "/supervision/rows?what=open", "/?tab=open@城管局")

    assert [client.get(path).status_code for path in paths] == [404, 404, 404]
    assert "/supervision" not in text_of(client.get("/"))


@pytest.mark.parametrize("query", ["", "what=nothing", "what=open@城管局", "what=open&unit=a%00b"])
def test_a_number_that_does_not_exist_is_not_found(town: Town, query: str) -> None:
    assert town.desk("supervisor").get(f"/supervision/rows?{query}").status_code == 404


def test_the_office_urges_in_one_press_and_once(town: Town) -> None:
    order, client = town.dispatched(), town.desk("office")
    page = text_of(client.get("/supervision/rows", {"what": "open"}))
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    sent = {"key": key[1], "list": "open@"}

    first = client.post(f"/supervision/orders/{order}/urge", sent, follow=True)
    client.post(f"/supervision/orders/{order}/urge", sent)

    assert "已催办" in text_of(first)
    assert first.redirect_chain[0][0] == "/supervision/rows?what=open"
    assert Event.objects.filter(stream=f"order/{order}", type="Urged").count() == 1
    assert (row(order).urges, queries.state_of(row(order)).urges) == (1, 1)
    assert actions.rebuild(check=True)[1] == 0


def test_who_may_not_urge_has_no_button_and_no_address(town: Town) -> None:
    order, client = town.dispatched(), town.desk("supervisor")

    page = text_of(client.get("/supervision/rows", {"what": "open"}))
    answer = client.post(f"/supervision/orders/{order}/urge", {"key": "x"})

    assert "/urge" not in page
    assert answer.status_code == 404
    assert row(order).urges == 0


def test_urging_without_a_key_or_a_closed_order_changes_nothing(town: Town) -> None:
    order, client = town.dispatched(), town.desk("office")

    answer = client.post(f"/supervision/orders/{order}/urge", {"key": "x"}, follow=True)

    assert "表单已失效" in text_of(answer)
    assert row(order).urges == 0


def test_the_rules_suggestion_stands_in_the_form_until_it_is_issued(town: Town) -> None:
    order = town.handled()
    town.later(days=12)
    actions.apply(None, order_id=order, actor=town.actor("system"), now=town.now)
    client = town.desk("supervisor")
    assert Event.objects.filter(stream=f"order/{order}", type="SupervisionSuggested").exists()

    form = client.get(f"/orders/{order}/do/supervise/").context["form"]
    done = send(client, order, "supervise", category=form["category"].value(), ground=form["ground"].value())

    assert (form["category"].value(), form["ground"].value()) == ("K2", "办理超期")
    assert done.status_code == 302
    assert row(order).supervised
    assert oversight.suggestion(order) is None


def test_each_step_of_supervision_is_offered_foreseen_and_taken(town: Town) -> None:
    order, client = town.handled(), town.desk("supervisor")

    def offered() -> set[str]:
        return {each.name for each in client.get(f"/orders/{order}/").context["choices"]}

    assert "supervise" in offered()
    foreseen = client.post(f"/orders/{order}/do/supervise/preview", form_of(client, order, "supervise", category="K1"))
    send(client, order, "supervise", category="K1", ground="涉及面广")
    town.act(order, "leader@城管局", "approve_feedback")
    town.act(order, "officer@城管局", "feed_back", text="已安排")
    before = offered()
    send(client, order, "reject_feedback", finding="没有时间表")
    town.act(order, "leader@城管局", "approve_feedback")
    town.act(order, "officer@城管局", "feed_back", text="三日内完成")
    send(client, order, "accept_feedback", finding="可行")

    assert "反馈" in text_of(foreseen)
    assert {"accept_feedback", "reject_feedback"} <= before
    assert not row(order).supervised


def test_the_second_dissatisfaction_is_decided_here(town: Town) -> None:
    order, client = twice_dissatisfied(town), town.desk("supervisor")
    assert row(order).status == "DECISION"

    listed = client.get("/?tab=DECISION")
    page = client.get(f"/orders/{order}/")
    refused = send(client, order, "close")
    done = send(client, order, "close", reason="诉求无政策依据，已充分释明")

    assert [each.id for each in listed.context["rows"]] == [order]
    assert "close" in {each.name for each in page.context["choices"]}
    assert refused.status_code == 422
    assert done.status_code == 302
    assert row(order).status == "CLOSED"


def test_a_closed_order_is_looked_back_on_and_opened_again(town: Town) -> None:
    order, client = town.replied(), town.desk("supervisor")
    town.act(order, "auditor", "pass_audit")
    town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    assert row(order).status == "CLOSED"

    listed = client.get("/?tab=look_back")
    foreseen = client.post(
        f"/orders/{order}/do/reopen/preview", form_of(client, order, "reopen", finding="现场仍未修复")
    )
    send(client, order, "reopen", finding="现场仍未修复")

    assert [each.id for each in listed.context["rows"]] == [order]
    assert "办理中" in text_of(foreseen)
    assert row(order).status == "HANDLING"


def twice_dissatisfied(town: Town) -> str:
    """Return an order about whose answers the appellant was dissatisfied in two rounds."""
    order = town.replied()
    for place in range(2):
        town.act(order, "auditor", "pass_audit")
        town.act(order, "callback_agent", "callback", reached=True, satisfied="dissatisfied", resolved=False)
        if place == 0:
            town.act(order, "dispatcher", "redispatch")
            town.act(order, "officer@城管局", "sign")
            town.act(order, "leader@城管局", "approve_reply")
            town.act(order, "officer@城管局", "reply", text="再次修复")
    return order


def test_the_table_asks_as_much_however_many_orders_and_units_there_are(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = town.desk("supervisor")
    town.dispatched()
    client.get("/supervision")
    with CaptureQueriesContext(connection) as few:
        client.get("/supervision")
        asked = len(few)
    for _ in range(5):
        town.act(town.register(), "dispatcher", "dispatch", unit="住建局", basis="权责清单")
        town.act(town.handled(), "supervisor", "supervise", category="K1", ground="x")
    town.at(town.now + timedelta(days=3))
    fire(town)

    with django_assert_num_queries(asked):
        answer = client.get("/supervision")

    assert len(answer.context["lines"]) == 2


def test_the_rows_ask_as_much_however_many_there_are(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = town.desk("supervisor")
    town.dispatched()
    client.get("/supervision/rows?what=open")
    with CaptureQueriesContext(connection) as few:
        client.get("/supervision/rows?what=open")
        asked = len(few)
    for _ in range(5):
        town.dispatched()

    with django_assert_num_queries(asked):
        client.get("/supervision/rows?what=open")
