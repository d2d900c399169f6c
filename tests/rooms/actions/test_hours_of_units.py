"""A unit that is open round the clock: its clocks on the desks, in the API, in the lake; names that no unit bears."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection
from tests import town_ground as towns
from tests.town_ground import Town, moment

from minsheng.cases.orders.api import answers as api_answers
from minsheng.cases.orders.storage import queries
from minsheng.core.features.values import GOOD, HINT
from minsheng.core.people import checks as people_checks
from minsheng.core.policies import queries as policies
from minsheng.core.policies.models import City
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store
from minsheng.gateways import clock, packfiles
from minsheng.workbench import lights, shown

NOBODY = '[office_hours_by_unit]\nvalue = "none"\ndefault = '
ROUND_THE_CLOCK = """[office_hours_by_unit.value]
"城管局" = { hours = ["00:00-24:00"], calendar = "every_day" }
"应急局" = ["18:00-24:00"]

[office_hours_by_unit]
default = """


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], tmp_path: Path) -> Town:
    """Return a town whose 城管局 never closes, on a Saturday evening; its pack also names a unit that it lacks."""
    folder = tmp_path / "packs" / "jiangyin"
    folder.mkdir(parents=True)
    shipped = (packfiles.shipped_folder() / "jiangyin" / "pack.toml").read_text(encoding="utf-8")
    assert NOBODY in shipped
    (folder / "pack.toml").write_text(shipped.replace(NOBODY, ROUND_THE_CLOCK), encoding="utf-8")
    town = towns.build("jiangyin", test_clock)
    City.objects.update(pack_folder=str(folder.parent))
    town.at(moment("2026-10-17T20:00:00"))
    return town


def test_desks_and_api_show_the_units_hours(town: Town) -> None:
    order = queries.state_of(towns.row(town.dispatched()))
    rules = policies.rules_for(town.code, now=town.now)
    sign = order.timers["sign@城管局"]

    town.later(hours=1)
    light = lights.of(sign, now=town.now, rules=rules)
    deadline = next(each for each in shown.deadlines_of(order, now=town.now, rules=rules) if each.due == sign.due)
    told = next(each for each in api_answers.clocks(order, rules)["timers"] if each["key"] == "sign@城管局")

    assert sign.due == moment("2026-10-18T00:00:00")
    assert (light.color, light.rest) == ("green", "余3小时工时")
    assert deadline.counted == ("2026-10-17 20:00:00 至 2026-10-17 23:59:59",)
    assert told["derivation"]["due"] == told["due"]
    assert town.desk("dispatcher").get(f"/orders/{order.id}/").status_code == 200


def test_working_days_of_a_unit_are_measured_by_its_own_day(town: Town, tmp_path: Path) -> None:
    order = town.dispatched()
    town.act(order, "officer@城管局", "sign")
    town.later(hours=12)
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复，请放心通行。", channel="phone")
    town.at(moment("2026-10-19T10:00:00"))
    town.act(order, "auditor", "pass_audit")
    store = Store(tmp_path / "lake")

    export.export(store, now=town.now)

    [row] = [row for file in store.read().of("orders") if file.month for row in store.rows(file).to_pylist()]
    assert row["handling_millidays"] == 500


def test_doctor_names_units_of_the_pack_that_the_city_lacks(town: Town) -> None:
    [finding] = people_checks.unit_hours(connection.connection, now=clock.now())

    assert finding.level == HINT
    assert finding.what == "jiangyin 的规则包为本市没有的单位写了办公时间：应急局"
    assert "office_hours_by_unit" in finding.advice


def test_doctor_is_content_where_every_named_unit_is_known(town: Town) -> None:
    City.objects.update(pack_folder="")

    assert [each.level for each in people_checks.unit_hours(connection.connection, now=clock.now())] == [GOOD]


def test_doctor_leaves_a_pack_that_cannot_be_used_to_those_who_say_so(town: Town) -> None:
    City.objects.update(pack_folder="/nowhere")

    assert people_checks.unit_hours(connection.connection, now=clock.now()) == []
