"""What was answered and what was decided in a meeting stays readable beside what replaced it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.cases.coordination.models import Meeting


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


def answered(town: Town, order: str, text: str) -> None:
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text=text)


@pytest.mark.clause("SZ-31c")
def test_old_reply_and_old_minutes_stay_beside_the_new_ones(town: Town) -> None:
    order = town.handled()
    answered(town, order, "路面已经铺好")
    town.act(order, "auditor", "reject_audit", defect="vague", comment="未写何时铺好")
    town.later(hours=1)
    answered(town, order, "路面已于九月十七日铺好")

    page = text_of(town.desk("office").get(f"/orders/{order}/"))
    assert ("路面已经铺好" in page, "路面已于九月十七日铺好" in page) == (True, True)

    when = (town.now + timedelta(hours=1)).isoformat()
    form = {"key": str(uuid4()), "when": when, "units": "城管局", "question": "由谁养护", "kind": "joint"}
    convener = town.desk("joint_meeting")
    meeting = str(convener.post("/things/meeting/new/call_meeting", form)["Location"])
    town.later(hours=2)
    for command, given in (
        ("record_minutes", {"document": "纪要1号", "present": "城管局", "text": "由城管局养护"}),
        ("amend_minutes", {"text": "由住建局养护", "reason": "记录有误"}),
    ):
        sent = {"key": str(uuid4()), "seen_version": Meeting.objects.get().version, **given}
        assert town.desk("joint_meeting").post(f"{meeting}do/{command}", sent).status_code == 302
    kept = text_of(convener.get(meeting))
    assert ("由城管局养护" in kept, "由住建局养护" in kept) == (True, True)
