"""The reports' desk: from the plan to what was sent, with figures counted from a lake, and what is refused on the way.

Clauses: SZ-35a, SZ-37, JY-14a, JY-14c, SQ-13, SQ-14a, SQ-16, AR-0, AR-1.1c.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from tests import town_ground as towns
from tests.reports_ground import counted, lake_of, planned, press, sent, status, written
from tests.town_ground import Town, text_of

from minsheng.core.ledger import verification
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.duties import report as duty
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports import actions
from minsheng.figures.reports.cycle import jobs
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Delivery, Job, Report

pytestmark = pytest.mark.django_db
EDITORS = ("office", "supervisor")
STRANGERS = ("seat", "dispatcher", "auditor", "callback_agent", "officer@城管局", "leader@城管局")


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch, town: Town) -> None:
    """Let the town have the lake of a simulated year."""
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))


def test_release_goes_from_plan_to_publication(town: Town, lake: None) -> None:
    report = sent(town)

    row = Report.objects.get(pk=report)
    assert row.status == duty.SENT
    assert row.document is not None
    assert bytes(row.document).startswith(b"%PDF")
    assert [(each.recipient, each.is_copy) for each in Delivery.objects.filter(report=report)] == [("社会公众", False)]
    assert verification.verify(stream=f"report/{report}").fault is None
    assert lifecycles.rebuild(actions.KIND, check=True) == (1, 0)


def test_page_shows_figures_with_definitions_changes_and_rows(town: Town, lake: None) -> None:
    report = planned(town)
    assert counted(town, report).state == "DONE"

    page = text_of(town.desk("office").get(f"/reports/{report}/"))

    cell = figures.read(Report.objects.get(pk=report).figures)["E-1"].cell("总计", "诉求总量")
    assert cell.shown in page
    assert cell.change_shown in page
    assert "本期登记并受理的诉求件数" in page
    assert f"/reports/{report}/rows?table=E-1" in page
    assert "2023年，全市共受理有效服务诉求" in page


@pytest.mark.clause("AR-3.0")
def test_text_and_table_have_one_figure(town: Town, lake: None) -> None:
    report = planned(town)
    counted(town, report)
    press(
        town,
        "office",
        report,
        "write",
        section="problems",
        text="总量{{E-1/总计/诉求总量}}件，{{E-1/总计/诉求总量|同比}}。",
    )

    page = text_of(town.desk("office").get(f"/reports/{report}/"))

    total = figures.read(Report.objects.get(pk=report).figures)["E-1"].cell("总计", "诉求总量")
    assert f"总量{total.shown}件，同比减少" in page


def test_field_that_is_no_figure_is_refused_and_changes_nothing(town: Town, lake: None) -> None:
    report = planned(town)
    counted(town, report)

    answer = press(town, "office", report, "write", section="problems", text="总量{{E-1/总计/没有}}件。")

    assert answer.status_code == 422
    assert "“E-1/总计/没有”没有对应的数据" in text_of(answer)
    assert Report.objects.get(pk=report).words == {}


def test_rows_behind_a_figure_are_as_many_as_it_says(town: Town, lake: None) -> None:
    report = planned(town)
    counted(town, report)
    total = figures.read(Report.objects.get(pk=report).figures)["E-1"].figure("企业诉求", "部门办理")

    answer = town.desk("office").get(
        f"/reports/{report}/rows", {"table": "E-1", "row": "企业诉求", "column": "部门办理"}
    )

    assert answer.status_code == 200
    assert answer.context["number"] == total


@pytest.mark.parametrize("place", [{"table": "E-1"}, {"table": "E-99", "row": "总计", "column": "诉求总量"}, {}])
def test_rows_of_no_figure_are_not_found(town: Town, lake: None, place: dict[str, str]) -> None:
    report = planned(town)
    counted(town, report)

    assert town.desk("office").get(f"/reports/{report}/rows", place).status_code == 404


def test_broken_identity_refuses_and_is_named(town: Town, lake: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proves: E-16 (a release whose figures don't hold together is not made)."""
    from minsheng.figures.reports.cycle import composing
    from minsheng.figures.reports.release import checks

    fault = checks.Broken("E-1", "E-1 总计：部门办理 应等于 196", 195, 196)
    monkeypatch.setattr(composing.checks, "broken", lambda release: [fault])
    report = planned(town)

    job = counted(town, report)

    assert job.state == "FAILED"
    assert "部门办理 应等于 196：195 ≠ 196" in job.failure
    assert status(report) == duty.PLANNED
    assert "部门办理" in text_of(town.desk("office").get(f"/reports/{report}/"))


def test_report_without_a_lake_says_what_to_do(town: Town, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LAKE_FOLDER", tmp_path / "none")
    report = planned(town)

    job = counted(town, report)

    assert job.state == "FAILED"
    assert "minsheng lake export" in job.failure


def test_counting_is_stopped_before_it_began_and_while_it_runs(town: Town, lake: None) -> None:
    report = planned(town)
    press(town, "office", report, "compose")
    press(town, "office", report, "stop")
    assert Job.objects.get(report=report).state == "STOPPED"

    press(town, "office", report, "compose")
    job = Job.objects.get(report=report, state="WAITING")
    moments = iter(range(100))

    def clock() -> Any:
        # The third time that the worker looks at the clock somebody has pressed stop.
        if next(moments) == 3:
            jobs.stop(report, city=town.code, now=town.now)
        return town.now

    assert jobs.run_one(clock=clock)

    job.refresh_from_db()
    assert job.state == "STOPPED"
    assert status(report) == duty.PLANNED


def test_job_of_a_worker_that_died_is_done_by_another(town: Town, lake: None) -> None:
    report = planned(town)
    press(town, "office", report, "compose")
    Job.objects.update(state="RUNNING", beat_at=town.now - jobs.SILENCE)
    assert not jobs.run_one(clock=lambda: town.now)

    town.later(seconds=1)

    assert jobs.run_one(clock=lambda: town.now)
    assert status(report) == duty.DRAFT


def test_counting_twice_at_once_is_refused(town: Town, lake: None) -> None:
    report = planned(town)
    press(town, "office", report, "compose")

    answer = press(town, "office", report, "compose")

    assert "正在取数" in text_of(answer)
    assert Job.objects.count() == 1


def test_progress_is_shown_and_the_page_is_asked_for_anew_at_the_end(town: Town, lake: None) -> None:
    report = planned(town)
    press(town, "office", report, "compose")
    Job.objects.update(state="RUNNING", stage="calls", done=5, of=20, beat_at=town.now)

    running = town.desk("office").get(f"/reports/{report}/progress")
    Job.objects.update(state="DONE")
    done = town.desk("office").get(f"/reports/{report}/progress")

    assert "话务（25%）" in text_of(running)
    assert "HX-Refresh" not in running
    assert done["HX-Refresh"] == "true"


def test_section_that_must_be_written_holds_the_report_up(town: Town, lake: None) -> None:
    report = planned(town)
    counted(town, report)

    answer = press(town, "office", report, "submit")

    assert "请先填写：存在问题、下一步工作。" in text_of(answer)
    assert status(report) == duty.DRAFT


def test_who_hands_in_does_not_approve(town: Town, lake: None) -> None:
    both = town.hire("office and leader", "office", "duty_leader")
    report = planned(town)
    counted(town, report)
    written(town, report)
    town.desk(both, acting_as="office").post(f"/reports/{report}/submit", {"key": uuid4()})

    answer = town.desk(both, acting_as="duty_leader").post(f"/reports/{report}/approve", {"key": uuid4()}, follow=True)

    assert "不能由提交人自己批准" in text_of(answer)
    assert status(report) == duty.REVIEW


def test_leader_gives_it_back_with_a_reason(town: Town, lake: None) -> None:
    report = planned(town)
    counted(town, report)
    written(town, report)
    press(town, "office", report, "submit")

    refused = press(town, "duty_leader", report, "send_back", reason="")
    answer = press(town, "duty_leader", report, "send_back", reason="请补充案例")

    assert "请填写这一项" in text_of(refused)
    assert status(report) == duty.DRAFT
    assert "请补充案例" in text_of(answer)


@pytest.mark.clause("JY-14b")
def test_bulletin_goes_to_four_with_a_copy_to_every_unit(town: Town, lake: None) -> None:
    """Four addressees and every joined unit, with receipts."""
    report = sent(town, "monthly_bulletin", since=date(2023, 9, 1), until=date(2023, 10, 1))

    deliveries = Delivery.objects.filter(report=report)
    assert [each.recipient for each in deliveries.filter(is_copy=False)] == ["市委", "市人大", "市政府", "市政协"]
    assert {each.recipient for each in deliveries.filter(is_copy=True)} == set(towns.UNITS)

    press(town, "office", report, "acknowledge", recipient="市委")
    again = press(town, "office", report, "acknowledge", recipient="市委")

    assert deliveries.get(recipient="市委").received_at == town.now
    assert "已登记签收" in text_of(again)


def test_special_report_and_its_instruction_are_counted_in_the_next_figures(
    town: Town, lake: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clauses: SZ-35a (a leader's instruction on a special report is counted)."""
    report = sent(town, "special_on_demand", since=date(2023, 9, 1), until=date(2023, 9, 8))
    press(town, "office", report, "instruct", leader="市长", words="请研究。")
    monkeypatch.setattr(settings, "LAKE_FOLDER", tmp_path / "lake")
    export.export(Store(tmp_path / "lake"), now=town.now)

    month = town.now.date().replace(day=1)
    bulletin = planned(town, "monthly_bulletin", since=month, until=date(2026, 10, 1))
    town.later(minutes=1)
    counted(town, bulletin)

    total = figures.read(Report.objects.get(pk=bulletin).figures)["E-8"]["总计"]
    assert (total["分析专报上报总量"].value, total["领导签批"].value) == (1, 1)


def test_unit_reads_its_copy_and_signs_for_it(town: Town, lake: None) -> None:
    """Clauses: JY-14b (a receipt of each unit), SZ-34b."""
    report = sent(town, "monthly_bulletin", since=date(2023, 9, 1), until=date(2023, 10, 1))
    officer = town.desk("officer@城管局")

    page = text_of(officer.get("/bulletins/"))
    document = officer.get(f"/bulletins/{report}/document.pdf")
    answer = officer.post(f"/bulletins/{report}/sign", {"key": uuid4()}, follow=True)
    again = officer.post(f"/bulletins/{report}/sign", {"key": uuid4()}, follow=True)

    assert "2023年9月运行情况通报" in page
    assert bytes(document.content) == bytes(Report.objects.get(pk=report).document or b"")
    assert "已签收。" in text_of(answer)
    assert "无须重复登记" in text_of(again)
    assert Delivery.objects.get(report=report, recipient="城管局").received_at == town.now
    assert Delivery.objects.get(report=report, recipient="住建局").received_at is None


def test_unit_finds_nothing_that_was_not_sent_to_it(town: Town, lake: None) -> None:
    release = sent(town)
    draft = planned(town, "monthly_bulletin", since=date(2023, 9, 1), until=date(2023, 10, 1))

    for report in (release, draft):
        assert town.desk("officer@城管局").get(f"/bulletins/{report}/document.pdf").status_code == 404
        assert town.desk("officer@城管局").post(f"/bulletins/{report}/sign", {"key": uuid4()}).status_code == 404
    assert town.desk("office").get("/bulletins/").status_code == 404


def test_instruction_of_a_leader_is_kept_and_counted(town: Town, lake: None) -> None:
    report = sent(town)

    page = text_of(press(town, "office", report, "instruct", leader="市长", words="请各单位认真研究。"))

    assert "请各单位认真研究。" in page
    assert Report.objects.get(pk=report).state["instructions"] == 1


def test_button_pressed_twice_counts_once(town: Town, lake: None) -> None:
    report = sent(town)
    key = uuid4()

    for _press in range(2):
        press(town, "office", report, "instruct", leader="市长", words="请研究。", key=key)

    assert Report.objects.get(pk=report).state["instructions"] == 1


def test_published_release_is_read_by_everybody_and_nothing_else_is(town: Town, lake: None, client: Any) -> None:
    release = sent(town)
    draft = planned(town, since=date(2022, 1, 1), until=date(2023, 1, 1))
    bulletin = sent(town, "monthly_bulletin", since=date(2023, 9, 1), until=date(2023, 10, 1))

    page = client.get(f"/portal/{town.code}/releases/{release}")
    document = client.get(f"/portal/{town.code}/releases/{release}/document.pdf")

    assert "诉求总量与办理" in text_of(page)
    assert "/rows?" not in text_of(page)
    assert document.content == bytes(Report.objects.get(pk=release).document or b"")
    assert f"/portal/{town.code}/releases/{release}" in text_of(client.get(f"/portal/{town.code}/releases"))
    assert client.get(f"/portal/{town.code}/releases/{draft}").status_code == 404
    assert client.get(f"/portal/{town.code}/releases/{bulletin}").status_code == 404


def test_withdrawn_release_is_gone_and_may_be_made_again(town: Town, lake: None, client: Any) -> None:
    release = sent(town)

    press(town, "duty_leader", release, "withdraw", reason="数据有误")

    assert client.get(f"/portal/{town.code}/releases/{release}").status_code == 404
    assert planned(town) != release


@pytest.mark.parametrize("kind", ["document.pdf", "document.docx", "tables.xlsx", "tables/E-1.csv"])
def test_report_is_taken_away(town: Town, lake: None, kind: str) -> None:
    report = planned(town)
    assert town.desk("office").get(f"/reports/{report}/{kind}").status_code in (302, 404)
    counted(town, report)

    answer = town.desk("office").get(f"/reports/{report}/{kind}")

    assert answer.status_code == 200
    assert "filename*=UTF-8''" in answer["Content-Disposition"]
    content = bytes(answer.content)
    if kind.endswith(("docx", "xlsx")):
        assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    elif kind.endswith("csv"):
        assert content.decode("utf-8-sig").splitlines()[0].startswith("类别,诉求总量")
    else:
        assert content.startswith(b"%PDF")


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_find_no_reports(town: Town, who: str) -> None:
    report = planned(town)

    for address in ("/reports/", f"/reports/{report}/", f"/reports/{report}/document.pdf", "/assessment/", "/cockpit/"):
        assert town.desk(who).get(address).status_code == 404, address
    assert press(town, who, report, "compose").status_code == 404


@pytest.mark.parametrize("who", ["joint_meeting", "command"])
def test_leaders_read_but_do_not_write(town: Town, who: str, lake: None) -> None:
    report = planned(town)
    counted(town, report)

    assert town.desk(who).get(f"/reports/{report}/").status_code == 200
    press(town, who, report, "write", section="problems", text="改")
    assert Report.objects.get(pk=report).words == {}


def test_report_of_another_city_is_not_found(town: Town, test_clock: Any) -> None:
    other = towns.build("suqian", test_clock)
    report = planned(town)

    assert other.desk("office").get(f"/reports/{report}/").status_code == 404


def test_steps_want_a_post(town: Town) -> None:
    report = planned(town)

    for step in ("compose", "stop", "write", "submit", "approve", "send_back", "send", "withdraw"):
        assert town.desk("office").get(f"/reports/{report}/{step}").status_code == 405


def test_what_no_font_can_write_is_named_before_it_is_sent(town: Town, lake: None) -> None:
    report = planned(town)
    counted(town, report)
    written(town, report)
    before = text_of(town.desk("office").get(f"/reports/{report}/"))

    press(town, "office", report, "write", section="problems", text="𠮷祥路路灯🙂不亮。")
    after = text_of(town.desk("office").get(f"/reports/{report}/"))

    assert "字体中没有这些字" not in before
    assert "字体中没有这些字：𠮷（U+20BB7）、🙂（U+1F642）。" in after


def test_a_report_with_control_characters_is_made_in_every_form(town: Town, lake: None) -> None:
    report = planned(town)
    counted(town, report)

    press(town, "office", report, "write", section="problems", text="路灯\x08不\x0b亮\ufffe。")

    desk = town.desk("office")
    forms = ("document.pdf", "document.docx", "tables.xlsx")
    assert [desk.get(f"/reports/{report}/{form}").status_code for form in forms] == [200] * 3
    assert "路灯不" in str(Report.objects.get(pk=report).words)
