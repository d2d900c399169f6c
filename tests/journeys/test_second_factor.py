"""The second factor in a real browser: a security key that Chromium plays, and codes; in a city that demands one.

Clauses: GB/T 22239-2019 8.1.4.1 d; ASVS 6.3.3.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests.browser_ground import next_page
from tests.looking_ground import Viewer
from tests.town_ground import Town

from minsheng.core.people import actions
from minsheng.core.people.models import Factor, Staff
from minsheng.core.policies.models import City
from minsheng.domain.actors import SYSTEM
from minsheng.gateways import one_time

PASSWORD = "Zhi-Ban-2026"
KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def address(live_server: LiveServer, settings: Any) -> str:
    """Return the site by a name: browsers bind keys to no address, and take this name for safe without TLS."""
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "minsheng", "minsheng_csrf"
    return live_server.url.replace("127.0.0.1", "localhost")


def sign_in(page: Page, address: str, username: str) -> None:
    """Fill in the form with name and password."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    with next_page(page):
        page.get_by_role("button", name="登录").click()


def read(page: Page, tmp_path: Any) -> str:
    """Return what a telephone reads from the QR code on the page."""
    page.locator(".qr svg").screenshot(path=tmp_path / "qr.png")
    (found,) = zxingcpp.read_barcodes(Image.open(tmp_path / "qr.png"))
    return str(found.text)


def test_a_seat_adds_what_the_city_demands_and_signs_in_with_a_key_and_with_codes(
    chromium: Browser, address: str, town: Town, tmp_path: Any
) -> None:
    City.objects.filter(code=town.code).update(overlays=["dengbao3"])
    staff = Staff.objects.get(pk=town.staff["seat"])
    actions.set_password(staff.pk, password=PASSWORD, actor=SYSTEM, now=town.now)
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    page = context.new_page()
    viewer = Viewer(page, address)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    sign_in(page, address, staff.username)
    assert page.url == f"{address}/account/factors"
    assert viewer.violations() == []
    with next_page(page):
        page.get_by_role("button", name="添加安全密钥").click()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    assert viewer.violations() == []
    with next_page(page):
        page.get_by_role("link", name="我已保存，继续").click()
    assert page.url == f"{address}/"

    page.goto(f"{address}/account/factors")
    with next_page(page):
        page.get_by_role("button", name="添加验证器应用").click()
    asked = parse_qs(urlsplit(read(page, tmp_path)).query)
    assert viewer.violations() == []
    page.get_by_label(re.compile("6 位数字")).fill(one_time.code_at(asked["secret"][0], town.now))
    with next_page(page):
        page.get_by_role("button", name="确认添加").click()
    assert page.locator(".factors li").count() == 2

    context.clear_cookies()
    sign_in(page, address, staff.username)
    assert page.url == f"{address}/sign-in/factor"
    assert viewer.violations() == []
    with next_page(page):
        page.get_by_role("button", name="使用安全密钥").click()
    assert page.url == f"{address}/"

    context.clear_cookies()
    town.later(minutes=1)
    sign_in(page, address, staff.username)
    page.get_by_label("验证码或恢复码").fill(one_time.code_at(asked["secret"][0], town.now))
    with next_page(page):
        page.get_by_role("button", name="继续").click()
    assert page.url == f"{address}/"
    assert set(Factor.objects.values_list("kind", flat=True)) == {"key", "totp"}
    assert viewer.strangers() == []
