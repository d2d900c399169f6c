"""A matter of the forum in Chromium, with scripts and without: posted, let in, claimed, answered, rated; in the ledger.

Clauses: SZ-17b, SZ-20a, SZ-22a, SZ-22b, SZ-24.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext
from pytest_django.live_server_helper import LiveServer
from tests import town_ground as towns
from tests.forum_ground import poster
from tests.looking_ground import Viewer, looking
from tests.portal_ground import press, visiting
from tests.town_ground import Town

from minsheng.cases.forum.models import Thread
from minsheng.core.ledger import journals, verification
from minsheng.core.ledger import queries as ledger

pytestmark = pytest.mark.usefixtures("demonstration")
PHONE = "13000000001"


@pytest.fixture
def suzhou(transactional_db: None, test_clock: Callable[[datetime], None]) -> Town:
    built = towns.build("suzhou", test_clock, pack="suzhou")
    journals.make_months(built.now.date(), built.now.date())
    return built


def enter(context: BrowserContext, base: str, town: Town) -> None:
    """Let the browser have the session of somebody with a verified account."""
    citizen = poster(town.code, PHONE, "陆晓禾")
    for name, morsel in citizen.client.cookies.items():
        context.add_cookies([{
            "name": name, "value": morsel.value, "domain": str(urlsplit(base).hostname), "path": morsel["path"] or "/",
            "secure": bool(morsel["secure"]),
        }])  # fmt: skip


def say(officer: Viewer, leader: Viewer, page: str, words: str, *, purpose: str) -> None:
    """Let an officer write what the unit says, and its leader approve it."""
    officer.open(f"/forum/{page}/text")
    officer.page.get_by_label("回复内容").fill(words)
    if purpose:
        officer.page.get_by_label(purpose).check()
    press(officer.page, "送审")
    leader.open(f"/things/thread/{page}/")
    assert words in leader.page.locator("main").inner_text()
    assert leader.violations() == leader.beyond() == []
    press(leader.page, "审定回复")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_thread_is_let_in_claimed_answered_and_rated(
    chromium: Browser, live_server: LiveServer, suzhou: Town, scripts: bool
) -> None:
    base, here = live_server.url, f"{live_server.url}/portal/{suzhou.code}/forum"
    with (
        visiting(chromium, base, scripts=scripts) as author,
        looking(chromium, base, suzhou, "forum_admin") as admin,
        looking(chromium, base, suzhou, "officer@城管局") as officer,
        looking(chromium, base, suzhou, "officer@住建局") as late,
        looking(chromium, base, suzhou, "leader@城管局") as leader,
    ):
        enter(author.page.context, base, suzhou)
        author.page.goto(f"{here}/post")
        author.page.get_by_label("标题").fill("滨江路路灯不亮")
        author.page.get_by_label("内容").fill("滨江路路灯三天不亮，我的电话13912345678。")
        press(author.page, "发帖")
        assert "待审核" in author.page.locator("main").inner_text()

        admin.open("/forum/moderation")
        admin.page.get_by_role("link", name="滨江路路灯不亮").click()
        shown = admin.page.get_by_label("内容", exact=True)
        assert "13912345678" not in shown.input_value()
        assert admin.violations() == admin.beyond() == []
        press(admin.page, "按右边的文字通过")

        for viewer in (officer, late):
            viewer.open("/forum/patrol")
            assert "滨江路路灯不亮" in viewer.page.locator("main").inner_text()
        press(officer.page, "领办")
        press(late.page, "领办")
        assert "已由城管局领办" in late.page.locator("body").inner_text()

        row = Thread.objects.get()
        officer.open(f"/things/thread/{row.pk}/")
        press(officer.page, "关注")
        for words, purpose, command in (("今天去修。", "表态性回复", "表态性回复"), ("已经修好。", "答复", "答复")):
            say(officer, leader, str(row.pk), words, purpose=purpose if command != "答复" else "")
            officer.open(f"/things/thread/{row.pk}/")
            assert officer.violations() == officer.beyond() == []
            press(officer.page, command)

        author.page.goto(f"{here}/{row.code}")
        read = author.page.locator("main").inner_text()
        assert all(each in read for each in ("今天去修。", "已经修好。", "城管局"))
        assert "13912345678" not in read
        author.page.get_by_label("满意", exact=True).check()
        press(author.page, "提交评价")
        assert "满意" in author.page.locator("main").inner_text()
        assert author.faults == [] == author.strangers()

    assert [each.type for each in ledger.history(f"thread/{row.pk}")] == [
        "Posted", "PostApproved", "Claimed", "Attended", "AnswerApproved", "StanceGiven", "AnswerApproved",
        "PostAnswered", "PostRated",
    ]  # fmt: skip
    assert verification.verify().fault is None
