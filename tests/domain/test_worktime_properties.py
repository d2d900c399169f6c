"""Working time: every deadline that the requirements work out, and properties that hold for any start and amount."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minsheng.domain import packs
from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount, CalendarYear, OfficeHours, Season, WorkTime
from minsheng.gateways import packfiles

ZONE = ZoneInfo("Asia/Shanghai")
# How far the properties look: the calendars of 2020 to 2026 and two provisional years.
FIRST, LAST = datetime(2020, 1, 1), datetime(2028, 6, 30)  # noqa: DTZ001


@cache
def rules_of(pack: str) -> Rules:
    chosen = packs.in_force(packfiles.shipped_packs(), pack, on=date(2026, 1, 1))
    return packs.rules(chosen.pack, calendar=packfiles.load_calendar())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def amount_of(pack: str, limit: str) -> Amount:
    """Return the amount that a parameter of the pack has, or that `limit` writes itself."""
    if limit[0].isdigit():
        return Amount.parse(limit)
    value = getattr(rules_of(pack), limit)
    assert isinstance(value, Amount)
    return value


@pytest.mark.parametrize(
    ("pack", "limit", "start", "due"),
    [
        # SZ-15.3a: a make-up Saturday is a working day
        ("suzhou", "sign_limit", "2026-10-09 16:30", "2026-10-10 12:00"),
        # SZ-15f: an upper limit of 24 clock hours
        ("suzhou", "24 CH", "2026-10-09 16:30", "2026-10-10 16:30"),
        # SZ-22b and D07: approved in the evening
        ("suzhou", "forum_attention", "2026-10-09 20:15", "2026-10-10 14:30"),
        ("suzhou", "forum_stance", "2026-10-09 20:15", "2026-10-10 17:30"),
        ("suzhou", "forum_final", "2026-10-09 20:15", "2026-10-19 17:30"),
        # SZ-20b and D07: an asked unit answers
        ("suzhou", "forum_request_answer", "2026-10-12 10:00", "2026-10-13 17:30"),
        # SZ-22c and D07: three more working days
        ("suzhou", "3 WD", "2026-10-19 17:30", "2026-10-22 17:30"),
        # SZ-24 and D07: calendar days end at 24:00
        ("suzhou", "forum_rating_window", "2026-10-14 16:00", "2026-10-21 23:59:59"),
        ("suzhou", "forum_rating_window", "2026-10-20 11:00", "2026-10-27 23:59:59"),
        # SZ-31b: over Spring Festival with a make-up day
        ("suzhou", "kb_update_limit", "2026-02-10 09:00", "2026-02-24 17:30"),
        # SZ-40.5: three working days over the due moment
        ("suzhou", "supervision_overdue_k5", "2026-09-15 17:30", "2026-09-18 17:30"),
        # JY-3c: over National Day
        ("jiangyin", "contact_change_limit", "2026-09-30 00:00", "2026-10-10 17:30"),
        # JY-5.1.1 and JY-5.1.2
        ("jiangyin", "handle_limit_consult", "2026-09-08 10:00", "2026-09-11 17:30"),
        ("jiangyin", "handle_limit_other", "2026-09-08 10:00", "2026-09-15 17:30"),
        # JY-9.2: all that starts at a dispatch
        ("jiangyin", "sign_limit", "2026-09-08 10:00", "2026-09-08 15:30"),
        ("jiangyin", "return_limit", "2026-09-08 10:00", "2026-09-09 17:30"),
        # JY-9.5: the audit ends on a make-up Sunday
        ("jiangyin", "audit_limit", "2026-09-18 17:00", "2026-09-20 17:30"),
        # JY-9.6: two working days over National Day
        ("jiangyin", "callback_limit", "2026-09-30 15:00", "2026-10-09 17:30"),
        # JY-9.7b: a redo of one original period
        ("jiangyin", "handle_limit_other", "2026-09-18 15:00", "2026-09-24 17:30"),
        # JY-10.1a and JY-10.1b
        ("jiangyin", "dispatch_limit", "2026-09-18 16:00", "2026-09-20 09:30"),
        ("jiangyin", "dispatch_limit_multi", "2026-09-18 16:00", "2026-09-20 17:30"),
        # JY-10.2a: dispatched on a holiday, and on the eve of one
        ("jiangyin", "sign_limit", "2026-09-25 16:30", "2026-09-28 14:30"),
        ("jiangyin", "sign_limit", "2026-09-24 16:30", "2026-09-28 12:00"),
        # JY-10.2b
        ("jiangyin", "return_limit", "2026-09-25 16:30", "2026-09-28 17:30"),
        # JY-10.3a and JY-10.3b: over Labor Day, to a make-up Saturday
        ("jiangyin", "handle_limit_consult", "2026-04-29 11:00", "2026-05-07 17:30"),
        ("jiangyin", "handle_limit_other", "2026-04-29 11:00", "2026-05-09 17:30"),
        # JY-10.4: what the pack would give where Wuxi's own limit wins
        ("jiangyin", "handle_limit_other", "2026-09-28 10:00", "2026-10-10 17:30"),
        # JY-11c: one more original period from the due moment
        ("jiangyin", "handle_limit_consult", "2026-05-07 17:30", "2026-05-11 17:30"),
        ("jiangyin", "handle_limit_other", "2026-05-09 17:30", "2026-05-15 17:30"),
        # JY-17b and D13
        ("jiangyin", "kb_update_limit", "2026-02-10 09:00", "2026-02-24 17:30"),
        ("jiangyin", "kb_update_limit", "2026-04-29 09:00", "2026-05-09 17:30"),
        # JY-28a, JY-28b and D12, before rolling to a working day
        ("jiangyin", "appeal_limit", "2026-09-28 09:00", "2026-10-05 23:59:59"),
        ("jiangyin", "appeal_limit", "2026-09-25 15:00", "2026-10-02 23:59:59"),
        ("jiangyin", "appeal_decision_limit", "2026-11-02 09:00", "2026-12-02 23:59:59"),
        ("jiangyin", "appeal_decision_limit", "2026-10-08 16:00", "2026-11-07 23:59:59"),
        # JY-35b: an alert, not a violation
        ("jiangyin", "emergency_step_alert", "2026-10-04 02:00", "2026-10-04 02:05"),
        # JY-35c, JY-35d, JY-36a and JY-36b, with D09
        ("jiangyin", "emergency_dispatch_limit", "2026-10-03 23:55", "2026-10-04 00:05"),
        ("jiangyin", "emergency_dispatch_limit", "2026-10-04 02:17", "2026-10-04 02:27"),
        ("jiangyin", "emergency_response_limit", "2026-10-04 00:04", "2026-10-04 00:34"),
        ("jiangyin", "emergency_response_limit", "2026-10-04 02:26", "2026-10-04 02:56"),
        ("jiangyin", "emergency_response_limit", "2026-10-04 02:52", "2026-10-04 03:22"),
        ("jiangyin", "emergency_result_limit", "2026-10-04 06:00", "2026-10-08 17:30"),
        ("jiangyin", "emergency_result_limit", "2026-10-05 11:00", "2026-10-08 17:30"),
        # SQ-10.3a, SQ-10.3b and SQ-10.3c: clock hours, over night into a Sunday
        ("suqian", "direct_answer_limit", "2026-10-10 23:40", "2026-10-11 03:40"),
        ("suqian", "sign_limit", "2026-10-10 23:40", "2026-10-11 00:40"),
        ("suqian", "handle_limit_other", "2026-10-10 23:40", "2026-10-11 11:40"),
        # SQ-10.3d: six days of 24 hours from the due moment
        ("suqian", "ext_cap", "2026-10-11 11:40", "2026-10-17 11:40"),
        # SQ-10.4b
        ("suqian", "return_limit", "2026-10-10 23:40", "2026-10-11 11:40"),
        # SQ-18.5
        ("suqian", "supervision_overdue_k5", "2026-10-11 11:40", "2026-10-12 11:40"),
        # SQ-19a: six days of 24 hours from the first complaint
        ("suqian", "repeat_unresolved_after", "2026-10-10 23:30", "2026-10-16 23:30"),
        # D01
        ("jiangyin", "dispatch_limit", "2026-09-18 16:40", "2026-09-20 10:10"),
        ("jiangyin", "sign_limit", "2026-09-20 09:30", "2026-09-20 15:00"),
        ("jiangyin", "return_limit", "2026-09-20 09:30", "2026-09-21 17:30"),
        ("jiangyin", "handle_limit_other", "2026-09-20 09:30", "2026-09-28 17:30"),
        ("jiangyin", "audit_limit", "2026-09-24 16:00", "2026-09-28 17:30"),
        ("jiangyin", "callback_limit", "2026-09-24 16:00", "2026-09-29 17:30"),
        # D02
        ("jiangyin", "handle_limit_other", "2026-09-25 16:30", "2026-10-09 17:30"),
        ("jiangyin", "return_review_limit", "2026-09-28 17:00", "2026-09-29 14:00"),
        # D03: over Spring Festival; the extension that is too long, the cap, the one that is granted
        ("jiangyin", "handle_limit_other", "2026-02-12 10:00", "2026-02-26 17:30"),
        ("jiangyin", "handle_limit_consult", "2026-02-12 10:00", "2026-02-24 17:30"),
        ("jiangyin", "handle_limit_consult", "2026-02-24 17:30", "2026-02-27 17:30"),
        ("jiangyin", "6 WD", "2026-02-26 17:30", "2026-03-05 17:30"),
        ("jiangyin", "handle_limit_other", "2026-02-26 17:30", "2026-03-04 17:30"),
        ("jiangyin", "3 WD", "2026-02-26 17:30", "2026-03-02 17:30"),
        ("jiangyin", "2 WD", "2026-03-02 17:30", "2026-03-04 17:30"),
        # D04: the night before National Day
        ("suqian", "sign_limit", "2026-09-30 22:30", "2026-09-30 23:30"),
        ("suqian", "direct_answer_limit", "2026-09-30 22:30", "2026-10-01 02:30"),
        ("suqian", "handle_limit_consult", "2026-09-30 22:30", "2026-10-01 10:30"),
        # D05
        ("suqian", "handle_limit_other", "2026-10-01 20:00", "2026-10-02 08:00"),
        ("suqian", "ext_cap", "2026-10-02 08:00", "2026-10-08 08:00"),
        ("suqian", "repeat_unresolved_after", "2026-10-01 19:40", "2026-10-07 19:40"),
        # D06
        ("suqian", "callback_limit", "2026-10-10 09:20", "2026-10-11 09:20"),
        ("suqian", "handle_limit_other", "2026-10-10 15:30", "2026-10-11 03:30"),
        ("suqian", "audit_limit", "2026-10-11 02:00", "2026-10-11 06:00"),
        ("suqian", "sms_answer_window", "2026-10-10 09:00", "2026-10-13 09:00"),
        # D08: before Qingming
        ("jiangyin", "dispatch_limit", "2026-04-02 15:00", "2026-04-02 17:00"),
        ("jiangyin", "internal_notice_limit", "2026-04-02 16:00", "2026-04-03 17:30"),
        ("jiangyin", "handle_limit_other", "2026-04-02 16:00", "2026-04-10 17:30"),
        # D10: one of them over the Dragon Boat Festival
        ("jiangyin", "handle_limit_other", "2026-06-01 10:00", "2026-06-08 17:30"),
        ("jiangyin", "handle_limit_other", "2026-06-12 10:00", "2026-06-22 17:30"),
        ("jiangyin", "handle_limit_other", "2026-06-24 10:00", "2026-07-01 17:30"),
        ("jiangyin", "handle_limit_other", "2026-07-06 10:00", "2026-07-13 17:30"),
        ("jiangyin", "handle_limit_other", "2026-07-16 10:00", "2026-07-23 17:30"),
        # D11
        ("jiangyin", "sign_limit", "2026-03-02 09:00", "2026-03-02 14:30"),
        ("jiangyin", "sign_limit", "2026-03-16 14:00", "2026-03-17 09:30"),
        ("jiangyin", "sign_limit", "2026-03-31 09:30", "2026-03-31 15:00"),
        ("jiangyin", "sign_limit", "2026-04-01 09:00", "2026-04-01 14:30"),
        # D14: a make-up Sunday counts
        ("jiangyin", "contact_change_limit", "2025-09-25 00:00", "2025-09-29 17:30"),
        # D15: before Spring Festival
        ("suzhou", "sign_limit", "2025-01-23 14:00", "2025-01-24 09:30"),
        ("suzhou", "determine_limit", "2025-01-23 14:00", "2025-01-24 17:30"),
        ("suzhou", "opinion_review_limit", "2025-01-24 16:30", "2025-01-26 12:00"),
        # D16: National Day and Mid-Autumn together
        ("suzhou", "handle_limit_consult", "2025-09-30 16:00", "2025-10-11 17:30"),
        ("suzhou", "handle_limit_other", "2025-09-30 16:00", "2025-10-16 17:30"),
        ("suzhou", "callback_limit", "2025-10-09 18:20", "2025-10-11 17:30"),
        # D17: the tenth working day of the next month
        ("jiangyin", "10 WD", "2026-09-30 12:00", "2026-10-20 17:30"),
        # conventions: a limit that ends with a shift stays there
        ("jiangyin", "3 WH", "2026-09-08 09:00", "2026-09-08 12:00"),
        ("jiangyin", "7 WH", "2026-09-08 09:00", "2026-09-08 17:30"),
    ],
)
def test_due_moment_is_the_one_worked_out_in_the_requirements(pack: str, limit: str, start: str, due: str) -> None:
    found = rules_of(pack).worktime.due(moment(start), amount_of(pack, limit))

    assert found.moment == moment(due)
    assert not found.provisional


def test_rest_of_a_working_limit_resumes_where_it_paused() -> None:
    # SZ-15.4: 7.5 hours are left at the reply; they run on from the rejection
    worktime = rules_of("suzhou").worktime

    rest = worktime.between(moment("2026-10-16 17:00"), moment("2026-10-19 17:30"))
    due = worktime.after_working(moment("2026-10-19 10:00"), rest)

    assert rest == timedelta(hours=7, minutes=30)
    assert due.moment == moment("2026-10-20 10:30")


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        ("2 WD", "2027-01-04 17:30"),  # plain Monday to Friday, since no notice is known
        ("5 WH", "2027-01-01 10:00"),
    ],
)
def test_due_moment_is_provisional_in_a_year_without_a_calendar(limit: str, due: str) -> None:
    found = rules_of("jiangyin").worktime.due(moment("2026-12-31 13:30"), Amount.parse(limit))

    assert (found.moment, found.provisional) == (moment(due), True)


def test_due_moment_is_final_once_the_year_is_loaded() -> None:
    year = CalendarYear(2027, frozenset({date(2027, 1, 1)}), frozenset(), source="测试")
    worktime = rules_of("jiangyin").worktime
    loaded = WorkTime(worktime.calendar.with_year(year), worktime.office_hours, worktime.workday_rule, ZONE)

    found = loaded.due(moment("2026-12-31 13:30"), Amount(2, "WD"))

    assert (found.moment, found.provisional) == (moment("2027-01-05 17:30"), False)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("end_of_nth_day", "2026-10-09 17:30:00"),
        ("same_time", "2026-10-09 15:00:00"),
        ("end_of_day_24", "2026-10-09 23:59:59"),
    ],
)
def test_working_days_end_as_the_pack_reads_them(rule: str, due: str) -> None:
    #
    pack = packs.in_force(packfiles.shipped_packs(), "jiangyin", on=date(2026, 1, 1)).pack
    rules = packs.rules(pack, calendar=packfiles.load_calendar(), settings={"workday_rule": rule})

    found = rules.worktime.due(moment("2026-09-30 15:00"), Amount(2, "WD"))

    assert found.moment == moment(due)


def test_office_hours_follow_the_season() -> None:
    # a summer break until 14:00
    summer = Season((6, 1), (9, 30), ((time(9), time(12)), (time(14), time(18))))
    standard = rules_of("jiangyin").worktime
    hours = OfficeHours((summer, *standard.office_hours.seasons))
    worktime = WorkTime(standard.calendar, hours, "end_of_nth_day", ZONE)

    in_summer = worktime.due(moment("2026-09-08 09:00"), Amount(4, "WH"))
    in_autumn = worktime.due(moment("2026-10-12 09:00"), Amount(4, "WH"))

    assert in_summer.moment == moment("2026-09-08 15:00")
    assert in_autumn.moment == moment("2026-10-12 14:30")


def test_winter_season_crosses_the_new_year() -> None:
    winter = Season((11, 1), (3, 31), ((time(9), time(12)), (time(13), time(17))))

    covered = [winter.covers(day) for day in (date(2026, 12, 31), date(2026, 1, 1), date(2026, 7, 1))]

    assert covered == [True, True, False]


def test_day_without_a_season_is_refused() -> None:
    hours = OfficeHours((Season((6, 1), (9, 30), ((time(9), time(12)),)),))

    with pytest.raises(LookupError):
        hours.shifts_on(date(2026, 11, 2))


def test_nothing_left_is_due_at_once() -> None:
    worktime = rules_of("jiangyin").worktime

    known = worktime.after_working(moment("2026-10-12 10:00"), timedelta(0))
    unknown = worktime.after_working(moment("2027-10-12 10:00"), timedelta(0))

    assert (known.moment, known.provisional) == (moment("2026-10-12 10:00"), False)
    assert unknown.provisional


def test_no_office_time_passes_backwards() -> None:
    worktime = rules_of("jiangyin").worktime

    assert worktime.between(moment("2026-10-12 10:00"), moment("2026-10-09 10:00")) == timedelta(0)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-10-12 09:00:00", True),
        ("2026-10-12 12:00:00", True),
        ("2026-10-12 12:00:01", False),
        ("2026-10-10 10:00:00", True),  # a make-up Saturday
        ("2026-10-11 10:00:00", False),
    ],
)
def test_office_is_open_in_the_shifts_of_working_days(at: str, is_open: bool) -> None:
    assert rules_of("jiangyin").worktime.in_office(moment(at)) is is_open


def test_local_day_is_the_one_of_the_city() -> None:
    late = datetime(2026, 10, 11, 16, 30, tzinfo=ZoneInfo("UTC"))

    assert rules_of("jiangyin").worktime.local_day(late) == date(2026, 10, 12)


def test_derivation_says_which_days_were_skipped_and_why() -> None:
    # D02: Mid-Autumn and the weekend behind it
    derivation = rules_of("jiangyin").worktime.derive(moment("2026-09-24 16:30"), Amount(4, "WH"))

    assert derivation.skipped == (
        (date(2026, 9, 25), "节假日"),
        (date(2026, 9, 26), "节假日"),
        (date(2026, 9, 27), "节假日"),
    )
    assert derivation.counted == (
        (moment("2026-09-24 16:30"), moment("2026-09-24 17:30")),
        (moment("2026-09-28 09:00"), moment("2026-09-28 12:00")),
    )


def test_derivation_of_working_days_skips_the_first_day_and_weekends() -> None:
    derivation = rules_of("jiangyin").worktime.derive(moment("2026-10-16 10:00"), Amount(1, "WD"))

    assert derivation.skipped == (
        (date(2026, 10, 16), "当日不计"),
        (date(2026, 10, 17), "周末"),
        (date(2026, 10, 18), "周末"),
    )
    assert derivation.length == "1 WD"


def test_derivation_of_clock_time_counts_it_whole() -> None:
    derivation = rules_of("suqian").worktime.derive(moment("2026-10-10 23:40"), Amount(12, "CH"))

    assert derivation.counted == ((moment("2026-10-10 23:40"), moment("2026-10-11 11:40")),)
    assert derivation.skipped == ()


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        (timedelta(hours=7, minutes=30), "工作时间7小时30分"),
        (timedelta(seconds=5), "工作时间5秒"),
        (timedelta(0), "工作时间0小时"),
    ],
)
def test_derivation_of_a_rest_says_how_much_was_left(rest: timedelta, said: str) -> None:
    assert rules_of("suzhou").worktime.derive(moment("2026-10-19 10:00"), rest).length == said


@pytest.mark.parametrize("text", ["", "4", "WH", "0 WH", "-1 WD", "4 hours", "4.5 WD", "1000000 MIN", "４ WH時"])
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Amount.parse(text)


@pytest.mark.parametrize("text", ["4 WH", "5 WD", "12 CH", "7 CD", "10 MIN"])
def test_amount_is_written_as_it_was_read(text: str) -> None:
    assert str(Amount.parse(text)) == text


starts = st.datetimes(FIRST, LAST, timezones=st.just(ZONE)).map(lambda each: each.replace(microsecond=0))
amounts = st.builds(Amount, st.integers(1, 40), st.sampled_from(["WH", "WD", "CH", "CD", "MIN"]))
hours = st.integers(1, 80)
days = st.integers(1, 30)
# No deadline per example: a busy machine must not fail a test.
steady = settings(deadline=None)
WORKTIME = rules_of("jiangyin").worktime


@steady
@given(starts, starts, amounts)
def test_due_moment_is_monotone_in_the_start(one: datetime, other: datetime, amount: Amount) -> None:
    earlier, later = sorted((one, other))

    assert WORKTIME.due(earlier, amount).moment <= WORKTIME.due(later, amount).moment


@steady
@given(starts, amounts, st.integers(1, 10))
def test_due_moment_is_monotone_in_the_amount(start: datetime, amount: Amount, more: int) -> None:
    longer = Amount(amount.count + more, amount.unit)

    assert WORKTIME.due(start, amount).moment < WORKTIME.due(start, longer).moment


@steady
@given(starts, amounts)
def test_due_moment_lies_after_the_start(start: datetime, amount: Amount) -> None:
    assert WORKTIME.due(start, amount).moment > start


@steady
@given(starts, hours)
def test_working_hours_use_up_exactly_themselves(start: datetime, count: int) -> None:
    due = WORKTIME.due(start, Amount(count, "WH")).moment

    assert WORKTIME.between(start, due) == timedelta(hours=count)


@steady
@given(starts, hours)
def test_working_hours_end_inside_or_at_the_end_of_a_shift(start: datetime, count: int) -> None:
    due = WORKTIME.due(start, Amount(count, "WH")).moment
    local = due.astimezone(ZONE)

    assert WORKTIME.calendar.is_workday(local.date())
    assert any(opens < local.time() <= closes for opens, closes in WORKTIME.office_hours.shifts_on(local.date()))


@steady
@given(starts, days)
def test_working_days_end_at_close_of_office_of_the_nth_day_after(start: datetime, count: int) -> None:
    due = WORKTIME.due(start, Amount(count, "WD")).moment.astimezone(ZONE)
    between = (
        start.astimezone(ZONE).date() + timedelta(days=n) for n in range(1, (due.date() - start.date()).days + 1)
    )

    assert WORKTIME.calendar.is_workday(due.date())
    assert due.time() == time(17, 30)
    assert sum(WORKTIME.calendar.is_workday(day) for day in between) == count


@steady
@given(starts, hours, hours)
def test_working_hours_add_up(start: datetime, one: int, other: int) -> None:
    first = WORKTIME.due(start, Amount(one, "WH")).moment

    assert WORKTIME.due(first, Amount(other, "WH")).moment == WORKTIME.due(start, Amount(one + other, "WH")).moment


@steady
@given(starts, st.integers(1, 20), st.sampled_from(["WH", "WD"]))
def test_derivation_counts_what_the_due_moment_rests_on(start: datetime, count: int, unit: str) -> None:
    derivation = WORKTIME.derive(start, Amount(count, unit))

    assert derivation.due == WORKTIME.due(start, Amount(count, unit)).moment
    assert all(opens < closes for opens, closes in derivation.counted)
    assert all(not WORKTIME.calendar.is_workday(day) or why == "当日不计" for day, why in derivation.skipped)
    counted = {opens.date() for opens, _ in derivation.counted}
    assert not counted & {day for day, _ in derivation.skipped}


@steady
@given(starts, amounts)
def test_due_moment_does_not_depend_on_the_zone_of_the_start(start: datetime, amount: Amount) -> None:
    elsewhere = start.astimezone(ZoneInfo("UTC"))

    assert WORKTIME.due(elsewhere, amount) == WORKTIME.due(start, amount)
