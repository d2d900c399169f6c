"""A survey: written at a desk, answered on the public side on a telephone, its results read by everybody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.test import Client
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import looking
from tests.town_ground import Town

from minsheng.cases.surveys import actions
from minsheng.cases.surveys.models import Survey

QUESTIONS = "您对办理结果满意吗？｜单选｜满意、不满意｜满意→3\n您不满意的是什么？｜文字\n请给服务打分｜量表｜5"


def test_survey_is_written_answered_and_published(
    chromium: Browser, live_server: LiveServer, town: Town, tmp_path: Path
) -> None:
    with (
        looking(chromium, live_server.url, town, "office") as office,
        looking(chromium, live_server.url, town, None, theme="dark") as citizen,
    ):
        office.page.set_viewport_size({"width": 1366, "height": 768})
        citizen.page.set_viewport_size({"width": 390, "height": 844})
        office.open("/things/survey/new/draft_survey")
        assert office.violations() == office.beyond() == []
        office.page.get_by_label("名称").fill("办理满意度")
        office.page.get_by_label("题目").fill(QUESTIONS)
        office.page.get_by_label("公开链接").check()
        office.page.get_by_label("截止日期").fill("2026-10-30")
        office.page.screenshot(path=str(tmp_path / "draft-1366.png"), full_page=True)
        with next_page(office.page):
            office.page.get_by_role("button", name="编制问卷").click()
        with next_page(office.page):
            office.page.get_by_role("button", name="开始调查").click()

        citizen.open(f"/portal/{town.code}/surveys")
        assert citizen.violations() == citizen.beyond() == []
        with next_page(citizen.page):
            citizen.page.get_by_role("link", name="办理满意度").click()
        citizen.page.screenshot(path=str(tmp_path / "answer-390.png"), full_page=True)
        assert citizen.violations() == citizen.beyond() == []
        citizen.page.get_by_label("不满意", exact=True).check()
        with next_page(citizen.page):
            citizen.page.get_by_role("button", name="提交答卷").click()
        assert citizen.page.get_by_text("请回答第 3 题").first.is_visible()
        assert citizen.violations() == []
        citizen.page.get_by_label("2. 您不满意的是什么？").fill("拖了两周")
        citizen.page.get_by_label("2", exact=True).check()
        with next_page(citizen.page):
            citizen.page.get_by_role("button", name="提交答卷").click()
        assert citizen.page.get_by_role("heading", name="感谢参与").is_visible()
        assert citizen.violations() == citizen.beyond() == []

        row = Survey.objects.get()
        for given in ([{"q1": "满意", "q3": "5"}] * 7, [{"q1": "不满意", "q3": "2"}] * 5):
            for each in given:
                Client().post(f"/portal/{town.code}/surveys/{row.pk}", each)
        with next_page(office.page):
            office.page.get_by_role("button", name="结束调查").click()
        actions.take(town.code, now=town.now + timedelta(hours=1))
        office.open(f"/surveys/{row.pk}")
        assert office.violations() == office.beyond() == office.faults == []
        office.page.screenshot(path=str(tmp_path / "results-1366.png"), full_page=True)
        office.open(f"/things/survey/{row.pk}/")
        with next_page(office.page):
            office.page.get_by_role("button", name="公布结果").click()
        citizen.open(f"/portal/{town.code}/surveys/{row.pk}/results")
        assert citizen.page.get_by_text("53.8%").first.is_visible()
        citizen.page.screenshot(path=str(tmp_path / "results-390.png"), full_page=True)
        assert citizen.violations() == citizen.beyond() == citizen.faults == citizen.strangers() == []
