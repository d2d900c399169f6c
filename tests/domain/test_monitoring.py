"""Violations and the dossiers that hand them on. Clauses: JY-20, JY-25.3, SZ-43, SQ-23; A-30, A-31, A-79."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.packing_ground import rules_of

from minsheng.domain import lifecycle
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.monitoring import commands as cmd
from minsheng.domain.monitoring import dossier, violation
from minsheng.domain.monitoring.dossier import Dossier
from minsheng.domain.monitoring.violation import Known, Violation
from minsheng.domain.rejected import Rejected

NOW = datetime.fromisoformat("2026-09-22T10:00:00+08:00")
OFFICE, SUPERVISOR, DISCIPLINE = Actor("office"), Actor("supervisor"), Actor("discipline")
JLO = Actor("joint_meeting")


def do(state: Violation, command: Any, by: Actor = OFFICE, *, city: str = "jiangyin", facts: Any = None) -> Violation:
    known = facts if facts is not None else Known()
    given = lifecycle.decide(
        violation.CYCLE, state, command, by=by, rules=rules_of(city), facts=known, now=NOW
    )  # fmt: skip
    return violation.CYCLE.fold(state, given)


def recorded(code: str = "V3", by: Actor = OFFICE, *, city: str = "jiangyin", **more: Any) -> Violation:
    values = {"unit": "甲局", "evidence": ("o1",), **more}
    return do(Violation("v"), cmd.RecordViolation(code=code, **values), by, city=city)


def raised(code: str, *, city: str = "jiangyin", restricted: bool = False, party: str = "甲局") -> Violation:
    command = cmd.RaiseViolation(
        code=code, party=party, orders=("o1",), source=f"{code} o1", clock="order/o1 handle", counted=date(2026, 9, 21)
    )
    return do(Violation("v"), command, SYSTEM, city=city, facts=Known(restricted=restricted))


@pytest.mark.parametrize("cycle", [violation.CYCLE, dossier.CYCLE])
def test_the_tables_are_clean(cycle: lifecycle.LifeCycle[Any]) -> None:
    assert lifecycle.lint(cycle.rows, lifecycle.shape_of(cycle)) == []


class TestRaised:
    def test_facts_raise_it_or_suggest_it_as_its_rule_says(self) -> None:
        automatic, suggested = raised("V1c"), raised("V5")

        assert (automatic.status, automatic.counts, automatic.ground) == ("RAISED", True, "V1")
        assert (suggested.status, suggested.counts, suggested.ground) == ("SUGGESTED", False, "V5")
        assert automatic.said == ("evidence",)

    def test_what_concerns_an_order_for_few_exists_for_no_more(self) -> None:
        hidden = raised("V1c", restricted=True)

        assert (hidden.sees, hidden.creates, hidden.reminded) == (("discipline",), ("discipline",), False)
        assert hidden.is_hidden
        assert not raised("V1c").is_hidden

    def test_nobody_but_the_platform_raises(self) -> None:
        with pytest.raises(Rejected, match="not_your_role"):
            do(Violation("v"), cmd.RaiseViolation(code="V1c"), OFFICE)


class TestByHand:
    @pytest.mark.parametrize(
        ("command", "by", "code"),
        [
            (cmd.RecordViolation(unit="甲局"), OFFICE, "field_missing"),
            (cmd.RecordViolation(code="V99", unit="甲局"), OFFICE, "code_not_in_pack"),
            # A rule that does not exist for a role is answered as one that does not exist.
            (cmd.RecordViolation(code="V10", unit="甲局"), OFFICE, "code_not_in_pack"),
            (cmd.RecordViolation(code="V3", unit="甲局"), JLO, "wrong_authority"),
            (cmd.RecordViolation(code="V1c", unit="甲局"), OFFICE, "violation_by_facts"),
            (cmd.RecordViolation(code="V3"), OFFICE, "field_missing"),
            (cmd.RecordViolation(code="V3", unit="甲局"), OFFICE, "evidence_missing"),
            (cmd.RecordViolation(code="V3", unit="甲局", evidence=(" ",)), OFFICE, "evidence_missing"),
            (cmd.RecordViolation(code="V13", unit="甲局", evidence=("照片",)), OFFICE, "field_missing"),
            (cmd.RecordViolation(code="V10", unit="甲局", evidence=("照片",)), DISCIPLINE, "field_missing"),
            (
                cmd.RecordViolation(code="V3", unit="甲局", evidence=("照片",), happened=NOW + timedelta(days=1)),
                OFFICE,
                "violation_to_come",
            ),
            (cmd.RecordViolation(code="V3", unit="甲局"), Actor("officer", "甲局"), "not_your_role"),
        ],
    )
    def test_what_its_rule_wants_must_be_said(self, command: Any, by: Actor, code: str) -> None:
        with pytest.raises(Rejected) as refused:
            do(Violation("v"), command, by)

        assert refused.value.code == code

    def test_it_counts_on_the_day_on_which_it_happened(self) -> None:
        before = datetime.fromisoformat("2026-08-31T23:30:00+00:00")

        assert recorded(happened=before).counted == date(2026, 9, 1)
        assert recorded().counted == date(2026, 9, 22)

    def test_an_order_is_evidence_as_a_document_is(self) -> None:
        command = cmd.RecordViolation(code="V3", unit="甲局", evidence=("202609",))

        state = do(Violation("v"), command, facts=Known(orders={"202609": "o1"}))

        assert (state.orders, state.said) == (("o1",), ("evidence",))

    def test_a_person_and_the_words_are_known_to_have_been_said(self) -> None:
        known = Known(account="staff:7", namesakes=("staff:7",))
        command = cmd.RecordViolation(
            code="V11", unit="甲局", person="陈某", evidence=("调取记录",), consequence="诉求人遭打击报复"
        )

        state = do(Violation("v"), command, DISCIPLINE, facts=known)

        assert (state.account, state.said) == ("staff:7", ("consequence", "evidence", "person"))
        assert (state.readings, state.is_hidden) == (True, True)

    def test_a_rule_of_the_office_needs_no_unit(self) -> None:
        rule = replace(rules_of("jiangyin").monitoring_rules["V13"], counts="office")
        rules = rules_of("jiangyin", monitoring={"rules": {"V13": rule.plain()}})
        command = cmd.RecordViolation(code="V13", evidence=("记录",), citation="第十条")

        (fact,) = lifecycle.decide(
            violation.CYCLE, Violation("v"), command, by=OFFICE, rules=rules, facts=Known(), now=NOW
        )

        assert violation.evolve(Violation("v"), fact).party == "office"


class TestSuggested:
    def test_without_its_consequence_it_is_not_confirmed(self) -> None:
        with pytest.raises(Rejected, match="field_missing"):
            do(raised("V5"), cmd.ConfirmViolation())

        assert do(raised("V5"), cmd.ConfirmViolation(consequence="群众多次上访")).counts

    def test_it_is_dismissed_with_a_reason(self) -> None:
        with pytest.raises(Rejected, match="reason_missing"):
            do(raised("V8"), cmd.DismissViolation())

        assert do(raised("V8"), cmd.DismissViolation(reason="单位无责任")).status == "DISMISSED"

    def test_others_than_its_rule_names_do_neither(self) -> None:
        for command in (cmd.ConfirmViolation(), cmd.DismissViolation(reason="无责任")):
            with pytest.raises(Rejected, match="wrong_authority"):
                do(raised("V8"), command, JLO)
        assert do(raised("43.5", city="suzhou"), cmd.ConfirmViolation(), JLO, city="suzhou").counts

    def test_a_rule_that_the_pack_has_no_more_wants_nothing(self) -> None:
        assert do(raised("43.5", city="suzhou"), cmd.ConfirmViolation(), city="jiangyin").counts


class TestStanding:
    def test_who_answers_is_named_later(self) -> None:
        known = Known(account="staff:7", namesakes=("staff:7",))

        state = do(raised("V1c"), cmd.AttributeViolation(person="陈某"), facts=known)

        assert (state.account, state.namesakes) == ("staff:7", ("staff:7",))
        with pytest.raises(Rejected, match="field_missing"):
            do(raised("V1c"), cmd.AttributeViolation())

    @pytest.mark.parametrize(("party", "told"), [("甲局", ["officer@甲局", "leader@甲局"]), ("office", ["office"])])
    def test_each_reminder_is_told_and_counted(self, party: str, told: list[str]) -> None:
        state = raised("V12", party=party)
        facts = lifecycle.decide(
            violation.CYCLE, state, cmd.RemindViolation(text="请整改"), by=OFFICE, rules=rules_of("jiangyin"),
            facts=Known(), now=NOW,
        )  # fmt: skip

        assert [each.to for each in facts[0].notices] == told
        assert violation.CYCLE.fold(state, facts).reminders == 1

    def test_nobody_is_reminded_of_what_they_must_not_know(self) -> None:
        hidden = raised("V1c", restricted=True)

        with pytest.raises(Rejected, match="not_allowed_now"):
            do(hidden, cmd.RemindViolation(text="请整改"), DISCIPLINE)

    def test_it_is_annulled_with_a_reason_and_stays(self) -> None:
        with pytest.raises(Rejected, match="reason_missing"):
            do(raised("V1c"), cmd.AnnulViolation(), SUPERVISOR)

        gone = do(raised("V1c"), cmd.AnnulViolation(reason="台风"), SUPERVISOR)
        assert (gone.status, gone.counts, gone.code) == ("ANNULLED", False, "V1c")

    def test_its_facts_may_go_and_its_order_may_be_put_apart(self) -> None:
        gone = do(raised("V1c"), cmd.LapseViolation(), SYSTEM)
        few = do(raised("V1c"), cmd.NarrowViolation(), SYSTEM)

        assert (gone.status, gone.lapsed) == ("ANNULLED", True)
        assert (few.status, few.sees, few.creates) == ("RAISED", ("discipline",), ("discipline",))
        again = do(few, cmd.WidenViolation(), SYSTEM)
        assert (again.sees, again.creates, again.reminded) == (raised("V1c").sees, raised("V1c").creates, True)

    def test_flags_name_whom_it_falls_on(self) -> None:
        assert violation.flags(raised("V1c")) == {"responsible_unit": "甲局"}


def send(found: dict[str, Violation], *, by: Actor = OFFICE, city: str = "jiangyin", **more: Any) -> Dossier:
    values = {
        "violations": tuple(found), "receivers": ("市纪委监委",), "materials": ("调查材料",), **more,
    }  # fmt: skip
    facts = lifecycle.decide(
        dossier.CYCLE, Dossier("d"), cmd.TransferViolations(**values), by=by, rules=rules_of(city),
        facts=dossier.Known(found), now=NOW,
    )  # fmt: skip
    return dossier.CYCLE.fold(Dossier("d"), facts)


def reminded(state: Violation, times: int = 2) -> Violation:
    return replace(state, reminders=times)


class TestDossier:
    def test_it_goes_to_its_organs_which_confirm_and_answer(self) -> None:
        sent = send({"监察1": reminded(recorded())}, receivers=("市纪委监委", "市行政监督部门"))

        def on(state: Dossier, command: Any, by: Actor = OFFICE) -> Dossier:
            given = lifecycle.decide(
                dossier.CYCLE, state, command, by=by, rules=rules_of("jiangyin"), facts=dossier.Known(), now=NOW
            )
            return dossier.CYCLE.fold(state, given)

        assert (sent.status, sent.violations, sent.pending) == ("SENT", ("v",), ("市纪委监委", "市行政监督部门"))
        assert "unit" not in sent.sees
        assert dossier.flags(sent) == {"handed_over": "市纪委监委、市行政监督部门"}
        first = on(sent, cmd.FileReceipt(organ="市纪委监委", receipt="收1"))
        assert first.status == "SENT"
        with pytest.raises(Rejected, match="code_not_in_pack"):
            on(first, cmd.FileReceipt(organ="市纪委监委", receipt="收1"))
        with pytest.raises(Rejected, match="field_missing"):
            on(first, cmd.FileReceipt(organ="市行政监督部门"))
        with pytest.raises(Rejected, match="wrong_authority"):
            on(first, cmd.FileReceipt(organ="市行政监督部门", receipt="收2"), DISCIPLINE)
        both = on(first, cmd.FileReceipt(organ="市行政监督部门", receipt="收2"))
        assert both.status == "RECEIVED"
        assert on(both, cmd.RecordResult(result="立案", document="立〔2026〕1号")).status == "CLOSED"

    @pytest.mark.parametrize(
        ("state", "more", "code"),
        [
            (recorded(), {}, "reminders_missing"),
            (reminded(recorded(), 1), {}, "reminders_missing"),
            (reminded(raised("V5")), {}, "violation_not_standing"),
            (reminded(replace(recorded(), said=())), {}, "evidence_missing"),
            (reminded(replace(raised("V5"), status="RAISED")), {}, "field_missing"),
            (reminded(recorded()), {"materials": (" ",)}, "field_missing"),
            (reminded(recorded()), {"receivers": ()}, "field_missing"),
            (reminded(recorded()), {"receivers": ("市政府",)}, "code_not_in_pack"),
            (reminded(recorded()), {"violations": ("监察9",)}, "violation_unknown"),
            (reminded(recorded()), {"by": DISCIPLINE}, "wrong_authority"),
        ],
    )
    def test_what_is_not_ripe_stays(self, state: Violation, more: dict[str, Any], code: str) -> None:
        with pytest.raises(Rejected) as refused:
            send({"监察1": state}, **more)

        assert refused.value.code == code

    def test_what_must_go_to_an_organ_goes_there_without_reminders(self) -> None:
        secret = recorded("V10", SUPERVISOR, person="陈某")

        with pytest.raises(Rejected, match="receiver_wanted"):
            send({"监察密1": secret}, by=SUPERVISOR, receivers=("市行政监督部门",))
        sent = send({"监察密1": secret}, by=SUPERVISOR)
        assert (sent.is_hidden, sent.sees) == (True, ("supervisor", "discipline"))

    def test_what_few_may_know_of_is_handed_on_apart(self) -> None:
        both = {"监察密1": recorded("V10", SUPERVISOR, person="陈某"), "监察1": reminded(recorded())}

        with pytest.raises(Rejected, match="dossier_mixed"):
            send(both, by=SUPERVISOR)

    def test_a_dossier_exists_for_those_for_whom_all_of_it_does(self) -> None:
        secret = recorded("V10", SUPERVISOR, person="陈某")
        both = {"监察密1": secret, "监察密2": replace(secret, sees=("discipline",), creates=("supervisor",))}

        sent = send(both, by=SUPERVISOR)

        assert (sent.sees, sent.creates) == (("discipline",), ("supervisor",))

    def test_a_city_that_counts_no_reminders_waits_for_none(self) -> None:
        state = recorded("43.1", city="suzhou")

        assert send({"1": state}, city="suzhou", receivers=("纪检监察机关",)).status == "SENT"

    def test_a_violation_whose_rule_is_gone_wants_nothing_more(self) -> None:
        state = replace(recorded("43.1", city="suzhou"), said=())

        assert send({"1": reminded(state)}).status == "SENT"

    def test_the_violation_says_where_it_went(self) -> None:
        state = do(raised("V1c"), cmd.MarkTransferred(dossier="移送1"), SYSTEM)

        assert (state.status, state.dossier, state.counts) == ("TRANSFERRED", "移送1", True)

    def test_it_goes_apart_and_what_lapses_of_it_is_told(self) -> None:
        sent = send({"1": reminded(raised("V1c"))})
        given = lifecycle.decide(
            dossier.CYCLE, sent, cmd.NarrowDossier(), by=SYSTEM, rules=rules_of("jiangyin"), facts=None, now=NOW
        )
        apart = dossier.CYCLE.fold(sent, given)
        handed = do(raised("V1c"), cmd.MarkTransferred(dossier="移送1"), SYSTEM)
        gone = lifecycle.decide(
            violation.CYCLE, handed, cmd.LapseViolation(), by=SYSTEM, rules=rules_of("jiangyin"), facts=Known(), now=NOW
        )

        assert (apart.sees, apart.creates, apart.is_hidden) == (("discipline",), ("discipline",), True)
        assert {each.to for each in gone[0].notices if each.kind == "violation_lapsed"} == set(handed.creates)
