"""The dispatcher's desk: its lists, claims between two people, the form that fits, and conflicts that are told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import DjangoAssertNumQueries
from tests import town_ground as towns
from tests.town_ground import Town, form_of, fresh, row, send, text_of

from minsheng.cases.appeals import actions as appeal_actions
from minsheng.cases.appeals.models import Appeal
from minsheng.cases.live.models import Claim
from minsheng.cases.orders.models import Routing
from minsheng.cases.orders.office import claims
from minsheng.cases.orders.storage import queries

TABS = [
    "",
    "SUBMITTED",
    "RETURN_REQUESTED",
    "REDO",
    "extension",
    "dispute",
    "EMERGENCY",
    "overdue",
    "claimed",
    "everything",
]


@pytest.fixture
def other(town: Town) -> Client:
    """Return the browser of a second dispatcher."""
    return town.desk(town.hire("钱交办", "dispatcher"))


def test_the_desk_has_its_lists_and_no_internal_referral(town: Town) -> None:
    town.internal()

    answer = town.desk("dispatcher").get("/")

    assert [tab.code for tab in answer.context["tabs"]] == TABS
    assert "内部批转" not in text_of(answer)
    assert answer.context["rows"] == []


@pytest.mark.parametrize("role", ["dispatcher", "auditor", "supervisor", "office", "seat"])
def test_internal_referrals_are_a_list_of_the_designated_officer_alone(town: Town, role: str) -> None:
    order = town.internal()

    statuses = [town.desk(role).get(path).status_code for path in ("/?tab=RESTRICTED", f"/orders/{order}/")]

    assert statuses == [404, 404]
    assert town.desk("designated_officer").get("/?tab=RESTRICTED").status_code == 200
    assert order in text_of(town.desk("designated_officer").get("/"))


def test_an_extension_is_seen_here_and_decided_by_the_auditor(town: Town) -> None:
    order = town.handled()
    # Within the last day before it is due, as the pack wants.
    due = queries.state_of(row(order)).timer("handle", "城管局")
    assert due is not None
    assert due.due is not None
    town.at(due.due - timedelta(hours=2))
    town.act(
        order, "officer@城管局", "request_extension",
        reason="材料未到", by_workdays=2, progress="已定制", next_steps="安装",
        leader_consent={"text": "同意"}, citizen_informed={"text": "已告知"},
    )  # fmt: skip
    dispatcher, auditor = town.desk("dispatcher"), town.desk("auditor")

    listed = dispatcher.get("/?tab=extension")
    page = text_of(dispatcher.get(f"/orders/{order}/?list=extension"))
    refused = dispatcher.post(f"/orders/{order}/do/approve_extension/", fresh(seen_version=row(order).version))

    assert [each.id for each in listed.context["rows"]] == [order]
    assert "approve_extension" not in page
    assert "refuse_extension" not in page
    assert refused.status_code == 403
    assert "approve_extension" in text_of(auditor.get(f"/orders/{order}/"))


def test_who_has_claimed_what_stands_on_the_list(town: Town, other: Client) -> None:
    order, free = town.register(), town.register()
    town.desk("dispatcher").post(f"/orders/{order}/claim")

    answer = other.get("/?tab=SUBMITTED")

    assert {each.id: each.holder for each in answer.context["rows"]} == {order: "dispatcher甲", free: ""}
    assert "dispatcher甲已领" in text_of(answer)


def test_a_colleagues_step_is_refused_by_name_and_goes_after_a_takeover(town: Town, other: Client) -> None:
    order = town.register()
    town.desk("dispatcher").post(f"/orders/{order}/claim")

    refused = send(other, order, "dispatch", unit="城管局", basis="权责清单")
    second_claim = other.post(f"/orders/{order}/claim", follow=True)
    shown = other.get(f"/orders/{order}/")
    taken = other.post(f"/orders/{order}/claim", {"take_over": "1"}, follow=True)
    done = send(other, order, "dispatch", unit="城管局", basis="权责清单")

    assert "dispatcher甲已于" in text_of(refused)
    assert "dispatcher甲已于" in text_of(second_claim)
    assert "接手办理" in text_of(shown)
    assert 'name="unit"' not in text_of(shown)
    assert "已从dispatcher甲接手此件" in text_of(taken)
    assert done.status_code == 302
    assert row(order).status == "DISPATCHED"
    assert not Claim.objects.exists()


def test_a_page_view_by_its_holder_prolongs_a_claim(town: Town, other: Client) -> None:
    order, mine = town.register(), town.desk("dispatcher")
    mine.post(f"/orders/{order}/claim")
    town.later(minutes=10)
    mine.get(f"/orders/{order}/")
    town.later(minutes=10)

    still = text_of(other.get(f"/orders/{order}/"))
    town.later(minutes=6)
    over = text_of(other.get(f"/orders/{order}/"))

    assert "接手办理" in still
    assert "领取此件" in over


def test_a_heartbeat_prolongs_only_while_somebody_moves(town: Town) -> None:
    order, mine = town.register(), town.desk("dispatcher")
    mine.post(f"/orders/{order}/claim")
    first = Claim.objects.get().expires_at
    town.later(minutes=10)

    mine.post("/live/presence", {"stream": f"order/{order}", "active": ""})
    idle = Claim.objects.get().expires_at
    mine.post("/live/presence", {"stream": f"order/{order}", "active": "1"})

    assert idle == first
    assert Claim.objects.get().expires_at == town.now + claims.HELD_FOR


def test_an_order_that_has_gone_on_is_not_claimed(town: Town) -> None:
    order = town.dispatched()

    answer = town.desk("dispatcher").post(f"/orders/{order}/claim", follow=True)

    assert "不用领取" in text_of(answer)
    assert not Claim.objects.exists()


def test_the_form_stands_open_with_what_is_usual_and_why(town: Town) -> None:
    order = town.register()
    Appeal.objects.filter(id=order).update(category="1101")
    Routing.objects.create(
        city=town.code, category="1101", unit="城管局", basis="权责清单第12项", count=12, last_at=town.now
    )
    Routing.objects.create(city=town.code, category="x", unit="住建局", basis="三定方案", count=3, last_at=town.now)

    answer = town.desk("dispatcher").get(f"/orders/{order}/?list=SUBMITTED")

    panel, page = answer.context["dispatch"], text_of(answer)
    assert [(each.unit, each.count) for each in panel.usual] == [("城管局", 12)]
    assert panel.bases == ("权责清单第12项", "三定方案")
    assert "近期同类 12 件交办该单位，最近 09-18" in page
    assert 'data-fill-unit="城管局" data-fill-basis="权责清单第12项"' in page
    assert 'name="way" value="parallel"' in page
    assert '<input type="hidden" name="list" value="SUBMITTED">' in page


def test_a_unit_that_has_left_is_not_suggested(town: Town) -> None:
    order = town.register()
    Appeal.objects.filter(id=order).update(category="1101")
    Routing.objects.create(city=town.code, category="1101", unit="撤销局", basis="", count=9, last_at=town.now)

    assert town.desk("dispatcher").get(f"/orders/{order}/").context["dispatch"].usual == ()


@pytest.mark.parametrize(
    ("way", "units"),
    [
        ({"unit": "城管局"}, ["城管局"]),
        ({"lead": "城管局", "units": ["住建局"]}, ["城管局", "住建局"]),  # the script disables what isn't shown
        ({"way": "lead", "unit": "", "lead": "城管局", "units": ["住建局", ""]}, ["城管局", "住建局"]),
    ],
)
def test_each_way_of_the_form_dispatches(town: Town, way: dict[str, Any], units: list[str]) -> None:
    order, client = town.register(), town.desk("dispatcher")

    answer = send(client, order, "dispatch", basis="权责清单", **way)

    assert answer.status_code == 302, text_of(answer)
    assert sorted(row(order).units) == sorted(units)
    assert row(order).lead == units[0]


def test_parallel_gives_each_unit_an_order_of_its_own(town: Town) -> None:
    order, client = town.register(), town.desk("dispatcher")

    send(client, order, "dispatch", basis="权责清单", parallel="on", units=["城管局", "住建局"], way="parallel")

    assert [row(f"{order}.{n}").lead for n in (1, 2)] == ["城管局", "住建局"]


def test_who_was_faster_is_said_with_the_new_state_and_nothing_typed_is_lost(town: Town, other: Client) -> None:
    order, mine = town.register(), town.desk("dispatcher")
    typed = form_of(other, order, "dispatch", unit="住建局", basis="三定方案第三条")
    send(mine, order, "dispatch", unit="城管局", basis="权责清单")

    answer = other.post(f"/orders/{order}/do/dispatch/", typed)

    page = text_of(answer)
    assert answer.status_code == 409
    assert "交办员dispatcher甲已在 2026-09-18 16:40:00 办理了“交办”" in page
    assert re.search(r'<span class="chip state">待签收</span>.*城管局', page)
    assert 'value="住建局"' in page
    assert "三定方案第三条" in page
    assert row(order).lead == "城管局"


def test_the_queue_asks_as_much_however_many_rows_it_has(
    town: Town, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = town.desk("dispatcher")
    for _ in range(2):
        client.post(f"/orders/{town.register()}/claim")
    client.get("/?tab=SUBMITTED")
    with CaptureQueriesContext(connection) as few:
        client.get("/?tab=SUBMITTED")
        asked = len(few)
    for _ in range(8):
        client.post(f"/orders/{town.register()}/claim")
    client.get("/?tab=SUBMITTED")  # what the claims had to say is said

    with django_assert_num_queries(asked):
        answer = client.get("/?tab=SUBMITTED")

    assert len(answer.context["rows"]) == 10


def test_what_i_have_claimed_is_a_list_of_its_own(town: Town, other: Client) -> None:
    order, mine = town.register(), town.desk("dispatcher")
    other.post(f"/orders/{town.register()}/claim")
    mine.post(f"/orders/{order}/claim")

    before = mine.get("/?tab=claimed")
    town.later(minutes=16)
    after = mine.get("/?tab=claimed")

    assert [each.id for each in before.context["rows"]] == [order]
    assert after.context["rows"] == []


def test_a_claim_given_back_is_free_and_only_mine_can_be_given_back(town: Town, other: Client) -> None:
    order, mine = town.register(), town.desk("dispatcher")
    mine.post(f"/orders/{order}/claim")

    not_theirs = other.post(f"/orders/{order}/release", follow=True)
    still = Claim.objects.count()
    mine.post(f"/orders/{order}/release")

    assert "您没有领取此件" in text_of(not_theirs)
    assert (still, Claim.objects.count()) == (1, 0)


def test_a_redo_and_an_accepted_return_open_with_the_form(town: Town) -> None:
    redo, returned = town.replied(), town.dispatched()
    town.act(redo, "auditor", "pass_audit")
    town.act(redo, "callback_agent", "callback", reached=True, satisfied="dissatisfied", resolved=False)
    town.act(returned, "officer@城管局", "request_return", reason="不属职责", basis="三定", suggest="住建局")
    town.act(returned, "dispatcher", "accept_return")
    client = town.desk("dispatcher")

    forms = [client.get(f"/orders/{order}/").context["work_form"].command for order in (redo, returned)]
    answer = send(client, redo, "redispatch", unit="住建局")

    assert forms == ["redispatch", "dispatch"]
    assert answer.status_code == 302
    assert row(redo).lead == "住建局"


@pytest.mark.parametrize("role", ["seat", "auditor", "supervisor", "officer@城管局"])
def test_other_desks_have_no_dispatch_form(town: Town, role: str) -> None:
    order = town.dispatched()

    page = town.desk(role).get(f"/orders/{order}/")

    assert page.context["dispatch"] is None
    assert "dispatch.js" not in text_of(page)


def test_after_a_return_the_advised_unit_is_named_and_not_the_one_that_gave_it_back(town: Town) -> None:
    order = town.dispatched()
    Appeal.objects.filter(id=order).update(category="1101")
    Routing.objects.create(city=town.code, category="1101", unit="城管局", basis="三定", count=5, last_at=town.now)
    town.act(order, "officer@城管局", "request_return", reason="不属职责", basis="三定", suggest="住建局")
    town.act(order, "dispatcher", "accept_return")

    answer = town.desk("dispatcher").get(f"/orders/{order}/")

    panel = answer.context["dispatch"]
    assert (panel.advice.unit, panel.advice.by) == ("住建局", "城管局")
    assert panel.usual == ()
    assert "城管局退回时建议改派" in text_of(answer)
    assert 'data-fill-unit="住建局"' in text_of(answer)


def test_in_suzhou_an_order_is_classified_before_it_is_dispatched(
    db: None, test_clock: Callable[[datetime], None]
) -> None:
    town = towns.build("suzhou", test_clock, pack="suzhou")
    order = town.register()
    Appeal.objects.filter(id=order).update(category="")
    desk = town.desk("dispatcher")

    refused = send(desk, order, "dispatch", unit="城管局", basis="权责清单")
    appeal_actions.categorize(order, category="1101", city="suzhou", actor=town.actor("dispatcher"), now=town.now)
    taken = send(desk, order, "dispatch", unit="城管局", basis="权责清单")

    assert refused.status_code == 422
    assert "诉求分类" in text_of(refused)
    assert taken.status_code == 302
