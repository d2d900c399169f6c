"""Figures on a narrow screen: a number stays in one piece, and nothing runs over the page's edge."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.portal_ground import visiting
from tests.reports_ground import sent
from tests.town_ground import Town

from minsheng.public.publication import actions
from minsheng.public.publication.models import Figures

pytestmark = pytest.mark.usefixtures("demonstration")

# Cells whose text stands in more lines than one.
_BROKEN = """() => [...document.querySelectorAll("table:not(.data) :is(td.number, th)")].filter(each => {
    const range = document.createRange()
    range.selectNodeContents(each)
    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1
}).map(each => each.textContent)"""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("elder", ["off", "on"])
def test_a_figure_is_read_in_one_piece(
    chromium: Browser, live_server: LiveServer, town: Town, elder: str, language: str
) -> None:
    release = sent(town)
    actions.count(town.now)
    row = Figures.objects.get(city=town.code)
    row.months = [
        {"month": "2026-10", "received": 15678, "closed": 12345, "rated": 1000, "satisfied": 962, "published": 189},
        {"month": "2026-11", "received": 189, "closed": 120, "rated": 3, "satisfied": 3, "published": 0},
    ]
    row.groups = [
        {"kind": "HOT", "category": "噪声扰民/施工噪声", "received": 189, "closed": 120, "rated": 100, "satisfied": 96},
        {"kind": "MANY", "category": "供水", "received": 12, "closed": 0, "rated": 0, "satisfied": 0},
    ]
    row.save()

    with visiting(chromium, live_server.url, elder=elder, language=language) as viewer:
        for width in (320, 390):
            viewer.page.set_viewport_size({"width": width, "height": 800})
            for path in ("statistics", f"releases/{release}"):
                viewer.open(f"/portal/{town.code}/{path}")
                assert viewer.page.locator("td.number").count() > 10
                assert viewer.page.evaluate(_BROKEN) == []
                assert viewer.beyond() == []
