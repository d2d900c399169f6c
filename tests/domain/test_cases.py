"""A case of accountability: who decides is told apart by person, the year is the pack's, papers are read strictly."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from minsheng.domain import kinds, lifecycle, packs
from minsheng.domain.accountability import case
from minsheng.domain.accountability import commands as cmd
from minsheng.domain.accountability.case import CYCLE, CaseFile, Known
from minsheng.domain.actors import Actor
from minsheng.domain.coordination import meeting, programme
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount
from minsheng.gateways import packfiles

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 10, tzinfo=ZONE)
OFFICE, HEAD = Actor("office", None, "staff:1"), Actor("head", "水利局", "staff:2")


def rules(pack: str = "jiangyin", **changed: Any) -> Rules:
    chosen = packs.in_force(packfiles.shipped_packs(), pack, (), on=date(2026, 1, 1))
    return replace(packs.rules(chosen.pack, (), calendar=packfiles.load_calendar()), **changed)


def given(state: CaseFile, command: Any, by: Actor, *, known: Known | None = None, **changed: Any) -> CaseFile:
    facts = lifecycle.decide(
        CYCLE, state, command, by=by, rules=rules(**changed), facts=known or Known(reminders=2), now=NOW
    )
    return CYCLE.fold(state, facts)


def proposed(by: Actor = OFFICE) -> CaseFile:
    command = cmd.ProposeCase(unit="水利局", person="甲", grounds=("V3",), evidence=("通话记录",), severity="minor")
    return given(CYCLE.start("c1"), command, by)


def test_whoever_proposed_neither_takes_the_case_up_nor_decides_it() -> None:
    state = proposed()
    same = Actor("head", "水利局", "staff:1")

    with pytest.raises(Rejected, match="self_approval"):
        given(state, cmd.AcceptCase(), same)
    accepted = given(state, cmd.AcceptCase(), HEAD)
    with pytest.raises(Rejected, match="self_approval"):
        given(accepted, cmd.DecideMeasure(measure="批评教育"), same)
    with pytest.raises(Rejected, match="self_approval"):
        given(state, cmd.Exempt(ground="25.1", evidence=("x",)), same)


def test_whoever_decided_decides_no_appeal_that_went_to_somebody_else() -> None:
    decided = given(given(proposed(), cmd.AcceptCase(), HEAD), cmd.DecideMeasure(measure="批评教育"), HEAD)
    served, officer = given(decided, cmd.Serve(), OFFICE), Actor("officer", "水利局", "staff:3")
    opinion = cmd.DecideAppeal(outcome="uphold", document="意见")

    with pytest.raises(Rejected, match="self_approval"):
        given(given(served, cmd.Appeal(to="superior"), officer), opinion, Actor("command", None, "staff:2"))
    upheld = given(given(served, cmd.Appeal(to="maker"), officer), opinion, HEAD)
    assert (upheld.status, upheld.measures, upheld.in_execution) == ("APPEAL_DECIDED", ("批评教育",), True)


def test_counts_of_a_month_or_quarter_allow_the_heavier_measures() -> None:
    accepted = given(proposed(), cmd.AcceptCase(), HEAD)

    with pytest.raises(Rejected, match="severity_mismatch"):
        given(accepted, cmd.DecideMeasure(measure="通报批评"), HEAD)
    often = given(accepted, cmd.DecideMeasure(measure="通报批评"), HEAD, known=Known(named_on=(date(2026, 3, 2),) * 3))
    assert often.measures == ("通报批评",)


@pytest.mark.parametrize(
    ("window", "earlier", "aggravated"),
    [
        ("rolling_year", ("2025-03-10T10:00:00", "2025-09-01T00:00:00"), True),
        ("rolling_year", ("2025-03-10T09:59:59", "2025-09-01T00:00:00"), False),
        ("calendar_year", ("2025-12-31T00:00:00", "2026-01-05T00:00:00"), False),
        ("calendar_year", ("2026-01-01T00:00:00", "2026-01-05T00:00:00"), True),
        (None, ("2026-01-01T00:00:00", "2026-01-05T00:00:00"), False),
    ],
)
def test_earlier_decisions_aggravate_within_the_packs_year(
    window: str | None, earlier: tuple[str, ...], aggravated: bool
) -> None:
    known = Known(decisions=tuple(datetime.fromisoformat(f"{each}+08:00") for each in earlier))
    command = cmd.DecideMeasure(unit="水利局", person="甲", measure="通报批评", text="一年内多次，从重")

    decided = given(CYCLE.start("c1"), command, HEAD, known=known, aggravating_window=window)

    assert decided.aggravated is aggravated


def test_the_year_before_the_leap_day_ends_with_february() -> None:
    leap = datetime(2028, 2, 29, 8, tzinfo=ZONE)

    assert case._year_before(leap) == datetime(2027, 2, 28, 8, tzinfo=ZONE)


def test_form_that_is_not_filled_in_is_offered_to_every_head() -> None:
    lifecycle.ask(CYCLE, CYCLE.start("c1"), cmd.DecideMeasure, by=HEAD, facts=Known())
    with pytest.raises(Rejected, match="wrong_authority"):
        lifecycle.ask(CYCLE, proposed(), cmd.AcceptCase, by=Actor("head", "城管局"), facts=Known())


def test_a_years_calendar_moves_nothing_of_a_case_without_a_clock() -> None:
    assert CYCLE.recompute(proposed(), 2026, rules(), NOW) == ()
    assert programme.CYCLE.recompute(programme.Programme("p"), 2026, rules(), NOW) == ()


def test_case_of_the_leading_groups_decision_is_appealed_to_the_leading_group() -> None:
    decided = given(
        CYCLE.start("c1"), cmd.DecideMeasure(unit="水利局", person="甲", measure="批评教育"), Actor("command")
    )
    served = given(decided, cmd.Serve(), OFFICE)

    appealed = given(served, cmd.Appeal(to="superior"), Actor("officer", "水利局"))

    assert (appealed.addressee, appealed.overseer) == ("command", "command")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([{"unit": "甲局", "text": "x", "by_workdays": "two"}], "not_a_count"),
        ([{"unit": "甲局", "shade": "x"}], "unknown_field"),
        (["甲局"], "not_a_map"),
        ([{"unit": "甲局"}] * 51, "too_many"),
    ],
)
def test_tasks_are_a_list_of_maps(value: object, code: str) -> None:
    with pytest.raises(fields.Malformed, match=code):
        fields.build(meeting.DecideMeeting, {"tasks": value}, zone=ZONE)


def test_field_is_read_by_the_name_that_stories_give_it() -> None:
    from minsheng.domain.orders import commands as orders

    built = fields.build(orders.Instruct, {"text": "暂缓", "from": "市政府"}, zone=ZONE)

    assert built == orders.Instruct(text="暂缓", source="市政府")


@pytest.mark.parametrize(
    ("reader", "plain"),
    [
        (kinds.titled, ["V1"]),
        (kinds.titled, {"V 1": "x"}),
        (kinds.titled, {"V1": ""}),
        (kinds.lists("minor"), ["x"]),
        (kinds.lists("minor"), {"major": ["x"]}),
    ],
)
def test_table_of_a_pack_is_read_strictly(reader: kinds.Reader, plain: object) -> None:
    with pytest.raises(ValueError):
        reader(plain)


def test_empty_tables_of_a_pack_are_written_none() -> None:
    assert (kinds.titled("none"), kinds.lists("minor")("none")) == ({}, {})


@pytest.mark.parametrize("text", ["7 WD roll", "4 WH roll", "7 CD  rolled", "0.5 CH roll"])
def test_only_days_of_the_calendar_roll(text: str) -> None:
    with pytest.raises(ValueError):
        Amount.parse(text)


def test_rolled_limit_says_which_days_it_passed_over() -> None:
    worktime = rules().worktime
    limit = Amount.parse("7 CD roll")

    derived = worktime.derive(datetime(2026, 9, 25, 15, tzinfo=ZONE), limit)

    assert (str(limit), derived.due) == ("7 CD roll", datetime(2026, 10, 8, 23, 59, 59, tzinfo=ZONE))
    assert [day.day for day, _ in derived.skipped] == [2, 3, 4, 5, 6, 7]


def test_only_the_person_who_answers_hands_in_what_is_theirs() -> None:
    known = Known(account="staff:9", reminders=2)
    command = cmd.DecideMeasure(unit="水利局", person="甲", measure="批评教育")
    served = given(given(CYCLE.start("c1"), command, HEAD, known=known), cmd.Serve(), OFFICE)

    with pytest.raises(Rejected, match="not_your_unit"):
        given(served, cmd.Appeal(to="superior"), Actor("officer", "水利局", "staff:8"))
    appealed = given(served, cmd.Appeal(to="superior"), Actor("officer", "水利局", "staff:9"))
    assert (served.account, appealed.status) == ("staff:9", "APPEALED")


def test_somebody_archives_a_decision_once_both_have_it_on_file() -> None:
    decided = given(given(proposed(), cmd.AcceptCase(), HEAD), cmd.DecideMeasure(measure="批评教育"), HEAD)
    final = replace(decided, status=case.FINAL, self_criticized=True)

    with pytest.raises(Rejected, match="filings_missing"):
        given(final, cmd.Archive(), OFFICE)
    assert given(final, cmd.Archive(), Actor("office")).status == case.ARCHIVED
    for each in cmd.FILINGS:
        final = given(final, cmd.FileCopy(recipient=each, receipt="1号"), OFFICE)
    assert given(final, cmd.Archive(), OFFICE).status == case.ARCHIVED
    assert given(replace(final, filed=()), cmd.Archive(), OFFICE, accountability_filings=()).status == case.ARCHIVED


def test_flag_that_wants_protection_is_kept_with_the_decision() -> None:
    flagged = given(given(proposed(), cmd.AcceptCase(), HEAD), cmd.FlagCase(aggravating=("23.4",), text="报复"), HEAD)

    decided = given(flagged, cmd.DecideMeasure(measure="通报批评", aggravating=("23.2",), text="从重"), HEAD)

    assert (flagged.protects, flagged.recommended[0]) == (True, "通报批评")
    assert (decided.protects, decided.aggravated) == (True, True)
