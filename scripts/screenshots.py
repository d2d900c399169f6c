"""`make screenshots`: a picture of every desk at three widths, from the demonstration, into var/screenshots.

It starts a platform of its own with invented people, so nothing real is ever in a picture. `docs/pictures` has the few
that the documents show; look at all of them after every change of a page.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "var" / "screenshots"
WIDTHS = ((1366, 768), (1920, 1080), (390, 844))
PASSWORD = "Yanshi-12345"
PORTAL = "/portal/demo_jiangyin"
# No staff: somebody who has filed one appeal, has an account, and is about to file another; the second in large type.
CITIZEN, ELDER = "a citizen", "an old citizen"


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its name, who looks, where; `first` opens the first order of the list there."""

    name: str
    user: str
    path: str
    first: bool = False
    press: str = ""


SHOTS = (
    Shot("sign-in", "", "/sign-in"),
    Shot("components", "", "/design"),
    Shot("seat", "jy_seat", "/orders/new"),
    Shot("seat-mine", "jy_seat", "/?tab=mine"),
    Shot("dispatcher", "jy_dispatcher", "/"),
    Shot("dispatcher-order", "jy_dispatcher", "/?tab=SUBMITTED", first=True),
    Shot("dispatcher-returned", "jy_dispatcher", "/?tab=RETURN_REQUESTED", first=True),
    Shot("designated", "jy_designated_officer", "/"),
    Shot("unit", "jy_urban_officer", "/"),
    Shot("unit-order", "jy_urban_officer", "/?tab=handling", first=True),
    Shot("unit-reply", "jy_urban_officer", "/?tab=handling", first=True, press="提交答复"),
    Shot("unit-leader", "jy_urban_leader", "/?tab=approval"),
    Shot("auditor", "jy_auditor", "/"),
    Shot("auditor-order", "jy_auditor", "/?tab=REPLIED", first=True),
    Shot("auditor-publication", "jy_auditor", "/?tab=publication", first=True),
    Shot("callback", "jy_callback_agent", "/"),
    Shot("callback-order", "jy_callback_agent", "/?tab=CALLBACK", first=True),
    Shot("supervisor", "jy_supervisor", "/supervision"),
    Shot("supervisor-list", "jy_supervisor", "/?tab=late"),
    Shot("supervisor-order", "jy_supervisor", "/?tab=late", first=True),
    Shot("cockpit", "sz_office", "/cockpit/"),
    Shot("reports", "sz_office", "/reports/"),
    Shot("report", "jy_duty_leader", "/reports/?status=REVIEW", press="每月通报"),
    Shot("release", "", "/portal/demo_suzhou/releases", press="“演示市（苏州规则）12345”2023年度工作情况发布"),
    Shot("assessment", "jy_office", "/assessment/"),
    Shot("duty-leader", "jy_duty_leader", "/"),
    Shot("notices", "jy_supervisor", "/notices/"),
    Shot("find", "jy_dispatcher", "/find"),
    Shot("public-cities", "", "/portal/"),
    Shot("public-start", "", "/portal/demo_jiangyin/"),
    Shot("public-file", "", "/portal/demo_jiangyin/file"),
    Shot("public-query", "", "/portal/demo_jiangyin/query"),
    Shot("public-sign-in", "", "/portal/demo_jiangyin/sign-in"),
    Shot("public-cases", "", "/portal/demo_jiangyin/cases"),
    Shot("public-case", "", "/portal/demo_jiangyin/cases", first=True),
    Shot("public-statistics", "", "/portal/demo_jiangyin/statistics"),
    Shot("public-open-data", "", "/portal/demo_jiangyin/open-data"),
    Shot("citizen-start", CITIZEN, f"{PORTAL}/"),
    Shot("citizen-content", CITIZEN, f"{PORTAL}/file/content"),
    Shot("citizen-alike", CITIZEN, f"{PORTAL}/file/alike"),
    Shot("citizen-files", CITIZEN, f"{PORTAL}/file/files"),
    Shot("citizen-contact", CITIZEN, f"{PORTAL}/file/contact"),
    Shot("citizen-check", CITIZEN, f"{PORTAL}/file/check"),
    Shot("citizen-receipt", CITIZEN, f"{PORTAL}/file/receipt"),
    Shot("citizen-mine", CITIZEN, f"{PORTAL}/mine"),
    Shot("citizen-appeal", CITIZEN, f"{PORTAL}/mine", first=True),
    Shot("citizen-account", CITIZEN, f"{PORTAL}/account"),
    Shot("elder-start", ELDER, f"{PORTAL}/"),
    Shot("elder-check", ELDER, f"{PORTAL}/file/check"),
    Shot("elder-receipt", ELDER, f"{PORTAL}/file/receipt"),
    Shot("elder-appeal", ELDER, f"{PORTAL}/mine", first=True),
)
THEMES = ("light", "dark", "contrast")


def main(wanted: list[str]) -> int:
    """Take the pictures whose names were given, or all; return 1 when a page runs over the edge."""
    OUT.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not wanted or shot.name in wanted]
    with tempfile.TemporaryDirectory(prefix="ms-pictures-") as folder:
        Path(folder).chmod(0o755)
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "minsheng.app.cli.main", "serve", "--demo", "--port", str(port)],
            env={**os.environ, "MINSHENG_VAR": folder},
            stdout=subprocess.DEVNULL,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            _wait(base)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]
                )
                return 1 if _take(browser, base, shots) else 0
        finally:
            process.terminate()
            process.wait(30)


# A list that has to be scrolled sideways hides its last column.
_CUT = """[...document.querySelectorAll(".table-wrap:has(> table.orders)")]
    .some(each => each.scrollWidth > each.clientWidth + 1)"""


def _take(browser: Browser, base: str, shots: list[Shot]) -> int:
    pages: dict[tuple[str, str], Page] = {}
    wide = 0
    for shot in shots:
        for theme in THEMES if shot.user in (CITIZEN, ELDER) else THEMES[:2]:
            page = pages.get((shot.user, theme)) or pages.setdefault(
                (shot.user, theme), _page(browser, base, shot, theme)
            )
            for width, height in WIDTHS if theme == "light" else WIDTHS[:1]:
                page.set_viewport_size({"width": width, "height": height})
                _open(page, base, shot)
                name = f"{shot.name}-{width}{'' if theme == 'light' else f'-{theme}'}.png"
                page.screenshot(path=OUT / name, full_page=width < 1000)
                if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
                    wide += 1
                    print(f"{name}: runs over the edge")
                if width >= 1366 and page.evaluate(_CUT):
                    wide += 1
                    print(f"{name}: a list is cut")
                print(name, flush=True)
    return wide


def _open(page: Page, base: str, shot: Shot) -> None:
    page.goto(f"{base}{shot.path}")
    if shot.first:
        found = page.locator("table.orders .title a, .case-list a")
        if not found.count():
            print(f"{shot.name}: the list is empty")
            return
        found.first.click()
        page.wait_for_load_state()
    if shot.press:
        page.get_by_role("link", name=shot.press, exact=True).first.click()
        page.wait_for_load_state()
    page.wait_for_timeout(500)


def _page(browser: Browser, base: str, shot: Shot, theme: str) -> Page:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "theme", "value": theme, "url": base}])
    page = context.new_page()
    if shot.user in (CITIZEN, ELDER):
        context.add_cookies([{"name": "elder", "value": "on" if shot.user == ELDER else "off", "url": base}])
        _be_a_citizen(page, f"{base}{PORTAL}", phone=f"1300000{len(THEMES) * 10 + (shot.user == ELDER)}{len(theme):02}")
    elif shot.user:
        page.goto(f"{base}/sign-in")
        page.fill('[name="username"]', shot.user)
        page.fill('[name="password"]', PASSWORD)
        page.click("main button")
        page.wait_for_load_state()
    return page


def _be_a_citizen(page: Page, portal: str, *, phone: str) -> None:
    """File an appeal, sign in with its telephone, and answer every question of another one."""

    def onward(path: str = "", **values: str) -> None:
        if path:
            page.goto(f"{portal}/{path}")
        for name, value in values.items():
            field = page.locator(f'main [name="{name}"]')
            if field.first.get_attribute("type") == "radio":
                page.locator(f'main [name="{name}"][value="{value}"]').check()
            else:
                field.fill(value)
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_load_state()

    def answered(**who: str) -> None:
        onward("file/type", type="help")
        onward("file/content", title="小区门口路灯不亮", content="小区门口的路灯连续三天不亮，晚上出行很不方便。")
        onward("file/place", place="滨江路12号")
        onward("file/publish", publish="yes")
        onward("file/contact", appellant="citizen", **who)

    answered(name="陆晓禾", phone=phone)
    page.locator('main [name="agreed"]').check()
    page.wait_for_selector("[data-question].solved", state="attached", timeout=60_000)
    onward()
    page.goto(f"{portal}/sign-in")
    page.wait_for_selector("[data-question].solved", state="attached", timeout=60_000)
    onward(phone=phone)
    onward(code=page.locator("main strong.number").inner_text())
    answered()


def _free_port() -> int:
    """Return a port that is free, as is the next one, where the event streams are."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError("no two free ports")


def _wait(base: str) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=1):
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the platform did not start")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
