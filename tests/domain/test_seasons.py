"""A season of its own: an heir or an overlay without office hours lays its summer over those that it inherits."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.packing_ground import CALENDAR, PLAIN

from minsheng.app.cli.main import main
from minsheng.domain import packs
from minsheng.domain.faults import Fault, Faulty
from minsheng.domain.packs import Pack
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

ZONE = ZoneInfo("Asia/Shanghai")
SUMMER = {"first": "06-01", "last": "09-30", "hours": ["09:00-12:00", "14:00-18:00"], "clause": "WX-3"}
WINTER = {"first": "12-01", "last": "02-28", "hours": ["09:00-12:00", "13:00-17:00"], "default": "冬令时"}
BASE = packs.load(PLAIN["jiangyin"], where="pack.toml")
HEADER = {
    "id": "wuxi", "version": "2020-07-13", "title": "办法", "document": "锡1号", "effective_from": "2020-07-13",
    "city": "无锡市", "zone": "Asia/Shanghai", "inherits": "jiangyin", "clause_prefix": "WX",
}  # fmt: skip
STANDARD = ((time(9), time(12)), (time(13, 30), time(17, 30)))


def heir(*seasons: dict[str, Any], name: str = "wuxi", inherits: str = "jiangyin", **tables: Any) -> Pack:
    header = {**HEADER, "id": name, "inherits": inherits}
    return packs.load({"pack": header, "office_hours_seasons": list(seasons), **tables}, where="pack.toml")


def overlay(*seasons: dict[str, Any]) -> Pack:
    header = {key: value for key, value in HEADER.items() if key not in ("inherits", "city", "zone")}
    heading = {**header, "id": "province", "overlay": True}
    return packs.load({"pack": heading, "office_hours_seasons": list(seasons)}, where="pack.toml")


def rules_of(pack: Pack, *more: Pack, overlays: tuple[str, ...] = ()) -> Rules:
    chosen = packs.in_force((BASE, pack, *more), pack.id, overlays, on=date(2026, 1, 1))
    return packs.rules(chosen.pack, chosen.overlays, calendar=CALENDAR)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def faults_of(plain: dict[str, Any]) -> list[Fault]:
    with pytest.raises(Faulty) as refused:
        packs.load(plain, where="pack.toml")
    return list(refused.value.faults)


def test_heir_lays_its_summer_over_the_inherited_hours() -> None:
    rules = rules_of(heir(SUMMER))

    in_summer = rules.worktime.due(moment("2026-09-08 09:00"), Amount(4, "WH"))
    in_autumn = rules.worktime.due(moment("2026-10-12 09:00"), Amount(4, "WH"))

    assert in_summer.moment == moment("2026-09-08 15:00")
    assert in_autumn.moment == moment("2026-10-12 14:30")
    assert rules.office_hours is rules.worktime.office_hours


def test_source_of_the_hours_names_the_season_and_what_lies_below() -> None:
    rules = rules_of(heir(SUMMER, WINTER))

    # The inherited hours are a default; the summer has a clause.
    assert rules.clauses["office_hours"] == "WX-3"
    assert rules.reasons["office_hours"] == "冬令时；文件未写办公时间，按每天七小时；A-01"


def test_season_of_an_heir_lies_over_a_season_that_it_inherits() -> None:
    parent = heir(SUMMER, WINTER)
    july = {"first": "07-01", "last": "07-31", "hours": ["08:00-12:00"], "clause": "WX-4"}

    rules = rules_of(heir(july, name="binhu", inherits="wuxi"), parent)

    days = (date(2026, 7, 1), date(2026, 8, 1), date(2026, 12, 1), date(2026, 10, 12))
    assert [rules.office_hours.shifts_on(day)[0][0] for day in days] == [time(8), time(9), time(9), time(9)]
    assert [rules.office_hours.shifts_on(day)[-1][1] for day in days] == [time(12), time(18), time(17), time(17, 30)]


def test_overlay_lays_its_summer_over_any_city_and_in_order() -> None:
    rules = rules_of(heir(WINTER), overlay(SUMMER), overlays=("province",))

    days = (date(2026, 7, 1), date(2026, 12, 1), date(2026, 10, 12))
    assert [rules.office_hours.shifts_on(day)[-1][1] for day in days] == [time(18), time(17), time(17, 30)]


def test_hours_of_its_own_leave_inherited_seasons_behind() -> None:
    own = {"value": ["08:00-12:00", "13:00-16:00"], "clause": "WX-3"}

    rules = rules_of(heir(name="binhu", inherits="wuxi", office_hours=own), heir(SUMMER))

    assert rules.office_hours.shifts_on(date(2026, 7, 1)) == ((time(8), time(12)), (time(13), time(16)))


def test_season_beside_hours_of_the_same_file_needs_no_source_of_its_own() -> None:
    summer = {key: value for key, value in SUMMER.items() if key != "clause"}
    own = {"value": ["09:00-12:00", "13:30-17:30"], "clause": "WX-3"}

    rules = rules_of(heir(summer, office_hours=own))

    assert rules.office_hours.shifts_on(date(2026, 7, 1))[-1][1] == time(18)
    assert rules.office_hours.shifts_on(date(2026, 11, 2)) == STANDARD
    assert rules.clauses["office_hours"] == "WX-3"


@pytest.mark.parametrize(
    ("season", "reason"),
    [
        ({"clause": None}, "clause（条款）或 default"),
        ({"default": "夏令时"}, "有且只有一个"),
        ({"clause": " "}, "非空文字"),
        ({"clause": 3}, "非空文字"),
        ({"clause": "XX-3"}, "不是条款编号"),
        ({"hours": ["9-12"]}, "09:00-12:00"),
        ({"color": "red"}, "first、last"),
    ],
)
def test_season_over_inherited_hours_is_refused_when(season: dict[str, Any], reason: str) -> None:
    cell = {key: value for key, value in {**SUMMER, **season}.items() if value is not None}

    faults = faults_of({"pack": HEADER, "office_hours_seasons": [cell]})

    assert [fault.key for fault in faults] == ["office_hours_seasons"]
    assert reason in faults[0].reason


HEIR = """[pack]
id = "wuxi"
version = "2020-07-13"
title = "无锡市12345热线办法"
document = "锡政办发〔2020〕1号"
effective_from = 2020-07-13
city = "无锡市"
zone = "Asia/Shanghai"
inherits = "jiangyin"
clause_prefix = "WX"

[[office_hours_seasons]]
first = "06-01"
last = "09-30"
hours = ["09:00-12:00", "14:00-18:00"]
clause = "WX-3"
"""
SAID = "06-01至09-30 09:00-12:00、14:00-18:00；01-01至12-31 09:00-12:00、13:30-17:30"


def test_pack_command_checks_and_shows_the_season(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wuxi").mkdir()
    (tmp_path / "wuxi" / "pack.toml").write_text(HEIR, encoding="utf-8")

    assert main(["pack", "check", str(tmp_path / "wuxi")]) == 0
    assert main(["pack", "show", "wuxi", "--packs", str(tmp_path)]) == 0
    assert main(["pack", "diff", "jiangyin", "wuxi", "--packs", str(tmp_path)]) == 0

    said = capsys.readouterr().out
    row = next(line for line in said.splitlines() if line.startswith("  office_hours "))
    assert SAID in row
    assert "WX-3" in row
    assert "共 1 个参数取值不同" in said


def test_pack_command_shows_an_overlay_that_has_a_season_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = HEIR.replace('inherits = "jiangyin"', "overlay = true").replace('id = "wuxi"', 'id = "province"')
    (tmp_path / "province").mkdir()
    (tmp_path / "province" / "pack.toml").write_text(text, encoding="utf-8")

    assert main(["pack", "check", str(tmp_path / "province")]) == 0
    assert main(["pack", "show", "province", "--packs", str(tmp_path)]) == 0
    assert main(["pack", "show", "jiangyin", "--overlay", "province", "--packs", str(tmp_path)]) == 0

    said = capsys.readouterr().out
    assert "改变 1 个参数" in said
    alone, over = (line for line in said.splitlines() if line.startswith("  office_hours "))
    assert "06-01至09-30 09:00-12:00、14:00-18:00" in alone
    assert SAID in over
