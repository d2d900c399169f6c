"""Nobody decides on their own work, nor on what a colleague has: guards over facts, in memory as at the desks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.reached_ground import Reached, filled, situations

from minsheng import wording
from minsheng.domain import packs, rehearsal, scenario
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.approval import Draft, digest_of
from minsheng.domain.claiming import Claim
from minsheng.domain.orders import apart
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.table import BY_COMMAND, TABLE
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Calendar
from minsheng.gateways import packfiles, scenariofiles

ME = "staff:甲"
SINCE = datetime(2026, 9, 18, 8, 30, tzinfo=UTC)
STORY = """
pack: jiangyin
units: {城管局: {}}
steps:
- {at: 2026-09-18 09:00:00, by: seat, do: submit, order: o1, with: {type: help, channel: phone, appellant: citizen,
   publish: "yes", content: 路灯不亮}}
- {at: 2026-09-18 09:10:00, by: dispatcher, do: dispatch, order: o1, with: {unit: 城管局, basis: 权责清单}}
- {at: 2026-09-18 09:20:00, by: officer@城管局, do: sign, order: o1}
- {at: 2026-09-18 09:30:00, by: leader@城管局, do: approve_reply, order: o1}
- {at: 2026-09-18 09:40:00, by: officer@城管局, do: reply, order: o1, with: {text: 已修好, channel: phone, kind: final}}
- {at: 2026-09-18 09:50:00, by: auditor, do: pass_audit, order: o1}
"""


def accepted(shape: type[cmd.Command]) -> Iterator[tuple[Reached, cmd.Command, Actor]]:
    """Return where a command is accepted, with its actor, a person."""
    row = BY_COMMAND[shape]
    for stands in situations():
        if stands.order.status not in row.sources:
            continue
        matter = replace(stands.facts.matter, timely_answers=9)  # enough to decline a further dispatch
        reached = replace(stands, facts=replace(stands.facts, matter=matter))
        units = tuple(part.unit for part in reached.order.parts) or (reached.order.handler or "城管局",)
        for role in row.who:
            by = Actor(role, units[0] if role in UNIT_ROLES else None, ME)
            for command in filled(shape, now=reached.now, units=units):
                if isinstance(command, cmd.Reply):
                    command = replace(command, channel=reached.order.channel, kind="final")
                if refusal(reached, command, by, reached.facts) is None:
                    yield reached, command, by


def refusal(reached: Reached, command: cmd.Command, by: Actor, facts: Facts) -> Rejected | None:
    """Return why a command is refused, or None."""
    try:
        decide(reached.order, command, by=by, rules=reached.rules, facts=facts, now=reached.now)
    except Rejected as rejected:
        return rejected
    return None


def code_of(rejected: Rejected | None) -> str:
    return rejected.code if rejected is not None else ""


@pytest.mark.parametrize("shape", apart.JUDGED, ids=lambda shape: shape.name)
def test_what_a_person_did_is_decided_by_somebody_else(shape: type[cmd.Command]) -> None:
    reached, command, by = next(each for each in accepted(shape) if apart.judged_by(each[1]) is not None)

    own = refusal(reached, command, by, replace(reached.facts, author=ME))
    anothers = refusal(reached, command, by, replace(reached.facts, author="staff:乙"))
    program = refusal(reached, command, replace(by, person="api:1"), replace(reached.facts, author="api:1"))

    assert [code_of(each) for each in (own, anothers, program)] == ["self_approval", "", ""]


def test_seat_rejects_by_a_code_of_the_list_whoever_proposed_another_reason() -> None:
    reached, command, by = next(each for each in accepted(cmd.Reject) if apart.judged_by(each[1]) is None)

    assert apart.author_of(command, ()) == ""
    assert refusal(reached, command, by, reached.facts) is None


def test_leader_does_not_approve_the_own_draft() -> None:
    reached, command, by = next(accepted(cmd.ApproveReply))

    own = refusal(reached, command, by, replace(reached.facts, draft=Draft(ME)))
    anothers = refusal(reached, command, by, replace(reached.facts, draft=Draft("staff:乙")))

    assert (code_of(own), anothers) == ("self_approval", None)


@pytest.mark.parametrize(
    ("seen", "draft", "code"),
    [
        (digest_of("甲").hex(), Draft("staff:乙", digest=digest_of("甲")), ""),
        (digest_of("甲").hex(), Draft("staff:乙", digest=digest_of("丙")), "draft_changed"),
        ("none", Draft("staff:乙", digest=digest_of("丙")), "draft_changed"),
        (digest_of("甲").hex(), None, "draft_changed"),
        ("none", None, ""),
        ("", Draft("staff:乙", digest=digest_of("丙")), ""),  # a program says nothing of a text
        ("", Draft("staff:乙", digest=None), "draft_unreadable"),
    ],
)
def test_leader_approves_the_text_that_was_seen(seen: str, draft: Draft | None, code: str) -> None:
    reached, _, by = next(accepted(cmd.ApproveReply))

    assert code_of(refusal(reached, cmd.ApproveReply(seen=seen), by, replace(reached.facts, draft=draft))) == code


def test_answer_says_what_was_approved() -> None:
    reached, command, by = next(each for each in accepted(cmd.Reply) if isinstance(each[1], cmd.Reply) and each[1].text)
    assert isinstance(command, cmd.Reply)

    drafts = [Draft("staff:乙", digest_of(text)) for text in ("另一段", f" {command.text}\r\n")]
    found = [code_of(refusal(reached, command, by, replace(reached.facts, draft=draft))) for draft in drafts]

    assert found == ["reply_differs", ""]
    assert refusal(reached, command, by, replace(reached.facts, draft=Draft("staff:乙"))) is None


@pytest.mark.parametrize(
    "shape", [row.command for row in TABLE if not apart.SHARED_DESKS.isdisjoint(row.who)], ids=lambda shape: shape.name
)
def test_what_a_colleague_has_claimed_is_left_to_them(shape: type[cmd.Command]) -> None:
    reached, command, by = next(each for each in accepted(shape) if each[2].role in apart.SHARED_DESKS)
    facts = replace(reached.facts, claim=Claim("钱交办", SINCE))

    held = refusal(reached, command, by, facts)

    assert held is not None
    assert (held.code, held.params) == ("claimed", {"who": "钱交办", "at": SINCE})
    assert refusal(reached, command, replace(by, person="api:1"), facts) is None


def test_claim_of_one_desk_holds_nobody_of_another_up() -> None:
    reached, command, by = next(each for each in accepted(cmd.Sign))

    assert refusal(reached, command, by, replace(reached.facts, claim=Claim("钱交办", SINCE))) is None


@pytest.mark.parametrize(("auditor", "outcome"), [("staff:乙", "self_approval"), ("staff:丙", "")])
def test_rehearsal_knows_whose_work_is_decided_on(auditor: str, outcome: str, tmp_path: Path) -> None:
    path = tmp_path / "apart.yaml"
    path.write_text(STORY, encoding="utf-8")
    zone = ZoneInfo("Asia/Shanghai")
    told = scenario.read(scenariofiles.read_located(path), file="apart.yaml", zone=zone, register=())
    people = {"officer": "staff:乙", "auditor": auditor}
    steps = [replace(step, by=replace(step.by, person=people.get(step.by.role))) for step in told.steps if step.by]

    def rules_at(day: date, calendar: Calendar) -> Rules:
        chosen = packs.in_force(packfiles.shipped_packs(), "jiangyin", (), on=day, version=None)
        return packs.rules(chosen.pack, chosen.overlays, calendar=calendar, settings={})

    played = rehearsal.play(
        replace(told, steps=tuple(steps)),
        calendar=packfiles.load_calendar(),
        rules_at=rules_at,
        say=wording.say,
    )

    assert [result.code for result in played] == ["", "", "", "", "", outcome]
