"""Registers, sanctions and minutes where people have names: nobody approves their own work; units' own limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.reached_ground import situations

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.coordination import meeting
from minsheng.domain.duties import sanction
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.fields import EmergencyForm, Malformed
from minsheng.domain.orders.order import Order
from minsheng.domain.registers import bylaw, incident, mechanism, plan, training
from minsheng.domain.registers.shared import Known
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

NOW = datetime.fromisoformat("2026-10-12T10:00:00+08:00")
KNOWN = Known()


def rules(pack: str = "suzhou") -> Rules:
    return next(each.rules for each in situations() if each.rules.pack == pack)


def do(cycle: lifecycle.LifeCycle[Any], state: Any, command: Any, by: Actor, *, facts: Any = KNOWN) -> Any:
    return cycle.fold(
        state, lifecycle.decide(cycle, state, command, by=by, rules=rules("jiangyin"), facts=facts, now=NOW)
    )


def test_nobody_reviews_the_incident_that_they_reported() -> None:
    office = Actor("office", None, "staff:1")
    report = incident.ReportIncident(level="city", severity="2", began=NOW, text="断电")
    reported = do(incident.CYCLE, incident.Incident("i"), report, office)
    ended = do(incident.CYCLE, reported, incident.EndIncident(ended=NOW, cause="停电"), office)

    with pytest.raises(Rejected, match="self_approval"):
        do(incident.CYCLE, ended, incident.ReviewIncident(text="更换"), office)
    other = Actor("office", None, "staff:2")
    assert do(incident.CYCLE, ended, incident.ReviewIncident(text="更换"), other).status == "REVIEWED"


def test_nobody_puts_their_own_plan_in_force() -> None:
    drafted = do(
        plan.CYCLE, plan.Plan("n"), plan.DraftPlan(title="总预案", document="1号"), Actor("office", None, "staff:1")
    )

    with pytest.raises(Rejected, match="self_approval"):
        do(plan.CYCLE, drafted, plan.ActivatePlan(), Actor("command", None, "staff:1"))
    assert do(plan.CYCLE, drafted, plan.ActivatePlan(), Actor("command", None, "staff:2")).edition == 1


def test_minutes_are_approved_by_somebody_else() -> None:
    office = Actor("office", None, "staff:1")
    known = meeting.Known(convener="office")
    called = meeting.CallMeeting(when=NOW, units=("甲局",), question="由谁牵头")
    state = do(meeting.CYCLE, meeting.Meeting("m"), called, office, facts=known)
    met = do(meeting.CYCLE, state, meeting.RecordMinutes(document="1号", text="甲局牵头"), office, facts=known)

    with pytest.raises(Rejected, match="self_approval"):
        do(meeting.CYCLE, met, meeting.ApproveMinutes(), office, facts=known)


def test_notice_has_no_minutes_and_an_unsent_one_is_annulled_in_silence() -> None:
    known = sanction.Known({"o": "o"}, {"o": ("refusal",)}, issuers=("supervisor",))
    first, second = Actor("supervisor", None, "staff:1"), Actor("supervisor", None, "staff:2")
    proposed = do(
        sanction.CYCLE, sanction.Sanction("s"),
        sanction.ProposeSanction(unit="甲局", kind="notice", ground="refusal", orders=("o",), text="通报"),
        first, facts=known,
    )  # fmt: skip
    with pytest.raises(Rejected, match="self_approval"):
        do(sanction.CYCLE, proposed, sanction.ApproveSanction(), first, facts=known)
    with pytest.raises(Rejected, match="orders_for_few"):
        do(sanction.CYCLE, proposed, sanction.ApproveSanction(), second, facts=replace(known, is_apart=True))
    approved = do(sanction.CYCLE, proposed, sanction.ApproveSanction(), second, facts=known)
    sent = do(sanction.CYCLE, approved, sanction.SendSanction(), first, facts=known)

    with pytest.raises(Rejected, match="not_allowed_now"):
        do(
            sanction.CYCLE,
            sent,
            sanction.RecordInterview(document="1号", present=("甲",), text="无"),
            first,
            facts=known,
        )
    (told,) = lifecycle.decide(
        sanction.CYCLE, approved, sanction.AnnulSanction(reason="误报"), by=first, rules=rules(), facts=known, now=NOW
    )
    assert told.notices == ()


def test_mechanism_of_one_unit_is_none_and_its_change_is_kept() -> None:
    office = Actor("office")
    opened = do(
        mechanism.CYCLE, mechanism.Mechanism("m"),
        mechanism.OpenMechanism(title="夜间施工", units=("甲局", "乙局"), since=date(2026, 10, 1)), office,
    )  # fmt: skip
    changed = do(mechanism.CYCLE, opened, mechanism.ChangeMechanism(units=("甲局", "丙局")), office)
    ended = do(mechanism.CYCLE, changed, mechanism.EndMechanism(on=date(2026, 10, 12), reason="完成"), office)

    assert (changed.units, ended.until, ended.status) == (("甲局", "丙局"), date(2026, 10, 12), "ENDED")
    with pytest.raises(Rejected, match="field_missing"):
        do(mechanism.CYCLE, opened, mechanism.ChangeMechanism(units=("甲局",)), office)


@pytest.mark.parametrize(("own", "holds"), [("30 MIN", True), ("1 CH", False), ("2 CH", False), ("1 WH", False)])
def test_limit_is_stricter_when_it_never_ends_later(own: str, holds: bool) -> None:
    city = (Amount(1, "CH"),)
    assert bylaw.is_stricter(Amount.parse(own), city, worktime=rules("suqian").worktime, since=NOW) is holds


@pytest.mark.parametrize("written", ["明天", "2026-13-01", "0001-01-01", "2026/09/18"])
def test_day_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(Malformed, match="not_a_day"):
        fields.read_day("on", written)


def test_day_is_read_as_written_and_as_a_day() -> None:
    assert fields.read_day("on", " 2026-09-18 ") == fields.read_day("on", date(2026, 9, 18)) == date(2026, 9, 18)


def test_person_names_the_ground_of_an_emergency_and_a_program_may_leave_it_out() -> None:
    form = cmd.Register(type="help", channel="phone", emergency=EmergencyForm(place="滨江路", facts="管道破裂"))

    with pytest.raises(Rejected, match="field_missing"):
        decide(Order("o"), form, by=Actor("seat", None, "staff:1"), rules=rules("jiangyin"), facts=Facts(), now=NOW)
    made = decide(Order("o"), form, by=Actor("seat"), rules=rules("jiangyin"), facts=Facts(), now=NOW)
    assert made.orders["o"].status == "EMERGENCY"


@pytest.mark.parametrize(("line", "score"), [("甲局 3 2 86", 86), ("甲局 3 2", None)])
def test_line_of_results_reads_back(line: str, score: int | None) -> None:
    found = training.result_of(line)

    assert (found.unit, found.present, found.passed, found.score) == ("甲局", 3, 2, score)
    with pytest.raises(ValueError, match="甲局"):
        training.result_of("甲局")


def test_meeting_of_a_day_that_has_passed_is_called_by_nobody() -> None:
    call = meeting.CallMeeting(when=NOW - timedelta(days=1), units=("甲局",), question="由谁牵头")

    with pytest.raises(Rejected, match="moment_passed"):
        do(meeting.CYCLE, meeting.Meeting("m"), call, Actor("office"), facts=meeting.Known(convener="office"))
