"""Honors at the desks: a unit's yearly roll with each name's figures, a commendation from proposal to unit's page.

Clauses: JY-30, JY-31, SZ-38, AR-1.1c.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from tests import town_ground as towns
from tests.leaks_ground import told
from tests.monitoring_ground import closed, heard
from tests.reports_ground import counted, lake_of, planned
from tests.town_ground import LONG_AGO, Town, row, text_of

from minsheng.cases.honors.models import Award, Roll
from minsheng.core.people import actions as people
from minsheng.core.people.models import Unit, UnitContact
from minsheng.domain.actors import SYSTEM
from minsheng.gateways.ids import uuid7

TOGETHER = ["领导小组", "作风领导小组"]


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    town = towns.build("jiangyin", test_clock)
    given = {"joined_on": date(2020, 1, 1), "phone": "86860001", "parent": "城管局"}
    people.add_unit(town.code, name="环卫所", **given, actor=SYSTEM, now=LONG_AGO)
    unit = Unit.objects.get(city=town.code, name="环卫所")
    UnitContact.objects.create(
        id=uuid7(LONG_AGO), unit=unit, post="经办人", name="周联系", effective_on=LONG_AGO.date(), filed_at=LONG_AGO
    )
    return town


def begin(town: Town, who: str, thing: str, command: str, /, **fields: Any) -> Any:
    return town.desk(who).post(f"/things/{thing}/new/{command}", {"key": str(uuid4()), **fields})


def do(town: Town, who: str, page: str, command: str, **fields: str) -> int:
    kind = Award if "/award/" in page else Roll
    thing = kind.objects.get(pk=page.rstrip("/").rpartition("/")[2])
    given = {"key": str(uuid4()), "seen_version": str(thing.version), **fields}
    return town.desk(who).post(f"{page}do/{command}", given).status_code


def praised(town: Town, **changed: Any) -> Any:
    form = {
        "unit": "城管局",
        "year": "2026",
        "ground": "办理及时",
        "proposers": TOGETHER,
        "document": "澄热线〔2026〕3号",
    }
    return begin(town, "office", "award", "propose_award", **{**form, **changed})


@pytest.mark.clause("JY-30")
def test_yearly_list_of_a_unit_prints_the_years_figures_beside_each_name(town: Town) -> None:
    closed(town)
    late = town.register()
    town.act(late, "dispatcher", "dispatch", unit="环卫所", basis="权责清单")
    town.later(days=15)
    heard(town)

    answer = begin(town, "officer@城管局", "roll", "list_honors", year="2026", names="officer城管局\n环卫所")
    page = answer["Location"]

    for who in ("officer@城管局", "office"):
        read = text_of(town.desk(who).get(page))
        assert "officer城管局：办结 1 件，未按时签收 0 次，满意率 100.00%（1/1）" in read
        assert "环卫所：办结 0 件，未按时签收 1 次，尚无满意度评价" in read
    assert town.desk("officer@住建局").get(page).status_code == 404
    assert do(town, "officer@城管局", page, "issue_honors", document="1号") == 403
    assert do(town, "head@城管局", page, "issue_honors", document="城管〔2026〕9号") == 302
    assert Roll.objects.get().status == "ISSUED"


def test_nobody_of_another_unit_is_on_a_units_list(town: Town) -> None:
    for names in ("住建局", "officer住建局", "城管局", "查无此人"):
        answer = begin(town, "officer@城管局", "roll", "list_honors", year="2026", names=names)
        assert (answer.status_code, "下属单位或人员" in text_of(answer)) == (422, True), names
    assert not Roll.objects.exists()


def test_what_few_may_know_counts_for_nobodys_figures(town: Town) -> None:
    order = town.register(type="report", publish="", target_unit="住建局")
    town.act(order, "dispatcher", "propose_referral")
    town.act(order, "designated_officer", "refer", branch="12.2a", handler="城管局", cadre="other")
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "return_result", to=["office", "discipline"], text="已处理")
    town.act(order, "designated_officer", "close_referral")
    assert row(order).status == "CLOSED"

    page = begin(town, "leader@城管局", "roll", "list_honors", year="2026", names="officer城管局")["Location"]

    assert "办结 0 件" in text_of(town.desk("office").get(page))


@pytest.mark.clause("JY-31")
def test_award_of_one_proposer_is_refused_and_of_both_forwarded_and_approved(town: Town) -> None:
    alone = praised(town, proposers=["领导小组"])
    assert (alone.status_code, "还缺少共同提请方：作风领导小组" in text_of(alone)) == (422, True)
    assert not Award.objects.exists()

    page = praised(town)["Location"]

    award = Award.objects.get()
    assert (award.status, award.state["recipients"]) == ("FORWARDED", ["市委", "市政府"])
    assert do(town, "office", page, "approve_award", document="澄政发〔2026〕8号", on="2026-09-18") == 403
    assert do(town, "command", page, "approve_award", document="澄政发〔2026〕8号", on="2026-09-18") == 302
    award.refresh_from_db()
    assert (award.status, award.approved_on) == ("AWARDED", date(2026, 9, 18))


@pytest.mark.clause("SZ-38")
def test_award_stands_on_the_units_page_once_it_is_approved_and_until_it_is_annulled(town: Town) -> None:
    page = praised(town, person="officer城管局")["Location"]
    unit = f"/administration/units/{Unit.objects.get(city=town.code, name='城管局').pk}"
    assert town.desk("officer@城管局").get(page).status_code == 404
    assert "通报表扬</dt>" not in text_of(town.desk("admin").get(unit))

    do(town, "command", page, "approve_award", document="澄政发〔2026〕8号", on="2026-09-18")

    assert "2026年度 officer城管局，2026-09-18，澄政发〔2026〕8号" in text_of(town.desk("admin").get(unit))
    read = text_of(town.desk("officer@城管局").get(page))
    assert "officer城管局：办结 0 件" in read
    assert told(read) == []
    assert town.desk("officer@住建局").get(page).status_code == 404
    assert do(town, "office", page, "annul_award", reason="事迹失实") == 302
    assert "通报表扬</dt>" not in text_of(town.desk("admin").get(unit))
    assert town.desk("officer@城管局").get(page).status_code == 404


@pytest.mark.clause("AR-1.1c")
def test_annual_release_has_a_free_section_that_begins_with_the_years_commendations(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    page = praised(town, year="2023")["Location"]
    do(town, "command", page, "approve_award", document="澄政发〔2023〕8号", on="2023-09-18")
    report, desk = planned(town), town.desk("office")
    counted(town, report)
    said = "城管局获2023年度通报表扬（澄政发〔2023〕8号，2023-09-18）。"

    assert said in text_of(desk.get(f"/reports/{report}/"))
    assert said not in text_of(town.desk("duty_leader").get(f"/reports/{report}/"))
    desk.post(f"/reports/{report}/write", {"key": uuid4(), "section": "honors", "text": "获省级表扬一次。"})
    read = text_of(town.desk("duty_leader").get(f"/reports/{report}/"))
    assert "荣誉与案例" in read
    assert "获省级表扬一次。" in read
