"""One's own appeal: asking for it, what one reads, and what one may do. Clauses: JY-9.6, SZ-39, JY-9.8.2."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.cast import LU_XIAOHE
from tests.files_ground import PNG
from tests.town_ground import Town
from tests.visiting_ground import Citizen, answered, asked_by_message, closed, solved

from minsheng.cases.appeals import attachments
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import queries
from minsheng.core.files import gates
from minsheng.core.ledger import tasks as ledger
from minsheng.core.ledger.models import Refusal
from minsheng.core.messages import sending
from minsheng.core.messages.models import Message
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.gateways.sms import Demonstration, NoSms
from minsheng.public.citizens.visitors import Visitor


def test_number_and_code_open_the_appeal_for_somebody_else_at_another_browser(town: Town) -> None:
    filing = Citizen(town.code)
    row = filing.file()
    code = filing.code()
    other = Citizen(town.code)

    assert other.get(f"appeals/{row.number}").status_code == 404
    opened = other.asked("query", {"number": row.number, "code": code.lower().replace("-", " ")})

    assert opened.status_code == 302
    assert "已收到，热线中心最迟 9月19日 16:40 前核对并决定受理" in other.shown(f"appeals/{row.number}")


@pytest.mark.parametrize("wrong", ["number", "code"])
def test_a_wrong_number_and_a_wrong_code_read_alike_and_are_on_record(town: Town, wrong: str) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    values = {"number": row.number, "code": citizen.code(), wrong: "2222-2222"}

    answer = Citizen(town.code).asked("query", values)

    assert answer.status_code == 422
    assert "编号或查询码不正确" in answer.content.decode()
    assert Refusal.objects.filter(command="query", code="not_found").count() == 1


def test_codes_can_not_be_tried_through(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    right = citizen.code()
    other = Citizen(town.code)

    for _ in range(5):
        other.asked("query", {"number": row.number, "code": "22222222"})
    sixth = other.asked("query", {"number": row.number, "code": right})

    assert sixth.status_code == 422
    assert "17:10" in sixth.content.decode()
    town.later(minutes=31)
    assert other.asked("query", {"number": row.number, "code": right}).status_code == 302


def test_a_telephone_and_its_code_open_everything_said_with_it(town: Town) -> None:
    row = Citizen(town.code).file()
    other = Citizen(town.code)

    other.sign_in(LU_XIAOHE.phone)

    assert row.number in other.shown("mine")
    assert other.get(f"appeals/{row.number}").status_code == 200
    stranger = Citizen(town.code)
    stranger.sign_in("13000000002")
    assert row.number not in stranger.shown("mine")
    assert stranger.get(f"appeals/{row.number}").status_code == 404


def test_a_telephones_code_is_good_once_for_ten_minutes_and_five_tries(town: Town) -> None:
    citizen = Citizen(town.code)
    assert citizen.asked("sign-in", {"phone": "130 0000 0001"}).status_code == 302
    right = re.search(r'<strong class="number">(\d{6})<', citizen.shown("sign-in/code"))
    assert right is not None

    for _ in range(5):
        assert citizen.post("sign-in/code", {"code": f"{(int(right[1]) + 1) % 1000000:06d}"}).status_code == 422
    assert citizen.post("sign-in/code", {"code": right[1]}).status_code == 422
    assert "操作过于频繁" in citizen.asked("sign-in", {"phone": "13000000001"}).content.decode()
    town.later(minutes=2)
    citizen.asked("sign-in", {"phone": "13000000001"})
    fresh = re.search(r'<strong class="number">(\d{6})<', citizen.shown("sign-in/code"))
    assert fresh is not None
    town.later(minutes=11)
    assert citizen.post("sign-in/code", {"code": fresh[1]}).status_code == 422


def test_the_way_is_told_in_plain_words_with_due_moments(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id, text="已派人修复，请放心通行。")

    page = citizen.shown(f"appeals/{row.number}")

    assert "已转城管局，最迟" in page
    assert "城管局已签收" in page
    assert "已派人修复，请放心通行。" in page
    assert "请您评价" in page
    for inside in ("审签", "分管领导", "权责清单"):
        assert inside not in page


def test_an_answer_is_not_shown_before_it_has_passed_the_audit(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    town.act(row.id, "seat", "submit")
    town.act(row.id, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.act(row.id, "officer@城管局", "sign")
    town.act(row.id, "leader@城管局", "approve_reply")
    town.act(row.id, "officer@城管局", "reply", text="尚未审核的话", channel="web")

    page = citizen.shown(f"appeals/{row.number}")

    assert "尚未审核的话" not in page
    assert "热线中心审核中" in page


def test_adding_urging_and_rating_are_facts_of_the_order(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    assert citizen.act(row.number, "material", "material", text="晚上也不亮").status_code == 302
    assert citizen.act(row.number, "urge", "urge", text="请快一点").status_code == 302
    town.later(hours=1)
    again = citizen.act(row.number, "urge", "urge", text="请再快一点")
    answered(town, row.id)
    rated = citizen.act(
        row.number, "rate", "rate", satisfied="dissatisfied", resolved="no", cause="result", remark="还有一盏"
    )

    types = [event.type for event in queries.history(row.id)]
    assert again.status_code == 409
    assert "请在 2026-09-19 16:40:00 之后再催办" in again.content.decode()
    assert rated.status_code == 302
    assert {"MaterialAdded", "Urged", "CalledBack"} <= set(types)
    assert "晚上也不亮" in town.desk("officer@城管局").get(f"/orders/{row.id}/").content.decode()
    assert [each.text for each in appeals.additions(row.id)] == ["晚上也不亮"]
    assert models.Order.objects.get(id=row.id).status == "REDO"
    ledger_text = "".join(str(event.body) for event in queries.history(row.id))
    assert "晚上也不亮" not in ledger_text


def test_the_same_press_twice_adds_once(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    page = citizen.shown(f"appeals/{row.number}")
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None

    for _ in range(2):
        assert citizen.post(f"appeals/{row.number}/material", {"key": key[1], "text": "补充"}).status_code == 302

    assert len(appeals.additions(row.id)) == 1


def test_who_is_dissatisfied_is_asked_why(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)

    answer = citizen.act(row.number, "rate", "rate", satisfied="very_dissatisfied", resolved="no")

    assert answer.status_code == 422
    assert "请选择不满意的主要原因" in answer.content.decode()


def test_a_file_can_be_added_later_and_belongs_to_the_order(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()

    done = citizen.act(row.number, "material", "material", text="", files=SimpleUploadedFile("现场.png", PNG))

    assert done.status_code == 302
    assert [each.name for each in attachments.of_order(row.id)] == ["现场.png"]


def test_the_gate_of_orders_gives_a_citizen_the_files_of_their_own_appeal_alone(town: Town) -> None:
    citizen = Citizen(town.code)
    mine, other = citizen.file(), Citizen(town.code).file()
    for _ in range(2):
        citizen.act(mine.number, "material", "material", text="", files=SimpleUploadedFile("现场.png", PNG))
    city = policies.city(town.code)
    visitor = Visitor(city=city, now=town.now, address="127.0.0.1", account=None, opened=frozenset({mine.id}))

    held = gates.holding(f"order/{mine.id}", visitor)

    assert [each.name for each in held.readable()] == ["现场.png", "现场.png"]
    assert (held.stream, held.may_add(), held.stage) == (f"order/{mine.id}", ("APPEAL",), mine.status)
    assert "“现场.png”和“现场.png”内容完全相同" in citizen.shown(f"appeals/{mine.number}")
    with pytest.raises(Rejected):
        gates.holding(f"order/{other.id}", visitor)


@pytest.mark.clause("SQ-10.5a")
def test_in_suqian_the_text_messages_link_leads_to_the_rating(suqian: Town, settings: object) -> None:
    settings.PUBLIC_URL = "https://portal.example"  # type: ignore[attr-defined]
    order = asked_by_message(suqian)
    while ledger.relay_once():
        pass
    sent: list[str] = []

    class Carrier(Demonstration):
        def send(self, phone: str, text: str, *, reference: str) -> None:
            sent.append(text)

    sending.send_waiting({"sms": Carrier()}.get, now=suqian.now + timedelta(minutes=1))

    link = re.search(r"https://portal\.example(/portal/\S+)", next(each for each in sent if "评价" in each))
    assert link is not None
    citizen = Citizen("suqian_c")
    opened = citizen.client.get(link[1])
    assert opened.status_code == 302
    number = models.Order.objects.get(id=order).number
    assert citizen.act(number, "rate", "rate", satisfied="satisfied", resolved="yes").status_code == 302
    assert models.Order.objects.get(id=order).reason == "satisfied"


def test_a_message_that_can_not_be_sent_is_tried_again_and_given_up_with_a_mark(town: Town) -> None:
    citizen = Citizen(town.code)
    row = citizen.file()
    answered(town, row.id)
    closed(town, row.id)
    while ledger.relay_once():
        pass
    now = town.now + timedelta(minutes=1)

    for _ in range(9):
        sending.send_waiting({"sms": NoSms()}.get, now=now)
        now += timedelta(days=1)

    assert {each.state for each in Message.objects.filter(stream=f"order/{row.id}")} == {"FAILED", "HELD"}


def test_a_message_that_breaks_holds_up_none_behind_it_and_is_not_sent_twice(town: Town) -> None:
    for _ in range(2):
        row = Citizen(town.code).file()
        answered(town, row.id)
        closed(town, row.id)
    while ledger.relay_once():
        pass
    waiting = Message.objects.filter(state="WAITING")
    first, *others = waiting.order_by("next_at", "id")
    sent: list[str] = []

    class Breaking(Demonstration):
        def send(self, phone: str, text: str, *, reference: str) -> None:
            if reference == f"message {first.pk}":
                raise KeyError(phone)
            sent.append(reference)

    for minutes in (1, 2):
        sending.send_waiting({"sms": Breaking()}.get, now=town.now + timedelta(minutes=minutes))

    assert sorted(sent) == sorted(f"message {each.pk}" for each in others)
    assert Message.objects.get(pk=first.pk).state == "WAITING"
    assert set(Message.objects.filter(pk__in=[each.pk for each in others]).values_list("state", flat=True)) == {"SENT"}


def test_what_was_public_goes_at_once_when_the_appellant_changes_their_mind(town: Town) -> None:
    from tests.publication_ground import published

    citizen = Citizen(town.code)
    row = published(town, citizen)
    assert citizen.get(f"cases/{row.number}").status_code == 200

    assert citizen.act(row.number, "publish", "publish", publish="no").status_code == 302

    assert Citizen(town.code).get(f"cases/{row.number}").status_code == 404
    assert "Withdrawn" in [event.type for event in queries.history(row.id)]


def test_a_question_of_another_page_is_no_answer_here(town: Town) -> None:
    citizen = Citizen(town.code)
    values = solved(citizen.shown("query"))

    first = citizen.post("query", {"number": "x", "code": "y", **values})
    second = citizen.post("query", {"number": "x", "code": "y", **values})

    assert "编号或查询码不正确" in first.content.decode()
    assert "请重新回答这个问题" in second.content.decode()
