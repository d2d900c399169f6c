"""The scripts in a real browser, on real pages, against a real stream: one line for all tabs, polling without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer
from tests.people_ground import Visitor, sign_in
from tests.run_ground import free_port
from tests.streaming_ground import Server, server
from tests.town_ground import Town, relayed

# Kept on the window before any script of the page runs, and through nothing but the page's own events.
COLLECT = """window.heard = [];
document.addEventListener("DOMContentLoaded", () => {
  for (const kind of ["queue", "order", "new", "urge", "presence", "reload", "state"])
    document.body.addEventListener("live:" + kind, (event) => window.heard.push([kind, event.detail]));
});"""


@pytest.fixture(scope="module")
def one_server(live_server: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[Server]:
    """Have one stream server for all tests of this module."""
    # The pages' server sets the cookies of a site with TLS; browsers take them from loopback also without.
    with django_db_blocker.unblock(), server(MINSHENG_PLAIN_HTTP="", MINSHENG_ORIGINS=live_server.url) as started:
        yield started


@pytest.fixture
def running(town: Town, one_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Have a stream server for the pages' server, on the same host and another port, as `minsheng serve` has."""
    # Something was told before: numbers go on where the last test's were, and 0 would be a gap.
    town.register()
    relayed()
    monkeypatch.setattr(settings, "LIVE_PORT", one_server.port)
    return one_server


@pytest.fixture
def enter(chromium: Browser, live_server: LiveServer, town: Town) -> Iterator[Callable[[str], Visitor]]:
    """Return what lets somebody sign in whose pages keep what they hear; their browsers are closed with the test."""
    entered: list[Visitor] = []

    def visitor(name: str) -> Visitor:
        found = sign_in(chromium, live_server.url, town, name)
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


def test_new_order_is_heard_in_every_tab_over_one_line(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    town: Town,
    running: Server,
) -> None:
    dispatcher = enter("dispatcher")
    tabs = [dispatcher.page, *(dispatcher.page.context.new_page() for _ in range(6))]
    for tab in tabs:
        tab.goto(live_server.url)
        until_state(tab, "connected")

    order = town.register()
    relayed()

    # Seven streams would be more than a browser opens to one host: the seventh tab would never be connected.
    for tab in tabs:
        until_heard(tab, "new", order)


def test_tab_opened_later_hears_what_came_before_it_listened(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    town: Town,
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
        orders.append(town.register())
        relayed()
        until_heard(dispatcher.page, "new", orders[0])

    later.goto(live_server.url)

    until_heard(later, "new", orders[0])


def test_pages_poll_where_no_stream_gets_through_and_say_so(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    town: Town,
    running: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "LIVE_PORT", free_port())
    dispatcher = enter("dispatcher")
    dispatcher.open("/")
    until_state(dispatcher.page, "polling")

    order = town.register()
    relayed()

    until_heard(dispatcher.page, "new", order)


def test_stream_that_was_stopped_is_found_again_and_nothing_is_lost(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    town: Town,
    running: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings_of_ours = {"MINSHENG_PLAIN_HTTP": "", "MINSHENG_ORIGINS": live_server.url}
    with server(**settings_of_ours) as stopped:
        monkeypatch.setattr(settings, "LIVE_PORT", stopped.port)
        dispatcher = enter("dispatcher")
        dispatcher.open("/")
        until_state(dispatcher.page, "connected")
    order = town.register()
    relayed()

    with server(stopped.port, **settings_of_ours):
        until_heard(dispatcher.page, "new", order)


def test_two_at_one_order_see_each_other_and_who_writes(
    enter: Callable[[str], Visitor],
    live_server: LiveServer,
    town: Town,
    running: Server,
) -> None:
    order = town.dispatched()
    dispatcher = enter("dispatcher")
    officer = enter("officer@城管局")
    dispatcher.open(f"/orders/{order}/")
    until_state(dispatcher.page, "connected")

    officer.open(f"/orders/{order}/")
    there = dispatcher.page.locator("[data-presence]")
    there.get_by_text("officer城管局（经办人）正在查看").wait_for()
    # Whichever form the page has, and wherever it shows it, is the desks' business.
    officer.page.locator('form[method="post"] :is(textarea, input[type="text"])').first.evaluate(
        "(field) => { field.value = '已'; field.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    there.get_by_text("officer城管局（经办人）正在填写").wait_for()
    officer.open("/")

    there.get_by_text("officer城管局").wait_for(state="detached")
