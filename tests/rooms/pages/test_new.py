"""Registration by a seat: what is kept, what is refused, and that a double click registers once."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.town_ground import Town, fresh, row, text_of

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.core.people import queries as people
from minsheng.core.people.models import Appellant
from minsheng.domain.orders import commands as cmd

GIVEN = {
    "type": "help",
    "channel": "phone",
    "appellant": "citizen",
    "publish": "yes",
    "content": "人行道破损，有人摔倒",
}


def only() -> models.Order:
    return models.Order.objects.get()


def test_it_is_registered_and_submitted_in_one_go(town: Town) -> None:
    """SZ-15.1, JY-9.1, SQ-10.1."""
    answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, submit="1"))

    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{only().id}/")
    assert (only().status, only().title) == ("SUBMITTED", "人行道破损，有人摔倒")


def test_it_is_registered_alone_and_submitted_later(town: Town) -> None:
    client = town.desk("seat")
    client.post("/orders/new", fresh(**GIVEN, register="1"))
    order = only().id
    shown = client.get(f"/orders/{order}/do/submit/")

    answer = client.post(f"/orders/{order}/do/submit/", fresh(type="complaint", channel="phone", appellant="citizen",
                                                              publish="yes", system="12345"))  # fmt: skip

    assert (only().status, only().type, answer.status_code) == ("SUBMITTED", "complaint", 302)
    assert "selected>求助" in text_of(shown)
    words = appeals.words_of(order)
    assert words is not None
    assert words.content == GIVEN["content"]


def test_every_field_of_a_registration_stands_on_the_page(town: Town) -> None:
    page = town.desk("seat").get("/orders/new")

    form = page.context["form"]
    shown = page.content.decode()
    assert [name for name in form.fields if f'name="{name}"' not in shown] == []
    # Which session collected it is asked while one is on air.
    assert {*cmd.fields_of(cmd.Submit)} - {"emergency", "programme"} <= {*form.fields}


@pytest.mark.parametrize("publish", ["no", ""])
def test_who_asks_by_telephone_to_stay_unknown_is_not_shown_to_the_unit(town: Town, publish: str) -> None:
    who = {"name": "张三丰", "phone": "13812345678"}
    given = {**GIVEN, **who, "publish": publish, "target_unit": "住建局", "confidential": "on", "submit": "1"}
    assert town.desk("seat").post("/orders/new", fresh(**given)).status_code == 302
    order = only().id

    state = row(order).state
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")

    assert (state["confidential"], state["publish"]) == (True, "no")
    assert "保密" in text_of(town.desk("seat").get(f"/orders/{order}/"))
    asked = town.desk("officer@城管局").post(f"/orders/{order}/identity", {"fields_wanted": "name", "reason": "核实"})
    assert asked.status_code == 403
    assert "张三丰" not in asked.content.decode()


def test_what_is_confidential_is_not_registered_as_public(town: Town) -> None:
    answer = town.desk("seat").post("/orders/new", fresh(**GIVEN, confidential="on", submit="1"))

    assert answer.status_code == 422
    assert "要求保密的诉求不公开" in text_of(answer)
    assert not models.Order.objects.exists()


def test_the_wish_to_stay_unknown_is_kept_with_the_draft(town: Town) -> None:
    client = town.desk("seat")
    client.post("/orders/new/draft", fresh(**GIVEN, confidential="on"))

    page = client.get("/orders/new?draft=restore")

    assert page.context["form"]["confidential"].value() == "on"
    assert "checked" in str(page.context["form"]["confidential"])


def test_who_speaks_goes_to_the_vault(town: Town) -> None:
    town.desk("seat").post(
        "/orders/new", fresh(**GIVEN, submit="1", name="张三丰", phone="138-1234-5678", address="江阴市某路1号")
    )

    words = appeals.words_of(only().id)
    assert words is not None
    assert words.appellant is not None
    assert people.masked([words.appellant], city=town.code)[words.appellant].phone == "138****5678"
    assert "张三丰" not in str(row(only().id).state)


def test_a_double_click_registers_once(town: Town) -> None:
    client = town.desk("seat")
    form = fresh(**GIVEN, submit="1", name="张三丰")

    answers = [client.post("/orders/new", form) for _ in range(3)]

    assert {each["Location"] for each in answers} == {f"/orders/{only().id}/"}
    assert Appellant.objects.count() == 1


def test_what_is_missing_is_said_at_once_and_what_was_typed_stays(town: Town) -> None:
    answer = town.desk("seat").post("/orders/new", fresh(content="人行道破损", submit="1", name="张三丰"))

    shown = text_of(answer)
    assert answer.status_code == 422
    assert '<a href="#id_type">请填写：诉求类型。</a>' in shown
    assert '<a href="#id_channel">请填写：渠道。</a>' in shown
    assert ">人行道破损</textarea>" in shown.replace("\n", "")
    assert 'value="张三丰"' in shown
    assert models.Order.objects.count() == 0
    assert Appellant.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "12", "电话号码不正确"),
        ("id_number", "320281199001011234", "证件号码不正确"),
        ("type", "moon", "这个选项，请重新选择"),
        ("content", "", "请填写：诉求内容。"),
        ("upper_due", "明天", "“上级时限”填写有误"),
        ("content", "字" * 20_001, "20000"),
    ],
)
def test_a_bad_value_is_said_beside_its_field(town: Town, field: str, value: str, sentence: str) -> None:
    answer = town.desk("seat").post("/orders/new", fresh(**{**GIVEN, field: value}, submit="1"))

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert (models.Order.objects.count(), Appellant.objects.count()) == (0, 0)


def test_the_same_matter_is_named_by_a_number(town: Town) -> None:
    client = town.desk("seat")
    client.post("/orders/new", fresh(**GIVEN, submit="1"))
    first = only()

    client.post("/orders/new", fresh(**GIVEN, submit="1", matter=first.number))

    second = models.Order.objects.exclude(id=first.id).get()
    assert second.matter == first.id


class TestEmergencies:
    def test_it_is_registered_for_the_leader_on_duty(self, town: Town) -> None:
        """JY-35a."""
        answer = town.desk("seat").post(
            "/orders/new",
            fresh(
                type="help",
                channel="phone",
                emergency_level="major",
                emergency_place="滨江路",
                emergency_facts="管道泄漏",
                emergency_ground="E1",
            ),
        )

        assert answer.status_code == 302
        assert (only().status, only().is_emergency, only().title) == ("EMERGENCY", True, "管道泄漏")

    @pytest.mark.clause("JY-34b")
    def test_what_an_emergency_number_takes_is_no_case_for_it(self, town: Town) -> None:
        """The caller is told to ring the number, and no emergency order comes of it."""
        answer = town.desk("seat").post(
            "/orders/new",
            fresh(
                **GIVEN,
                submit="1",
                emergency_case="119",
                emergency_level="major",
                emergency_place="滨江路",
                emergency_facts="起火",
            ),
        )

        assert answer.status_code == 422
        assert "请立即提醒拨打并转接 119" in text_of(answer)
        assert models.Order.objects.count() == 0

    def test_place_and_facts_are_wanted(self, town: Town) -> None:
        answer = town.desk("seat").post("/orders/new", fresh(type="help", channel="phone", emergency_level="major"))

        assert answer.status_code == 422
        assert "#id_emergency_place" in text_of(answer)
        assert "#id_emergency_facts" in text_of(answer)


@pytest.mark.parametrize("who", ["dispatcher", "officer@城管局", "supervisor"])
def test_others_do_not_register(town: Town, who: str) -> None:
    client = town.desk(who)

    answers = [client.get("/orders/new"), client.post("/orders/new", fresh(**GIVEN, submit="1"))]

    assert [each.status_code for each in answers] == [403, 403]
    assert models.Order.objects.count() == 0


def test_a_stranger_registers_nothing(db: None) -> None:
    answer = Client().post("/orders/new", fresh(**GIVEN, submit="1"))

    assert answer.status_code == 302
    assert models.Order.objects.count() == 0
