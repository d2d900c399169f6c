"""A citizen's whole way in Chromium, with scripts and without: file, receive, ask, add, urge, rate; into the ledger.

Proves: SZ-15.1, JY-9.1a, JY-9.6, SZ-39 at the portal. Pages for the old, for screen readers, at every width.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests import peers
from tests.browser import CHROMIUM
from tests.gateways.filesamples import PNG
from tests.journeys.looking import WIDTHS, Viewer, watched
from tests.pages.test_reports import sent
from tests.pages.town import Town
from tests.public.test_publication import published, relayed
from tests.public.visiting import CONTENT, Citizen, answer_to, answered
from tests.reports_ground import lake_of

from minsheng.appeals import attachments
from minsheng.appeals import queries as appeals
from minsheng.ledger import verification
from minsheng.orders import models, queries
from minsheng.publication import actions

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def town(transactional_db: None, test_clock: Callable[[datetime], None], tmp_path: Path, settings: Any) -> Town:
    """Return a town whose facts are really committed, in a demonstration."""
    from tests.pages import town as towns

    settings.DEMO = True
    settings.FILES_FOLDER = tmp_path / "files"
    settings.DRAFTS_FOLDER = tmp_path / "draft-files"
    settings.LAKE_FOLDER = lake_of("jiangyin")
    return towns.build("jiangyin", test_clock)


@contextmanager
def visiting(browser: Browser, base: str, *, scripts: bool = True, **cookies: str) -> Iterator[Viewer]:
    """Open a citizen's browser."""
    context = browser.new_context(
        locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=scripts, viewport={"width": 390, "height": 844}
    )
    context.add_cookies([{"name": key, "value": value, "url": base} for key, value in cookies.items()])
    with watched(context, base) as viewer:
        yield viewer


def press(page: Page, label: str) -> None:
    """Press a button by its words."""
    page.get_by_role("button", name=label, exact=True).first.click()
    page.wait_for_load_state()


def prove(page: Page, *, scripts: bool) -> None:
    """Let the script answer the question, or answer it."""
    if scripts:
        page.wait_for_selector("[data-question].solved", state="attached", timeout=60_000)
    else:
        page.get_by_label(question := page.locator("[data-question] label").inner_text()).fill(answer_to(question))


def file(page: Page, base: str, city: str, *, scripts: bool) -> tuple[str, str]:
    """Go from the start page to the receipt; return number and code."""
    page.goto(f"{base}/portal/{city}/")
    page.get_by_role("link", name="我要反映").last.click()
    page.get_by_label("求助").check()
    press(page, "继续")
    page.get_by_label("一句话概括").fill("小区东门人行道破损")
    page.get_by_label("详细情况").fill(CONTENT)
    press(page, "继续")
    page.get_by_label("事情发生在哪里？").fill("滨江路12号")
    press(page, "继续")
    press(page, "继续")  # no unit
    page.set_input_files("#files", {"name": "现场.png", "mimeType": "image/png", "buffer": PNG})
    press(page, "上传")
    assert page.get_by_text("现场.png").first.is_visible()
    press(page, "继续")
    page.get_by_label("可以公开").check()
    press(page, "继续")
    page.get_by_label("个人").check()
    page.get_by_label("怎么称呼您？").fill("陆晓禾")
    page.get_by_label("联系电话").fill("13000000001")
    press(page, "继续")
    prove(page, scripts=scripts)
    page.get_by_label("我确认以上内容属实").check()
    press(page, "确认提交")
    return page.locator(".done .number").first.inner_text(), page.locator("#query-code").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_citizen_files_receives_asks_adds_urges_and_rates_into_the_ledger(
    chromium: Browser, live_server: LiveServer, town: Town, scripts: bool
) -> None:
    with visiting(chromium, live_server.url, scripts=scripts) as viewer:
        number, code = file(viewer.page, live_server.url, town.code, scripts=scripts)
        faults, strangers = viewer.faults, viewer.strangers()
    row = models.Order.objects.get(number=number)
    with visiting(chromium, live_server.url, scripts=scripts) as viewer:
        page = viewer.page
        page.goto(f"{live_server.url}/portal/{town.code}/query?number={number}")
        prove(page, scripts=scripts)
        page.get_by_label("查询码").fill(code)
        press(page, "查询")
        assert "已收到，热线中心最迟" in page.locator(".standing").inner_text()
        page.get_by_label("补充说明").fill("晚上没有灯，更危险")
        press(page, "补充")
        page.get_by_label("想说的话").fill("请快一点")
        press(page, "催办")
        answered(town, row.id)
        page.reload()
        page.get_by_label("基本满意").check()
        page.get_by_label("解决了", exact=True).check()
        press(page, "提交评价")
        assert "已办结（满意）" in page.locator(".standing").inner_text()
        faults, strangers = faults + viewer.faults, strangers + viewer.strangers()

    types = [event.type for event in queries.history(row.id)]
    for wanted in ("Registered", "MaterialAdded", "Urged", "CalledBack", "Closed"):
        assert wanted in types
    assert [each.name for each in attachments.of_order(row.id)] == ["现场.png"]
    assert [each.text for each in appeals.additions(row.id)] == ["晚上没有灯，更危险"]
    assert verification.verify().fault is None
    assert (faults, strangers) == ([], [])


# Every public page; `{number}` is a published case and one's own appeal.
PAGES = (
    "", "file/type", "file/content", "file/place", "file/alike", "file/about", "file/files", "file/publish",
    "file/contact", "file/check", "file/receipt", "query", "mine", "sign-in", "sign-in/code", "account",
    "real-name/return", "cases",
    "cases?text=破损", "cases?text=道", "cases/{number}", "appeals/{number}", "appeals/{open}", "statistics",
    "open-data", "cases/nothing", "releases", "releases/{release}",
)  # fmt: skip


def prepared(town: Town) -> tuple[Citizen, dict[str, str]]:
    """Return somebody who has an account, a published case, an answered one, a receipt, a draft; and a release."""
    citizen = Citizen(town.code)
    row = published(town, citizen)
    town.later(seconds=1)
    waiting = citizen.file()
    answered(town, waiting.id)
    relayed()
    actions.count(town.now)
    citizen.sign_in("13000000001")
    town.later(minutes=2)
    assert citizen.asked("sign-in", {"phone": "13000000001"}).status_code == 302
    assert citizen.post("real-name", {}).status_code == 302
    citizen.fill()
    return citizen, {"number": row.number, "open": waiting.number, "release": str(sent(town))}


def session_of(citizen: Citizen) -> str:
    """Return the value of the citizen's session cookie."""
    from django.conf import settings

    return str(citizen.client.cookies[settings.SESSION_COOKIE_NAME].value)


def seen_by(viewer: Viewer, citizen: Citizen) -> None:
    """Let the browser have the citizen's session."""
    from django.conf import settings

    safe = viewer.base.replace("http:", "https:")
    name = settings.SESSION_COOKIE_NAME
    viewer.page.context.add_cookies([{"name": name, "value": session_of(citizen), "url": safe, "secure": True}])


@pytest.mark.parametrize(("theme", "elder"), [("light", "off"), ("dark", "off"), ("light", "on")])
def test_axe_has_nothing_against_any_public_page(
    chromium: Browser, live_server: LiveServer, town: Town, theme: str, elder: str
) -> None:
    citizen, fields = prepared(town)
    wrong: list[str] = []

    with visiting(chromium, live_server.url, theme=theme, elder=elder) as viewer:
        seen_by(viewer, citizen)
        for path in PAGES:
            viewer.open(f"/portal/{town.code}/{path.format(**fields)}")
            wrong += [f"{path}: {each}" for each in viewer.violations()]
        viewer.open("/portal/")
        wrong += viewer.violations()
        viewer.open(f"/portal/{town.code}/file/type")
        viewer.page.locator("main button[type=submit]").click()
        wrong += [f"errors: {each}" for each in viewer.violations()]
        viewer.open(f"/portal/{town.code}/file/files")
        press(viewer.page, "上传")
        wrong += [f"refused: {each}" for each in viewer.violations()]
        faults, strangers = viewer.faults, viewer.strangers()

    assert wrong == []
    assert (faults, strangers) == ([], [])


@pytest.mark.parametrize("elder", ["off", "on"])
def test_pa11y_has_nothing_against_any_public_page(
    server_as_it_runs: None, live_server: LiveServer, town: Town, elder: str, settings: Any
) -> None:
    citizen, fields = prepared(town)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session_of(citizen)}; elder={elder}; theme=light"
    addresses = [f"{live_server.url}/portal/{town.code}/{path.format(**fields)}" for path in PAGES]
    asked = {"addresses": addresses, "cookies": cookies, "chromium": str(CHROMIUM)}

    done = subprocess.run(
        [*peers.node(), str(peers.FOLDER / "look.mjs"), json.dumps(asked)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


# What one presses: as wide and high as a finger, but for links within a sentence.
_SMALL = """least => [...document.querySelectorAll("button, a, select, input:not([type=hidden]), summary")]
    .filter(each => each.offsetParent !== null && !each.closest(".skip, .hidden") && !each.classList.contains("skip"))
    .filter(each => !(each.tagName === "A" && each.closest("p, dd") && getComputedStyle(each).display === "inline"))
    .map(each => [each, (each.type === "radio" || each.type === "checkbox")
        ? each.closest(".choice").getBoundingClientRect() : each.getBoundingClientRect()])
    .filter(([, box]) => box.height < least - 0.5)
    .map(([each, box]) => `${box.height} ${each.outerHTML.slice(0, 110)}`)"""


@pytest.mark.parametrize(("elder", "least"), [("off", 44), ("on", 60)])
def test_targets_are_as_large_as_a_finger(
    chromium: Browser, live_server: LiveServer, town: Town, elder: str, least: int
) -> None:
    citizen, fields = prepared(town)
    small: list[str] = []

    with visiting(chromium, live_server.url, elder=elder) as viewer:
        seen_by(viewer, citizen)
        for path in PAGES:
            viewer.open(f"/portal/{town.code}/{path.format(**fields)}")
            small += [f"{path}: {each}" for each in viewer.page.evaluate(_SMALL, least)]

    assert small == []


@pytest.mark.parametrize(("elder", "language"), [("off", "zh-hans"), ("on", "zh-hans"), ("on", "en")])
def test_nothing_runs_over_the_edge_at_any_width_nor_at_twice_the_size(
    chromium: Browser, live_server: LiveServer, town: Town, elder: str, language: str
) -> None:
    citizen, fields = prepared(town)
    wide: list[str] = []
    # Twice the size of 1280 pixels is what 640 show; 320 is what a reflow must hold (WCAG 1.4.10).
    widths = (*WIDTHS, (640, 512), (320, 640))

    with visiting(chromium, live_server.url, elder=elder, language=language) as viewer:
        seen_by(viewer, citizen)
        for path in PAGES:
            viewer.open(f"/portal/{town.code}/{path.format(**fields)}")
            for width, height in widths:
                viewer.page.set_viewport_size({"width": width, "height": height})
                wide += [f"{path} at {width}: {each}" for each in viewer.beyond()]

    assert wide == []
