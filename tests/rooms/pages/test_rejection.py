"""What a seat refuses alone, and what it proposes to the supervisor, at their desks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, fresh, row, send, steps, text_of

from minsheng.domain.rejected import Rejected


@pytest.fixture
def suzhou(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


@pytest.mark.clause("SZ-13.7")
def test_proposal_waits_in_the_supervisors_list_until_they_confirm(suzhou: Town) -> None:
    order = suzhou.draft()
    seat, supervisor = suzhou.desk("seat"), suzhou.desk("supervisor")

    refused = send(seat, order, "reject", code="R9", explanation="没有具体诉求")
    proposed = send(seat, order, "propose_rejection", explanation="没有具体诉求")
    waiting = text_of(supervisor.get("/?tab=rejection"))
    confirmed = send(supervisor, order, "reject", code="R9", explanation="经研究不予受理")

    assert (refused.status_code, proposed.status_code, confirmed.status_code) == (422, 302, 302)
    assert row(order).number in waiting
    assert (row(order).status, row(order).reason) == ("CLOSED", "rejected")
    supervisor.get("/")  # takes the message that names it
    assert row(order).number not in text_of(supervisor.get("/?tab=rejection"))


@pytest.mark.clause("SZ-13.7")
def test_nobody_decides_on_their_own_proposal(suzhou: Town) -> None:
    order = suzhou.draft()
    suzhou.staff["seat"] = suzhou.staff["supervisor"] = suzhou.hire("两职", "seat", "supervisor")
    suzhou.act(order, "seat", "propose_rejection", explanation="没有具体诉求")

    for command, words in (
        ("reject", {"code": "R9", "explanation": "不予受理"}), ("dismiss_rejection", {"reason": "诉求明确"}),
    ):  # fmt: skip
        with pytest.raises(Rejected, match="self_approval"):
            suzhou.act(order, "supervisor", command, **words)

    suzhou.act(order, "seat", "reject", code="R1", explanation="不属本市管辖")
    assert steps(order)[-2:] == ["NotAccepted", "Closed"]


@pytest.mark.clause("SZ-13.2")
def test_form_asks_for_the_procedure_and_the_page_shows_it(suzhou: Town) -> None:
    order = suzhou.draft()
    seat = suzhou.desk("seat")

    without = send(seat, order, "reject", code="R2", explanation="案件在审理")
    named = seat.post(
        f"/orders/{order}/do/reject/",
        fresh(code="R2", procedure="诉讼", explanation="案件在审理", seen_version=str(row(order).version)),
    )

    assert without.status_code == 422
    assert "请填写：所涉法定程序。" in text_of(without)
    assert named.status_code == 302
    assert "诉讼" in text_of(seat.get(f"/orders/{order}/"))


@pytest.mark.clause("SZ-13.4")
def test_form_asks_for_one_ground_of_vagueness_and_the_page_shows_it(suzhou: Town) -> None:
    order = suzhou.draft()
    seat = suzhou.desk("seat")

    without = send(seat, order, "reject", code="R4b", explanation="请写明地点")
    named = seat.post(
        f"/orders/{order}/do/reject/",
        fresh(code="R4b", missing="地点", explanation="请写明地点", seen_version=str(row(order).version)),
    )

    assert without.status_code == 422
    assert "请写明理由之一" in text_of(without)
    assert named.status_code == 302
    assert "问过而未提供的内容" in text_of(seat.get(f"/orders/{order}/"))
