"""Debian's Chromium, one for the whole run: whoever wants a browser asks for `chromium`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

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


@pytest.fixture(scope="session")
def server_as_it_runs() -> None:
    """Let the test's server behave as ours: our own page serves the style sheet, no thread keeps a connection."""
    from django.conf import settings
    from django.db import connections

    settings.STATIC_URL = "/served-by-nobody/"
    connections.databases["default"]["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def chromium(server_as_it_runs: None) -> Iterator[Browser]:
    """Return Debian's Chromium; it talks to the test's own server alone."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.fail("浏览器测试需要 Debian 的 chromium 和中文字体：apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()
