"""A case of accountability at the desks: who reads what of it, what is sealed, evidence that stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests import town_ground as towns
from tests.town_ground import Town, relayed

from minsheng.cases.accountability.models import Case, Snapshot
from minsheng.cases.notices.models import Notice
from minsheng.cases.orders.models import Order
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger import witnesses
from minsheng.core.people import queries as people
from minsheng.core.people.models import FormerUnit, Staff, Unit

WHY = "经核查，敷衍了事，来电人陆晓禾电话13812345678"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def accused(town: Town) -> tuple[str, str]:
    """Return the address of a proposed case against the unit's officer, and the order that is its evidence."""
    order = town.handled()
    for _ in range(2):
        town.act(order, "office", "remind")
    form = {"key": str(uuid4()), "unit": "城管局", "person": name_of(town), "grounds": ["V3"], "severity": "minor"}
    answer = town.desk("office").post(
        "/things/case/new/propose_case", {**form, "evidence": f"{order}\n通话记录", "text": WHY}
    )
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]), order


def name_of(town: Town) -> str:
    return people.names([town.actor("officer@城管局").person or ""]).popitem()[1]


def press(desk: Client, thing: str, command: str, **given: Any) -> Any:
    version = Case.objects.get().version
    return desk.post(f"{thing}do/{command}", {"key": str(uuid4()), "seen_version": version, **given})


def text_of(desk: Client, address: str) -> str:
    return desk.get(address).content.decode()


def test_form_offers_what_the_citys_rules_list(town: Town) -> None:
    page = text_of(town.desk("office"), "/things/case/new/propose_case")

    assert "推诿扯皮、敷衍拖延" in page
    assert 'value="V13"' in page
    assert re.search(r'<option value="minor">较轻', page)
    assert "43.1" not in page


@pytest.mark.clause("JY-26")
def test_office_proposes_and_the_units_head_decides(town: Town, accused: tuple[str, str]) -> None:
    case, _ = accused
    office, head, other = town.desk("office"), town.desk("head@城管局"), town.desk("head@住建局")

    assert "do/decide_measure" not in text_of(office, case)
    assert other.get(case).status_code == 404
    assert press(office, case, "accept_case").status_code == 403
    assert press(head, case, "accept_case").status_code == 302
    refused = press(head, case, "decide_measure", measures=["通报批评"])
    assert (refused.status_code, "情节轻重不符" in refused.content.decode()) == (422, True)
    assert press(head, case, "decide_measure", measures=["批评教育"]).status_code == 302
    assert Case.objects.get().status == "DECIDED"


def test_subject_reads_the_decision_once_it_is_served_and_nothing_of_the_proposal(
    town: Town, accused: tuple[str, str]
) -> None:
    case, order = accused
    subject, colleague, head = town.desk("officer@城管局"), town.desk("leader@城管局"), town.desk("head@城管局")
    press(head, case, "accept_case")
    press(head, case, "decide_measure", measures=["批评教育"])

    assert subject.get(case).status_code == 404
    assert press(town.desk("office"), case, "serve").status_code == 302
    page = text_of(subject, case)
    assert ("作出问责决定" in page, "提出问责建议" in page, "通话记录" in page) == (True, False, False)
    assert subject.get(f"/cases/{Case.objects.get().pk}/evidence/{order}/").status_code == 404
    assert colleague.get(case).status_code == 404
    assert press(colleague, case, "appeal", to="maker").status_code == 404
    assert press(subject, case, "appeal", to="superior", text="不服").status_code == 302
    assert Case.objects.get().state["addressee"] == "command"


def test_names_and_words_are_sealed_and_opened_with_a_reason(town: Town, accused: tuple[str, str]) -> None:
    case, _ = accused
    office = town.desk("office")
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM ledger_event WHERE stream LIKE 'case/%'")
        kept = " ".join(str(body) for (body,) in cursor.fetchall())
    page = text_of(office, case)

    for clear in (name_of(town), "敷衍了事", "13812345678", "通话记录"):
        assert clear not in kept
        assert clear not in str(Case.objects.values().get())
    assert ("敷衍了事" in page, "13812345678" in page, name_of(town) in page) == (True, False, False)
    assert office.post(f"{case}words", {"reason": " "}).status_code == 422
    assert office.post(f"{case}words", {"reason": "打给13812345678核对"}).status_code == 422
    opened = office.post(f"{case}words", {"reason": "核对事实"}).content.decode()
    assert ("13812345678" in opened, name_of(town) in opened) == (True, True)
    (event,) = ledger.history(f"words/case/{Case.objects.get().pk}")
    assert (event.type, ledger.content(event)["reason"]) == ("WordsOpened", "核对事实")


def test_evidence_stays_as_it_was_and_names_nobody_who_complained(town: Town, accused: tuple[str, str]) -> None:
    case, order = accused
    head, row = town.desk("head@城管局"), Case.objects.get()
    address = f"/cases/{row.pk}/evidence/{order}/"
    before = text_of(head, address)
    digest = Snapshot.objects.get().digest

    town.act(order, "office", "remind", text="再次提醒")

    assert address in text_of(head, case)
    assert text_of(head, address).count("<li>") == before.count("<li>")
    assert Snapshot.objects.get().digest == digest
    assert "再次提醒" not in text_of(head, address)
    assert town.desk("officer@城管局").get(address).status_code == 404
    assert head.get(f"/cases/{row.pk}/evidence/019b0000-0000-7000-8000-000000000001/").status_code == 404


def test_unit_that_the_city_does_not_have_is_told(town: Town) -> None:
    form = {"key": str(uuid4()), "unit": "水务局", "grounds": ["V1"], "evidence": "通话记录"}

    answer = town.desk("office").post("/things/case/new/propose_case", form)

    assert (answer.status_code, "本市没有名为“水务局”的单位" in answer.content.decode()) == (422, True)
    assert not Case.objects.exists()


def test_a_second_press_proposes_one_case(town: Town, accused: tuple[str, str]) -> None:
    form = {"key": str(uuid4()), "unit": "城管局", "grounds": ["V1"], "evidence": accused[1]}

    answers = [town.desk("office").post("/things/case/new/propose_case", form)["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert sorted(Case.objects.values_list("number", flat=True)) == ["问责〔2026〕1号", "问责〔2026〕2号"]


@pytest.fixture
def reminded(town: Town) -> str:
    """Return an order with two reminders."""
    order = town.handled()
    for _ in range(2):
        town.act(order, "office", "remind")
    return order


def proposed(town: Town, evidence: str, **given: Any) -> Any:
    form = {"key": str(uuid4()), "unit": "城管局", "grounds": ["V3"], "evidence": evidence, **given}
    return town.desk("office").post("/things/case/new/propose_case", form)


def head_named(town: Town) -> str:
    return people.names([town.actor("head@城管局").person or ""]).popitem()[1]


def test_head_who_answers_is_judged_by_the_superior_and_reads_what_a_subject_reads(town: Town, reminded: str) -> None:
    case = str(proposed(town, reminded, person=head_named(town))["Location"])
    head, command = town.desk("head@城管局"), town.desk("command")
    relayed()

    assert head.get(case).status_code == 404
    assert not Notice.objects.filter(kind="case_proposed", recipient="head@城管局").exists()
    assert press(command, case, "accept_case").status_code == 302
    assert press(command, case, "decide_measure", measures=["批评教育"]).status_code == 302
    assert press(town.desk("office"), case, "serve").status_code == 302
    page = text_of(head, case)
    assert ("作出问责决定" in page, "提出问责建议" in page, "do/hand_over" in page) == (True, False, False)
    assert head.get(f"/cases/{Case.objects.get().pk}/evidence/{reminded}/").status_code == 404
    opened = head.post(f"{case}words", {"reason": "查看决定"}).content.decode()
    assert "提出问责建议" not in opened


def test_nobody_decides_on_themselves(town: Town) -> None:
    form = {"key": str(uuid4()), "unit": "城管局", "person": head_named(town), "measures": ["批评教育"]}

    answer = town.desk("head@城管局").post("/things/case/new/decide_measure", form)

    assert (answer.status_code, "其他有权岗位" in answer.content.decode()) == (422, True)
    assert not Case.objects.exists()


def test_name_of_two_people_of_the_unit_is_asked_for_by_sign_in(town: Town, reminded: str) -> None:
    Staff.objects.filter(unit__name="城管局").update(display_name="王建国")

    refused = proposed(town, reminded, person="王建国")
    one = Staff.objects.filter(unit__name="城管局").first()
    assert one is not None
    named = proposed(town, reminded, person=one.username)

    assert (refused.status_code, "登录名" in refused.content.decode()) == (422, True)
    assert named.status_code == 302
    assert Case.objects.get().account == f"staff:{one.pk}"


def test_colleagues_are_not_told_of_a_personal_case(town: Town, accused: tuple[str, str]) -> None:
    case, _ = accused
    press(town.desk("head@城管局"), case, "accept_case")
    press(town.desk("head@城管局"), case, "decide_measure", measures=["批评教育"])
    press(town.desk("office"), case, "serve")
    relayed()

    (told,) = Notice.objects.filter(kind="case_served")
    assert told.recipient == town.actor("officer@城管局").person
    assert "问责决定已送达" in text_of(town.desk("officer@城管局"), "/notices/")


def test_maker_decides_an_appeal_that_went_to_them(town: Town, accused: tuple[str, str]) -> None:
    case, _ = accused
    head = town.desk("head@城管局")
    press(head, case, "accept_case")
    press(head, case, "decide_measure", measures=["批评教育"])
    press(town.desk("office"), case, "serve")
    press(town.desk("officer@城管局"), case, "appeal", to="maker")

    done = press(head, case, "decide_appeal", outcome="uphold", document="书面意见")

    assert (done.status_code, Case.objects.get().status) == (302, "APPEAL_DECIDED")


def test_order_named_twice_is_one_copy_and_counted_once(town: Town) -> None:
    order = town.handled()
    town.act(order, "office", "remind")
    number = Order.objects.get(pk=order).number

    once = proposed(town, f"{order}\n{number}")
    town.act(order, "office", "remind")
    twice = proposed(town, f"{order}\n{number}")

    assert (once.status_code, twice.status_code) == (422, 302)
    assert Snapshot.objects.count() == 1
    assert witnesses.compare_all().altered == []


def test_every_organ_confirms_what_was_handed_over(town: Town, reminded: str) -> None:
    case = str(proposed(town, reminded)["Location"])
    head, office = town.desk("head@城管局"), town.desk("office")
    press(head, case, "exempt", ground="25.1", evidence="鉴定意见")
    for organ, receipt in (("纪委监委", "收1号"), ("公安机关", "")):
        assert press(head, case, "hand_over", organ=organ, materials="材料", receipt=receipt).status_code == 302

    assert press(office, case, "archive").status_code == 422
    assert press(head, case, "hand_over", organ="公安机关", materials="材料", receipt="收2号").status_code == 302
    assert press(office, case, "archive").status_code == 302


def test_odd_characters_in_address_and_reason_break_nothing(town: Town, accused: tuple[str, str]) -> None:
    case, _ = accused
    office = town.desk("office")

    assert office.get(f"/cases/{Case.objects.get().pk}/evidence/%00/").status_code == 404
    assert office.post(f"{case}words", {"reason": "核对\x00事实"}).status_code == 200


def test_name_of_who_answers_is_masked_in_the_words_too(town: Town, reminded: str) -> None:
    case = str(proposed(town, reminded, person=name_of(town), text=f"{name_of(town)}推诿")["Location"])

    assert name_of(town) not in text_of(town.desk("head@城管局"), case)


def test_report_that_was_hidden_from_the_unit_stays_hidden_from_its_head(town: Town, reminded: str) -> None:
    hidden = town.register(type="report", target_unit="城管局", content="举报城管局有人收受财物")
    case = str(proposed(town, f"{reminded}\n{hidden}")["Location"])
    head, row = town.desk("head@城管局"), Case.objects.get()

    assert head.get(f"/orders/{hidden}/").status_code == 404
    assert head.get(f"/cases/{row.pk}/evidence/{hidden}/").status_code == 404
    assert hidden not in text_of(head, case)
    assert town.desk("office").get(f"/cases/{row.pk}/evidence/{hidden}/").status_code == 200


def test_case_of_a_renamed_unit_is_read_and_decided_by_its_successor(town: Town, reminded: str) -> None:
    case = str(proposed(town, reminded)["Location"])
    unit = Unit.objects.get(name="城管局")
    new = Unit.objects.create(
        city_id=town.code, name="城市管理局", kind=unit.kind, level=unit.level, joined_on=unit.joined_on
    )
    FormerUnit.objects.create(city_id=town.code, name="城管局", successor=new, what="rename", until=town.now.date())
    Staff.objects.filter(unit=unit).update(unit=new)

    head = town.desk(town.hire("head城市管理局", "head", unit="城市管理局"))

    assert town.desk("office").get(case).status_code == 200
    assert press(head, case, "accept_case").status_code == 302
    assert press(head, case, "decide_measure", measures=["批评教育"]).status_code == 302


def test_stale_form_tells_the_subject_nothing_that_the_page_does_not(town: Town, accused: tuple[str, str]) -> None:
    case, _ = accused
    head, subject = town.desk("head@城管局"), town.desk("officer@城管局")
    press(head, case, "accept_case")
    press(head, case, "decide_measure", measures=["批评教育"])
    press(town.desk("office"), case, "serve")
    press(head, case, "hand_over", organ="纪委监委", materials="材料", receipt="收1号")

    stale = subject.post(f"{case}do/archive", {"key": str(uuid4()), "seen_version": "0"})

    assert "移送" not in stale.content.decode()
