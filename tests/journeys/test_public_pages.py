"""Every page that a citizen meets, for the old, for screen readers, for whoever sees little, at every width.

axe and pa11y (WCAG 2.2 AA), targets as large as a finger, 320 to 1920 pixels, twice the size.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests import peers
from tests.browser_ground import CHROMIUM
from tests.looking_ground import WIDTHS, Viewer
from tests.portal_ground import PAGES, each_page, prepared, press, seen_by, session_of, visiting
from tests.town_ground import Town

from minsheng.gateways import identity
from minsheng.public.citizens import pages

pytestmark = pytest.mark.usefixtures("demonstration")
THEMES = ("light", "dark", "contrast")


class Elsewhere:
    """A register of real names at another host, to which a page leads."""

    name = "elsewhere"

    def begin(self, *, redirect_uri: str) -> identity.Begun:
        """Begin there."""
        return identity.Begun("https://register.example/begin", {})

    def complete(self, answer: Mapping[str, str], *, kept: Mapping[str, str], redirect_uri: str) -> identity.Verified:
        """Nobody comes back."""
        raise AssertionError


@pytest.mark.parametrize("elder", ["off", "on"])
def test_axe_has_nothing_against_any_public_page(
    chromium: Browser, live_server: LiveServer, town: Town, elder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, fields = prepared(town)
    wrong: list[str] = []

    for theme in THEMES:
        with visiting(chromium, live_server.url, theme=theme, elder=elder) as viewer, monkeypatch.context() as patched:
            seen_by(viewer, citizen)
            wrong += [f"{theme}: {each}" for each in _against(viewer, town, fields, patched)]
            assert (viewer.faults, viewer.strangers()) == ([], [])

    assert "\n".join(wrong) == ""


def _against(viewer: Viewer, town: Town, fields: dict[str, str], patched: pytest.MonkeyPatch) -> Iterator[str]:
    """Give what axe has against every page, also with its faults, on the way elsewhere and when it came too late."""
    page, here = viewer.page, f"/portal/{town.code}"

    def look(what: str) -> Iterator[str]:
        yield from (f"{what}: {each}" for each in viewer.violations())

    for path in each_page(viewer, fields):
        yield from look(path)
    viewer.open(f"{here}/file/content")
    page.get_by_label("一句话概括").fill("")
    press(page, "继续")
    assert page.locator(".error-summary").is_visible()
    yield from look("errors")
    viewer.open(f"{here}/file/files")
    press(page, "上传")
    yield from look("refused")
    viewer.open(f"{here}/appeals/{fields['open']}")
    page.set_input_files("#files", {"name": "空.png", "mimeType": "image/png", "buffer": b""})
    press(page, "补充")
    assert page.locator("#files_error").is_visible()
    yield from look("refused later")
    patched.setattr(pages, "_register", Elsewhere)
    viewer.open(f"{here}/account")
    press(page, "进行实名认证")
    assert page.get_by_role("link", name="前往认证").is_visible()
    yield from look("away")
    viewer.open(f"{here}/query")
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(each => each.remove())")
    with page.expect_navigation() as gone:
        page.evaluate("document.querySelector('main form').submit()")
    assert gone.value is not None
    assert gone.value.status == 403
    yield from look("expired")


def test_pa11y_has_nothing_against_any_public_page(
    server_as_it_runs: None, live_server: LiveServer, town: Town, settings: Any
) -> None:
    citizen, fields = prepared(town)
    addresses = [f"{live_server.url}{look.path.format(**fields)}" for look in PAGES]
    wrong: list[str] = []

    for theme, elder in (("light", "off"), ("light", "on"), ("contrast", "off")):
        cookies = f"{settings.SESSION_COOKIE_NAME}={session_of(citizen)}; elder={elder}; theme={theme}"
        asked = json.dumps({"addresses": addresses, "cookies": cookies, "chromium": str(CHROMIUM)})
        words = [*peers.node(), str(peers.FOLDER / "look.mjs"), asked]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        wrong += [f"{theme}, {elder}: {each}" for each in json.loads(done.stdout)]

    assert "\n".join(wrong) == ""


# What one presses: as wide and as high as a finger, but for links that stand within a sentence.
_SMALL = """least => [...document.querySelectorAll("button, a, select, input:not([type=hidden]), summary")]
    .filter(each => each.offsetParent !== null && !each.closest(".skip, .hidden") && !each.classList.contains("skip"))
    .filter(each => !(each.tagName === "A" && getComputedStyle(each).display === "inline"
        && each.parentElement.textContent.trim() !== each.textContent.trim()))
    .map(each => [each, (each.type === "radio" || each.type === "checkbox")
        ? each.closest(".choice").getBoundingClientRect() : each.getBoundingClientRect()])
    .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
    .map(([each, box]) => `${box.width}x${box.height} ${each.outerHTML.slice(0, 110)}`)"""


def test_targets_are_as_large_as_a_finger(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    citizen, fields = prepared(town)
    small: list[str] = []

    for elder, least in (("off", 44), ("on", 60)):
        with visiting(chromium, live_server.url, elder=elder) as viewer:
            seen_by(viewer, citizen)
            for path in each_page(viewer, fields):
                small += [f"{path}: {each}" for each in viewer.page.evaluate(_SMALL, least)]

    assert "\n".join(small) == ""


def test_nothing_runs_over_the_edge_at_any_width_nor_at_twice_the_size(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    citizen, fields = prepared(town)
    wide: list[str] = []
    # Twice the size of 1280 pixels is what 640 show; 320 is what a reflow must hold (WCAG 1.4.10).
    widths = (*WIDTHS, (640, 512), (320, 640))

    for elder, language in (("off", "zh-hans"), ("on", "zh-hans"), ("on", "en")):
        with visiting(chromium, live_server.url, elder=elder, language=language) as viewer:
            seen_by(viewer, citizen)
            for path in each_page(viewer, fields):
                for width, height in widths:
                    viewer.page.set_viewport_size({"width": width, "height": height})
                    wide += [f"{path} at {width}: {each}" for each in viewer.beyond()]

    assert "\n".join(wide) == ""
