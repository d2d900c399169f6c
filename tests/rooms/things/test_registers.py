"""The registers at the desks; what the release counts: standards, mechanisms, incidents; training by unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests import lake_ground as making
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.cases.orders import successions
from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import queries
from minsheng.cases.registers.models import Plan, Training
from minsheng.core.people.units import Change
from minsheng.domain.periods import Period
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import releases
from minsheng.figures.reports.release.annual import Annual


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


def begin(town: Town, who: str, thing: str, command: str, /, **fields: str) -> str:
    answer = town.desk(who).post(f"/things/{thing}/new/{command}", {"key": str(uuid4()), **fields})
    assert answer.status_code == 302, text_of(answer)
    return str(answer["Location"])


def do(town: Town, who: str, page: str, command: str, version: int, **fields: str) -> int:
    given = {"key": str(uuid4()), "seen_version": str(version), **fields}
    return town.desk(who).post(f"{page}do/{command}", given).status_code


def released(town: Town, folder: Path, period: Period) -> Annual:
    export.export(Store(folder), now=town.now)
    with engines.opened(Store(folder)) as lake:
        return releases.build(lake, making.parameters(period))


@pytest.mark.clause("SZ-6a")
@pytest.mark.clause("AR-2.4")
def test_three_standards_of_a_year_stand_in_its_release(town: Town, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        begin(
            town, "office", "paper", "register_paper", title=f"规范{number}", number=f"苏热线规〔2023〕{number}号",
            kind="standard", issued=f"2023-0{number}-10",
        )  # fmt: skip
    begin(
        town, "office", "paper", "register_paper", title="旧规范", number="苏热线规〔2022〕9号", kind="rule",
        issued="2022-12-31",
    )  # fmt: skip

    table = released(town, tmp_path, Period(date(2023, 1, 1), date(2024, 1, 1)))["E-9"]

    assert table.cell("制度标准规范", "合计数量").value == 3
    assert "规范2（苏热线规〔2023〕2号）" in table.notes


@pytest.mark.clause("AR-2.6.3")
def test_mechanisms_and_incidents_are_counted(town: Town, tmp_path: Path) -> None:
    begin(town, "office", "mechanism", "open_mechanism", title="夜间施工", units="城管局\n住建局", since="2026-09-01")
    page = begin(
        town, "office", "incident", "report_incident", level="city", severity="3", began="2026-09-18T10:00",
        text="无法登录",
    )  # fmt: skip
    assert do(town, "office", page, "end_incident", 1, ended="2026-09-18T12:24", cause="断电") == 302

    release = released(town, tmp_path, Period.day(date(2026, 9, 18)))

    assert release["E-8"].cell("总计", "协同治理机制").value == 1
    safety = release["E-15"]
    assert (safety.cell("市本级平台", "平台可用率").shown, safety.cell("市本级平台", "平台安全运行状态").shown) == (
        "90.000",
        "一般",
    )


@pytest.mark.clause("SZ-8c")
def test_unit_reads_the_training_that_it_is_invited_to_and_its_results(town: Town) -> None:
    page = begin(
        town, "office", "training", "plan_training", course="答复规范", audience="officers", when="2026-09-18T16:50",
        units="城管局\n住建局",
    )  # fmt: skip
    town.later(hours=1)
    results = "城管局｜3｜2｜86\n住建局｜1｜0｜41"
    assert do(town, "office", page, "record_training", 1, results=results, text="住建局成绩差") == 302

    read = text_of(town.desk("officer@城管局").get(page))
    assert ("城管局 3 2 86" in read, "住建局 1 0 41" in read, "住建局成绩差" in read) == (True, False, False)
    assert town.desk("seat").get(page).status_code == 404
    assert Training.objects.get().status == "HELD"


def test_line_of_results_that_cannot_be_read_is_named(town: Town) -> None:
    page = begin(
        town, "office", "training", "plan_training", course="答复规范", audience="officers", when="2026-09-18T16:50",
        units="城管局",
    )  # fmt: skip
    town.later(hours=1)
    answer = town.desk("office").post(
        f"{page}do/record_training", {"key": str(uuid4()), "seen_version": "1", "results": "城管局"}
    )

    assert (answer.status_code, "第 1 行请写成：单位｜参训人数｜合格人数｜平均分" in text_of(answer)) == (422, True)


def test_list_shows_what_an_entry_is_about_and_finds_it(town: Town) -> None:
    for title in ("夜间施工", "餐饮油烟"):
        begin(town, "office", "mechanism", "open_mechanism", title=title, units="城管局\n住建局", since="2026-09-01")
    desk = town.desk("office")

    everything, found = text_of(desk.get("/things/mechanism/")), text_of(desk.get("/things/mechanism/?q=油烟"))

    assert ("夜间施工" in everything, "餐饮油烟" in everything) == (True, True)
    assert ("夜间施工" in found, "餐饮油烟" in found) == (False, True)


def test_drafter_does_not_approve_their_own_plan(town: Town) -> None:
    town.staff["command@"] = town.hire("兼职", "office", "command")
    page = begin(town, "office", "plan", "draft_plan", title="总预案", document="1号")

    assert do(town, "command", page, "activate_plan", 1) == 302
    assert Plan.objects.get().edition == 1


def test_clock_of_a_unit_with_stricter_rules_cites_them(town: Town) -> None:
    other = towns.build("suqian", town.set_clock, pack="suqian")
    begin(other, "head@城管局", "bylaw", "file_bylaw", title="城管局细则", document="1号", sign="20分钟")
    change = Change("rename", "城管局", ("综合行政执法局",), {})
    successions.carry_out(other.code, change, key="k", actor=other.actor("admin"), now=other.now)
    order = other.register()
    other.act(order, "dispatcher", "dispatch", unit="综合行政执法局", basis="权责清单")

    page = text_of(other.desk("officer@城管局").get(f"/orders/{order}/"))
    clock = queries.state_of(Order.objects.get(pk=order)).timer("sign", "综合行政执法局")

    assert clock is not None
    assert clock.due is not None
    assert (clock.due - other.now, "SQ-25" in page) == (timedelta(minutes=20), True)


def test_number_of_a_paper_is_one_in_any_width_and_its_repeal_follows_its_issue(town: Town) -> None:
    page = begin(
        town, "office", "paper", "register_paper", title="规范", number="1号", kind="rule", issued="2026-09-10"
    )
    again = {"title": "规范", "number": "１ 号", "kind": "rule", "issued": "2026-09-10", "key": str(uuid4())}

    assert "已经登记过" in text_of(town.desk("office").post("/things/paper/new/register_paper", again))
    for day in ("1990-01-01", "2199-01-01"):
        assert do(town, "office", page, "repeal_paper", 1, on=day, reason="有新规定") == 422
    assert do(town, "office", page, "repeal_paper", 1, on="2026-09-12", reason="有新规定") == 302


def test_form_is_offered_to_nobody_whom_the_pack_does_not_let_press(town: Town) -> None:
    assert "new/file_bylaw" not in town.desk("head@城管局").get("/things/bylaw/").content.decode()
    assert town.desk("head@城管局").get("/things/bylaw/new/file_bylaw").status_code == 404


def test_training_of_a_renamed_unit_takes_its_result_under_the_name_of_today(town: Town) -> None:
    page = begin(
        town, "office", "training", "plan_training", course="答复规范", audience="officers", when="2026-09-18T16:50",
        units="城管局",
    )  # fmt: skip
    change = Change("rename", "城管局", ("城市管理局",), {})
    successions.carry_out(town.code, change, key="k", actor=town.actor("admin"), now=town.now)
    town.later(hours=1)

    assert do(town, "office", page, "record_training", 1, results="城市管理局｜3｜2｜86\n城管局｜1｜1｜") == 422
    assert do(town, "office", page, "record_training", 1, results="城市管理局｜3｜2｜86") == 302


def test_nobody_is_called_to_a_day_that_has_passed(town: Town) -> None:
    form = {"key": str(uuid4()), "when": "2026-09-17T23:59", "units": "城管局", "question": "由谁牵头"}
    answer = town.desk("joint_meeting").post("/things/meeting/new/call_meeting", form)

    assert "所填时间已过" in text_of(answer)
