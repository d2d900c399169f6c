"""The scripts in a real browser, on real pages, against a real stream: one line for all tabs, polling without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from tests.faults.program import free_port
from tests.journeys.people import Visitor, sign_in
from tests.live.streaming import Server, server
from tests.pages.town import Town

from minsheng.ledger import tasks as ledger

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Kept on the window before any script of the page runs, and through nothing but the page's own events.
COLLECT = """window.heard = [];
document.addEventListener("DOMContentLoaded", () => {
  for (const kind of ["queue", "order", "new", "urge", "presence", "reload", "state"])
    document.body.addEventListener("live:" + kind, (event) => window.heard.push([kind, event.detail]));
});"""


@pytest.fixture
def running(open_town: Town, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Have a stream server for the pages' server, on the same host and another port, as `minsheng serve` has."""
    # Something was told before: numbers go on where the last test's were, and 0 would be a gap.
    open_town.register()
    relay()
    # The pages' server sets the cookies of a site with TLS; browsers take them from loopback also without.
    with server(MINSHENG_PLAIN_HTTP="", MINSHENG_ORIGINS=live_server.url) as started:
        monkeypatch.setattr(settings, "LIVE_PORT", started.port)
        yield started


@pytest.fixture
def enter(chromium: Browser, live_server: LiveServer, open_town: Town) -> Iterator[Callable[[str], Visitor]]:
    """Return what lets somebody sign in whose pages keep what they hear; their browsers are closed with the test."""
    entered: list[Visitor] = []

    def visitor(name: str) -> Visitor:
        found = sign_in(chromium, live_server.url, open_town, name)
        found.page.context.add_init_script(COLLECT)
        entered.append(found)
        return found

    yield visitor
    for each in entered:
        each.page.context.close()


def until_state(page: Page, state: str) -> None:
    """Wait until the page has been told how the line is."""
    page.wait_for_function(
        "state => window.heard.some(([kind, detail]) => kind === 'state' && detail.state === state)", arg=state
    )


def until_heard(page: Page, kind: str, order: str) -> None:
    """Wait until the page has heard of an order."""
    page.wait_for_function(
        "([kind, order]) => window.heard.some(([heard, detail]) => heard === kind && detail.order === order)",
        arg=[kind, order],
    )


def relay() -> None:
    """Let the relay tell all subscribers."""
    while ledger.relay_once():
        pass


def test_new_order_is_heard_in_every_tab_over_one_line(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    open_town: Town,
    running: Server,
) -> None:
    dispatcher = enter("dispatcher")
    tabs = [dispatcher.page, *(dispatcher.page.context.new_page() for _ in range(6))]
    for tab in tabs:
        tab.goto(live_server.url)
        until_state(tab, "connected")

    order = open_town.register()
    relay()

    # Seven streams would be more than a browser opens to one host: the seventh tab would never be connected.
    for tab in tabs:
        until_heard(tab, "new", order)


def test_tab_opened_later_hears_what_came_before_it_listened(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    open_town: Town,
    running: Server,
) -> None:
    dispatcher = enter("dispatcher")
    dispatcher.open("/")
    until_state(dispatcher.page, "connected")
    later = dispatcher.page.context.new_page()
    # The page is made, then something happens, then its script runs.
    later.route("**/live.js*", lambda route: (_happen(), route.continue_()))
    orders: list[str] = []

    def _happen() -> None:
        orders.append(open_town.register())
        relay()
        until_heard(dispatcher.page, "new", orders[0])

    later.goto(live_server.url)

    until_heard(later, "new", orders[0])


def test_pages_poll_where_no_stream_gets_through_and_say_so(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    open_town: Town,
    running: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "LIVE_PORT", free_port())
    dispatcher = enter("dispatcher")
    dispatcher.open("/")
    until_state(dispatcher.page, "polling")

    order = open_town.register()
    relay()

    until_heard(dispatcher.page, "new", order)


def test_stream_that_was_stopped_is_found_again_and_nothing_is_lost(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    open_town: Town,
    running: Server,
) -> None:
    dispatcher = enter("dispatcher")
    dispatcher.open("/")
    until_state(dispatcher.page, "connected")

    running.process.terminate()
    running.process.wait(10)
    order = open_town.register()
    relay()
    with server(running.port, MINSHENG_PLAIN_HTTP="", MINSHENG_ORIGINS=live_server.url):
        until_heard(dispatcher.page, "new", order)


def test_two_at_one_order_see_each_other_and_who_writes(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    open_town: Town,
    running: Server,
) -> None:
    order = open_town.dispatched()
    dispatcher = enter("dispatcher")
    officer = enter("officer@城管局")
    dispatcher.open(f"/orders/{order}/")
    until_state(dispatcher.page, "connected")

    officer.open(f"/orders/{order}/")
    there = dispatcher.page.locator("[data-presence-order]")
    there.get_by_text("officer城管局（经办人）正在查看").wait_for()
    # Whichever form the page has, and wherever it shows it, is the desks' business.
    officer.page.locator('form[method="post"] :is(textarea, input[type="text"])').first.evaluate(
        "(field) => { field.value = '已'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    there.get_by_text("officer城管局（经办人）正在填写").wait_for()
    officer.open("/")

    there.get_by_text("officer城管局").wait_for(state="detached")
