"""The ledger as an event log that a process miner reads: pm4py, which is a tool of this test alone. IEEE 1849."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pm4py
import pytest
from django.db.models import Count
from tests import town_ground as towns
from tests.town_ground import Town

from minsheng.core.ledger.models import Event
from minsheng.figures.lake import xes


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town with three orders at different stages."""
    made = towns.build("jiangyin", test_clock)
    made.replied(content="赵某某说路灯不亮 <&> 请修理")
    made.handled()
    made.register()
    return made


def test_pm4py_reads_every_fact_of_every_order(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "log.xes"
    with file.open("wb") as out:
        written = xes.write(out, city=town.code)

    log = pm4py.read_xes(str(file))

    facts = Event.objects.filter(stream__startswith="order/")
    assert written == (3, facts.count())
    assert len(log) == facts.count()
    lengths = {f"order/{order}": length for order, length in log.groupby("case:concept:name").size().items()}
    assert lengths == dict(facts.values_list("stream").annotate(Count("position")))


def test_pm4py_finds_the_way_that_orders_go(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "log.xes"
    with file.open("wb") as out:
        xes.write(out, city=town.code)

    follows, starts, _ = pm4py.discover_dfg(pm4py.read_xes(str(file)))

    assert starts == {"Registered": 3}
    assert follows["Dispatched", "Signed"] == 2


def test_no_word_and_no_person_is_in_the_log(town: Town) -> None:
    out = io.BytesIO()

    xes.write(out, city=town.code)

    text = out.getvalue().decode()
    assert "赵某某" not in text
    assert "staff:" not in text
    assert "已修复" not in text


def test_the_log_is_xml_with_the_standards_keys(town: Town) -> None:
    out = io.BytesIO()
    xes.write(out, city=town.code)

    root = ElementTree.fromstring(out.getvalue())

    space = "{http://www.xes-standard.org/}"
    assert root.tag == f"{space}log"
    assert {each.get("prefix") for each in root.iter(f"{space}extension")} == {"concept", "time", "org", "lifecycle"}
    for event in root.iter(f"{space}event"):
        keys = {each.get("key") for each in event}
        assert {"concept:name", "time:timestamp", "lifecycle:transition", "org:role"} <= keys


def test_a_city_without_orders_is_an_empty_log(town: Town) -> None:
    out = io.BytesIO()

    assert xes.write(out, city="nowhere") == (0, 0)
    ElementTree.fromstring(out.getvalue())
