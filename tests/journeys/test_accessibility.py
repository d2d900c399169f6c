"""Every page of every desk: axe has nothing against it, light or dark, nothing over the edge, nobody else asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests import knowledge_ground as knowledge
from tests.looking_ground import WIDTHS, looking
from tests.town_ground import Town, with_identity

from minsheng.cases.knowledge.models import Hint
from minsheng.core.people import experts, regions, shifts
from minsheng.core.people.experts import Nomination
from minsheng.core.people.models import Staff
from minsheng.core.people.shifts import Shift
from minsheng.domain.actors import SYSTEM


@dataclass(frozen=True, slots=True)
class Orders:
    """One order in each state that a desk works on."""

    submitted: str
    handled: str
    replied: str
    callback: str
    closed: str
    internal: str
    returned: str


def orders_of(town: Town) -> Orders:
    """Return orders that led to every desk."""
    words = {"content": "小区东门人行道破损多日，老人行走不便，请尽快修理", "place": "滨江路12号"}
    callback, closed, returned = town.replied(**words), town.replied(**words), town.dispatched(**words)
    for order in (callback, closed):
        town.act(order, "auditor", "pass_audit")
    town.act(closed, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
    town.act(returned, "officer@城管局", "request_return", reason="不属职责", basis="三定方案", suggest="住建局")
    handled = town.handled(**words)
    with_identity(town, handled)
    _people(town)
    town.act(handled, "supervisor", "supervise", category="K2", ground="群众多次反映")
    return Orders(
        submitted=town.register(**words),
        handled=handled,
        replied=town.replied(**words),
        callback=callback,
        closed=closed,
        internal=town.internal(content="窗口人员态度恶劣"),
        returned=returned,
    )


def _people(town: Town) -> None:
    """Let there be an expert, a region with a unit, and a seat on shift with an empty night after it."""
    today = town.now.date()
    until = today + timedelta(days=90)
    expert = Nomination("顾问天", ("社保", "劳动"), "住建局", today, until, "13912345678", "江南大学")
    experts.nominate(town.code, expert, actor=SYSTEM, now=town.now)
    seat = Staff.objects.get(pk=town.staff["seat"]).username
    shift = Shift("ordinary", seat, town.now, town.now + timedelta(hours=4))
    shifts.put(town.code, shift, actor=SYSTEM, now=town.now)
    _articles(town)
    regions.put(town.code, "320281", "滨江路", actor=SYSTEM, now=town.now)
    regions.serve(town.code, "住建局", ["320281"], actor=SYSTEM, now=town.now)


def _articles(town: Town) -> None:
    """Let there be an article of two versions, and a hint about it."""
    body = "### 怎么报修\n\n1. 拨打 0510-86801234\n\n| 种类 | 时限 |\n| --- | --- |\n| 单灯不亮 | 一天 |"
    row = knowledge.revised(town, knowledge.published(town, body=body), body=f"{body}\n\n请留下杆号。")
    given = {"kind": "corrections", "about": str(row.pk), "unit": "城管局", "articles": [row.number], "count": 3}
    Hint.objects.create(city_id=town.code, at=town.now, **given)


# Who looks at what; `{name}` is the order of that name.
PAGES: dict[str | None, tuple[str, ...]] = {
    None: ("/sign-in", "/sign-in/forgotten", "/design", "/nowhere"),
    "seat": (
        "/", "/orders/new", "/find", "/?tab=mine", "/orders/{handled}/", "/password", "/experts", "/account/factors",
        "/knowledge/find?q=路灯", "/knowledge/知识〔2026〕1号/", "/knowledge/知识〔2026〕1号/?edition=2&against=1",
    ),
    "office": ("/knowledge/hints", "/things/article/", "/things/basis/"),
    "dispatcher": (
        "/", "/?tab=SUBMITTED", "/orders/{submitted}/?list=SUBMITTED", "/orders/{submitted}/do/dispatch/",
        "/orders/{returned}/", "/contacts", "/dispatch", "/roster", "/roster?unit=城管局",
    ),
    "auditor": ("/", "/?tab=publication", "/orders/{replied}/", "/orders/{closed}/publication"),
    "callback_agent": ("/", "/orders/{callback}/?list=CALLBACK", "/checks"),
    "supervisor": (
        "/", "/?tab=late", "/supervision", "/supervision/orders", "/supervision/rules",
        "/supervision/issue?orders={handled}", "/checks", "/lookbacks", "/monitoring", "/monitoring/rows",
        "/orders/{closed}/check", "/orders/{handled}/",
        "/notices/", "/sign-in/pass",
    ),
    "designated_officer": ("/", "/orders/{internal}/"),
    "officer@城管局": (
        "/", "/?tab=to_sign", "/?tab=done", "/orders/{handled}/?list=handling", "/orders/{handled}/do/reply/",
        "/orders/{handled}/do/request_extension/", "/orders/{handled}/print", "/contacts", "/roster",
    ),
    "admin": (
        "/", "/jobs", "/sign-in/requests", "/units/changes", "/units/changes/rename?unit=城管局",
        "/units/changes/split?unit=城管局", "/sign-in/single/accounts",
    ),
    "audit_admin": ("/", "/records/", "/records/?kind=refusals"),
    "security_admin": ("/", "/security", "/sign-in/pass"),
    "leader@城管局": ("/", "/?tab=approval", "/orders/{handled}/do/approve_reply/"),
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_has_nothing_against_a_desks_pages(
    chromium: Browser, live_server: LiveServer, town: Town, name: str | None, theme: str, settings: Any
) -> None:
    # The page of components is a demonstration's alone.
    settings.DEMO = name is None
    orders = orders_of(town)
    wrong: list[str] = []

    with looking(chromium, live_server.url, town, name, theme=theme) as viewer:
        for path in PAGES[name]:
            viewer.open(path.format(**_fields(orders)))
            wrong += [f"{path}: {each}" for each in viewer.violations()]
            wrong += [f"{path}: {each}" for each in viewer.faults]
            viewer.faults.clear()
        strangers = viewer.strangers()

    assert wrong == []
    assert strangers == []


@pytest.mark.parametrize("elder", ["off", "on"])
def test_axe_has_nothing_against_large_type(chromium: Browser, live_server: LiveServer, town: Town, elder: str) -> None:
    with looking(chromium, live_server.url, town, None, elder=elder) as viewer:
        viewer.open("/sign-in")
        found = viewer.violations()
        size = viewer.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
        target = viewer.page.get_by_role("button", name="登录").bounding_box()

    assert found == []
    assert target is not None
    assert (size >= 18, target["height"] >= 60) == ((True, True) if elder == "on" else (False, False))


@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_over_the_edge(chromium: Browser, live_server: LiveServer, town: Town, name: str | None) -> None:
    orders = orders_of(town)
    wide: list[str] = []

    with looking(chromium, live_server.url, town, name) as viewer:
        for width, height in WIDTHS:
            viewer.page.set_viewport_size({"width": width, "height": height})
            for path in PAGES[name]:
                viewer.open(path.format(**_fields(orders)))
                wide += [f"{path} at {width}: {each}" for each in viewer.beyond()]

    assert wide == []


def _fields(orders: Orders) -> dict[str, str]:
    return {each: getattr(orders, each) for each in Orders.__dataclass_fields__}
