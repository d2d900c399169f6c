"""An office that works until 24:00, by day and night, or every day of the year: right to the second."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.packing_ground import CALENDAR, PLAIN, rules_of, rules_with_2027

from minsheng.domain import kinds, packs
from minsheng.domain.notices import unit_recipients
from minsheng.domain.packs import BadSetting
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import LAST_SECOND, Amount, OfficeHours

ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


NIGHT_AND_DAY = rules_of("jiangyin", office_hours="00:00-24:00")
EVENINGS = rules_of("jiangyin", office_hours="18:00-24:00")
ALWAYS = rules_of("jiangyin", office_hours="00:00-24:00", calendar="every_day")
DAILY = rules_of("jiangyin", calendar="every_day")

# reading and writing


def test_shift_may_end_at_24_and_is_written_so() -> None:
    hours = kinds.office_hours(["00:00-08:00", "18:00-24:00"])

    assert kinds.plain(hours) == ["00:00-08:00", "18:00-24:00"]
    assert kinds.written(hours) == "00:00-08:00、18:00-24:00"
    assert hours.length_on(date(2026, 9, 8)) == timedelta(hours=14)


@pytest.mark.parametrize(
    "text", ["24:00-24:00", "00:00-24:01", "24:00-08:00", "22:00-06:00", "12:00-24:00,13:00-24:00"]
)
def test_shift_beyond_the_day_is_refused(text: str) -> None:
    with pytest.raises(BadSetting):
        rules_of("jiangyin", office_hours=text)


def test_calendar_is_that_of_the_country_or_every_day() -> None:
    assert rules_of("jiangyin").worktime.calendar is CALENDAR
    with pytest.raises(BadSetting) as refused:
        rules_of("jiangyin", calendar="everyday")
    assert "是不是“every_day”" in refused.value.reason


# due moments


@pytest.mark.parametrize(
    ("rules", "limit", "start", "due"),
    [
        # by hours, through midnight
        (NIGHT_AND_DAY, "4 WH", "2026-09-08 22:00:00", "2026-09-09 02:00:00"),
        (NIGHT_AND_DAY, "24 WH", "2026-09-08 00:00:00", "2026-09-09 00:00:00"),  # Wednesday is worked from 00:00 on
        (NIGHT_AND_DAY, "2 WH", "2026-09-08 23:59:59", "2026-09-09 01:59:59"),
        # up to the weekend: 24:00 is written 23:59:59
        (NIGHT_AND_DAY, "2 WH", "2026-10-16 22:00:00", "2026-10-16 23:59:59"),
        (NIGHT_AND_DAY, "2 WH", "2026-10-16 23:00:00", "2026-10-19 01:00:00"),
        (NIGHT_AND_DAY, "1 WH", "2026-10-16 23:59:59", "2026-10-19 01:00:00"),  # the last second is the end itself
        (NIGHT_AND_DAY, "1 WH", "2026-10-17 00:00:00", "2026-10-19 01:00:00"),
        (EVENINGS, "6 WH", "2026-09-08 10:00:00", "2026-09-08 23:59:59"),
        (EVENINGS, "0.5 WH", "2026-09-08 23:45:00", "2026-09-09 18:15:00"),
        # by working days, under each reading of them
        (NIGHT_AND_DAY, "1 WD", "2026-10-16 22:00:00", "2026-10-19 23:59:59"),
        (EVENINGS, "2 WD", "2026-09-30 20:00:00", "2026-10-09 23:59:59"),
        # every day is worked, also National Day
        (ALWAYS, "24 WH", "2026-09-30 18:00:00", "2026-10-01 18:00:00"),
        (ALWAYS, "2 WD", "2026-09-30 18:00:00", "2026-10-02 23:59:59"),
        (DAILY, "2 WD", "2026-09-30 18:00:00", "2026-10-02 17:30:00"),
        (DAILY, "4 WH", "2026-09-30 16:30:00", "2026-10-01 12:00:00"),
        (DAILY, "1 CD", "2026-09-30 16:30:00", "2026-10-01 23:59:59"),
    ],
)
def test_due_moment_is_right_to_the_second(rules: Rules, limit: str, start: str, due: str) -> None:
    found = rules.worktime.due(moment(start), Amount.parse(limit))

    assert found.moment == moment(due)
    assert not found.provisional


@pytest.mark.parametrize(
    ("rule", "due"),
    [("end_of_nth_day", "23:59:59"), ("end_of_day_24", "23:59:59"), ("same_time", "15:00:00")],
)
def test_working_day_of_an_office_until_24_ends_as_the_pack_reads_it(rule: str, due: str) -> None:
    rules = rules_of("jiangyin", office_hours="18:00-24:00", workday_rule=rule)

    found = rules.worktime.due(moment("2026-09-08 15:00"), Amount(1, "WD"))

    assert found.moment == moment(f"2026-09-09 {due}")


def test_nothing_is_provisional_where_every_day_is_worked() -> None:
    start = moment("2029-02-01 10:00")

    found = [DAILY.worktime.due(start, Amount(2, unit)) for unit in ("WH", "WD")]
    rest = DAILY.worktime.after_working(start, timedelta(0))
    long_ago = DAILY.worktime.due(moment("1999-12-31 17:00"), Amount(1, "WH"))

    assert not any(due.provisional for due in (*found, rest, long_ago))
    assert long_ago.moment == moment("2000-01-01 09:30")


def test_last_evening_of_a_known_year_is_final() -> None:
    # 2026-12-31 24:00 is an end of 2026, though written by some as a moment of 2027.
    found = EVENINGS.worktime.due(moment("2026-12-31 18:00"), Amount(6, "WH"))

    assert (found.moment, found.provisional) == (moment("2026-12-31 23:59:59"), False)


def test_year_that_is_loaded_changes_nothing_where_every_day_is_worked() -> None:
    calendar = DAILY.worktime.calendar.with_year(rules_with_2027("jiangyin").worktime.calendar.years[2027])

    assert calendar.is_workday(date(2027, 1, 1))
    assert calendar.is_final(2028)


# presence


@pytest.mark.parametrize(
    ("rules", "at", "is_open"),
    [
        (NIGHT_AND_DAY, "2026-10-16 23:59:59", True),
        (NIGHT_AND_DAY, "2026-10-17 00:00:00", False),
        (NIGHT_AND_DAY, "2026-10-15 00:00:00", True),
        (EVENINGS, "2026-10-15 23:59:59", True),
        (EVENINGS, "2026-10-16 00:00:00", False),
        (EVENINGS, "2026-10-16 17:59:59", False),
        (ALWAYS, "2026-10-01 03:00:00", True),
        (DAILY, "2026-10-01 10:00:00", True),
    ],
)
def test_office_is_open_until_the_last_second_of_its_day(rules: Rules, at: str, is_open: bool) -> None:
    assert rules.worktime.in_office(moment(at)) is is_open


@pytest.mark.parametrize(
    ("rules", "at", "told"),
    [
        (NIGHT_AND_DAY, "2026-10-15 23:59:59", ("officer@u",)),  # the next day's shift goes on
        (NIGHT_AND_DAY, "2026-10-16 23:59:59", ("officer@u", "duty@u")),
        (EVENINGS, "2026-10-15 23:59:59", ("officer@u", "duty@u")),
        (ALWAYS, "2026-10-16 23:59:59", ("officer@u",)),
    ],
)
def test_both_are_told_in_the_last_second_before_the_office_closes(
    rules: Rules, at: str, told: tuple[str, ...]
) -> None:
    found = unit_recipients(unit="u", moment=moment(at), worktime=rules.worktime, roster=True)

    assert found == told


# derivations


def test_derivation_writes_24_as_the_last_second() -> None:
    derived = NIGHT_AND_DAY.worktime.derive(moment("2026-10-16 22:00"), Amount(4, "WH"))

    assert derived.counted == (
        (moment("2026-10-16 22:00"), moment("2026-10-16 23:59:59")),
        (moment("2026-10-19 00:00"), moment("2026-10-19 02:00")),
    )
    assert derived.skipped == ((date(2026, 10, 17), "周末"), (date(2026, 10, 18), "周末"))


def test_derivation_of_working_days_spans_the_whole_day() -> None:
    derived = ALWAYS.worktime.derive(moment("2026-10-01 10:00"), Amount(1, "WD"))

    assert derived.counted == ((moment("2026-10-02 00:00"), moment("2026-10-02 23:59:59")),)


# properties

# No deadline per example: a busy machine must not fail a test.
steady = settings(deadline=None)
seconds = st.datetimes(
    datetime(2020, 1, 1), datetime(2026, 11, 30), timezones=st.just(ZONE)  # noqa: DTZ001
).map(lambda each: each.replace(microsecond=0))  # fmt: skip
# As often as not a start at the seams of the day.
starts = st.one_of(
    seconds,
    st.tuples(seconds, st.sampled_from([time(23, 59, 59), time(0), time(23, 59, 58), time(0, 0, 1), time(18)])).map(
        lambda pair: datetime.combine(pair[0].date(), pair[1], ZONE)
    ),
)
rules_until_24 = st.sampled_from([NIGHT_AND_DAY, EVENINGS, ALWAYS])
hours = st.integers(1, 60)


@steady
@given(starts, hours)
def test_office_that_never_closes_counts_by_the_clock(start: datetime, count: int) -> None:
    assert ALWAYS.worktime.due(start, Amount(count, "WH")) == ALWAYS.worktime.due(start, Amount(count, "CH"))


@steady
@given(starts, starts)
def test_office_that_never_closes_works_all_the_time(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))

    # Over years the counting goes day by day; two weeks show it.
    later = min(later, earlier + timedelta(days=14))
    assert ALWAYS.worktime.between(earlier, later) == later - earlier


def reading_of(due: datetime) -> timedelta:
    """Return by how much a due moment may be read later: one in the last second of a day is read as 24:00."""
    return SECOND if due.time() == LAST_SECOND else timedelta(0)


@steady
@given(rules_until_24, starts, hours)
@example(EVENINGS, moment("2026-09-08 18:00"), 6)
@example(EVENINGS, moment("2026-09-08 18:59:59"), 5)
def test_working_hours_use_up_themselves(rules: Rules, start: datetime, count: int) -> None:
    due = rules.worktime.due(start, Amount(count, "WH")).moment

    spent = rules.worktime.between(start, due) - timedelta(hours=count)
    assert timedelta(0) <= spent <= reading_of(due)


@steady
@given(rules_until_24, starts, hours, hours)
@example(EVENINGS, moment("2026-09-08 18:00"), 6, 6)
@example(EVENINGS, moment("2026-09-08 18:59:59"), 5, 5)
def test_working_hours_add_up(rules: Rules, start: datetime, one: int, other: int) -> None:
    first = rules.worktime.due(start, Amount(one, "WH")).moment

    parts, whole = rules.worktime.due(first, Amount(other, "WH")), rules.worktime.due(start, Amount(one + other, "WH"))
    assert timedelta(0) <= rules.worktime.between(whole.moment, parts.moment) <= reading_of(first)


@steady
@given(rules_until_24, starts, hours)
def test_working_hours_end_on_a_working_day(rules: Rules, start: datetime, count: int) -> None:
    due = rules.worktime.due(start, Amount(count, "WH")).moment

    assert rules.worktime.calendar.is_workday(due.date())
    assert rules.worktime.in_office(due)


@steady
@given(rules_until_24, starts, starts, hours)
def test_due_moment_is_monotone_in_the_start(rules: Rules, one: datetime, other: datetime, count: int) -> None:
    earlier, later = sorted((one, other))
    amount = Amount(count, "WH")

    assert rules.worktime.due(earlier, amount).moment <= rules.worktime.due(later, amount).moment


@steady
@given(rules_until_24, starts, st.integers(1, 20), st.sampled_from(["WH", "WD"]))
def test_derivation_counts_what_the_due_moment_rests_on(rules: Rules, start: datetime, count: int, unit: str) -> None:
    derived = rules.worktime.derive(start, Amount(count, unit))

    assert derived.due == rules.worktime.due(start, Amount(count, unit)).moment
    assert all(opens < closes and opens.date() == closes.date() for opens, closes in derived.counted)
    assert not {opens.date() for opens, _ in derived.counted} & {day for day, _ in derived.skipped}


def test_pack_may_be_round_the_clock() -> None:
    plain = {
        **PLAIN["jiangyin"],
        "office_hours": {"value": ["00:00-24:00"], "default": "全天值守"},
        "calendar": {"value": "every_day", "default": "全年无休"},
    }

    rules = packs.rules(packs.load(plain, where="pack.toml"), calendar=CALENDAR)

    assert isinstance(rules.office_hours, OfficeHours)
    assert rules.worktime.due(moment("2026-10-01 03:00"), Amount(2, "WH")).moment == moment("2026-10-01 05:00")
