"""Urging: several at once, bounded by the hour, counted on every row, and those after which nothing happened.

Clauses: SZ-39, SQ-18.0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, fresh, row, steps, text_of

from minsheng.cases.orders.models import Urge
from minsheng.cases.orders.office import oversight
from minsheng.core.ledger import verification
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected


def silent(town: Town) -> list[str]:
    answer = town.desk("office").get("/supervision/rows?what=silent")
    return [each.id for each in answer.context["rows"]]


@pytest.mark.clause("SQ-18.0")
def test_the_count_stands_on_the_row_and_each_urge_with_sender_and_time_on_the_page(
    db: None, test_clock: Callable[[datetime], None]
) -> None:
    town = towns.build("suqian", test_clock, pack="suqian")
    order = town.handled()
    town.act(order, "office", "urge", text="请抓紧")
    town.act(order, "citizen", "urge", text="还没有人来")
    town.act(order, "supervisor", "supervise", category="K2", ground="群众多次反映")
    town.act(order, "leader@城管局", "approve_feedback")
    town.act(order, "officer@城管局", "feed_back", text="三日内办结")

    listed = text_of(town.desk("office").get("/supervision/rows?what=open"))
    page = text_of(town.desk("office").get(f"/orders/{order}/"))

    assert "催办2次" in listed
    assert page.count("<strong>催办</strong>") == 2
    assert "请抓紧" in page
    assert "三日内办结" in page
    assert list(Urge.objects.order_by("seq").values_list("role", "unit")) == [
        ("office", "城管局"),
        ("citizen", "城管局"),
    ]


def test_several_are_urged_at_once_with_a_result_each_and_once(town: Town) -> None:
    orders = [town.handled() for _ in range(2)]
    closed = town.replied()
    town.act(closed, "auditor", "pass_audit")
    town.act(closed, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    office = town.desk("office")
    values = {"orders": [*orders, closed], "key": str(uuid4()), "list": "open@"}

    answers = [office.post("/supervision/urge", values) for _ in range(2)]

    for answer in answers:
        assert [bool(refusal) for _, refusal in answer.context["lines"]] == [False, False, True]
    assert [steps(each).count("Urged") for each in orders] == [1, 1]
    assert office.post("/supervision/urge", fresh()).status_code == 302
    assert office.post("/supervision/urge", {"orders": orders}).status_code == 302
    assert town.desk("supervisor").post("/supervision/urge", values).status_code == 404
    assert "批量催办" in text_of(office.get("/supervision/rows?what=open"))
    assert "批量督办" in text_of(town.desk("supervisor").get("/supervision/rows?what=open"))


def test_a_unit_is_urged_so_often_in_an_hour_and_no_oftener(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = policies.rules_for(town.code, now=town.now)
    few = replace(rules, urge_unit_hourly=2)
    monkeypatch.setattr(policies, "rules_for", lambda city, now: few)
    orders = [town.handled() for _ in range(3)]
    for each in orders[:2]:
        town.act(each, "office", "urge")
    town.later(minutes=59)

    with pytest.raises(Rejected, match="urges_used_up"):
        town.act(orders[2], "office", "urge")
    town.act(orders[2], "citizen", "urge", text="请快")
    town.later(minutes=1)
    town.act(orders[2], "office", "urge")

    assert row(orders[2]).urges == 2


def test_those_after_which_nothing_happened_are_a_list(town: Town) -> None:
    quiet, answered = town.handled(), town.handled()
    for each in (quiet, answered):
        town.act(each, "office", "urge")
    town.act(answered, "officer@城管局", "request_coordination", question="由谁牵头")
    rules = policies.rules_for(town.code, now=town.now)
    due = rules.worktime.due(town.now, rules.urge_silence).moment

    assert silent(town) == []
    town.at(due)
    town.act(quiet, "office", "urge")
    assert silent(town) == []
    town.later(seconds=2)
    assert silent(town) == [quiet]
    moment = oversight.moment_of(town.now, rules=rules)
    assert oversight.standings(town.actor("office"), city=town.code, moment=moment)[0].numbers["silent"] == 1
    assert verification.rebuild(check=True)["order"].changed == 0
    Urge.objects.all().delete()
    assert verification.rebuild(check=False)["order"].changed == 2
    assert Urge.objects.count() == 3
    town.act(quiet, "leader@城管局", "approve_reply")
    assert silent(town) == []
