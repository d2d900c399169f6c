"""Whose queue an order stands in and what keeps it red, held to the table: no row is added without both."""

from __future__ import annotations

from dataclasses import replace

from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import table, waiting
from minsheng.domain.orders.order import OPEN_STATES, STATES

# As the desks had them before they were made of the table.
QUEUES = {
    "seat": ("DRAFT", "EMERGENCY"),
    "specialist": ("DRAFT",),
    "dispatcher": ("SUBMITTED", "RETURN_REQUESTED", "REDO", "EMERGENCY"),
    "auditor": ("REPLIED",),
    "callback_agent": ("CALLBACK", "CALLBACK_MANUAL"),
    "supervisor": ("DETERMINE", "RESEARCH", "DECISION"),
    "designated_officer": ("RESTRICTED", "REFERRED"),
    "duty_leader": ("EMERGENCY",),
    "office": ("EMERGENCY", "DECISION", "WAIT_SYNC"),
    "command": ("EMERGENCY",),
    "joint_meeting": ("DECISION",),
    "discipline": ("REFERRED",),
    "connector": ("DISPATCHED", "HANDLING", "WAIT_SYNC"),
    "officer": ("DETERMINE", "DISPATCHED", "HANDLING", "SUPPLEMENT", "RETURN_REQUESTED", "REFERRED", "REPLIED"),
    "leader": ("HANDLING", "SUPPLEMENT", "REFERRED"),
    "head": ("HANDLING", "SUPPLEMENT"),
}
CLOCKS = {
    "SUBMITTED": {"dispatch"},
    "RESTRICTED": {"dispatch"},
    "DISPATCHED": {"sign", "initial_response"},
    "HANDLING": {"handle", "redo", "direct_answer", "initial_response", "emergency_result"},
    "SUPPLEMENT": {"handle", "redo", "direct_answer"},
    "RETURN_REQUESTED": {"return_review"},
    "REPLIED": {"audit"},
    "CALLBACK": {"callback"},
    "CALLBACK_MANUAL": {"callback"},
    "DETERMINE": {"opinion", "opinion_review"},
    "EMERGENCY": {"report", "decision", "emergency_dispatch"},
    "REFERRED": {"handle", "referral_notice"},
    "WAIT_SYNC": {"sync"},
}
# Ways on that no order waits for in the queue of whoever may take them: what may also be done from there by hand, after
# a change of mind or beside somebody else's work. A new row belongs here or into the table's `awaits`.
BESIDE = {
    "T02": {("system", "DRAFT")},
    "T05": {("supervisor", "DRAFT")},
    "T09": {("system", "DRAFT")},
    "T15": {("dispatcher", "DISPATCHED"), ("dispatcher", "HANDLING")},
    "T18": {("officer", "CALLBACK"), ("officer", "CALLBACK_MANUAL")},
    "T20": {("dispatcher", state) for state in ("DISPATCHED", "HANDLING", "REPLIED", "SUPPLEMENT", "WAIT_SYNC")},
    "T21": {("dispatcher", state) for state in ("DISPATCHED", "HANDLING", "REPLIED", "SUPPLEMENT", "WAIT_SYNC")},
    "T27": {(role, state) for role in ("office", "joint_meeting") for state in ("SUBMITTED", "DISPATCHED", "HANDLING")},
    "T29": {("officer", "CALLBACK"), ("officer", "CALLBACK_MANUAL")},
    "T30": {("connector", state) for state in STATES if state not in QUEUES["connector"]},
    "T30a": {("connector", state) for state in STATES if state not in QUEUES["connector"]},
    "T34": {("citizen", "CALLBACK")},
    "T35": {("citizen", "CALLBACK"), ("citizen", "CALLBACK_MANUAL")},
    "T39": {("dispatcher", "DECISION")},
    "T39a": {("dispatcher", "DECISION")},
    "T47": {("supervisor", "CLOSED")},
    "T49a": {("system", "CALLBACK")},
    "R01": {("dispatcher", "DISPATCHED"), ("dispatcher", "HANDLING"), ("officer", "SUBMITTED")},
    "E06": {(role, state) for role in ("seat", "duty_leader") for state in ("DISPATCHED", "HANDLING")},
}


def strays(rows: tuple[table.Row, ...]) -> dict[str, set[tuple[str, str]]]:
    """Return the ways on that neither a queue nor the list above knows."""
    found = {}
    for row in rows:
        ways = {(role, state) for role in row.who for state in row.sources if state and set(row.targets) != {"="}}
        unknown = {way for way in ways if way[1] not in waiting.QUEUES.get(way[0], ())} - BESIDE.get(row.no, set())
        if unknown:
            found[row.no] = unknown
    return found


def test_queues_and_clocks_are_those_that_the_desks_have_always_had() -> None:
    assert dict(waiting.QUEUES) == QUEUES
    assert {state: set(clocks) for state, clocks in waiting.CLOCKS.items() if clocks} == CLOCKS


def test_states_of_queues_have_a_place_on_their_desk() -> None:
    assert {state for states in waiting.QUEUES.values() for state in states} == set(waiting.SHOWN) == set(OPEN_STATES)


def test_every_way_on_stands_in_a_queue_or_is_said_to_be_beside() -> None:
    assert strays(table.TABLE) == {}


def test_row_added_without_its_queue_is_found() -> None:
    added = replace(table.BY_COMMAND[cmd.Judge], no="T99", who=("auditor",), sources=("HANDLING",), awaits={})

    assert strays((*table.TABLE, added)) == {"T99": {("auditor", "HANDLING")}}


def test_lint_finds_what_is_awaited_where_it_cannot_be_done() -> None:
    audit = table.BY_COMMAND[cmd.PassAudit]

    elsewhere = replace(audit, awaits={"HANDLING": ()})
    of_nobody = replace(audit, of=("seat",))
    not_stopped = replace(table.BY_COMMAND[cmd.Sign], awaits={"DISPATCHED": ("audit",)})

    assert "T33: awaited where it cannot be done" in table.lint([elsewhere])
    assert "T33: awaited where it cannot be done" in table.lint([of_nobody])
    assert "T18: awaited by a clock that it does not stop" in table.lint([not_stopped])
    assert not [fault for fault in table.lint() if "awaited" in fault]
