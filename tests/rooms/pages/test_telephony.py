"""The seat's telephone desk: what may be asked, what is shown of a call, and the registration that begins with one."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.telephones_ground import CITIZEN, Telephones, do, opened
from tests.town_ground import Town, fresh, text_of

from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.telephony import tasks
from minsheng.cases.telephony.models import TelephonyAgent, TelephonyAsk, TelephonyCall
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.queries import content
from minsheng.core.people.models import RoleAssignment

GIVEN = {"type": "help", "appellant": "citizen", "publish": "yes", "content": "人行道破损，有人摔倒", "phone": CITIZEN}


@pytest.fixture
def telephones(town: Town) -> Telephones:
    return opened(town)


def test_seat_goes_ready_takes_a_break_and_leaves(town: Town, telephones: Telephones) -> None:
    client = town.desk("seat")
    assert "离线" in text_of(client.get("/telephony"))

    shown = []
    for kind, more in (("go_ready", {}), ("take_break", {"reason": "meal"}), ("train", {}), ("go_offline", {})):
        assert do(client, kind, **more).status_code == 302
        telephones.looks()
        shown.append(client.get("/telephony").context["state_label"])

    assert shown == ["就绪", "小休", "培训", "离线"]
    assert TelephonyAgent.objects.get().skills == {"ordinary": 1}


def test_same_press_twice_asks_once(town: Town, telephones: Telephones) -> None:
    client, given = town.desk("seat"), fresh(kind="go_ready")

    for _ in range(2):
        client.post("/telephony/do", given)

    assert sorted(TelephonyAsk.objects.values_list("kind", flat=True)) == ["come", "go_ready"]


def test_pop_shows_the_masked_caller_to_the_agent_alone_while_it_rings(town: Town, telephones: Telephones) -> None:
    client = town.desk("seat")
    do(client, "go_ready")
    telephones.looks().office.sim.calls_in(CITIZEN, "12345")
    telephones.office.passes(3)

    page = text_of(client.get("/telephony"))

    assert ("199****1111" in page, CITIZEN in page, "振铃" in page) == (True, False, True)
    assert "199****1111" not in text_of(town.desk("specialist").get("/telephony"))


def test_call_pops_up_on_every_page_of_its_agent_alone(town: Town, telephones: Telephones) -> None:
    client = town.desk("seat")
    do(client, "go_ready")
    telephones.looks()
    assert "来电振铃" not in text_of(client.get("/"))
    telephones.office.sim.calls_in(CITIZEN, "12345")
    telephones.office.passes(3)

    for page in ("/", "/find", "/telephony/pop"):
        shown = text_of(client.get(page))
        assert ("来电振铃" in shown, "199****1111" in shown, CITIZEN in shown) == (True, True, False), page
    assert "199****1111" not in text_of(town.desk("specialist").get("/"))
    assert town.desk("officer@城管局").get("/telephony/pop").status_code == 403
    telephones.office.answers(telephones.seat)
    call = telephones.office.of(telephones.seat)
    talks = text_of(client.get("/telephony/pop"))
    assert ("通话中" in talks, f"/orders/new?call={call}" in talks) == (True, True)
    # It can be held and ended where it is registered, too.
    assert 'id="pop"' in text_of(client.get(f"/orders/new?call={call}"))


def test_registration_from_a_call_has_channel_line_and_number_and_settles_it(
    town: Town, telephones: Telephones
) -> None:
    client = town.desk("seat")
    call = telephones.talks(client, line="12333")
    form = client.get(f"/orders/new?call={call}").context["form"]
    assert {name: str(form[name].value()) for name in ("channel", "line", "phone", "call")} == {
        "channel": "phone", "line": "12333", "phone": CITIZEN, "call": call,
    }  # fmt: skip

    sent = {**GIVEN, "channel": "phone", "line": "12333", "call": call, "submit": "1"}
    answer = client.post("/orders/new", fresh(**sent))

    order = models.Order.objects.get()
    assert answer.status_code == 302
    assert [content(orders.history(order.id)[0])["event"][name] for name in ("call", "line")] == [call, "12333"]
    row = TelephonyCall.objects.get(pk=UUID(call))
    assert (row.order, row.outcome) == (order.id, "order")
    telephones.looks()
    assert "已登记诉求" in text_of(client.get("/telephony"))


def test_call_is_nobody_elses_to_register(town: Town, telephones: Telephones) -> None:
    call = telephones.talks(town.desk("seat"))
    TelephonyCall.objects.update(agent="staff:0")
    client = town.desk("seat")

    assert client.get(f"/orders/new?call={call}").status_code == 404
    assert client.get("/orders/new?call=nothing").status_code == 404
    sent = {**GIVEN, "channel": "phone", "call": call, "submit": "1"}
    answer = client.post("/orders/new", fresh(**sent))

    assert (answer.status_code, models.Order.objects.count()) == (422, 0)


def test_call_is_wrapped_up_with_a_reason_where_nothing_was_registered(town: Town, telephones: Telephones) -> None:
    client = town.desk("seat")
    call = telephones.talks(client)
    do(client, "hold", call=call)
    assert "恢复通话" in text_of(telephones.looks() and client.get("/telephony"))
    do(client, "unhold", call=call)
    do(client, "hang_up", call=str(uuid4()))
    telephones.looks()
    assert "现在没有进行中的通话" in text_of(client.get("/telephony"))
    do(client, "hang_up", call=call)
    telephones.looks()
    do(client, "go_ready")
    telephones.looks()
    assert "这个来电还没有登记" in text_of(client.get("/telephony"))

    do(client, "settle", outcome="silent", call=call)
    telephones.looks()
    do(client, "go_ready")
    telephones.looks()

    assert client.get("/telephony").context["state"] == "READY"
    assert TelephonyCall.objects.get().outcome == "silent"
    settled = [each for each in ledger.history(f"call/{call}") if each.type == "CallSettled"]
    assert [content(each)["outcome"] for each in settled] == ["silent"]


def test_number_is_read_while_somebody_may_register_and_not_a_day_later(town: Town, telephones: Telephones) -> None:
    client = town.desk("seat")
    call = telephones.talks(client)
    assert CITIZEN in text_of(client.get(f"/orders/new?call={call}"))
    do(client, "hang_up", call=call)
    telephones.looks()
    town.later(days=2)

    assert CITIZEN not in text_of(client.get(f"/orders/new?call={call}"))


def test_wish_that_nobody_did_is_told_and_done_no_more(town: Town, telephones: Telephones) -> None:
    client = town.desk("seat")
    do(client, "go_ready")
    town.later(seconds=30)
    assert "电话控制服务没有响应" in text_of(client.get("/telephony"))
    telephones.office.sim.advance(3_600 + 90)
    telephones.looks()

    assert "这一操作没有执行" in text_of(client.get("/telephony"))


def test_who_is_no_agent_any_more_is_taken_off(town: Town, telephones: Telephones) -> None:
    do(town.desk("seat"), "go_ready")
    telephones.looks()
    tasks.look_after(town.now)
    assert TelephonyAsk.objects.filter(kind="force_off").count() == 0
    RoleAssignment.objects.filter(staff=town.staff["seat"], role="seat").update(ends_on=town.now.date())
    town.later(days=2)

    tasks.look_after(town.now)
    telephones.looks()

    assert TelephonyAgent.objects.get().state == "OFFLINE"


def test_supervisor_sees_who_is_at_the_telephones_and_takes_somebody_off(town: Town, telephones: Telephones) -> None:
    do(town.desk("seat"), "go_ready")
    telephones.looks()
    client = town.desk("supervisor")
    assert "seat甲" in text_of(client.get("/telephony"))
    do(client, "force_off", of=telephones.seat)
    do(client, "force_off", of="staff:0", reason="离岗")
    assert TelephonyAsk.objects.filter(kind="force_off").count() == 0

    do(client, "force_off", of=telephones.seat, reason="离岗\0")
    telephones.looks()
    assert [content(each)["reason"] for each in ledger.history(f"agents/{town.code}")] == ["离岗"]

    assert TelephonyAgent.objects.get().state == "OFFLINE"
    assert "离岗" in text_of(client.get("/telephony"))


@pytest.mark.parametrize(
    ("role", "kind", "more", "status"),
    [
        ("dispatcher", "go_ready", {}, 403),
        ("supervisor", "go_ready", {}, 403),
        ("seat", "force_off", {"of": "staff:1", "reason": "x"}, 403),
        ("seat", "fly", {}, 403),
        ("seat", "demo_call", {}, 403),
        ("seat", "take_break", {"reason": "nap"}, 302),
        ("seat", "take_break", {}, 302),
        ("seat", "settle", {"outcome": "order"}, 302),
        ("seat", "settle", {"outcome": "silent", "call": "\0"}, 302),
        ("seat", "hang_up", {}, 302),
        ("seat", "go_ready", {"key": "no key"}, 302),
    ],
)
def test_what_nobody_may_ask_changes_nothing(
    town: Town, role: str, kind: str, more: dict[str, str], status: int
) -> None:
    answer = town.desk(role).post("/telephony/do", {"key": str(uuid4()), "kind": kind, **more})

    assert (answer.status_code, TelephonyAsk.objects.count()) == (status, 0)
    assert town.desk("dispatcher").get("/telephony").status_code == 403
    assert town.desk("seat").get("/telephony/do").status_code == 405


def test_demonstration_lets_somebody_call(town: Town, telephones: Telephones, settings: Any) -> None:
    settings.DEMO = True
    client = town.desk("seat")
    do(client, "go_ready")
    telephones.looks()
    do(client, "demo_call")
    telephones.looks().office.passes(3)
    do(client, "demo_pick_up")
    telephones.looks()
    assert client.get("/telephony").context["state"] == "TALKING"

    do(client, "demo_hang_up")
    telephones.looks()

    assert client.get("/telephony").context["state"] == "WRAP_UP"
