"""Half hours: a pack may write `0.5 WH` or `1.5 CH`, and every place that reads or says an amount knows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.packing_ground import rules_of

from minsheng import wording
from minsheng.app.cli.main import main
from minsheng.app.cli.rehearse import derivation_lines
from minsheng.domain import clocks, kinds
from minsheng.domain.packs import BadSetting, Rules
from minsheng.domain.worktime import Amount

ZONE = ZoneInfo("Asia/Shanghai")
WORKTIME = rules_of("jiangyin").worktime
# No deadline per example: a busy machine must not fail a test.
steady = settings(deadline=None)
starts = st.datetimes(
    datetime(2020, 1, 1), datetime(2028, 6, 30), timezones=st.just(ZONE)  # noqa: DTZ001
).map(lambda each: each.replace(microsecond=0))  # fmt: skip
halves = st.integers(1, 80)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def of_halves(count: int, unit: str) -> Amount:
    return Amount.parse(f"{count // 2}.5 {unit}" if count % 2 else f"{count // 2} {unit}")


def read_of(settings: dict[str, object]) -> Rules:
    return rules_of("jiangyin", **settings)


@pytest.mark.parametrize("text", ["0.5 WH", "1.5 CH", "24.5 CH", "10.5 WH"])
def test_half_hour_is_written_as_it_was_read(text: str) -> None:
    assert str(Amount.parse(text)) == text
    assert kinds.plain(kinds.amount(text)) == text


@pytest.mark.parametrize(
    "text", ["0.5 WD", "1.5 CD", "0.5 MIN", "0.25 WH", "1.50 WH", "1.0 WH", ".5 WH", "0.0 WH", "00.5 WH", "1,5 WH"]
)
def test_other_part_of_a_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Amount.parse(text)


def test_refusal_says_that_hours_may_be_halved() -> None:
    with pytest.raises(BadSetting) as refused:
        read_of({"sign_limit": "0.25 WH"})

    assert "WH、CH 可写半小时，例如 0.5 WH" in refused.value.reason


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        ("0.5 WH", "2026-09-08 10:00", "2026-09-08 10:30"),
        ("0.5 WH", "2026-09-08 11:30", "2026-09-08 12:00"),  # ends with the shift, and stays there
        ("0.5 WH", "2026-09-08 11:45", "2026-09-08 13:45"),  # a quarter before the break, a quarter after it
        ("1.5 WH", "2026-09-24 17:00", "2026-09-28 10:00"),  # over Mid-Autumn
        ("1.5 CH", "2026-09-30 23:00", "2026-10-01 00:30"),
    ],
)
def test_half_hour_ends_where_a_wall_clock_puts_it(limit: str, start: str, due: str) -> None:
    found = WORKTIME.due(moment(start), Amount.parse(limit))

    assert found.moment == moment(due)


@steady
@given(starts, halves)
def test_half_hours_use_up_exactly_themselves(start: datetime, count: int) -> None:
    due = WORKTIME.due(start, of_halves(count, "WH")).moment

    assert WORKTIME.between(start, due) == timedelta(minutes=30 * count)


@steady
@given(starts, halves, halves, st.sampled_from(["WH", "CH"]))
def test_half_hours_add_up(start: datetime, one: int, other: int, unit: str) -> None:
    first = WORKTIME.due(start, of_halves(one, unit)).moment

    assert WORKTIME.due(first, of_halves(other, unit)) == WORKTIME.due(start, of_halves(one + other, unit))


@steady
@given(starts, halves, st.sampled_from(["WH", "CH"]))
def test_stored_length_of_a_clock_gives_its_due_moment_again(start: datetime, count: int, unit: str) -> None:
    limit = of_halves(count, unit)
    rules = rules_of("jiangyin")

    clock = clocks.started(name="sign", unit="", start=start, limit=limit, key="sign_limit", rules=rules)

    assert clock.basis.length == str(limit)
    assert clocks.explain(clock, rules).due == clock.due


def test_paused_half_hour_goes_on_with_its_rest() -> None:
    rules = read_of({"sign_limit": "1.5 WH"})
    clock = clocks.started(
        name="sign", unit="", start=moment("2026-09-08 10:00"), limit=rules.sign_limit, key="sign_limit", rules=rules
    )

    stopped = clocks.paused(clock, now=moment("2026-09-08 10:45"), rules=rules)
    again = clocks.resumed(stopped, now=moment("2026-09-08 14:00"), rules=rules)

    assert stopped.rest == 45 * 60
    assert again.due == moment("2026-09-08 14:45")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.5 WH", "半个工作小时"),
        ("1.5 WH", "1.5个工作小时"),
        ("0.5 CH", "半小时"),
        ("1.5 CH", "1.5小时"),
        ("2 CH", "2小时"),
    ],
)
def test_half_hour_is_said_as_people_say_it(text: str, said: str) -> None:
    amount = Amount.parse(text)

    assert wording.plain_length(amount) == said
    assert wording.length(amount) == f"{text}（{said}）"
    assert kinds.written(amount) == f"{text}（{said}）"


@pytest.mark.parametrize(("text", "said"), [("0.5 WH", "半个工作小时"), ("1.5 CH", "1.5 小时"), ("3 CD", "3 个自然日")])
def test_derivation_of_a_rehearsal_says_half_hours(text: str, said: str) -> None:
    rules = rules_of("jiangyin")
    start, limit = moment("2026-09-08 10:00"), Amount.parse(text)
    clock = clocks.started(name="sign", unit="", start=start, limit=limit, key="sign_limit", rules=rules)

    lines = derivation_lines(replace(clock), rules)

    assert lines[2].endswith(f"起，{said}")


STORY = """\
title: Half an hour to sign
pack: jiangyin
set: {sign_limit: 0.5 WH, return_limit: 1.5 CH}
steps:
- at: 2026-09-18 16:40:00
  by: seat
  do: submit
  order: o1
  with: {type: help, channel: phone, appellant: citizen, publish: yes, content: 人行道破损}
- at: 2026-09-18 17:15:00
  do: dispatch
  order: o1
  with: {unit: 城管局, basis: 清单}
  expect: {due: {sign: 2026-09-20 09:15:00, return: 2026-09-18 18:45:00}}
- at: 2026-09-20 09:15:01
  order: o1
  expect: {violations: [late_sign@城管局]}
"""


def test_rehearsal_plays_half_hours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(STORY, encoding="utf-8")

    assert main(["rehearse", "--explain", str(path)]) == 0

    said = capsys.readouterr().out
    assert "自 2026-09-18 17:15:00 起，半个工作小时" in said
    assert "自 2026-09-18 17:15:00 起，1.5 小时" in said
