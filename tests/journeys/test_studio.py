"""A live session at two browsers: the office runs it, the seat screens what comes in and answers on the spot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import WIDTHS, looking
from tests.town_ground import Town

from minsheng.cases.coordination.actions import PROGRAMMES
from minsheng.cases.coordination.models import Programme
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.coordination import meeting, programme


def on_air(town: Town) -> Programme:
    """Return a session that is on air, with a unit whose head has come."""
    opens = PROGRAMMES.opens
    assert opens is not None
    planned = programme.PlanSession(kind="live", when=town.now + timedelta(minutes=5), topic="夜间照明")
    office = town.actor("office")
    id = lifecycles.begin(
        PROGRAMMES, planned, city=town.code, by=office, now=town.now, made=lambda id: opens(id, town.code)
    ).id
    for by, command in (
        ("office", programme.Invite(units=("城管局", "住建局"))),
        ("officer@城管局", meeting.ConfirmAttendance(attends=True, rank="head")),
        ("office", programme.GoOnAir()),
    ):
        lifecycles.apply(PROGRAMMES, id, command, city=town.code, by=town.actor(by), now=town.now)
    return Programme.objects.get()


@pytest.mark.parametrize("width", WIDTHS)
def test_what_comes_in_is_screened_and_answered_on_air(
    chromium: Browser, live_server: LiveServer, town: Town, width: tuple[int, int], tmp_path: Any
) -> None:
    session = on_air(town)
    for content in ("路灯几点开？", "人行道破损，下雨积水，老人经过时摔倒过，盼修复。", "请问电话13812345678能查吗"):
        town.draft(content=content, programme=str(session.pk))
    with (
        looking(chromium, live_server.url, town, "seat") as seat,
        looking(chromium, live_server.url, town, "office") as office,
    ):
        for viewer in (seat, office):
            viewer.page.set_viewport_size({"width": width[0], "height": width[1]})
            viewer.open(f"/studio/{session.pk}")
        seat.page.screenshot(path=str(tmp_path / f"studio-{width[0]}.png"), full_page=True)
        assert seat.violations() == seat.beyond() == []

        first = seat.page.locator("#studio .boxed").first
        first.get_by_label("提示").fill("先问哪条路")
        with next_page(seat.page):
            first.get_by_role("button", name="上线", exact=True).click()
        assert seat.page.url.endswith(f"/studio/{session.pk}")
        chosen = seat.page.locator("section", has=seat.page.get_by_role("heading", name="上线 1", exact=True))
        chosen.get_by_text("现场答复").first.click()
        chosen.get_by_label("答复内容").fill("十八点开灯")
        office.open(f"/studio/{session.pk}/print")
        assert "先问哪条路" in office.page.locator("article").inner_text()
        office.page.screenshot(path=str(tmp_path / f"sheet-{width[0]}.png"), full_page=True)
        assert office.violations() == office.beyond() == []
        with next_page(seat.page):
            chosen.get_by_role("button", name="现场答复").click()
        assert "已现场答复 1" in seat.page.locator("#studio").inner_text()
        seat.page.screenshot(path=str(tmp_path / f"answered-{width[0]}.png"), full_page=True)
