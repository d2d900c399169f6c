"""The board of monitoring: numbers with their rows, what is near its threshold, a lead that becomes a case."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.leaks_ground import told
from tests.monitoring_ground import closed, heard, press, record
from tests.secrets_ground import filed
from tests.town_ground import Town, moment, text_of

from minsheng.cases.accountability.models import Case
from minsheng.cases.monitoring.models import Violation
from minsheng.domain.actors import CITY_ROLES

ROLES = ("supervisor", "duty_leader", "office", "joint_meeting", "command", "discipline")


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def suzhou(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


def signed_late(town: Town, *days: str) -> None:
    for day in days:
        town.at(moment(f"{day}T09:00:00"))
        town.act(town.register(), "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        town.at(moment(f"{day}T16:00:00"))
        heard(town)


def test_each_number_leads_to_the_rows_behind_it(town: Town) -> None:
    office = town.desk("office")
    for code in ("V3", "V3", "V4"):
        record(office, code, evidence="通话记录")
    press(town.desk("supervisor"), Violation.objects.earliest("pk"), "annul_violation", reason="重复登记")

    page = text_of(office.get("/monitoring"))
    links = dict(re.findall(r'class="chip" href="([^"]*)" title="[^"]*">([^<]*)<', page))
    assert sorted(links.values()) == ["V3 1", "V4 1"]
    for address, shown in links.items():
        rows = text_of(office.get(address.replace("&amp;", "&")))
        assert len(re.findall(r"/things/violation/[0-9a-f-]{36}", rows)) == int(shown.split()[1])
    quarter = text_of(office.get("/monitoring?period=2026-Q3"))
    assert "共 2 件" in quarter
    assert "共 2 件" not in text_of(office.get("/monitoring?period=2026-08"))


def test_unit_that_lacks_one_to_the_threshold_is_lit(town: Town) -> None:
    signed_late(town, "2026-09-07")
    assert "接近上限" not in text_of(town.desk("office").get("/monitoring?period=2026-09")).split("foot-note")[0]

    signed_late(town, "2026-09-08")

    assert "V2a 接近上限 2/3" in text_of(town.desk("office").get("/monitoring"))
    assert "V2a 接近上限" not in text_of(town.desk("office").get("/monitoring?period=2026-08"))
    signed_late(town, "2026-09-09")
    assert "V2a 接近上限" not in text_of(town.desk("office").get("/monitoring"))


def test_hidden_violations_are_counted_for_those_who_know(town: Town) -> None:
    record(town.desk("discipline"), "V10", evidence="举报信", person="officer城管局")

    pages = {who: text_of(town.desk(who).get("/monitoring")) for who in ROLES}

    assert [who for who in ROLES if "V10 1" in pages[who]] == ["supervisor", "discipline"]
    assert [who for who in ROLES if "以权谋私" in pages[who]] == ["supervisor", "discipline"]
    for who in ROLES:
        rows = text_of(town.desk(who).get("/monitoring/rows"))
        table = town.desk(who).get("/monitoring/rows?export=csv").content.decode()
        assert ("监察密" in rows, "监察密" in table) == (who in ("supervisor", "discipline"),) * 2


@pytest.mark.parametrize("who", [*(each for each in CITY_ROLES if each not in ROLES), "officer@城管局", "head@城管局"])
def test_nobody_else_has_a_board(town: Town, who: str) -> None:
    for address in ("/monitoring", "/monitoring/rows", "/monitoring/rows?export=csv"):
        assert town.desk(who).get(address).status_code in (403, 404)


@pytest.mark.parametrize("query", ["period=2026-13", "period=x", "period=2026-Q5"])
def test_what_is_no_period_has_no_board(town: Town, query: str) -> None:
    assert town.desk("office").get(f"/monitoring?{query}").status_code == 404


def test_the_office_is_found_by_what_it_is_called(town: Town) -> None:
    town.register()
    town.later(days=3)
    heard(town)
    supervisor = town.desk("supervisor")

    for party in ("热线办", "office"):
        assert "监察〔2026〕1号" in text_of(supervisor.get("/monitoring/rows", {"party": party}))
    assert "监察〔2026〕1号" not in text_of(supervisor.get("/monitoring/rows", {"party": "城管局"}))


def test_what_is_no_state_has_no_rows(town: Town) -> None:
    assert town.desk("office").get("/monitoring/rows?state=GONE").status_code == 404
    assert town.desk("office").get("/monitoring/rows?party=%00&code=%00").status_code == 200


def test_table_holds_what_the_filter_chose_and_nobodys_name(town: Town) -> None:
    order, office = filed(town), town.desk("office")
    record(office, "V3", evidence=order, person="officer城管局")
    record(office, "V4", evidence="通话记录", unit="住建局")

    answer = office.get("/monitoring/rows?code=V3&export=csv")

    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[:4] for line in lines[1:]] == [["监察〔2026〕1号", "V3", "推诿扯皮、敷衍拖延", "城管局"]]
    assert "officer城管局" not in answer.content.decode()
    assert told(answer.content.decode()) == []


@pytest.mark.clause("JY-20.11")
def test_leak_shows_every_reading_of_the_identity_to_those_who_know(town: Town) -> None:
    order = filed(town)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    opened = town.desk("officer@城管局").post(
        f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "约定上门时间"}
    )
    assert opened.status_code == 200
    record(
        town.desk("supervisor"), "V11", person="officer城管局", evidence=order, consequence="诉求人被上门威胁"
    )  # fmt: skip
    one = Violation.objects.get()
    address = f"/monitoring/{one.pk}/readings"

    for who in ("supervisor", "discipline"):
        page = text_of(town.desk(who).get(address))
        assert "约定上门时间" in page
        assert "officer城管局" in page
        assert told(page) == []
        assert address in text_of(town.desk(who).get(f"/things/violation/{one.pk}/"))
    for who in ("office", "command", "joint_meeting", "duty_leader", "leader@城管局", "auditor"):
        assert town.desk(who).get(address).status_code in (403, 404)
    record(town.desk("office"), "V3", evidence=order)
    ordinary = Violation.objects.latest("pk")
    assert town.desk("supervisor").get(f"/monitoring/{ordinary.pk}/readings").status_code == 404


@pytest.mark.clause("SZ-43.2", "SZ-43.3")
def test_one_press_makes_a_lead_a_proposed_case_with_its_evidence(suzhou: Town) -> None:
    order = suzhou.register()
    for unit in ("城管局", "住建局"):
        suzhou.act(order, "dispatcher", "dispatch", unit=unit, basis="权责清单")
        suzhou.act(order, f"officer@{unit}", "request_return", reason="不属职责", basis="三定方案", suggest="住建局")
        suzhou.act(order, "dispatcher", "accept_return", reason="同意")
    heard(suzhou)
    lead, office, key = Violation.objects.get(), suzhou.desk("office"), str(uuid4())

    answers = [office.post(f"/monitoring/{lead.pk}/case", {"key": key}) for _ in range(2)]

    assert [each["Location"] for each in answers] == [f"/things/case/{Case.objects.get().pk}/"] * 2
    state = Case.objects.get().state
    assert (state["unit"], state["grounds"], state["orders"]) == ("住建局", ["43.3"], [order])
    lead.refresh_from_db()
    assert (lead.status, lead.counts) == ("RAISED", True)
    refused = record(office, "43.2")
    assert refused.status_code == 422
    record(office, "43.2", evidence=f"{order}\n回访记录")
    pressed = office.post(f"/monitoring/{Violation.objects.latest('pk').pk}/case", {"key": str(uuid4())})
    assert pressed.status_code == 302
    assert Case.objects.latest("pk").state["grounds"] == ["43.2"]


def test_lead_that_is_not_ripe_stays_a_suggestion(town: Town) -> None:
    town.act(closed(town), "supervisor", "record_finding", found="false_report", text="未到现场")
    heard(town)
    one, office = Violation.objects.get(), town.desk("office")

    for key in (str(uuid4()), "nothing"):
        answer = office.post(f"/monitoring/{one.pk}/case", {"key": key}, follow=True)
        assert answer.redirect_chain[0][0] == f"/things/violation/{one.pk}/"
    assert not Case.objects.exists()
    one.refresh_from_db()
    assert one.status == "SUGGESTED"
    assert town.desk("supervisor").post(f"/monitoring/{one.pk}/case", {"key": str(uuid4())}).status_code == 404
    assert office.post(f"/monitoring/{uuid4()}/case", {"key": str(uuid4())}).status_code == 404
