"""No account both proposes and decides, and who administers reads nothing: the table, and what it is read from."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng import wording
from minsheng.domain import separation
from minsheng.domain.actors import ROLES
from minsheng.domain.rejected import Rejected
from minsheng.domain.separation import Clash, clashes

# Every pair that must not be held together, written down by hand from roles.md and the life cycles.
ALONE = ("audit_admin", "mystery_caller", "overseer")
APART = """
admin: auditor discipline designated_officer security_admin
security_admin: auditor discipline designated_officer
seat: dispatcher office command supervisor
dispatcher: auditor designated_officer
officer: dispatcher auditor leader head callback_agent citizen supervisor office joint_meeting designated_officer
connector: auditor callback_agent citizen
callback_agent: supervisor office joint_meeting
duty_leader: office command supervisor
joint_meeting: office supervisor
office: discipline
"""
PAIRS = {
    frozenset((one, other))
    for one, _, others in (line.partition(":") for line in APART.strip().splitlines())
    for other in others.split()
} | {
    frozenset((each, alone))
    for alone in ("audit_admin", "mystery_caller", "overseer")
    for each in ROLES
    if each != alone
}


@pytest.mark.parametrize("pair", sorted(combinations(ROLES, 2)), ids="+".join)
def test_pair_of_roles_clashes_as_the_requirements_say(pair: tuple[str, str]) -> None:
    found = clashes(pair)

    assert bool(found) == (frozenset(pair) in PAIRS)
    assert [frozenset((each.proposer, each.decider)) for each in found] == ([frozenset(pair)] if found else [])


@pytest.mark.parametrize("role", ROLES)
def test_no_role_clashes_with_itself(role: str) -> None:
    assert clashes([role, role]) == []


def test_each_row_has_two_sides_clauses_and_words() -> None:
    for row in separation.TABLE:
        assert row.proposers, row.duty
        assert row.deciders, row.duty
        assert not row.proposers & row.deciders, row.duty
        assert row.proposers | row.deciders <= set(ROLES), row.duty
        assert row.clauses, row.duty
    duties = [row.duty for row in separation.TABLE]
    assert len(set(duties)) == len(duties)
    assert set(duties) == set(wording.DUTIES)


def test_clash_names_who_proposes_first() -> None:
    assert clashes(["auditor", "officer"]) == [Clash("officer", "auditor", "extension")]
    assert clashes(["admin", "designated_officer"]) == [Clash("admin", "designated_officer", "administration")]


@given(st.lists(st.sampled_from(ROLES)))
def test_a_set_of_roles_clashes_as_its_pairs_do(roles: list[str]) -> None:
    expected = {frozenset(pair) for pair in combinations(set(roles), 2)} & PAIRS

    assert {frozenset((each.proposer, each.decider)) for each in clashes(roles)} == expected
    assert len(clashes(roles)) == len(expected)


def test_refusal_says_both_roles_and_what_to_do() -> None:
    said = wording.say(Rejected("duties_not_separated", proposer="officer", decider="auditor", duty="extension"))

    assert said == "“经办人”和“审核员”不能由同一账号兼任（延期的申请与审核），请减少岗位，或分设账号由不同的人办理。"
