"""A calendar year by pages: what it holds and which deadlines it moves is seen first, then it is loaded once.

Clause: A-48.
"""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.administration_ground import plain
from tests.town_ground import Town, moment, relayed, row, text_of

from minsheng.cases.orders.storage import queries
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.policies.models import CalendarYear

LIST = "/administration/calendars"
YEAR = """country = "CN"
year = 2028
status = "final"
source = "国办发明电〔2027〕9号"
workdays = []
[[holidays]]
name = "元旦"
first = "2028-01-01"
last = "2028-01-05"
"""


def look(desk: Client, text: str | bytes) -> Any:
    content = text.encode() if isinstance(text, str) else text
    return desk.post(f"{LIST}/look", {"file": SimpleUploadedFile("2028.toml", content)})


def hidden(answer: Any) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(key|content)" value="([^"]*)"', text_of(answer))
    return {name: html.unescape(value) for name, value in found}


def test_a_year_is_looked_at_with_what_it_moves_and_loaded_once(town: Town) -> None:
    town.at(moment("2027-12-30T16:00:00"))
    order = town.handled()
    before = row(order).state["timers"]
    desk = town.desk("admin")

    seen = look(desk, YEAR)
    untouched = row(order).state["timers"]
    done = [desk.post(f"{LIST}/load", hidden(seen), follow=True) for _ in range(2)]
    relayed()

    lines = re.findall(r"<tr><th scope=\"row\" class=\"tight\">.*?</tr>", text_of(seen), re.DOTALL)
    shown = [re.findall(r"20\d\d-\d\d-\d\d \d\d:\d\d", line) for line in lines if row(order).number in line]
    dues = [each.due for each in queries.state_of(row(order)).timers.values() if each.due]
    now = {f"{due.astimezone(ZONE):%Y-%m-%d %H:%M}" for due in dues}
    assert shown
    assert all(early < late and late in now for early, late in shown)
    assert untouched == before != row(order).state["timers"]
    assert CalendarYear.objects.get().year == 2028
    assert "已装入2028年" in plain(done[0])
    loaded = [each for each in ledger.history(f"city/{town.code}") if each.type == "CalendarLoaded"]
    assert len(loaded) == 1
    assert loaded[0].actor["person"] == f"staff:{town.staff['admin']}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year = ", "TOML"),
        (b"\xff\xfe", "UTF-8"),
        (YEAR.replace("2028-01-05", "2029-01-05"), "2028年内"),
        (YEAR.replace('"CN"', '"US"'), "应为CN"),
        ("# " + "长" * 40_000, "文件过大"),
        ("", "文件是空的"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_loads_nothing(town: Town, text: str | bytes, said: str) -> None:
    answer = look(town.desk("admin"), text)

    assert answer.status_code == 422
    assert said in plain(answer)
    assert not CalendarYear.objects.exists()


def test_a_provisional_year_takes_no_final_ones_place(town: Town) -> None:
    desk = town.desk("admin")
    desk.post(f"{LIST}/load", hidden(look(desk, YEAR)))

    refused = desk.post(f"{LIST}/load", hidden(look(desk, YEAR.replace("final", "provisional"))))

    assert refused.status_code == 422
    assert CalendarYear.objects.get().final
    assert "2028" in plain(desk.get(LIST))
    assert "01-01" in text_of(desk.get(f"{LIST}/2028"))
    assert desk.get(f"{LIST}/1999").status_code == 404
    assert desk.post(f"{LIST}/load", {}).status_code == 422


def test_nobody_else_looks_or_loads(town: Town) -> None:
    for who in ("seat", "auditor", "office"):
        desk = town.desk(who)
        assert desk.get(LIST).status_code == 403
        assert look(desk, YEAR).status_code == 403
        assert desk.post(f"{LIST}/load", {}).status_code == 403
