"""Looking at pages with a browser: signed in without the form, axe's verdict, what runs over the edge, who is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page
from tests.town_ground import Town

WIDTHS = ((1366, 768), (1920, 1080), (390, 844))
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          "resultTypes": ["violations"]}  # fmt: skip


@dataclass(slots=True)
class Viewer:
    """A page in a browser of its own, and every address that it asked for."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the site, and let what htmx fetches arrive."""
        self.page.goto(f"{self.base}{path}")

    def violations(self) -> list[str]:
        """Return what axe has against the page, with the places."""
        found = Axe().run(self.page, options=_RULES).response["violations"]
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]

    def beyond(self) -> list[str]:
        """Return what stands over the edge: of the window, and on a wide one what a list has to be scrolled for."""
        found: list[str] = self.page.evaluate(
            """() => [...document.querySelectorAll(".table-wrap:has(> table.orders)")]
                .filter(each => innerWidth >= 1366 && each.scrollWidth > each.clientWidth + 1)
                .map(each => "cut: " + each.outerHTML.slice(0, 80))
                .concat(document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1 ? []
                : [...document.querySelectorAll("body *")]
                    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
                    .slice(0, 8).map(each => each.outerHTML.slice(0, 100)))"""
        )
        return found

    def strangers(self) -> list[str]:
        """Return the addresses that were asked for outside the site's own host."""
        own = urlsplit(self.base).hostname
        return [each for each in self.asked if urlsplit(each).scheme != "data" and urlsplit(each).hostname != own]


@contextmanager
def looking(
    browser: Browser, base: str, town: Town, name: str | None, *, theme: str = "light", **cookies: str
) -> Iterator[Viewer]:
    """Open a browser in which somebody is signed in; None for a citizen."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1366, "height": 768})
    wishes = {"theme": theme, **cookies}
    context.add_cookies([{"name": key, "value": value, "url": base} for key, value in wishes.items()])
    if name is not None:
        session = town.desk(name).cookies[settings.SESSION_COOKIE_NAME].value
        # A cookie of this kind is set by a secure origin alone; browsers send it to their own machine all the same.
        safe = base.replace("http:", "https:")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": safe, "secure": True}])
    with watched(context, base) as viewer:
        yield viewer


@contextmanager
def watched(context: BrowserContext, base: str) -> Iterator[Viewer]:
    """Open a page whose requests and faults are noted; the browser's context ends with it."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    viewer = Viewer(page, base)
    page.on("request", lambda request: viewer.asked.append(request.url))
    page.on("pageerror", lambda fault: viewer.faults.append(str(fault)))
    page.on("console", lambda line: viewer.faults.append(line.text) if "Content Security Policy" in line.text else None)
    try:
        yield viewer
    finally:
        context.close()
