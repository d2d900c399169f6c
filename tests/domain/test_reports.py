"""The life cycle of a report: every command × state × role, its due day, and what it refuses.

Clauses: SZ-35a, SZ-37, JY-14b, SQ-14, SQ-16, AR-0.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.packing_ground import rules_of, rules_with_2027

from minsheng.domain.actors import CITY_ROLES, SYSTEM, Actor
from minsheng.domain.duties import report as duty
from minsheng.domain.duties.report import Report
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 10, 8, 9, 0, tzinfo=ZONE)
NEW = Report("report/r1")
OFFICE = Actor("office", person="staff:1")
LEADER = Actor("duty_leader", person="staff:2")
MEETING = Actor("joint_meeting", person="staff:3")
SEPTEMBER = duty.Plan(kind="monthly", since=date(2026, 9, 1), until=date(2026, 10, 1), is_duty=True)


JIANGYIN = rules_of("jiangyin")


def after(
    report: Report, *commands: tuple[duty.Command, Actor], rules: Rules = JIANGYIN, now: datetime = NOW
) -> Report:
    for command, actor in commands:
        for fact in duty.decide(report, command, by=actor, rules=rules, now=now):
            report = duty.evolve(report, fact)
    return report


PLANNED = after(NEW, (SEPTEMBER, SYSTEM))
DRAFT = after(PLANNED, (duty.Compose(digest="f1"), OFFICE))
REVIEW = after(DRAFT, (duty.Submit(), OFFICE))
APPROVED = after(REVIEW, (duty.Approve(), LEADER))
SENT = after(APPROVED, (duty.Send(recipients=("市委", "市政府"), copies=("城管局",), digest="d1"), OFFICE))
WITHDRAWN = after(SENT, (duty.Withdraw(reason="数据有误"), LEADER))
STATES = (NEW, PLANNED, DRAFT, REVIEW, APPROVED, SENT, WITHDRAWN)
COMMANDS: tuple[duty.Command, ...] = (
    SEPTEMBER,
    duty.Compose(digest="f2"),
    duty.Write(section="hard", digest="w1"),
    duty.Submit(),
    duty.SendBack(reason="补充案例"),
    duty.Approve(),
    duty.Send(recipients=("市委",)),
    duty.Acknowledge(recipient="市委"),
    duty.Instruct(leader="市长", digest="i1"),
    duty.Withdraw(reason="数据有误"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
@pytest.mark.parametrize("report", STATES, ids=lambda each: each.status or "NEW")
@pytest.mark.parametrize("role", [*CITY_ROLES, "officer", "system"])
def test_table_decides_who_may_do_what_when(report: Report, command: duty.Command, role: str) -> None:
    step = duty.TABLE[command.name]
    actor = Actor(role, "市委" if role == "officer" else None, "staff:9")
    allowed = role in step.roles and report.status in step.sources

    if allowed:
        done = after(report, (command, actor))
        assert done.status == (step.target or report.status)
        assert done.version == report.version + 1
    else:
        with pytest.raises(Rejected) as refused:
            after(report, (command, actor))
        assert refused.value.code == ("not_your_role" if role not in step.roles else "report_not_now")
    assert (command.name in duty.choices(report, by=actor)) is allowed


def test_every_state_is_reached_and_every_step_leads_on() -> None:
    reached = {step.target for step in duty.TABLE.values() if step.target}

    assert reached == {each.status for each in STATES if each.status}


def test_monthly_of_suqian_must_be_out_by_the_end_of_october() -> None:
    clock = after(NEW, (SEPTEMBER, SYSTEM), rules=rules_of("suqian")).timers[duty.CLOCK]

    assert clock.due == datetime(2026, 10, 31, 23, 59, 59, tzinfo=ZONE)


def test_year_of_suqian_must_be_out_by_the_end_of_january() -> None:
    year = duty.Plan(kind="assessment", since=date(2026, 1, 1), until=date(2027, 1, 1), is_duty=True)

    clock = after(NEW, (year, SYSTEM), rules=rules_of("suqian")).timers[duty.CLOCK]

    assert clock.due == datetime(2027, 1, 31, 23, 59, 59, tzinfo=ZONE)


def test_bulletin_of_jiangyin_must_be_out_on_the_tenth_working_day() -> None:
    assert PLANNED.timers[duty.CLOCK].due == datetime(2026, 10, 20, 17, 30, tzinfo=ZONE)


def test_special_report_is_no_duty_and_has_no_clock() -> None:
    special = duty.Plan(kind="special", since=date(2026, 9, 1), until=date(2026, 9, 8))

    planned = after(NEW, (special, OFFICE))
    sent = after(
        planned,
        (duty.Compose(digest="f"), OFFICE),
        (duty.Submit(), OFFICE),
        (duty.Approve(), MEETING),
        (duty.Send(recipients=("市委",)), OFFICE),
    )

    assert duty.next_due(planned) is None
    assert sent.timers == {}


def test_sending_in_time_meets_the_clock() -> None:
    assert SENT.timers[duty.CLOCK].status == "met"
    assert duty.next_due(SENT) is None


def test_late_report_is_a_breach_of_the_office_and_may_still_be_sent() -> None:
    clock = duty.next_due(APPROVED)
    assert clock is not None

    late = duty.evolve(APPROVED, duty.fire(APPROVED, clock))
    sent = after(late, (duty.Send(recipients=("市委",)), OFFICE))

    assert (late.breaches[0].code, late.breaches[0].party) == ("late_report", "office")
    assert late.status == duty.APPROVED
    assert sent.timers[duty.CLOCK].done_at == NOW
    assert sent.breaches == late.breaches


@pytest.mark.parametrize(
    ("report", "command", "actor", "code"),
    [
        # Whoever handed it in may not approve it, whatever other role they hold.
        (REVIEW, duty.Approve(), Actor("duty_leader", person="staff:1"), "report_own_approval"),
        (NEW, duty.Plan(kind="monthly", since=date(2026, 9, 1), until=date(2026, 9, 1)), OFFICE, "report_period_empty"),
        # E-16: a broken identity refuses to be published.
        (PLANNED, duty.Compose(digest="f", refused=("E-1",)), OFFICE, "report_figures_broken"),
        (REVIEW, duty.SendBack(reason=" "), LEADER, "field_missing"),
        (APPROVED, duty.Send(recipients=()), OFFICE, "field_missing"),
        (SENT, duty.Acknowledge(recipient="省政府"), OFFICE, "report_no_recipient"),
        (after(SENT, (duty.Acknowledge(recipient="市委"), OFFICE)), duty.Acknowledge(recipient="市委"), OFFICE,
         "report_received_already"),
        (SENT, duty.Instruct(leader="", digest="i"), OFFICE, "field_missing"),
        (SENT, duty.Withdraw(reason=""), LEADER, "field_missing"),
    ],
)  # fmt: skip
def test_what_is_refused(report: Report, command: duty.Command, actor: Actor, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        after(report, (command, actor))

    assert refused.value.code == code


def test_kind_may_name_who_approves_it() -> None:
    with pytest.raises(Rejected) as refused:
        duty.decide(REVIEW, duty.Approve(), by=LEADER, rules=JIANGYIN, approvers=frozenset({"joint_meeting"}), now=NOW)

    assert refused.value.code == "not_your_role"


def test_receipts_copies_and_instructions_are_kept() -> None:
    read = after(
        SENT, (duty.Acknowledge(recipient="城管局"), OFFICE), (duty.Instruct(leader="市长", digest="i1"), OFFICE)
    )

    assert (read.received, read.instructions, read.recipients) == (("城管局",), 1, ("市委", "市政府"))


def test_unit_acknowledges_its_own_copy_alone() -> None:
    own = Actor("officer", "城管局", "staff:5")

    assert after(SENT, (duty.Acknowledge(recipient="城管局"), own)).received == ("城管局",)
    with pytest.raises(Rejected) as refused:
        after(SENT, (duty.Acknowledge(recipient="市委"), own))
    assert refused.value.code == "not_your_unit"


def test_units_are_told_of_their_copies() -> None:
    sent = duty.decide(
        APPROVED, duty.Send(recipients=("市委",), copies=("城管局",)), by=OFFICE, rules=JIANGYIN, now=NOW
    )

    withdrawn = duty.decide(SENT, duty.Withdraw(reason="数据有误"), by=LEADER, rules=JIANGYIN, now=NOW)

    assert [str(notice) for notice in sent[0].notices] == ["report_received>officer@城管局"]
    assert [str(notice) for notice in withdrawn[0].notices] == ["report_withdrawn>officer@城管局"]


def test_whoever_approves_the_kind_is_told_that_it_waits() -> None:
    both = duty.decide(DRAFT, duty.Submit(), by=OFFICE, rules=JIANGYIN, now=NOW)
    meeting = frozenset({"joint_meeting"})
    one = duty.decide(DRAFT, duty.Submit(), by=OFFICE, rules=JIANGYIN, approvers=meeting, now=NOW)

    assert [notice.to for notice in both[0].notices] == ["duty_leader", "joint_meeting"]
    assert [notice.to for notice in one[0].notices] == ["joint_meeting"]


def test_figures_are_those_of_the_last_composition() -> None:
    again = after(DRAFT, (duty.Compose(digest="f2"), OFFICE))

    assert (DRAFT.figures, again.figures) == ("f1", "f2")


def test_loaded_year_moves_the_clock() -> None:
    december = duty.Plan(kind="monthly", since=date(2026, 12, 1), until=date(2027, 1, 1), is_duty=True)
    report = after(NEW, (december, SYSTEM))
    loaded = rules_with_2027("jiangyin", "2027-01-01", "2027-01-04", "2027-01-05")

    facts = duty.recompute(report, year=2027, rules=loaded, now=NOW)
    moved = duty.evolve(report, facts[0])

    assert report.timers[duty.CLOCK].provisional
    assert not moved.timers[duty.CLOCK].provisional
    assert moved.timers[duty.CLOCK].due == datetime(2027, 1, 19, 17, 30, tzinfo=ZONE)


def test_loaded_year_leaves_alone_what_it_does_not_touch() -> None:
    loaded = rules_with_2027("jiangyin", "2027-01-01")

    assert duty.recompute(PLANNED, year=2027, rules=loaded, now=NOW) == ()
    assert duty.recompute(PLANNED, year=2026, rules=loaded, now=NOW) == ()
    assert duty.recompute(SENT, year=2026, rules=loaded, now=NOW) == ()
