"""What a seat may refuse alone, what it proposes, and which referral says why: the stories that tell it."""

from __future__ import annotations

import pytest

from minsheng.app.cli import rehearse
from minsheng.domain.orders import events as ev
from minsheng.domain.rehearsal import Result
from minsheng.gateways import packfiles


def _played(story: str) -> tuple[Result, ...]:
    _, results = rehearse.play_file(packfiles.shipped_folder() / story, library=packfiles.shipped_packs())
    assert [failure for result in results for failure in result.failed] == []
    return results


@pytest.mark.clause("SZ-13.2", "SZ-13.7")
def test_other_reasons_are_proposed_by_the_seat_and_decided_by_the_supervisor() -> None:
    facts = [fact for result in _played("suzhou/scenarios/X07-rejection.yaml") for fact in result.facts]
    refused = [fact for fact in facts if isinstance(fact.event, ev.NotAccepted)]

    assert [(fact.by.role, fact.event.code, fact.event.procedure) for fact in refused] == [
        ("supervisor", "R9", ""),
        ("seat", "R2", "行政复议"),
    ]


@pytest.mark.clause("JY-6.4")
def test_refusal_for_a_procedure_names_it() -> None:
    facts = [fact for result in _played("jiangyin/scenarios/X13-intake.yaml") for fact in result.facts]

    assert [fact.event.procedure for fact in facts if isinstance(fact.event, ev.NotAccepted)] == ["", "诉讼"]


@pytest.mark.clause("JY-12.3")
def test_referral_by_the_last_branch_says_why() -> None:
    facts = [fact for result in _played("jiangyin/scenarios/X10-internal-referral.yaml") for fact in result.facts]
    referred = [fact.event for fact in facts if isinstance(fact.event, ev.Referred)]

    assert [(event.branch, event.ground) for event in referred] == [("12.1", ""), ("12.3", "与实际可能出入较大")]


@pytest.mark.clause("JY-9.4")
def test_answer_by_another_channel_says_why_and_how_often_the_own_one_failed() -> None:
    facts = [fact for result in _played("jiangyin/scenarios/X06-audit-rejected.yaml") for fact in result.facts]
    others = [fact.event for fact in facts if isinstance(fact.event, ev.Replied) and fact.event.channel == "web"]

    assert [(event.channel_reason, event.channel_attempts) for event in others] == [("号码停用", 2)]


@pytest.mark.clause("SZ-14c")
def test_confirmed_opinion_may_stay_in_the_assessment() -> None:
    facts = [fact for result in _played("suzhou/scenarios/X06-determination.yaml") for fact in result.facts]
    decided = [fact.event for fact in facts if isinstance(fact.event, ev.OpinionDecided)]

    assert [(event.confirmed, event.excluded) for event in decided] == [(False, False), (True, False)]


@pytest.mark.clause("JY-6.8")
def test_refusal_for_vagueness_says_what_was_asked_or_which_basis_was_looked_for() -> None:
    facts = [fact for result in _played("jiangyin/scenarios/X33-vague.yaml") for fact in result.facts]
    refused = [fact.event for fact in facts if isinstance(fact.event, ev.NotAccepted)]

    assert [(event.code, event.missing, event.no_basis) for event in refused] == [
        ("R4b", "地点未提供", ""),
        ("R4b", "", "查找过农业补贴目录，没有这一项"),
        ("R1", "", ""),
    ]
