"""The page of one order: who sees it, what stands on it, the identity behind its mask."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries
from tests.town_ground import Town, fresh, moment, text_of, with_identity

from minsheng.cases.orders import models
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.models import Refusal
from minsheng.core.people import queries as people_queries


@pytest.mark.clause("JY-8a")
def test_the_page_says_words_state_deadlines_and_who_did_what(town: Town) -> None:
    order = town.dispatched(content="人行道破损，老人摔倒", place="澄江街道")

    shown = text_of(town.desk("officer@城管局").get(f"/orders/{order}/"))

    assert "人行道破损，老人摔倒" in shown
    assert "待签收" in shown
    assert "澄江街道" in shown
    assert "交办员 dispatcher甲" in shown
    assert "权责清单" in shown


def test_each_deadline_shows_its_derivation(town: Town) -> None:
    """JY-10.2a: four working hours for the signature, over a weekend with a make-up Sunday."""
    order = town.dispatched()

    shown = text_of(town.desk("officer@城管局").get(f"/orders/{order}/"))

    assert "2026-09-20 13:40:00" in shown
    assert "4 WH（4个工作小时）" in shown
    assert "JY-10.2a" in shown
    assert "jiangyin@2020-07-13" in shown
    assert "2026-09-18 16:40:00 至 2026-09-18 17:30:00" in shown
    assert "2026-09-19" in shown


def test_a_missed_deadline_is_red_and_marked_on_the_timeline(town: Town) -> None:
    from minsheng.cases.orders import tasks

    order = town.dispatched()
    town.at(moment("2026-09-21T10:00:00"))
    tasks.ring(f"order/{order}", town.now)

    shown = text_of(town.desk("officer@城管局").get(f"/orders/{order}/"))

    assert 'class="light red">超期' in shown
    assert "城管局：超期签收" in shown


def test_only_what_may_be_done_now_is_offered(town: Town) -> None:
    order = town.handled()

    officer = text_of(town.desk("officer@城管局").get(f"/orders/{order}/"))
    auditor = text_of(town.desk("auditor").get(f"/orders/{order}/"))

    assert "提交答复" in officer
    assert "/do/contribute/" not in officer
    assert "/do/sign/" not in officer
    assert "当前岗位没有可办事项" in auditor


def test_what_the_pack_excludes_is_not_offered(town: Town) -> None:
    """JY-20.8: here the supervisor issues supervision orders, the joint meeting does not."""
    order = town.handled()

    assert "/do/supervise/" in text_of(town.desk("supervisor").get(f"/orders/{order}/"))
    assert "/do/supervise/" not in text_of(town.desk("joint_meeting").get(f"/orders/{order}/"))


def test_the_citizens_commands_stand_in_a_group_of_their_own(town: Town) -> None:
    order = town.handled()

    shown = text_of(town.desk("seat").get(f"/orders/{order}/"))

    assert "代诉求人登记" in shown
    assert "/do/urge/" in shown
    assert "/do/rate/" not in shown


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("designated_officer", 200),
        ("discipline", 200),
        ("officer@住建局", 200),
        ("officer@城管局", 404),
        ("leader@城管局", 404),
        ("dispatcher", 404),
        ("seat", 404),
        ("auditor", 404),
        ("supervisor", 404),
        ("joint_meeting", 404),
        ("duty_leader", 404),
        ("office", 404),
        ("callback_agent", 404),
    ],
)
def test_an_internal_referral_exists_for_its_own_people_alone(town: Town, who: str, status: int) -> None:
    """Not even that it exists is told."""
    order = town.internal()
    number = models.Order.objects.get(id=order).number

    by_id, by_number = town.desk(who).get(f"/orders/{order}/"), town.desk(who).get(f"/orders/{number}/")

    assert (by_id.status_code, by_number.status_code) == (status, status)


def test_nothing_is_found_under_a_wrong_address(town: Town) -> None:
    client = town.desk("seat")

    answers = [client.get(f"/orders/{each}/") for each in ("nothing", "%00", "019e0000-0000-7000-8000-000000000000")]

    assert [each.status_code for each in answers] == [404, 404, 404]


def test_another_citys_order_is_not_found(town: Town) -> None:
    from tests import town_ground as towns

    order = town.register()
    other = towns.build("suqian", town.set_clock, pack="suqian")

    assert other.desk("supervisor").get(f"/orders/{order}/").status_code == 404


def test_a_stranger_is_sent_to_sign_in(town: Town) -> None:
    order = town.register()

    answer = Client().get(f"/orders/{order}/")

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in?next=/orders/{order}/")


def test_a_technical_administrator_sees_no_content(town: Town) -> None:
    order = town.register()

    assert town.desk("admin").get(f"/orders/{order}/").status_code == 403
    assert town.desk("admin").get("/").status_code == 200


class TestIdentity:
    """JY-8d, JY-23.5, SZ-26, A-15."""

    def test_it_is_masked_by_default(self, town: Town) -> None:
        order = town.handled()
        with_identity(town, order)

        shown = text_of(town.desk("officer@城管局").get(f"/orders/{order}/"))

        assert "138****5678" in shown
        assert "张**" in shown
        assert "13812345678" not in shown

    def test_an_officer_with_a_reason_sees_it_once_and_it_is_recorded(self, town: Town) -> None:
        order = town.handled()
        with_identity(town, order)
        client = town.desk("officer@城管局")

        answer = client.post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "约定上门时间"})

        assert "13812345678" in text_of(answer)
        assert "张三丰" not in text_of(answer)
        assert answer["Cache-Control"] == "no-store"
        assert "13812345678" not in text_of(client.get(f"/orders/{order}/"))
        words = models.Order.objects.get(id=order)
        assert words.id == order
        pseudonym = people_queries.find_appellant(city=town.code, phone="13812345678")[0]
        assert people_queries.reveals(pseudonym)[0].reason == "约定上门时间"
        assert len(ledger.history(f"identity/{pseudonym}")) == 1

    @pytest.mark.clause("JY-8d", "SQ-6.3")
    def test_the_target_of_the_complaint_never_does(self, town: Town) -> None:
        order = town.handled(target_unit="城管局")
        with_identity(town, order)
        client = town.desk("officer@城管局")

        shown = text_of(client.get(f"/orders/{order}/"))
        answer = client.post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "想知道是谁"})

        assert "138****5678" not in shown
        assert answer.status_code == 403
        assert "13812345678" not in text_of(answer)
        assert Refusal.objects.filter(code="reveal_target_never").count() == 1

    @pytest.mark.parametrize(
        "who", ["dispatcher", "auditor", "leader@城管局", "joint_meeting", "callback_agent", "seat"]
    )
    def test_others_may_not(self, town: Town, who: str) -> None:
        order = town.handled()
        with_identity(town, order)

        answer = town.desk(who).post(f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "工作需要"})

        assert answer.status_code == 403
        assert "13812345678" not in text_of(answer)

    @pytest.mark.parametrize(
        ("reason", "sentence"),
        [("", "请写明查看理由"), ("好", "请写明查看理由"), ("打 13900001111", "理由中请勿写电话或证件号码")],
    )
    def test_a_reason_is_wanted(self, town: Town, reason: str, sentence: str) -> None:
        order = town.handled()
        with_identity(town, order)

        answer = town.desk("officer@城管局").post(
            f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": reason}
        )

        assert answer.status_code == 422
        assert sentence in text_of(answer)
        assert "13812345678" not in text_of(answer)

    def test_it_is_not_to_be_had_by_address(self, town: Town) -> None:
        order = town.handled()

        assert town.desk("officer@城管局").get(f"/orders/{order}/identity").status_code == 405


def test_children_and_parent_are_linked(town: Town) -> None:
    """Several units at once, each with an order of its own."""
    order = town.register()
    town.act(order, "dispatcher", "dispatch", units=["城管局", "住建局"], parallel=True, basis="清单")

    parent = text_of(town.desk("dispatcher").get(f"/orders/{order}/"))
    child = town.desk("officer@城管局").get(f"/orders/{order}.1/")

    assert f"/orders/{order}.2/" in parent
    assert child.status_code == 200
    assert "人行道破损" in text_of(child)


def test_joined_orders_point_to_each_other(town: Town) -> None:
    """The same matter is joined to the order that is open."""
    first, second = town.handled(content="路灯不亮"), town.register(content="路灯还是不亮")
    town.act(second, "dispatcher", "link", to=first)
    client = town.desk("dispatcher")

    shown, other = text_of(client.get(f"/orders/{second}/")), text_of(client.get(f"/orders/{first}/"))

    assert f"/orders/{first}/" in shown
    assert f"/orders/{second}/" in other
    assert "关联" in shown


def test_the_page_costs_the_same_number_of_queries_however_long_the_story(
    town: Town, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = town.replied()
    with_identity(town, order)
    for _ in range(5):
        town.act(order, "office", "remind", text="请抓紧")
    client = town.desk("officer@城管局")

    with django_assert_max_num_queries(16):
        answer = client.get(f"/orders/{order}/")

    assert answer.status_code == 200


def test_the_key_of_a_button_works(town: Town) -> None:
    order = town.dispatched()
    client = town.desk("officer@城管局")
    shown = client.get(f"/orders/{order}/")
    button = next(each for each in shown.context["choices"] if each.name == "sign")
    assert button.form is not None

    answer = client.post(f"/orders/{order}/do/sign/", fresh(seen_version=button.form.initial["seen_version"]))

    assert answer.status_code == 302
    assert models.Order.objects.get(id=order).status == "HANDLING"
