"""Units with office hours of their own, played: their clocks run in their hours, the hotline's in the city's."""

from __future__ import annotations

from pathlib import Path

import pytest

from minsheng.app.cli.main import main

HEAD = """\
title: Units with hours of their own
pack: jiangyin
set:
  return_pauses_handling: true
  ext_window: any_before
  reply_approval: none
  office_hours_by_unit:
    应急局: {hours: ["00:00-24:00"], calendar: every_day}
    消防队: {hours: ["00:00-24:00"], calendar: every_day}
    夜巡队: ["18:00-24:00"]
units:
  应急局: {kind: government, level: city, phone: 0510-1}
  消防队: {kind: government, level: city, phone: 0510-5, roster: false}
  夜巡队: {kind: government, level: city, phone: 0510-2, roster: false}
  城管局: {kind: government, level: city, phone: 0510-3, roster: false}
  交通局: {kind: government, level: city, phone: 0510-4}
steps:
"""

# A Saturday evening: two units are there, two are not.
DISPATCHED = """\
- at: 2026-10-17 19:50:00
  by: seat
  do: submit
  order: o1
  with: {type: help, channel: phone, appellant: citizen, publish: yes, content: 人行道破损}
- at: 2026-10-17 20:00:00
  do: dispatch
  order: o1
  with: {unit: UNIT, basis: 清单}
"""


def played(tmp_path: Path, steps: str, *, unit: str = "应急局") -> int:
    path = tmp_path / "story.yaml"
    path.write_text(HEAD + steps.replace("UNIT", unit), encoding="utf-8")
    return main(["rehearse", str(path)])


@pytest.mark.parametrize(
    ("unit", "due", "told", "violations"),
    [
        # Round the clock on every day: four hours end with the Saturday, and Sunday opens at once.
        ("应急局", "sign: 2026-10-18 00:00:00, return: 2026-10-18 23:59:59, handle: 2026-10-22 23:59:59",
         "dispatched>officer@应急局", ""),
        # It needs nobody on duty out of office hours, since it has none.
        ("消防队", "sign: 2026-10-18 00:00:00, return: 2026-10-18 23:59:59, handle: 2026-10-22 23:59:59",
         "dispatched>officer@消防队", ""),
        # Evenings of working days: nothing before Monday at six.
        ("夜巡队", "sign: 2026-10-19 22:00:00, return: 2026-10-19 23:59:59, handle: 2026-10-23 23:59:59",
         "dispatched>officer@夜巡队, dispatched>leader@夜巡队", "no_roster@夜巡队"),
        # The city's own hours, without and with somebody on duty.
        ("城管局", "sign: 2026-10-19 14:30:00, return: 2026-10-19 17:30:00, handle: 2026-10-23 17:30:00",
         "dispatched>officer@城管局, dispatched>leader@城管局", "no_roster@城管局"),
        ("交通局", "sign: 2026-10-19 14:30:00, return: 2026-10-19 17:30:00, handle: 2026-10-23 17:30:00",
         "dispatched>duty@交通局", ""),
    ],
)  # fmt: skip
def test_clocks_and_notices_of_a_dispatch_follow_the_units_hours(
    tmp_path: Path, unit: str, due: str, told: str, violations: str
) -> None:
    expected = f"  expect: {{due: {{{due}}}, notices: [{told}], violations: [{violations}]}}\n"

    assert played(tmp_path, DISPATCHED + expected, unit=unit) == 0


def test_overdue_at_night_is_told_to_the_officer_of_a_unit_that_works_then(tmp_path: Path) -> None:
    missed = """\
- at: 2026-10-18 00:00:01
  order: o1
  expect: {violations: [late_sign@应急局], notices: [overdue>officer@应急局, overdue>leader@应急局, overdue>office]}
"""
    assert played(tmp_path, DISPATCHED + missed) == 0


def test_paused_limit_rests_and_resumes_in_the_units_hours_and_is_reviewed_in_the_hotlines(tmp_path: Path) -> None:
    # From Sunday 10:00 to Thursday 23:59:59 lie 110 hours less a second; they go on from Monday 09:00.
    returned = """\
- {at: 2026-10-17 21:00, by: officer@应急局, do: sign, order: o1}
- at: 2026-10-18 10:00:00
  by: officer@应急局
  do: request_return
  order: o1
  with: {reason: 不属职责, basis: 三定规定, suggest: 城管局}
  expect: {timers: {handle: paused}, due: {return_review: 2026-10-19 14:30:00}}
- at: 2026-10-19 09:00:00
  do: refuse_return
  order: o1
  with: {reason: 属职责}
  expect: {due: {handle: 2026-10-23 22:59:59}}
"""
    assert played(tmp_path, DISPATCHED + returned) == 0


def test_answer_that_is_sent_back_leaves_the_rest_of_the_units_hours(tmp_path: Path) -> None:
    # Answered on Sunday at noon, sent back on Monday at ten: the due moment is 22 hours later.
    audited = """\
- {at: 2026-10-17 21:00, by: officer@应急局, do: sign, order: o1}
- at: 2026-10-18 12:00:00
  by: officer@应急局
  do: reply
  order: o1
  with: {text: 已修复, channel: phone}
  expect: {status: REPLIED, due: {audit: 2026-10-19 17:30:00}}
- at: 2026-10-19 10:00:00
  do: reject_audit
  order: o1
  with: {defect: vague, comment: 写明措施}
  expect: {due: {handle: 2026-10-23 21:59:59}}
"""
    assert played(tmp_path, DISPATCHED + audited) == 0


def test_more_time_is_counted_and_capped_in_the_units_days(tmp_path: Path) -> None:
    asked = """\
- {at: 2026-10-17 21:00, by: officer@应急局, do: sign, order: o1}
- at: 2026-10-18 10:00:00
  by: officer@应急局
  do: request_extension
  order: o1
  with: {reason: 甲, by_workdays: 6, progress: 乙, next_steps: 丙, leader_consent: true}
  expect: {refused: extension_over_cap, says: "2026-10-27 23:59:59"}
- at: 2026-10-18 10:00:00
  by: officer@应急局
  do: request_extension
  order: o1
  with: {reason: 甲, by_workdays: 5, progress: 乙, next_steps: 丙, leader_consent: true}
  expect: {due: {ext_review: 2026-10-19 14:30:00}}
- {at: 2026-10-19 09:30, do: approve_extension, order: o1, expect: {due: {handle: 2026-10-27 23:59:59}}}
"""
    assert played(tmp_path, DISPATCHED + asked) == 0


def test_year_that_is_loaded_moves_the_clocks_of_units_that_keep_its_days(tmp_path: Path) -> None:
    steps = """\
- at: 2026-12-30 20:00:00
  by: seat
  do: submit
  order: o1
  with: {type: consult, channel: phone, appellant: citizen, publish: yes, content: 何时供水}
- at: 2026-12-30 20:00:00
  do: dispatch
  order: o1
  with: {unit: UNIT, basis: 清单}
  expect: {due: {handle: BEFORE}, provisional: [MARKED]}
- at: 2026-12-30 21:00:00
  do: load_calendar
  with: {year: 2027, holidays: [2027-01-01]}
- {at: 2026-12-30 21:01, order: o1, expect: {due: {handle: AFTER}, provisional: []}}
"""

    def story(before: str, after: str, marked: str) -> str:
        return steps.replace("BEFORE", before).replace("AFTER", after).replace("MARKED", marked)

    always = story("2027-01-02 23:59:59", "2027-01-02 23:59:59", "")
    evenings = story("2027-01-04 23:59:59", "2027-01-05 23:59:59", "handle")
    assert played(tmp_path, always) == 0
    assert played(tmp_path, evenings, unit="夜巡队") == 0


def test_filing_of_a_changed_contact_is_due_in_the_units_days(tmp_path: Path) -> None:
    steps = """\
- at: 2026-10-17 09:00:00
  by: officer@UNIT
  do: change_contact
  contact: c1
  with: {unit: UNIT, post: 经办人, effective: 2026-10-17}
  expect: {due: {contact_change: DUE}}
- at: 2026-10-21 17:30:01
  contact: c1
  expect: {violations: [late_contact@UNIT], notices: [TOLD]}
"""
    always = steps.replace("DUE", "2026-10-20 23:59:59").replace(
        "TOLD", "overdue>officer@UNIT, overdue>leader@UNIT, overdue>office"
    )
    evenings = steps.replace("DUE", "2026-10-21 23:59:59").replace("2026-10-21 17:30:01", "2026-10-22 00:00:00")
    evenings = evenings.replace("TOLD", "overdue>officer@UNIT, overdue>leader@UNIT, overdue>office")
    assert played(tmp_path, always) == 0
    assert played(tmp_path, evenings, unit="夜巡队") == 0


def test_year_that_is_loaded_moves_the_filing_of_a_unit_that_keeps_its_days(tmp_path: Path) -> None:
    steps = """\
- at: 2026-12-30 09:00:00
  by: officer@UNIT
  do: change_contact
  contact: c1
  with: {unit: UNIT, post: 经办人, effective: 2026-12-30}
  expect: {due: {contact_change: 2027-01-04 23:59:59}, provisional: [contact_change]}
- at: 2026-12-30 21:00:00
  do: load_calendar
  with: {year: 2027, holidays: [2027-01-01]}
- {at: 2026-12-30 21:01, contact: c1, expect: {due: {contact_change: 2027-01-05 23:59:59}, provisional: []}}
"""
    assert played(tmp_path, steps, unit="夜巡队") == 0
