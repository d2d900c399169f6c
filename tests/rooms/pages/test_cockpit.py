"""The leaders' cockpit: its figures are the reports', each opens its rows, and it says until when they were counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from tests.reports_ground import lake_of
from tests.town_ground import Town, text_of

from minsheng.domain.periods import Period
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports import tasks
from minsheng.figures.reports.board import board, red
from minsheng.figures.reports.release import releases
from minsheng.figures.reports.release.counts import Parameters

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, town: Town) -> board.Board:
    """Let the town have a simulated year, and the board of the end of one of its days."""
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    found = board.count(lake_of(town.code), city=town.code, as_of=datetime.fromisoformat("2023-06-14 23:59:59"))
    board.keep(found, city=town.code)
    return found


def test_figures_of_a_day_equal_those_of_its_report(town: Town, counted: board.Board) -> None:
    day = Period.day(date(2023, 6, 14))
    with engines.opened(Store(lake_of(town.code)), city=town.code) as lake:
        release = releases.build(lake, Parameters(day, counted.as_of, population=0, least=0))

    for code, label in (
        ("accepted", "受理有效服务诉求"),
        ("timely", "及时处办率"),
        ("closed", "累计办结率"),
        ("satisfied", "抽查满意率"),
    ):
        tile = counted.tile(code)
        assert tile is not None
        assert tile.value == release["E-0"].cell(label, "数值").value, label


def test_page_shows_moment_definition_change_and_ways_to_the_rows(town: Town, counted: board.Board) -> None:
    page = text_of(town.desk("duty_leader").get("/cockpit/"))

    tile = counted.tile("accepted")
    assert tile is not None
    assert "今日指标截至 2023-06-14 23:59:59" in page
    assert "本期登记并受理的诉求件数" in page
    assert f"{tile.value}<small>件</small>" in page
    assert "/cockpit/rows?of=orders" in page


@pytest.mark.parametrize("code", ["accepted", "department"])
def test_rows_behind_a_tile_are_as_many_as_it_says(town: Town, counted: board.Board, code: str) -> None:
    tile = counted.tile(code)
    assert tile is not None

    answer = town.desk("duty_leader").get("/cockpit/rows", {"of": tile.rows})

    assert answer.context["number"] == tile.value


def test_rows_of_the_largest_are_as_many_as_the_list_says(town: Town, counted: board.Board) -> None:
    for ranked in counted.ranked:
        for _name, number, where in ranked.lines:
            assert town.desk("duty_leader").get("/cockpit/rows", {"of": where}).context["number"] == number


@pytest.mark.parametrize("where", ["", "orders", "orders?order_id=1", "secrets?a=1", "orders?unit=nobody"])
def test_rows_that_no_figure_rests_on_are_not_given(town: Town, counted: board.Board, where: str) -> None:
    assert town.desk("duty_leader").get("/cockpit/rows", {"of": where}).status_code == 404


def test_page_that_has_it_already_is_told_so(town: Town, counted: board.Board) -> None:
    desk = town.desk("duty_leader")
    first = desk.get("/cockpit/")

    again = desk.get("/cockpit/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})
    town.dispatched()
    town.later(days=20)
    other = desk.get("/cockpit/", headers={"HX-Request": "true", "If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert other.status_code == 200


@pytest.mark.parametrize(
    "address", ["all.xlsx", "tiles.csv", "hours.csv", "units.csv", "classes.xlsx", "districts.csv"]
)
def test_every_part_is_taken_away(town: Town, counted: board.Board, address: str) -> None:
    answer = town.desk("duty_leader").get(f"/cockpit/{address}")

    assert answer.status_code == 200
    if address.endswith("csv"):
        assert "数据截至 2023-06-14 23:59:59" in answer.content.decode("utf-8-sig")


@pytest.mark.parametrize("address", ["all.csv", "nothing.csv", "units.exe"])
def test_what_is_no_part_is_not_found(town: Town, counted: board.Board, address: str) -> None:
    assert town.desk("duty_leader").get(f"/cockpit/{address}").status_code == 404


def test_board_is_counted_from_the_towns_own_facts(town: Town, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LAKE_FOLDER", tmp_path / "lake")
    town.handled()
    town.internal()
    town.later(minutes=5)

    export.export(Store(tmp_path / "lake"), now=town.now)
    tasks.count_boards(town.now)

    found = board.kept(town.code)
    assert found is not None
    accepted = found.tile("accepted")
    assert accepted is not None
    assert accepted.value == 2
    answer = town.desk("duty_leader").get("/cockpit/rows", {"of": accepted.rows})
    # The internal referral is counted, but who may not see it is not shown it (JY-12).
    assert (answer.context["number"], answer.context["hidden"], len(answer.context["lines"])) == (2, 1, 1)


def test_red_lights_are_those_that_the_worker_saw_unless_it_is_away(town: Town) -> None:
    town.dispatched()
    town.later(days=20)
    tasks.count_boards(town.now)
    town.act(town.dispatched(), "officer@城管局", "sign")

    kept = red.seen(town.code, now=town.now + timedelta(seconds=90))
    counted_anew = red.seen(town.code, now=town.now + timedelta(minutes=3))

    assert [(each.unit, each.numbers["unsigned"]) for each in kept.units] == [("城管局", 1)]
    assert kept.as_of == town.now
    assert counted_anew.as_of == town.now + timedelta(minutes=3)


def test_cockpit_without_a_lake_still_shows_what_waits(town: Town) -> None:
    town.dispatched()
    town.later(days=20)

    page = text_of(town.desk("duty_leader").get("/cockpit/"))

    assert "还没有今日指标" in page
    assert "城管局" in page


def test_board_is_not_counted_again_for_nothing(town: Town, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LAKE_FOLDER", tmp_path / "lake")
    town.handled()
    export.export(Store(tmp_path / "lake"), now=town.now)
    zone = ZoneInfo("Asia/Shanghai")

    assert board.refresh(tmp_path / "lake", city=town.code, zone=zone)
    assert not board.refresh(tmp_path / "lake", city=town.code, zone=zone)
    export.export(Store(tmp_path / "lake"), now=town.now + timedelta(minutes=5))
    assert board.refresh(tmp_path / "lake", city=town.code, zone=zone)
