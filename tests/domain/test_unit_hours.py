"""Office hours by unit: how packs write them, whose clocks they rule, and that all others stay as they were."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.packing_ground import CALENDAR, CITIES, rules_of

from minsheng import wording
from minsheng.app.cli import rehearse
from minsheng.app.cli.main import main
from minsheng.domain import clocks, kinds, packs, rehearsal, scenario
from minsheng.domain.orders import timers
from minsheng.domain.packs import BadSetting
from minsheng.domain.rules import Rules
from minsheng.domain.scenario import Scenario
from minsheng.domain.worktime import Amount
from minsheng.gateways import packfiles, scenariofiles

ZONE = ZoneInfo("Asia/Shanghai")
FILES = sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml"))
BY_UNIT = {
    "应急局": {"hours": ["00:00-24:00"], "calendar": "every_day"},
    "夜巡队": ["18:00-24:00"],
}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


# reading and writing


def test_units_are_read_and_written_as_the_pack_has_them() -> None:
    rules = rules_of("jiangyin", office_hours_by_unit=BY_UNIT)
    read = rules.office_hours_by_unit

    assert kinds.plain(read) == BY_UNIT
    assert kinds.hours_by_unit(kinds.plain(read)) == read
    assert kinds.written(read) == "应急局 00:00-24:00（every_day）；夜巡队 18:00-24:00"
    assert read["夜巡队"].hours.shifts_on(date(2026, 9, 8))[0][0] == time(18)


@pytest.mark.parametrize("nobody", ["none", None, {}])
def test_nobody_may_have_hours_of_their_own(nobody: object) -> None:
    read = kinds.hours_by_unit(nobody)

    assert read == {}
    assert kinds.written(read) == "none（无）"


@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        (["应急局"], "应为“单位名称 = 班次列表”的表"),
        ({"": ["00:00-24:00"]}, "非空文字"),
        ({"应急局": []}, "单位“应急局”：至少要有一个班次"),
        ({"应急局": ["9-12"]}, "单位“应急局”：班次“9-12”应写成 09:00-12:00"),
        ({"应急局": {"calendar": "CN"}}, "hours（班次列表）和 calendar（日历）"),
        ({"应急局": {"hours": ["09:00-12:00"], "days": "all"}}, "hours（班次列表）和 calendar（日历）"),
        ({"应急局": {"hours": ["09:00-12:00"], "calendar": "US"}}, "单位“应急局”：“US”不是可选值"),
    ],
)
def test_hours_of_units_are_refused_when(plain: object, reason: str) -> None:
    with pytest.raises(BadSetting) as refused:
        rules_of("jiangyin", office_hours_by_unit=plain)

    assert refused.value.key == "office_hours_by_unit"
    assert reason in refused.value.reason


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

[office_hours_by_unit]
clause = "WX-3"

[office_hours_by_unit.value]
"应急局" = { hours = ["00:00-24:00"], calendar = "every_day" }
"夜巡队" = ["18:00-24:00"]
"""


def test_pack_command_checks_and_shows_hours_of_units(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wuxi").mkdir()
    (tmp_path / "wuxi" / "pack.toml").write_text(HEIR, encoding="utf-8")

    assert main(["pack", "check", str(tmp_path / "wuxi")]) == 0
    assert main(["pack", "show", "wuxi", "--packs", str(tmp_path)]) == 0
    assert main(["pack", "diff", "jiangyin", "wuxi", "--packs", str(tmp_path), "--json"]) == 0

    said = capsys.readouterr().out
    row = next(line for line in said.splitlines() if line.startswith("  office_hours_by_unit "))
    assert "应急局 00:00-24:00（every_day）；夜巡队 18:00-24:00" in row
    assert row.rstrip().endswith("WX-3")
    assert '"calendar": "every_day"' in said


def test_pack_command_names_the_unit_whose_hours_are_malformed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "wuxi").mkdir()
    (tmp_path / "wuxi" / "pack.toml").write_text(HEIR.replace("18:00-24:00", "18:00-25:00"), encoding="utf-8")

    assert main(["pack", "check", str(tmp_path / "wuxi")]) == 2

    assert "office_hours_by_unit.value  单位“夜巡队”：班次“18:00-25:00”的时刻不存在" in capsys.readouterr().out


# whose working time


def test_working_time_is_the_units_own_or_the_citys() -> None:
    rules = rules_of("jiangyin", office_hours_by_unit=BY_UNIT)

    assert rules.worktime_of("城管局") is rules.worktime
    assert rules.worktime_of("") is rules.worktime
    assert rules.worktime_of("夜巡队").calendar is CALENDAR
    assert rules.worktime_of("应急局").calendar.is_workday(date(2026, 10, 1))
    assert rules.worktime_of("应急局").workday_rule == rules.workday_rule


def test_unit_may_keep_office_days_in_a_city_that_works_every_day() -> None:
    keeping = {"城管局": {"hours": ["09:00-12:00", "13:30-17:30"], "calendar": "CN"}}
    rules = rules_of("jiangyin", calendar="every_day", office_hours_by_unit=keeping)

    assert rules.worktime.calendar.is_workday(date(2026, 10, 1))
    assert not rules.worktime_of("城管局").calendar.is_workday(date(2026, 10, 1))


@pytest.mark.parametrize("name", ["sign", "return", "handle", "opinion", "leader_follow_up", "supervision"])
def test_clock_of_a_unit_is_counted_and_explained_in_its_hours(name: str) -> None:
    rules = rules_of("jiangyin", office_hours_by_unit=BY_UNIT)

    clock = clocks.started(
        name=name, unit="应急局", start=moment("2026-10-17 20:00"), limit=Amount.parse("4 WH"), key=name, rules=rules
    )
    stopped = clocks.paused(clock, now=moment("2026-10-17 21:00"), rules=rules)
    again = clocks.resumed(stopped, now=moment("2026-10-18 03:00"), rules=rules, least=Amount(1, "WH"))

    assert clock.due == moment("2026-10-18 00:00")
    assert clocks.explain(clock, rules).counted == ((moment("2026-10-17 20:00"), moment("2026-10-17 23:59:59")),)
    assert stopped.rest == 3 * 3600
    assert again.due == moment("2026-10-18 06:00")
    assert clocks.explain(again, rules).due == again.due


def test_due_moment_that_moves_while_a_units_clock_rests_adds_the_units_time() -> None:
    rules = rules_of("jiangyin", office_hours_by_unit=BY_UNIT)
    start, limit = moment("2026-10-17 20:00"), Amount.parse("4 WH")
    clock = clocks.started(name="handle", unit="应急局", start=start, limit=limit, key="handle", rules=rules)
    stopped = clocks.paused(clock, now=moment("2026-10-17 21:00"), rules=rules)

    # A Sunday's ten hours are ten hours at this unit, and none in the city.
    later = clocks.extended(clock, until=moment("2026-10-18 10:00"), length="10 CH", provisional=False)
    moved = clocks.still_paused(stopped, later, answered_at=None, rules=rules)

    assert moved.rest == 13 * 3600


def test_clock_that_a_loaded_year_moves_earlier_leaves_a_unit_a_working_day_of_its_own() -> None:
    before = rules_of("jiangyin", office_hours_by_unit=BY_UNIT)
    start, limit = moment("2026-12-30 20:00"), Amount.parse("3 WD")
    clock = clocks.started(name="handle", unit="夜巡队", start=start, limit=limit, key="handle", rules=before)
    year = rehearsal.calendar_year("2027", ("2027-01-01",), ("2027-01-02", "2027-01-03"))
    chosen = packs.in_force(packfiles.shipped_packs(), "jiangyin", on=date(2026, 1, 1))
    after = packs.rules(chosen.pack, calendar=CALENDAR.with_year(year), settings={"office_hours_by_unit": BY_UNIT})

    early = clocks.recomputed(clock, rules=after, now=moment("2026-12-31 09:00"))
    floored = clocks.recomputed(clock, rules=after, now=moment("2027-01-03 09:00"))

    assert clock.due == moment("2027-01-04 23:59:59")
    assert early is not None
    assert early.due == moment("2027-01-03 23:59:59")
    assert floored is not None
    assert floored.due == moment("2027-01-04 23:59:59")


@pytest.mark.parametrize("name", ["return_review", "ext_review"])
def test_clock_of_the_hotline_about_a_unit_is_counted_in_the_citys_hours(name: str) -> None:
    rules = rules_of("jiangyin", office_hours_by_unit=BY_UNIT)

    clock = clocks.started(
        name=name, unit="应急局", start=moment("2026-10-17 20:00"), limit=Amount.parse("4 WH"), key=name, rules=rules
    )

    assert clock.due == moment("2026-10-19 14:30")
    assert clocks.explain(clock, rules).due == clock.due


# everybody else

# No deadline per example: a busy machine must not fail a test.
steady = settings(deadline=None)
starts = st.datetimes(
    datetime(2020, 1, 1), datetime(2028, 6, 30), timezones=st.just(ZONE)  # noqa: DTZ001
).map(lambda each: each.replace(microsecond=0))  # fmt: skip
amounts = st.builds(Amount, st.integers(1, 40), st.sampled_from(["WH", "WD", "CH", "CD", "MIN"]))
PLAIN = {pack: rules_of(pack) for pack in CITIES}
NAMED = {pack: rules_of(pack, office_hours_by_unit=BY_UNIT) for pack in CITIES}


@steady
@given(
    st.sampled_from(CITIES), st.sampled_from(timers.NAMES), st.sampled_from(["", "城管局", "office"]), starts, amounts,
    st.integers(0, 30 * 86_400), st.integers(0, 30 * 86_400),
)  # fmt: skip
def test_clock_of_a_unit_that_is_not_named_is_as_without_the_parameter(
    pack: str, name: str, unit: str, start: datetime, limit: Amount, stop: int, wait: int
) -> None:
    def course(rules: Rules) -> tuple[object, ...]:
        clock = clocks.started(name=name, unit=unit, start=start, limit=limit, key=name, rules=rules)
        stopped = clocks.paused(clock, now=start + timedelta(seconds=stop), rules=rules)
        again = clocks.resumed(stopped, now=start + timedelta(seconds=stop + wait), rules=rules)
        return clock, stopped, again, clocks.explain(clock, rules), clocks.explain(again, rules)

    assert course(NAMED[pack]) == course(PLAIN[pack])


def played(path: Path, *, by_unit: dict[str, object]) -> tuple[Scenario, list[object], list[list[str]]]:
    story = scenario.read(scenariofiles.read_located(path), file=str(path), zone=ZONE, register=packfiles.register())

    def rules_at(day: date, calendar: packs.Calendar) -> Rules:
        chosen = packs.in_force(packfiles.shipped_packs(), story.pack, story.overlays, on=day, version=story.version)
        given = {**story.settings, "office_hours_by_unit": by_unit}
        return packs.rules(chosen.pack, chosen.overlays, calendar=calendar, settings=given)

    results = rehearsal.play(story, calendar=CALENDAR, rules_at=rules_at, say=wording.say)
    derived = [
        rehearse.derivation_lines(timer, result.rules)
        for result in results
        for timer in result.timers.values()
        if timer.due is not None
    ]
    return story, [(result.facts, result.outcome, result.message) for result in results], derived


@pytest.mark.parametrize("pack", CITIES)
def test_stories_are_the_same_whether_units_are_named_with_the_citys_hours_or_not(pack: str) -> None:
    own = kinds.plain(rules_of(pack).office_hours)

    for path in FILES:
        if path.parts[-3] == pack:
            story, facts, derived = played(path, by_unit={})
            units = {each.by.unit for each in story.steps if each.by is not None and each.by.unit} | set(story.units)
            named = dict.fromkeys(sorted(units), own)
            if "office_hours" not in story.settings:
                assert played(path, by_unit=named)[1:] == (facts, derived)


@pytest.mark.parametrize("pack", CITIES)
def test_stories_do_not_change_where_the_named_units_are_not_theirs(pack: str) -> None:
    elsewhere = {"外市某局": BY_UNIT["应急局"]}

    for path in FILES:
        if path.parts[-3] == pack:
            assert played(path, by_unit=elsewhere) == played(path, by_unit={})
