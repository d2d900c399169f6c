"""What suggests supervision, by a tag or by a finding, as whoever issues it meets it on the pages. Clause: SQ-18."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, row, send, text_of

from minsheng.cases.orders import actions
from minsheng.cases.orders.models import Breach
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd


def built(pack: str, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build(pack, test_clock, pack=pack)


def chosen(town: Town, order: str) -> str:
    """Return the category that the form of a supervision order proposes."""
    form = town.desk("supervisor").get(f"/orders/{order}/do/supervise/").context["form"]
    return str(form["category"].value() or "")


def closed(town: Town) -> str:
    """Return an order that its appellant was satisfied with; findings come after that."""
    order = town.replied()
    town.act(order, "auditor", "pass_audit")
    actions.apply(
        cmd.build("answer_sms", {"satisfied": True}, zone=None), order_id=order, actor=Actor("citizen"), now=town.now
    )
    assert row(order).status == "CLOSED"
    return order


@pytest.mark.clause("SZ-12.5")
def test_what_leaders_gave_is_supervised_as_given_from_above(db: None, test_clock: Callable[[datetime], None]) -> None:
    town = built("suzhou", test_clock)
    order = town.register()
    assert chosen(town, order) == ""

    assert send(town.desk("dispatcher"), order, "tag", tag="instructed").status_code == 302

    assert chosen(town, order) == "K3"
    page = text_of(town.desk("supervisor").get(f"/orders/{order}/do/supervise/"))
    assert "指定办理、上级交办" in page
    assert "领导交办、指定办理" in text_of(town.desk("supervisor").get(f"/orders/{order}/"))


@pytest.mark.clause("SQ-20a")
def test_a_false_report_marks_the_unit_and_suggests_supervision(
    db: None, test_clock: Callable[[datetime], None]
) -> None:
    town = built("suqian", test_clock)
    order = closed(town)

    told = send(town.desk("supervisor"), order, "record_finding", found="false_report", text="现场没有修复")

    assert told.status_code == 302
    assert [each.code for each in Breach.objects.filter(order=order)] == ["false_report"]
    assert chosen(town, order) == "K2"


@pytest.mark.clause("SQ-20a")
def test_a_finding_without_fault_counts_for_nothing(db: None, test_clock: Callable[[datetime], None]) -> None:
    town = built("suqian", test_clock)
    order = closed(town)

    told = send(town.desk("supervisor"), order, "record_finding", found="none", text="现场已修复，情况属实")

    assert told.status_code == 302
    assert (row(order).status, Breach.objects.filter(order=order).count()) == ("CLOSED", 0)
    assert chosen(town, order) == ""
