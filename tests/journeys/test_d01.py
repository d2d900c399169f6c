"""The walk of scenario D01 through the browser: each step by the right person, and the same facts as in the rehearsal.

Clauses: JY-9.1, JY-9.2, JY-9.4 to JY-9.8a, JY-10.1a, JY-10.2a, JY-10.3b, JY-13.1c.
"""

from __future__ import annotations

from datetime import datetime

from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests import playing_ground as playing
from tests.browser_ground import next_page
from tests.people_ground import Visitor, sign_in
from tests.town_ground import Town

from minsheng.cases.orders import actions, models
from minsheng.cases.orders.storage import queries, records
from minsheng.core.ledger import verification
from minsheng.domain.orders import commands as cmd
from minsheng.domain.scenario import Step
from minsheng.gateways import packfiles

D01 = packfiles.shipped_folder() / "jiangyin" / "scenarios" / "D01.yaml"


def test_d01_through_the_browser_gives_the_rehearsals_facts(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    story, rehearsed, _ = playing.rehearsed(D01)
    visitors: dict[str, Visitor] = {}
    first = story.steps[0].at
    town.at(first.replace(hour=9))

    for step in story.steps:
        playing.fire_until(step.at)
        if step.command is None or step.by is None:
            continue
        name = str(step.by)
        if name not in visitors:
            visitors[name] = sign_in(chromium, live_server.url, town, name)
        town.at(step.at)
        _do(visitors[name], step)

    order = models.Order.objects.get()
    facts = [playing.line_of(records.from_ledger(each), {}) for each in queries.history(order.id)]
    assert facts == rehearsed["o1"]
    assert verification.verify().fault is None
    assert actions.rebuild(check=True)[1] == 0
    assert "已办结（满意）" in _look(visitors["seat"], order.number)


def _do(visitor: Visitor, step: Step) -> None:
    command = step.command
    assert isinstance(command, cmd.Command)
    if isinstance(command, cmd.AppealFields):
        visitor.open("/")
        visitor.follow("登记诉求")
        visitor.fill(**_filled_in(command))
        visitor.press("登记并提交交办")
    else:
        visitor.open("/?tab=everything")
        with next_page(visitor.page):
            visitor.page.locator("table.orders .title a").first.click()
        label = {
            "dispatch": "交办", "sign": "签收", "approve_reply": "审签答复", "reply": "提交答复",
            "pass_audit": "审核通过", "callback": "登记回访",
        }[command.name]  # fmt: skip
        if command.name in ("sign", "pass_audit"):
            visitor.press(label)
        else:
            if command.name not in ("callback", "dispatch"):  # their forms stand open at these desks
                visitor.open_form(label)
            visitor.fill(**_filled_in(command))
            visitor.press(label)
    assert "error-summary" not in visitor.page.content(), visitor.text


def _filled_in(command: cmd.Command) -> dict[str, str]:
    """Return what is typed into the form: the story's own values, by the names of the fields."""
    values = {}
    for name in cmd.fields_of(type(command)):
        value = getattr(command, name)
        if value in ("", None, ()):
            continue
        values[name] = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else str(value)
    return values


def _look(visitor: Visitor, number: str) -> str:
    visitor.open(f"/orders/{number}/")
    return visitor.text


def test_the_second_of_two_dispatchers_reads_who_was_faster(
    chromium: Browser, live_server: LiveServer, town: Town
) -> None:
    town.staff["dispatcher 2"] = town.hire("钱交办", "dispatcher")
    order = town.register(content="路灯不亮")
    one = sign_in(chromium, live_server.url, town, "dispatcher")
    two = sign_in(chromium, live_server.url, town, "dispatcher 2")
    for visitor, unit in ((one, "城管局"), (two, "住建局")):
        visitor.open(f"/orders/{order}/do/dispatch/")
        visitor.fill(unit=unit, basis="权责清单")

    one.press("交办")
    two.press("交办")

    assert "已办理。" in one.text
    assert "交办员dispatcher甲已在 2026-09-18 16:40:00 办理了“交办”" in two.text
    assert two.page.locator('[name="unit"]').input_value() == "住建局"
    assert models.Order.objects.get(id=order).lead == "城管局"


def test_the_error_summary_leads_to_the_field(chromium: Browser, live_server: LiveServer, town: Town) -> None:
    seat = sign_in(chromium, live_server.url, town, "seat")
    seat.open("/orders/new")
    seat.fill(content="路灯不亮")
    seat.press("登记并提交交办")

    seat.page.locator(".error-summary a").first.click()

    assert seat.page.title().startswith("错误：")
    assert seat.page.locator('[name="type"]').evaluate("each => each === document.activeElement")
    assert seat.page.locator('[name="content"]').input_value() == "路灯不亮"
    assert datetime.fromisoformat("2026-09-18T16:40:00+08:00") == town.now
