"""A seat in a call: it is shown on the registration, held and ended there, and what was typed stays."""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer
from tests import telephones_ground as telephones
from tests.people_ground import sign_in
from tests.town_ground import Town


def test_a_seat_holds_and_ends_a_call_without_leaving_what_is_typed(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    office = telephones.opened(town)
    call = office.talks(town.desk("seat"))
    seat = sign_in(chromium, live_server.url, town, "seat")
    page = seat.page
    page.goto(f"{live_server.url}/orders/new?call={call}")
    seat.fill(type="help", content="望星路路灯不亮")
    pop = page.locator("#pop")
    expect(pop).to_contain_text("通话中")

    def press(label: str) -> None:
        with page.expect_response("**/telephony/do"):
            pop.get_by_role("button", name=label).click()
        office.looks()
        page.evaluate("document.body.dispatchEvent(new CustomEvent('live:call'))")

    press("保持")
    expect(pop.get_by_role("button", name="恢复通话")).to_be_visible()
    press("挂断")
    expect(pop).not_to_contain_text("通话中")

    expect(page.get_by_label("诉求内容")).to_have_value("望星路路灯不亮")
    assert page.url.endswith(f"call={call}")
