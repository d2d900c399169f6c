"""Calendars as data: they agree with the State Council's notices, and a bad file is refused with its reasons."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from minsheng.domain import calendars
from minsheng.domain.faults import Faulty
from minsheng.domain.worktime import CalendarNotLoaded
from minsheng.gateways import packfiles

ONE_DAY = timedelta(days=1)

# The make-up days and weekday holidays that the requirements print.
MAKE_UP_DAYS = (
    "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 "
    "2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10"
)
WEEKDAY_HOLIDAYS_2026 = (
    "2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-02-23 2026-04-06 2026-05-01 "
    "2026-05-04 2026-05-05 2026-06-19 2026-09-25 2026-10-01 2026-10-02 2026-10-05 2026-10-06 2026-10-07"
)

WELL_FORMED: dict[str, object] = {
    "country": "CN",
    "year": 2027,
    "status": "provisional",
    "source": "暂定，待国务院办公厅公布",
    "holidays": [{"name": "元旦", "first": "2027-01-01", "last": "2027-01-03"}],
    "workdays": ["2027-01-09"],
}


@pytest.mark.parametrize("year", range(2020, 2027))
def test_calendar_agrees_with_chinesecalendar_on_every_day(year: int) -> None:
    calendar = packfiles.load_calendar("CN")
    days = [date(year, 1, 1) + ONE_DAY * n for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]

    differing = [day for day in days if calendar.is_workday(day) != chinese_calendar.is_workday(day)]

    assert differing == []


def test_make_up_days_are_those_of_the_requirements() -> None:
    files = packfiles.calendar_years("CN")

    worked = sorted(day for file in files if file.year.year >= 2025 for day in file.year.workdays)

    assert " ".join(map(str, worked)) == MAKE_UP_DAYS


def test_weekday_holidays_of_2026_are_those_of_the_requirements() -> None:
    year = packfiles.load_calendar("CN").years[2026]

    off = sorted(day for day in year.holidays if day.weekday() < 5)

    assert " ".join(map(str, off)) == WEEKDAY_HOLIDAYS_2026


@pytest.mark.parametrize("year", range(2020, 2027))
def test_calendar_names_its_notice_and_is_final(year: int) -> None:
    loaded = packfiles.load_calendar("CN").years[year]

    assert loaded.final
    assert f"国务院办公厅关于{year}年部分节假日安排的通知（国办发明电〔{year - 1}〕" in loaded.source


def test_year_after_the_last_is_provisional_and_year_before_the_first_is_unknown() -> None:
    calendar = packfiles.load_calendar("CN")

    assert not calendar.is_final(2027)
    assert calendar.is_workday(date(2027, 1, 1))  # a Friday: plain Monday to Friday, A-48
    with pytest.raises(CalendarNotLoaded):
        calendar.is_workday(date(2019, 12, 31))


def test_country_without_calendars_is_refused() -> None:
    with pytest.raises(LookupError, match="没有 XX 的日历"):
        packfiles.calendar_years("XX")


def test_provisional_year_loads_with_its_holidays() -> None:
    file = calendars.load_year(WELL_FORMED, where="CN-2027.toml")

    assert file.year.final is False
    assert file.year.workdays == {date(2027, 1, 9)}
    assert [holiday.days for holiday in file.holidays] == [(date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3))]


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        ({"holiday": []}, "holiday", "是不是“holidays”"),  # a misspelled key
        ({"country": ""}, "country", "不是文字"),
        ({"source": None}, "source", "不是文字"),
        ({"status": "draft"}, "status", "final"),
        ({"year": "2027"}, "year", "四位数"),
        ({"year": True}, "year", "四位数"),
        ({"year": 27}, "year", "四位数"),
        ({"holidays": []}, "holidays", "[[holidays]]"),
        ({"holidays": ["2027-01-01"]}, "holidays", "只有 name、first、last"),
        ({"holidays": [{"name": "元旦", "first": "2027-01-01"}]}, "holidays", "只有 name、first、last"),
        ({"holidays": [{"name": " ", "first": "2027-01-01", "last": "2027-01-01"}]}, "holidays.name", "节日名称"),
        ({"holidays": [{"name": "元旦", "first": "1月1日", "last": "2027-01-01"}]}, "holidays", "起止日期"),
        ({"holidays": [{"name": "元旦", "first": "2027-01-01", "last": "1月1日"}]}, "holidays", "起止日期"),
        ({"holidays": [{"name": "元旦", "first": "2027-01-03", "last": "2027-01-01"}]}, "holidays", "先起后止"),
        ({"holidays": [{"name": "元旦", "first": "2026-12-31", "last": "2027-01-01"}]}, "holidays", "2027 年内"),
        ({"holidays": [*WELL_FORMED["holidays"]] * 2}, "holidays", "重叠"),  # type: ignore[misc]
        ({"workdays": "2027-01-09"}, "workdays", "周六、周日"),
        ({"workdays": ["2027-01-08"]}, "workdays", "周六、周日"),  # a Friday
        ({"workdays": ["2026-01-10"]}, "workdays", "2027 年内"),  # of another year
        ({"workdays": ["2027-01-09", "2027-01-09"]}, "workdays", "不重复"),
        ({"workdays": ["一月九日"]}, "workdays", "周六、周日"),
        ({"workdays": ["2027-01-02"]}, "workdays", "既放假又上班"),
    ],
)
def test_calendar_file_is_refused_with_key_and_reason_when(change: dict[str, object], key: str, reason: str) -> None:
    with pytest.raises(Faulty) as refused:
        calendars.load_year({**WELL_FORMED, **change}, where="CN-2027.toml")

    found = [fault for fault in refused.value.faults if fault.key == key]
    assert found, refused.value.faults
    assert reason in found[0].reason
    assert found[0].file == "CN-2027.toml"


def test_calendar_file_that_is_no_toml_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "CN-2027.toml"
    file.write_text('country = "CN"\nyear = = 2027\n', encoding="utf-8")

    with pytest.raises(Faulty) as refused:
        packfiles.read_year(file)

    assert [(fault.key, fault.line) for fault in refused.value.faults] == [("TOML", 2)]
