"""A coordination meeting at the desks: tasks are typed a line each, the decision moves the orders, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import town_ground as towns
from tests.town_ground import Town, relayed, row

from minsheng.cases.coordination.models import Meeting
from minsheng.cases.notices.models import Notice
from minsheng.cases.orders import successions
from minsheng.core.ledger import tasks
from minsheng.core.people.models import UnitContact
from minsheng.core.people.units import Change

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


@pytest.mark.clause("SZ-5")
@pytest.mark.clause("JS-2.2a")
def test_joint_meeting_proposes_the_heads_and_keeps_agenda_and_minutes(town: Town) -> None:
    town.staff["office@"] = town.hire("热线办主任", "office")
    order = town.dispatched()
    form = {
        "key": str(uuid4()), "when": (town.now + timedelta(hours=1)).isoformat(), "kind": "joint",
        "units": "城管局\n住建局\n江阴市纪委监委", "question": "地下通道由谁管理", "orders": order,
        "agenda": "地下通道\n夜间施工",
    }  # fmt: skip
    meeting = str(town.desk("office").post("/things/meeting/new/call_meeting", form)["Location"])
    town.later(hours=1)
    minutes = press(
        town.desk("office"),
        meeting,
        "record_minutes",
        document="纪要〔2026〕1号",
        present="城管局\n住建局",
        text="住建局牵头",
    )
    assert minutes.status_code == 302
    assert press(town.desk("office"), meeting, "approve_minutes").status_code == 403
    assert press(town.desk("office@"), meeting, "approve_minutes").status_code == 302
    assert press(town.desk("office"), meeting, "decide_meeting", outcome="lead", lead="住建局").status_code == 302

    clear = town.desk("office").post(f"{meeting}words", {"reason": "核对参会负责人"}).content.decode()
    for unit in ("城管局", "住建局"):
        assert f"{unit}：head{unit}" in clear
    assert ("夜间施工" in clear, "住建局牵头" in clear) == (True, True)
    assert row(order).state["lead"] == "住建局"


def test_amended_minutes_stand_beside_the_former_ones(town: Town, met: tuple[str, str]) -> None:
    meeting, _ = met
    office = town.desk("office")
    assert press(office, meeting, "amend_minutes", text="更正到会单位").status_code == 422
    assert press(office, meeting, "amend_minutes", text="更正到会单位", reason="漏记住建局").status_code == 302

    page = office.get(meeting).content.decode()
    assert ("会议纪要〔2026〕1号" in page, "更正到会单位" in page, "漏记住建局" in page) == (True, True, True)


def test_renamed_unit_goes_on_with_its_task_and_is_told_under_its_new_name(town: Town, met: tuple[str, str]) -> None:
    meeting, _ = met
    press(
        town.desk("office"),
        meeting,
        "decide_meeting",
        outcome="lead",
        lead="住建局",
        tasks="城管局｜移交图纸｜2个工作日",
    )
    change = Change("rename", "城管局", ("综合行政执法局",), {})
    successions.carry_out(town.code, change, key="k", actor=town.actor("admin"), now=town.now)
    officer = town.desk("officer@城管局")

    assert meeting in officer.get("/things/meeting/?tab=waiting").content.decode()
    town.later(days=5)
    tasks.sweep_once(town.now)
    relayed()
    assert Notice.objects.filter(kind="overdue", recipient="officer@综合行政执法局").exists()
    assert press(officer, meeting, "report_task", text="已移交").status_code == 302
    assert Meeting.objects.get().state["reported"] == ["城管局"]
    assert meeting not in officer.get("/things/meeting/?tab=waiting").content.decode()
