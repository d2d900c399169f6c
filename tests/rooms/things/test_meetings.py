"""A coordination meeting at the desks: tasks are typed a line each, the decision moves the orders, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import town_ground as towns
from tests.town_ground import Town, row

from minsheng.cases.coordination.models import Meeting
from minsheng.core.people.models import UnitContact

QUESTION = "地下通道由谁管理，联系人：陆晓禾，电话13812345678"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def met(town: Town) -> tuple[str, str]:
    """Return the address of a meeting with its minutes, and the order that it is about."""
    order = town.dispatched()
    office = town.desk("office")
    when = town.now + timedelta(hours=1)
    form = {
        "key": str(uuid4()),
        "when": when.isoformat(),
        "units": "城管局\n住建局",
        "question": QUESTION,
        "orders": order,
    }
    answer = office.post("/things/meeting/new/call_meeting", form)
    assert answer.status_code == 302, answer.content.decode()
    meeting = str(answer["Location"])
    town.later(hours=1)
    minutes = press(office, meeting, "record_minutes", document="会议纪要〔2026〕1号", present="城管局")
    assert minutes.status_code == 302, minutes.content.decode()
    return meeting, order


def press(desk: Client, thing: str, command: str, **given: Any) -> Any:
    version = Meeting.objects.get().version
    return desk.post(f"{thing}do/{command}", {"key": str(uuid4()), "seen_version": version, **given})


@pytest.mark.clause("JY-13.2a")
def test_decision_gives_the_order_its_lead_and_the_units_their_tasks(town: Town, met: tuple[str, str]) -> None:
    meeting, order = met
    done = press(
        town.desk("office"), meeting, "decide_meeting", outcome="lead", lead="住建局", co="城管局",
        tasks="城管局｜移交图纸｜2个工作日\n住建局|更换水泵|2026-12-31 10:00",
    )  # fmt: skip

    assert done.status_code == 302, done.content.decode()
    state = Meeting.objects.get().state
    assert (state["lead"], state["tasks"]) == ("住建局", ["城管局", "住建局"])
    assert (row(order).lead, row(order).status) == ("住建局", "DISPATCHED")
    assert press(town.desk("officer@城管局"), meeting, "report_task", text="已移交").status_code == 302
    assert Meeting.objects.get().state["timers"]["meeting_task@城管局"]["status"] == "met"


@pytest.mark.parametrize("line", ["城管局｜移交图纸", "城管局｜移交图纸｜很快", "｜移交图纸｜2"])
def test_line_that_is_no_task_is_told_and_changes_nothing(town: Town, met: tuple[str, str], line: str) -> None:
    answer = press(town.desk("office"), met[0], "decide_meeting", outcome="unresolved", tasks=line)

    assert answer.status_code == 422
    assert "第 1 行" in answer.content.decode()
    assert line in answer.content.decode()
    assert Meeting.objects.get().status == "MET"


def test_lead_that_cannot_receive_undoes_the_decision(town: Town) -> None:
    order = town.dispatched()
    office = town.desk("office")
    when = town.now + timedelta(hours=1)
    form = {"key": str(uuid4()), "when": when.isoformat(), "units": "城管局", "question": "由谁牵头", "orders": order}
    meeting = str(office.post("/things/meeting/new/call_meeting", form)["Location"])
    town.later(hours=1)
    press(office, meeting, "record_minutes", document="会议纪要")
    UnitContact.objects.filter(unit__name="住建局").delete()
    before = (row(order).version, row(order).lead)

    answer = press(office, meeting, "decide_meeting", outcome="lead", lead="住建局")

    assert answer.status_code == 422
    assert "备案联系人" in answer.content.decode()
    assert (Meeting.objects.get().status, row(order).version, row(order).lead) == ("MET", *before)


def test_question_is_covered_where_people_read_it(town: Town, met: tuple[str, str]) -> None:
    page = town.desk("officer@城管局").get(met[0]).content.decode()

    assert ("由谁管理" in page, "13812345678" in page, "陆晓禾" in page) == (True, False, False)
