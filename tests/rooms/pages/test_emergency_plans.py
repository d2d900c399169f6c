"""Why something is an emergency, which plan was in force, who decided; and what is missing is said. JY-32 to JY-34."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import queries as ledger

EMERGENCY = {
    "type": "help", "channel": "phone", "emergency_level": "major", "emergency_place": "滨江路",
    "emergency_facts": "管道泄漏",
}  # fmt: skip
LACKS = "没有生效的应急预案"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def registered(town: Town, **fields: str) -> tuple[int, str]:
    form = {"key": str(uuid4()), "submit": "1", **EMERGENCY, **fields}
    answer = town.desk("seat").post("/orders/new", form)
    return answer.status_code, text_of(answer) if answer.status_code == 422 else ""


def plan_in_force(town: Town) -> str:
    """Draft the center's plan and let the leading group approve it; return its page."""
    page = str(
        town.desk("office").post(
            "/things/plan/new/draft_plan", {"key": str(uuid4()), "title": "热线应急总预案", "document": "1号"}
        )["Location"]
    )
    press(town, page, 1)
    return page


def press(town: Town, page: str, version: int) -> None:
    given = {"key": str(uuid4()), "seen_version": str(version)}
    assert town.desk("command").post(f"{page}do/activate_plan", given).status_code == 302


@pytest.mark.clause("JY-32")
def test_plan_in_force_is_kept_with_each_emergency_and_its_lack_is_told(town: Town) -> None:
    for address in ("/supervision", "/supervision/orders"):
        assert LACKS in text_of(town.desk("supervisor").get(address)), address
    page = plan_in_force(town)

    assert LACKS not in text_of(town.desk("supervisor").get("/supervision"))
    assert registered(town, emergency_ground="E1")[0] == 302
    order = Order.objects.get()
    plan = page.rstrip("/").rpartition("/")[2]
    assert queries.state_of(order).plan == f"{plan} 1"
    assert "热线应急总预案（第1版）" in text_of(town.desk("seat").get(f"/orders/{order.pk}/"))

    revised = {"key": str(uuid4()), "seen_version": "2", "document": "2号"}
    assert town.desk("office").post(f"{page}do/revise_plan", revised).status_code == 302
    press(town, page, 3)
    assert registered(town, emergency_ground="E1", emergency_place="人民路")[0] == 302
    assert queries.state_of(Order.objects.exclude(pk=order.pk).get()).plan == f"{plan} 2"


@pytest.mark.clause("JY-34.1")
def test_seat_names_one_of_the_four_grounds(town: Town) -> None:
    assert registered(town)[0] == 422
    assert registered(town, emergency_ground="E9")[0] == 422
    assert not Order.objects.exists()

    assert registered(town, emergency_ground="E1")[0] == 302
    page = text_of(town.desk("seat").get(f"/orders/{Order.objects.get().pk}/"))
    assert "可能造成严重危害或恶劣影响" in page


@pytest.mark.clause("JY-34.2")
@pytest.mark.clause("JY-34.3")
@pytest.mark.clause("JY-34.4")
@pytest.mark.parametrize(
    ("ground", "said", "given"),
    [
        ("E2", "请填写：危害开始时间。", {"emergency_happening": "2026-09-18T16:00"}),
        ("E2", "请填写：危害开始时间。", None),
        ("E3", "请填写：依据的应急预案。", {"emergency_plan": "市燃气事故应急预案"}),
        ("E4", "请填写：要求立即响应的理由。", {"emergency_reason": "学校放学在即"}),
    ],
)
def test_ground_without_what_it_rests_on_is_refused(
    town: Town, ground: str, said: str, given: dict[str, str] | None
) -> None:
    status, page = registered(town, emergency_ground=ground)
    assert (status, said in page) == (422, True)

    if given is None:
        later = registered(town, emergency_ground=ground, emergency_happening="2026-09-18T18:00")
        assert (later[0], "不能晚于现在" in later[1]) == (422, True)
        return
    assert registered(town, emergency_ground=ground, **given)[0] == 302


def test_what_a_ground_rests_on_is_read_by_who_decides_and_stands_in_no_fact(town: Town) -> None:
    reason = "诉求人陆晓禾（13000000001）被困"
    assert registered(town, emergency_ground="E4", emergency_reason=reason)[0] == 302
    order = Order.objects.get().pk

    assert "要求立即响应的理由" in text_of(town.desk("duty_leader").get(f"/orders/{order}/"))
    assert not any("陆晓禾" in bytes(event.body).decode() for event in ledger.history(f"order/{order}"))


@pytest.mark.clause("JY-33")
def test_office_or_leading_group_decides_and_is_on_record(town: Town) -> None:
    assert registered(town, emergency_ground="E1")[0] == 302
    order = Order.objects.get().pk
    town.act(order, "duty_leader", "ask_decision")
    for name in ("seat", "officer@城管局"):
        form = {"key": str(uuid4()), "seen_version": "3", "respond": "yes"}
        assert town.desk(name).post(f"/orders/{order}/do/decide/", form).status_code in (403, 404)

    town.act(order, "command", "decide", respond=True)

    decided = [event for event in ledger.history(f"order/{order}") if event.type == "ResponseDecided"]
    assert [event.actor["role"] for event in decided] == ["command"]
    assert decided[0].actor["person"] == town.actor("command").person
