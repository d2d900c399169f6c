"""Every rehearsal that comes with the packs holds, and together they use the whole contract.

Proves: the acceptance of SZ, JY and SQ orders; each file names its own clauses.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from tests import contract_ground as contract

from minsheng.app.cli import rehearse
from minsheng.domain import rehearsal
from minsheng.domain.orders import timers
from minsheng.domain.orders.commands import BY_NAME
from minsheng.domain.orders.decide import strays
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import STATES, Order
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.rehearsal import Result
from minsheng.domain.scenario import Scenario
from minsheng.gateways import packfiles

FILES = sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml"))


@cache
def played(path: Path) -> tuple[Scenario, tuple[Result, ...]]:
    return rehearse.play_file(path, library=packfiles.shipped_packs())


def everything() -> list[Result]:
    return [result for path in FILES for result in played(path)[1]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_scenario_holds(path: Path) -> None:
    _, results = played(path)

    assert [(result.step.number, failure) for result in results for failure in result.failed] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_facts_fold_into_the_order_and_effects_keep_to_the_table(path: Path) -> None:
    """Proves: I9 of the entities (history is append-only and is all there is)."""
    story, results = played(path)
    folded: dict[str, Order] = {}
    seen: list[str] = []

    for result in results:
        before = dict(folded)
        for fact in result.facts:
            if not fact.stream.startswith("contact/"):
                folded[fact.stream] = evolve(folded.get(fact.stream, Order(fact.stream)), fact)
        step = result.step
        if result.outcome == "ok" and step.do in BY_NAME:
            row = BY_COMMAND[BY_NAME[step.do]]
            own = [fact for fact in result.facts if fact.stream == step.name and fact.by.role != "system"]
            decision = rehearsal.Decision(tuple(own), (), {step.name: folded.get(step.name, Order(step.name))})
            start = before.get(step.name, Order(step.name))
            for fact in result.facts:
                if fact.stream == step.name and fact.by.role == "system" and fact not in own:
                    start = evolve(start, fact)
            seen += strays(row, start, decision)
        if step.name in folded:
            assert rehearsal.status_of(folded[step.name]) == result.status or step.thing != "order"

    assert seen == []
    assert story.title


def test_every_command_of_the_contract_is_rehearsed_both_ways() -> None:
    accepted = Counter(result.step.do for result in everything() if result.outcome == "ok")
    refused = Counter(result.step.do for result in everything() if result.outcome == "refused")

    never_refused = set(BY_NAME) - set(refused)

    assert set(BY_NAME) - set(accepted) == set()
    # Nothing about these can go wrong but the state, the role and the unit.
    assert never_refused <= {"pass_audit", "remind", "report", "mark_repeat", "unmark_repeat"}


def test_every_refusal_of_the_contract_is_rehearsed() -> None:
    met = {result.code for result in everything() if result.code}

    assert met - contract.BESIDE_THE_SCENARIOS == set(contract.REFUSALS) - contract.ON_THE_PLATFORM


def test_every_violation_of_orders_and_contacts_is_rehearsed() -> None:
    met = {violation.partition("@")[0] for result in everything() for violation in result.violations}

    assert met == set(contract.VIOLATIONS)


def test_every_state_and_every_reason_of_closing_is_rehearsed() -> None:
    met = {result.status for result in everything()}

    assert {status for status in STATES if status != "CLOSED"} <= met
    assert {f"CLOSED({reason})" for reason in contract.REASONS} <= met


def test_every_clock_is_rehearsed() -> None:
    met = {timer.name for result in everything() for fact in result.facts for timer in fact.clocks}

    # No pack sets a limit for a leader's follow-up.
    assert set(timers.NAMES) - met == {"leader_follow_up"}


def test_due_moments_say_where_they_come_from() -> None:
    """Proves: I10 of the entities (every clock cites a clause or that it is a default)."""
    bases = [timer.basis for result in everything() for fact in result.facts for timer in fact.clocks]

    assert all(basis.clause for basis in bases)
    assert all(re.fullmatch(r"[a-z]+@\d{4}-\d\d-\d\d(\+jiangsu_2021@2021-11-30)?", basis.pack) for basis in bases)


def test_rehearsing_again_gives_the_same() -> None:
    path = FILES[0]

    again = rehearse.play_file(path, library=packfiles.shipped_packs())[1]

    assert [result.facts for result in again] == [result.facts for result in played(path)[1]]
