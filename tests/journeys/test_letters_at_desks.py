"""Real letters at every desk: long ones, odd ones, with the answers that were given; only where MINSHENG_SHARED is.

No text of theirs is written anywhere: a failure names the place of a letter in its file.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from bench import letters
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from tests.looking_ground import WIDTHS, looking
from tests.town_ground import Town, row

from minsheng.cases.orders.imports import actions as imports
from minsheng.cases.orders.imports import csv as imports_csv
from minsheng.cases.orders.imports.actions import Defaults

MESSAGES = letters.folder()
FILE = "complaints-answered.csv"
# Every so-manieth letter, and the longest of all.
SHARE, LONGEST = 40, 6
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def answers(path: Path) -> list[str]:
    """Return the answers of the file, in its order."""
    with imports_csv.open_text(path) as stream:
        rows = list(csv.DictReader(stream))
    column = next(name for name in rows[0] if "答复" in name and "时间" not in name)
    return [each[column].strip() for each in rows]


def taken(town: Town, path: Path) -> dict[str, int]:
    """Take letters of the file in; return the orders with the places of their letters."""
    with imports_csv.open_text(path) as stream:
        found = list(imports_csv.read(path, stream=stream).rows)
    places = sorted(range(len(found)), key=lambda place: -len(found[place].get("content")))[:LONGEST]
    places += [place for place in range(0, len(found), SHARE) if place not in places]
    defaults = Defaults(type="help", channel="web", publish="yes", real_name=True)
    orders = {}
    for place in places:
        for outcome in imports.take_in([found[place]], city=town.code, defaults=defaults, submit=True, now=town.now):
            if outcome.order:
                orders[outcome.order] = place
    return orders


if MESSAGES is not None:
    PATH = MESSAGES / FILE

    def test_every_desk_bears_real_letters(chromium: Browser, live_server: LiveServer, town: Town) -> None:
        orders, replies = taken(town, PATH), answers(PATH)
        wrong: list[str] = []

        def visit(name: str, paths: dict[str, str]) -> None:
            """Open pages at three widths; the label says what a page is, without a word of its letter."""
            with looking(chromium, live_server.url, town, name) as viewer:
                for label, path in paths.items():
                    for width, height in WIDTHS:
                        viewer.page.set_viewport_size({"width": width, "height": height})
                        answer = viewer.page.goto(f"{live_server.url}{path}")
                        if answer is None or answer.status != 200:
                            wrong.append(f"{name} {label}: {answer.status if answer else None}")
                        if viewer.beyond():
                            wrong.append(f"{name} {label} runs over the edge at {width}")
                    wrong.extend(f"{name} {label}: {fault[:80]}" for fault in viewer.faults)
                    viewer.faults.clear()

        some = list(orders)[:LONGEST]
        answered = list(orders)[LONGEST:]
        looked_at = answered[:LONGEST]

        def pages(which: list[str], ending: str = "/") -> dict[str, str]:
            return {f"letter {orders[each]}{ending}": f"/orders/{each}{ending}" for each in which}

        visit("dispatcher", {"list": "/?tab=SUBMITTED", **pages(some)})
        for order, place in orders.items():
            town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
            town.act(order, "officer@城管局", "sign")
            if order in answered:
                town.act(order, "leader@城管局", "approve_reply")
                town.act(order, "officer@城管局", "reply", text=replies[place] or "已办理")
        visit("officer@城管局", {"list": "/?tab=handling", **pages(some), **pages(some, "/print")})
        visit("auditor", {"list": "/?tab=REPLIED", **pages(looked_at)})
        for order in answered:
            town.act(order, "auditor", "pass_audit")
        visit("callback_agent", {"list": "/", **pages(looked_at)})
        for order in answered:
            town.act(order, "callback_agent", "callback", reached=True, satisfied="satisfied", resolved=True)
        auditor = town.desk("auditor")
        for order in answered:
            page = auditor.get(f"/orders/{order}/publication")
            if any(_MOBILE.search(part.text) for part in page.context["parts"]):
                wrong.append(f"letter {orders[order]}: a mobile number would go out")
        visit("auditor", {"publication": "/?tab=publication", **pages(looked_at, "/publication")})
        visit("supervisor", {"look back": "/?tab=look_back"})

        assert wrong == []
        assert len(orders) >= 40
        assert {row(order).status for order in answered} == {"CLOSED"}
