"""What only supervisors and discipline know: for everybody else it does not exist, in no list, count, search or answer.

Clauses: JY-20.10, JY-20.11, JY-12.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import calling_ground as calling
from tests import town_ground as towns
from tests.leaks_ground import said, told
from tests.monitoring_ground import address, heard, press, record, transfer
from tests.secrets_ground import filed
from tests.town_ground import Town, moment, text_of

from minsheng.app.cli.main import main
from minsheng.cases.monitoring import recount
from minsheng.cases.monitoring.models import Counter, Dossier, Violation
from minsheng.cases.notices.models import Notice
from minsheng.domain.actors import CITY_ROLES

KNOW = ("supervisor", "discipline")
OTHERS = [each for each in CITY_ROLES if each not in KNOW] + ["officer@城管局", "leader@城管局", "head@城管局"]
EVIDENCE = "举报信，登记为密"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def secret(town: Town, code: str = "V10", by: str = "discipline") -> Violation:
    """Record what few may know, about the officer of 城管局."""
    answer = record(town.desk(by), code, person="officer城管局", evidence=EVIDENCE, consequence="打击报复")
    assert answer.status_code == 302, text_of(answer)
    return Violation.objects.latest("pk")


def surfaces(desk: Client) -> list[tuple[int, str]]:
    """Return what somebody gets from every list, count and search that could tell of violations and dossiers."""
    found = []
    for prefix in ("violation", "dossier"):
        for tab in ("waiting", "late", "all"):
            answer = desk.get(f"/things/{prefix}/?tab={tab}")
            found.append((answer.status_code, plain(answer)))
    for words in ("监察", "密", "移送", "V10", "以权谋私"):
        answer = desk.post("/find/", {"words": words})
        found.append((answer.status_code, plain(answer)))
    return found


def plain(answer: Any) -> str:
    """Return a page without what is new on each: keys, tokens, nonces."""
    return re.sub(r'(csrfmiddlewaretoken"|nonce=|name="key"|value=|clock|data-)[^>]*', "", text_of(answer))


@pytest.mark.clause("JY-20.10")
@pytest.mark.parametrize("who", OTHERS)
def test_nobody_else_reads_counts_or_finds_it(town: Town, who: str) -> None:
    before = surfaces(town.desk(who))
    one = secret(town)
    heard(town)
    assert transfer(town.desk("discipline"), one.number).status_code == 302
    gone = Dossier.objects.get()
    heard(town)

    assert surfaces(town.desk(who)) == before
    nothing = f"/things/violation/{uuid4()}/"
    for thing in (one, gone):
        there, nowhere = town.desk(who).get(address(thing)), town.desk(who).get(nothing)
        assert (there.status_code, plain(there)) == (nowhere.status_code, plain(nowhere))
        pressed = press(town.desk(who), thing, "annul_violation", reason="无")
        live = town.desk(who).post("/live/presence", {"stream": f"{address(thing).split('/')[2]}/{thing.pk}"})
        assert {there.status_code, pressed.status_code, live.status_code} <= {403, 404}


@pytest.mark.clause("JY-20.10")
@pytest.mark.parametrize("who", ["office", "duty_leader", "joint_meeting", "command"])
def test_nobody_else_records_it_or_hears_that_there_is_such_a_rule(town: Town, who: str) -> None:
    given = {"person": "officer城管局", "evidence": EVIDENCE}

    answers = [record(town.desk(who), code, **given) for code in ("V10", "V99")]

    assert answers[0].status_code == answers[1].status_code
    assert plain(answers[0]).replace("V10", "V99") == plain(answers[1])
    assert "以权谋私" not in text_of(answers[0])
    assert not Violation.objects.exists()


def test_numbers_of_the_others_have_no_gaps(town: Town) -> None:
    record(town.desk("office"), "V3", evidence="通话记录")
    secret(town)
    record(town.desk("office"), "V3", evidence="通话记录")

    numbers = list(Violation.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == ["监察〔2026〕1号", "监察密〔2026〕1号", "监察〔2026〕2号"]


def test_those_who_know_hand_it_to_discipline_without_a_reminder(town: Town) -> None:
    one, supervisor = secret(town, by="supervisor"), town.desk("supervisor")
    assert text_of(supervisor.get(address(one))).count("提醒督促") == 0
    elsewhere = transfer(supervisor, one.number, receivers=["市行政监督部门"])
    assert "须移送市纪委监委" in text_of(elsewhere)

    assert transfer(supervisor, one.number).status_code == 302
    assert Dossier.objects.get().number == "移送密〔2026〕1号"
    assert text_of(town.desk("discipline").get(address(Dossier.objects.get()))).count("市纪委监委")


def test_api_answers_as_if_there_were_none(town: Town) -> None:
    one = secret(town)
    city = calling.City(town.code, town.set_clock, ("office", "discipline"))

    assert city.get(f"/things/violation/{one.pk}", by="office").status == 404
    assert city.get("/things/violation", by="office").body["items"] == []
    assert [each["id"] for each in city.get("/things/violation", by="discipline").body["items"]] == [str(one.pk)]


@pytest.mark.parametrize("who", ["office", "supervisor", "discipline", "leader@城管局", "command"])
def test_words_of_violations_name_nobody_who_complained(town: Town, who: str) -> None:
    order, office = filed(town), town.desk("office")
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    given = {"consequence": said(2), "citation": said(3), "text": said(4), "person": "officer城管局"}
    record(office, "V13", evidence=f"{order}\n{said(1)}", **given)
    one = Violation.objects.get()
    press(office, one, "remind_violation", text=said(5))
    press(office, one, "remind_violation", text=said(6))
    transfer(office, one.number, materials=said(7), text=said(8))

    pages = [town.desk(who).get(address(each)) for each in (one, Dossier.objects.get())]

    assert pages[0].status_code == 200
    assert [told(text_of(each)) for each in pages] == [[], []]
    assert "officer城管局" not in text_of(pages[0])


def test_what_is_known_of_an_order_goes_with_it_when_it_is_put_apart(town: Town) -> None:
    order = town.register(type="report", publish="", target_unit="城管局")
    town.later(days=3)
    heard(town)
    assert Violation.objects.get().kind == "V12"
    town.act(order, "dispatcher", "propose_referral")
    heard(town)

    one = Violation.objects.get()
    assert (one.seers, one.is_restricted, one.counts) == (["discipline"], True, True)
    assert town.desk("office").get(address(one)).status_code == 404
    cells = Counter.objects.order_by("is_hidden").values_list("is_hidden", "facts", "violations")
    assert list(cells) == [(False, 0, 0), (True, 1, 1)]
    assert recount.compare("jiangyin").differences == ()
    assert main(["monitoring", "recount", "--city", "jiangyin"]) == 0


def test_what_becomes_hidden_is_reminded_of_no_more_and_handed_on_without(town: Town) -> None:
    town.at(moment("2026-09-08T09:00:00"))
    order = town.handled(type="complaint")
    town.at(moment("2026-09-17T10:00:00"))
    heard(town)
    one = Violation.objects.get(kind="V1c")
    town.act(order, "officer@城管局", "propose_referral")
    heard(town)
    discipline = town.desk("discipline")

    assert press(discipline, one, "remind_violation", text="请说明").status_code == 409
    assert not Notice.objects.filter(kind="violation_reminded").exists()
    one.refresh_from_db()
    assert transfer(discipline, one.number).status_code == 302


def test_hidden_and_known_ones_are_not_handed_on_together(town: Town) -> None:
    supervisor = town.desk("supervisor")
    assert record(supervisor, "V3", evidence="通话记录").status_code == 302
    known = Violation.objects.latest("pk")
    for number in ("一", "二"):
        press(supervisor, known, "remind_violation", text=f"第{number}次提醒")
    one = secret(town, by="supervisor")

    refused = transfer(supervisor, known.number, one.number)

    assert (refused.status_code, "须单独移送" in text_of(refused)) == (422, True)
    assert not Dossier.objects.exists()


def test_months_violation_stands_for_everybody_as_long_as_enough_facts_do(town: Town) -> None:
    orders = []
    for day in (2, 3, 4, 5):
        town.at(moment(f"2026-03-0{day}T09:00:00"))
        orders.append(town.dispatched(type="complaint"))
        town.at(moment(f"2026-03-0{day}T16:00:00"))
        heard(town)
    assert Violation.objects.filter(kind="V2a").count() == 1

    town.act(orders[0], "officer@城管局", "propose_referral")
    heard(town)

    standing = Violation.objects.filter(kind="V2a", counts=True)
    assert sorted(standing.values_list("is_restricted", "source")) == [
        (False, "V2a 城管局 2026-03"), (True, "V2a 城管局 2026-03"),
    ]  # fmt: skip
    assert recount.compare(town.code).differences == ()


@pytest.mark.parametrize("who", ["officer@城管局", "leader@城管局", "head@城管局", "joint_meeting", "command"])
def test_words_are_opened_by_who_may_ask_for_an_identity_alone(town: Town, who: str) -> None:
    record(town.desk("supervisor"), "V13", evidence="通话记录", citation="条例", text="陆晓禾来电，电话13000000001")
    one = Violation.objects.latest("pk")
    desk = town.desk(who)

    if desk.get(address(one)).status_code == 200:
        assert "查看原文" not in text_of(desk.get(address(one)))
        assert desk.post(f"{address(one)}words", {"reason": "了解情况"}).status_code == 403
    opened = town.desk("supervisor").post(f"{address(one)}words", {"reason": "了解情况"})
    assert "陆晓禾" in text_of(opened)


def test_search_with_what_no_text_holds_finds_nothing(town: Town) -> None:
    assert town.desk("supervisor").get("/things/violation/?q=%00").status_code == 200


def test_discipline_finds_who_read_the_identity_of_an_order_that_is_evidence(town: Town) -> None:
    order = filed(town)

    answer = record(town.desk("discipline"), "V11", evidence=order, consequence="打击报复", person="officer城管局")

    assert answer.status_code == 302
    assert Violation.objects.latest("pk").orders == [order]


def test_nobody_reads_what_they_answer_for_by_another_role(town: Town) -> None:
    one = secret(town)
    Violation.objects.filter(pk=one.pk).update(account=town.actor("supervisor").person)

    assert town.desk("supervisor").get(address(one)).status_code == 404
    assert town.desk("discipline").get(address(one)).status_code == 200


def test_refused_referral_gives_the_violation_back_to_everybody(town: Town) -> None:
    town.at(moment("2026-09-08T09:00:00"))
    order = town.handled(type="complaint")
    town.at(moment("2026-09-17T10:00:00"))
    heard(town)
    one = Violation.objects.get(kind="V1c")
    town.act(order, "officer@城管局", "propose_referral")
    heard(town)
    assert town.desk("office").get(address(one)).status_code == 404

    town.act(order, "designated_officer", "refuse_referral", reason="不属内部批转")
    heard(town)

    assert [town.desk(who).get(address(one)).status_code for who in ("office", "officer@城管局")] == [200, 200]
    assert recount.compare(town.code).differences == ()
    cells = Counter.objects.filter(code="V1c").values_list("is_hidden", "facts", "violations")
    assert sorted(each for each in cells if any(each[1:])) == [(False, 1, 1)]


@pytest.mark.clause("JY-12.1")
def test_dossier_goes_apart_with_what_it_handed_on(town: Town) -> None:
    town.at(moment("2026-03-02T09:00:00"))
    order = town.handled(type="complaint")
    town.at(moment("2026-03-25T09:00:00"))
    heard(town)
    violation = Violation.objects.get(kind="V1c")
    for text in ("请办理", "再次提醒"):
        press(town.desk("office"), violation, "remind_violation", text=text)
    assert transfer(town.desk("office"), violation.number, text="逾期未办").status_code == 302
    dossier = Dossier.objects.get()
    town.act(order, "officer@城管局", "propose_referral")
    heard(town)

    for role in ("office", "supervisor", "joint_meeting", "command"):
        assert town.desk(role).get(address(dossier)).status_code == 404
    assert "逾期未办" in text_of(town.desk("discipline").get(address(dossier)))
