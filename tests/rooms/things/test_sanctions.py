"""The ladder at the desks: drafted from facts, approved by somebody else, sent to a unit that reads no more than it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, relayed

from minsheng.cases.notices.models import Notice
from minsheng.cases.orders import successions
from minsheng.cases.orders.models import Order
from minsheng.cases.sanctions.models import Sanction
from minsheng.core.people.units import Change


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    town = towns.build("suqian", test_clock, pack="suqian")
    town.staff["supervisor@"] = town.hire("督查负责人", "supervisor")
    return town


def refused(town: Town, **fields: str) -> str:
    """Return an order whose unit could and does not."""
    order = town.handled(**fields)
    town.act(order, "supervisor", "supervise", category="K2", ground="拖延")
    town.act(order, "supervisor", "record_finding", found="unwilling", text="能办而不办")
    return order


def number_of(order: str) -> str:
    return Order.objects.get(pk=order).number


def proposed(town: Town, order: str, **changed: str) -> str:
    form = {"key": str(uuid4()), "unit": "城管局", "kind": "notice", "ground": "refusal", "orders": number_of(order)}
    answer = town.desk("supervisor").post(
        "/things/sanction/new/propose_sanction", {**form, "text": "通报批评", **changed}
    )
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def do(town: Town, who: str, page: str, command: str, **fields: str) -> int:
    given = {"key": str(uuid4()), "seen_version": str(Sanction.objects.get().version), **fields}
    return town.desk(who).post(f"{page}do/{command}", given).status_code


def test_form_begins_with_what_the_facts_say(town: Town) -> None:
    order = refused(town, content="路灯不亮")
    side = town.desk("supervisor").get(f"/orders/{order}/").content.decode()
    page = town.desk("supervisor").get(f"/things/sanction/new/propose_sanction?orders={number_of(order)}")

    assert f"propose_sanction?orders={number_of(order)}" in side
    text = page.content.decode()
    assert (number_of(order) in text, "现为第1级" in text, "主体明确，无正当理由拒不办理" in text) == (True, True, True)
    assert "路灯不亮" not in text


@pytest.mark.clause("SQ-21a")
def test_talk_without_ground_is_refused(town: Town) -> None:
    order = town.handled()
    form = {"key": str(uuid4()), "unit": "城管局", "kind": "interview", "ground": "supervision", "text": "请说明"}
    form |= {"orders": number_of(order), "when": "2026-10-20T09:00"}

    answer = town.desk("supervisor").post("/things/sanction/new/propose_sanction", form)

    assert (answer.status_code, "并都具备所选理由" in answer.content.decode()) == (422, True)
    assert not Sanction.objects.exists()


def test_who_wrote_it_does_not_approve_it(town: Town) -> None:
    page = proposed(town, refused(town))

    assert do(town, "supervisor", page, "approve_sanction") == 403
    assert do(town, "supervisor@", page, "approve_sanction") == 302
    assert Sanction.objects.get().status == "APPROVED"


def test_unit_reads_it_once_it_was_sent(town: Town) -> None:
    page = proposed(town, refused(town))
    assert town.desk("head@城管局").get(page).status_code == 404
    do(town, "supervisor@", page, "approve_sanction")
    do(town, "supervisor", page, "send_sanction")
    relayed()

    read = town.desk("head@城管局").get(page).content.decode()
    assert ("通报批评" in read, "审批通过" in read) == (True, False)
    assert town.desk("head@住建局").get(page).status_code == 404
    told = set(Notice.objects.filter(kind="sanction_sent").values_list("recipient", flat=True))
    assert told
    assert not any("住建局" in each for each in told)
    assert do(town, "head@城管局", page, "file_receipt") == 302
    assert Sanction.objects.get().status == "CLOSED"


@pytest.mark.clause("SQ-21b")
def test_push_exists_for_no_unit_and_waits_for_two_receipts(town: Town) -> None:
    page = proposed(town, refused(town), kind="push", severity="serious")
    do(town, "supervisor@", page, "approve_sanction")
    do(town, "supervisor", page, "send_sanction")

    assert town.desk("head@城管局").get(page).status_code == 404
    assert do(town, "office", page, "file_receipt", recipient="纪检监察机关", receipt="一号") == 302
    assert Sanction.objects.get().status == "SENT"
    assert do(town, "office", page, "file_receipt", recipient="作风建设监督部门", receipt="二号") == 302
    assert Sanction.objects.get().status == "CLOSED"


def test_text_that_tells_who_complained_goes_to_nobody(town: Town) -> None:
    order = refused(town, content="我是陆晓禾，电话13800138000")
    form = {"key": str(uuid4()), "unit": "城管局", "kind": "notice", "ground": "refusal", "orders": number_of(order)}

    answer = town.desk("supervisor").post(
        "/things/sanction/new/propose_sanction", {**form, "text": "13800138000反映的问题没有办理"}
    )

    assert (answer.status_code, "诉求人的信息" in answer.content.decode()) == (422, True)


def test_annulled_one_counts_no_more_and_stays(town: Town) -> None:
    page = proposed(town, refused(town))
    do(town, "supervisor@", page, "approve_sanction")
    assert Sanction.objects.get().approved_at is not None

    assert do(town, "supervisor@", page, "annul_sanction", reason="该单位已纠正") == 302
    row = Sanction.objects.get()
    assert (row.status, row.approved_at) == ("ANNULLED", None)


def test_nobody_is_named_among_those_who_are_to_have_it(town: Town) -> None:
    page = proposed(town, refused(town))
    do(town, "supervisor@", page, "approve_sanction")

    assert do(town, "supervisor", page, "send_sanction", recipients="诉求人13800138000") == 422
    assert Sanction.objects.get().status == "APPROVED"


def test_renamed_unit_confirms_what_was_sent_to_it(town: Town) -> None:
    page = proposed(town, refused(town))
    do(town, "supervisor@", page, "approve_sanction")
    do(town, "supervisor", page, "send_sanction")
    change = Change("rename", "城管局", ("综合行政执法局",), {})
    successions.carry_out(town.code, change, key="k", actor=town.actor("admin"), now=town.now)

    assert do(town, "head@城管局", page, "file_receipt") == 302
    assert Sanction.objects.get().status == "CLOSED"


def test_unit_hears_of_it_when_it_is_sent_and_no_sooner(town: Town) -> None:
    order = refused(town)
    page = proposed(town, order)
    do(town, "supervisor@", page, "approve_sanction")
    relayed()
    assert not Notice.objects.filter(kind="measure").exists()

    do(town, "supervisor", page, "send_sanction")
    relayed()
    assert Notice.objects.filter(kind="measure", recipient="head@城管局").exists()


def test_form_of_what_no_text_holds_is_empty(town: Town) -> None:
    assert town.desk("supervisor").get("/things/sanction/new/propose_sanction?orders=%00").status_code == 200


def test_sanction_of_an_order_that_few_may_know_of_goes_no_further(
    db: None, test_clock: Callable[[datetime], None]
) -> None:
    town = towns.build("jiangyin", test_clock)
    town.staff["supervisor@"] = town.hire("督查负责人", "supervisor")
    order = refused(town)
    page = proposed(town, order)
    town.act(order, "officer@城管局", "propose_referral")

    assert do(town, "supervisor@", page, "approve_sanction") == 422
    assert Sanction.objects.get().status == "PROPOSED"
