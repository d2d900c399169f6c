"""Debian's Chromium, one for each process of a run: a test that wants a browser asks for `chromium`.

`MINSHENG_TRACES` names a folder: then every browser context leaves a trace of Playwright's there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--lang=zh-CN",
)
TRACES_VARIABLE = "MINSHENG_TRACES"


@pytest.fixture(scope="session")
def server_as_it_runs() -> None:
    """Let the test's server behave as ours: our own page serves the style sheet, no thread keeps a connection."""
    from django.conf import settings
    from django.db import connections

    settings.STATIC_URL = "/served-by-nobody/"
    connections.databases["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def one_chromium(server_as_it_runs: None) -> Iterator[Browser]:
    """Start Debian's Chromium; it talks to the test's own server alone."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.fail("浏览器测试需要 Debian 的 chromium 和中文字体：apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def chromium(one_chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Return the browser; what a test leaves open in it is closed with the test."""
    folder = os.environ.get(TRACES_VARIABLE)
    if folder:
        with _traced(one_chromium, Path(folder), name=request.node.name):
            yield one_chromium
    else:
        yield one_chromium
    for context in one_chromium.contexts:
        context.close()


@contextmanager
def next_page(page: Page) -> Iterator[None]:
    """Do what leads to another page, and wait until that page is there.

    A page's own load state says nothing: until the answer comes, the old page is still loaded.
    """
    with page.expect_navigation():
        yield


@contextmanager
def _traced(browser: Browser, folder: Path, *, name: str) -> Iterator[None]:
    """Keep a trace of every context that is opened, in files that bear the test's name."""
    opened: list[BrowserContext] = []
    new_context = browser.new_context

    def new_traced(*arguments: object, **options: object) -> BrowserContext:
        context = new_context(*arguments, **options)  # type: ignore[arg-type]
        opened.append(context)
        place = folder / f"{name}-{len(opened)}.zip".replace("/", "_")
        context.tracing.start(screenshots=True, snapshots=True)
        close = context.close

        def stop_and_close(*closing: object, **reasons: object) -> None:
            context.tracing.stop(path=place)
            close(*closing, **reasons)  # type: ignore[arg-type]

        context.close = stop_and_close  # type: ignore[method-assign]
        return context

    browser.new_context = new_traced  # type: ignore[method-assign]
    try:
        yield
        for context in list(browser.contexts):
            context.close()
    finally:
        browser.new_context = new_context  # type: ignore[method-assign]
