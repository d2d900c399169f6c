"""Oversight from outside: the course of orders without identity and words; everything else is not there.

Clauses: JY-19, SZ-42.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import town_ground as towns
from tests.leaks_ground import told
from tests.monitoring_ground import heard
from tests.secrets_ground import filed
from tests.town_ground import Town, row, text_of

from minsheng.core.people import queries as people


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


@pytest.mark.clause("JY-19")
def test_overseer_reads_the_whole_course_and_nobodys_identity(town: Town) -> None:
    order = filed(town)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.later(days=4)
    heard(town)
    town.act(order, "officer@城管局", "sign")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已与来电人张三丰（13812345678）约定修复")
    desk = town.desk("overseer")

    listed = text_of(desk.get("/oversight?unit=城管局&late=1"))
    page = text_of(desk.get(f"/oversight/{order}/"))

    assert row(order).number in listed
    for step in ("交办", "签收", "答复", "城管局经办人", "超期签收"):
        assert step in page, step
    assert told(listed) == []
    assert told(page) == []
    assert "约定修复" not in page
    officer = people.names([town.actor("officer@城管局").person or ""]).popitem()[1]
    assert officer not in page.replace("城管局经办人", "")


def test_referrals_and_secrets_are_not_there_for_an_overseer(town: Town) -> None:
    order, desk = town.internal(), town.desk("overseer")

    assert desk.get(f"/oversight/{order}/").status_code == 404
    assert desk.get("/oversight/nothing/").status_code == 404
    assert row(order).number not in text_of(desk.get("/oversight"))
    assert "没有符合条件的工单" in text_of(desk.get(f"/oversight?number={row(order).number}"))


def test_everything_else_is_closed_to_an_overseer_and_oversight_to_everybody_else(town: Town) -> None:
    order, desk = town.handled(), town.desk("overseer")

    for address in (
        f"/orders/{order}/", f"/orders/{order}/do/urge/", "/supervision", "/monitoring", "/monitoring/rows",
        "/reports/", "/assessment/", "/things/case/", "/things/violation/", "/things/sanction/", "/things/award/",
        "/contacts", "/roster", "/experts", "/cases/exempt", "/records/", "/security", "/administration/staff",
        "/snippets", "/cockpit/",
    ):  # fmt: skip
        assert desk.get(address).status_code in (403, 404), address
    assert row(order).number not in text_of(desk.get("/find?words=" + row(order).number))
    assert desk.post(f"/oversight/{order}/").status_code == 405
    for who in ("seat", "supervisor", "office", "joint_meeting", "discipline", "admin", "officer@城管局"):
        assert town.desk(who).get("/oversight").status_code == 403
        assert town.desk(who).get(f"/oversight/{order}/").status_code == 403


def test_list_goes_on_behind_its_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minsheng.cases.orders.reading.overseen.PAGE", 2)
    numbers = [row(town.register()).number for _ in range(3)]
    desk = town.desk("overseer")

    first = text_of(desk.get("/oversight"))
    onward = first.partition('foot-note"><a href="')[2].partition('"')[0].replace("&amp;", "&")
    second = text_of(desk.get(f"/oversight{onward}"))

    assert [each in first for each in numbers] == [False, True, True]
    assert [each in second for each in numbers] == [True, False, False]
