"""What an examination finds: a breach, a suggestion, a push to the organs, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from minsheng.app.cli import rehearse
from minsheng.domain.orders import events as ev
from minsheng.domain.rehearsal import Result
from minsheng.gateways import packfiles


def _played(story: Path) -> tuple[Result, ...]:
    _, results = rehearse.play_file(story, library=packfiles.shipped_packs())
    assert [failure for result in results for failure in result.failed] == []
    return results


@pytest.mark.clause("JY-20.8")
def test_unit_found_responsible_has_a_breach_and_one_without_blame_has_none() -> None:
    facts = [fact for result in _played(Path(__file__).parent / "findings.yaml") for fact in result.facts]
    found = [(fact.event.found, [each.code for each in fact.breaches]) for fact in facts
             if isinstance(fact.event, ev.FindingRecorded)]  # fmt: skip

    assert found == [
        ("none", []),
        ("responsible", ["careless_handling"]),
        ("inadequate", []),
        ("false_report", ["false_report"]),
    ]


@pytest.mark.clause("SQ-21b")
def test_serious_finding_goes_to_two_organs_and_each_gives_its_receipt() -> None:
    facts = [
        fact
        for result in _played(packfiles.shipped_folder() / "suqian" / "scenarios" / "X07-findings.yaml")
        for fact in result.facts
    ]
    serious = [fact.event for fact in facts if isinstance(fact.event, ev.FindingRecorded) and fact.event.severity]
    receipts = [fact.event for fact in facts if isinstance(fact.event, ev.PushReceived)]

    assert [event.organs for event in serious] == [("作风建设监督部门", "纪检监察机关")]
    assert {event.organ for event in receipts} == set(serious[0].organs)


@pytest.mark.clause("JY-20.6")
def test_lead_of_several_units_answers_for_an_appellant_who_stays_dissatisfied() -> None:
    results = _played(Path(__file__).parent / "joint_finding.yaml")
    found = [
        [(each.code, each.party) for each in fact.breaches]
        for result in results
        for fact in result.facts
        if isinstance(fact.event, ev.FindingRecorded)
    ]

    assert found == [
        [],
        [("careless_handling", "城管局"), ("lead_failed", "城管局")],
        [("careless_handling", "城管局")],
        [("careless_handling", "交通局"), ("lead_failed", "交通局")],
    ]
