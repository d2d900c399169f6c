"""Talks of three on the floor: consulted aside, all together, without the seat, and what a takeover makes of them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.telephony_ground import Town

from minsheng.domain.rejected import Rejected
from minsheng.domain.telephony import agents, calls, doing, parties
from minsheng.domain.telephony.floor import Floor

LINES = ("consult", "consult_answered", "conference", "left", "party_gone", "ended")


def talking(**skills: int) -> tuple[Town, str]:
    """Return a floor with a talk of the seat `a`; what was done up to now is forgotten."""
    town = Town().agent("a", **skills)
    id = town.call(1)
    town.picks_up(id)
    town.does.clear()
    return town, id


def consulting(kind: str = "unit", party: str = "供水公司") -> tuple[Town, str]:
    town, id = talking()
    town.floor.consult("a", kind=kind, party=party, now=town.now)
    return town.seen(), id


def answered(kind: str = "unit", party: str = "供水公司") -> tuple[Town, str]:
    town, id = consulting(kind, party)
    town.floor.leg_answered(town.of(id).third, now=town.now)
    return town.seen(), id


def together() -> tuple[Town, str]:
    town, id = answered()
    town.floor.conference("a", now=town.now)
    return town.seen(), id


def told(town: Town, id: str) -> list[str]:
    return [what for what in town.whats(id) if what in LINES]


def refused(deed: Any, *args: Any, **named: Any) -> str:
    with pytest.raises(Rejected) as refusal:
        deed(*args, **named)
    return refusal.value.code


def test_citizen_hears_music_while_somebody_is_consulted_and_then_all_three_talk() -> None:
    town, id = together()
    leg = town.of(id).third

    assert town.does == [
        doing.Part(id, "c1"), doing.Music(id, "c1", on=True), doing.DialParty(id, leg, "unit", "供水公司", "a"),
        doing.Join(id, (leg,)), doing.Music(id, "c1", on=False), doing.Join(id, ("c1",)),
    ]  # fmt: skip
    assert (town.of(id).party, town.of(id).together) == ("供水公司", True)
    # Asked twice, it is one conference; the seat has the talk, and no hold moves the citizen.
    town.floor.conference("a", now=town.now)
    town.floor.leg_answered(leg, now=town.now)
    town.floor.held(town.of(id).leg, on=True, now=town.now)
    assert told(town.seen(), id) == ["consult", "consult_answered", "conference"]
    assert refused(town.floor.hold, "a", on=True, now=town.now) == "talk_has_third"
    assert refused(town.floor.consult, "a", kind="emergency", party="110", now=town.now) == "talk_has_third"


def test_seat_leaves_and_the_other_two_talk_on_until_one_of_them_goes() -> None:
    town, id = together()
    town.goes_on(30)
    town.floor.leave("a", now=town.now)
    town.seen()
    assert (town.of(id).stage, town.state("a")) == (calls.PASSED, agents.WRAP_UP)

    town.goes_on(60).hangs_up(town.of(id).third)

    ended = town.of(id)
    assert (ended.by, told(town, id)[-3:]) == ("party", ["left", "party_gone", "ended"])
    assert calls.figures(ended).talk.total_seconds() == 30
    assert town.does[-2:] == [doing.HangUp(id, "c1"), doing.Clear(id)]


def test_seat_may_leave_at_once_without_a_conference() -> None:
    town, id = answered()
    town.floor.leave("a", now=town.now)
    town.seen()

    assert town.does[-2:] == [doing.Music(id, "c1", on=False), doing.Join(id, ("c1",))]
    town.hangs_up("c1")
    assert town.of(id).by == "caller"


def test_seat_whose_phone_goes_down_in_a_conference_has_left_it() -> None:
    town, id = together()

    town.hangs_up(town.of(id).leg)

    assert (town.of(id).stage, town.state("a")) == (calls.PASSED, agents.WRAP_UP)


def test_party_who_does_not_answer_gives_the_citizen_back_to_the_seat() -> None:
    town, id = consulting()

    town.hangs_up(town.of(id).third, cause="no_answer")

    [gone] = [line for line in town.lines if line.what == "party_gone"]
    assert dict(gone.says) == {"party": "供水公司", "outcome": "unreached", "cause": "no_answer"}
    assert town.does[-2:] == [doing.Music(id, "c1", on=False), doing.Join(id, ("c1",))]
    assert refused(town.floor.leave, "a", now=town.now) == "no_third"
    assert refused(town.floor.end_consult, "a", now=town.now) == "no_third"
    assert refused(town.floor.conference, "a", now=town.now) == "no_third"


def test_seat_lets_the_party_go_from_a_conference_and_talks_on() -> None:
    town, id = together()
    leg = town.of(id).third
    town.does.clear()

    town.floor.end_consult("a", now=town.now)

    assert town.seen().does == [doing.HangUp(id, leg)]
    assert (town.of(id).stage, town.of(id).third) == (calls.TALKING, "")


def test_citizen_who_hangs_up_ends_the_talk_of_everybody() -> None:
    town, id = answered()
    leg = town.of(id).third

    town.hangs_up("c1")

    assert told(town, id)[-2:] == ["party_gone", "ended"]
    assert doing.HangUp(id, leg) in town.does
    assert town.state("a") == agents.WRAP_UP


def test_citizen_who_was_on_hold_is_on_hold_no_more() -> None:
    town, id = talking()
    town.floor.hold("a", on=True, now=town.now)
    town.goes_on(5)

    town.floor.consult("a", kind="emergency", party="110", now=town.now)

    assert (town.seen().of(id).held.total_seconds(), town.of(id).held_at) == (5, None)


def test_specialist_is_rung_only_when_ready_and_needs_no_wrap_up() -> None:
    town, id = talking()
    town.agent("s", talent=1)
    assert refused(town.floor.consult, "a", kind="specialist", party="x", now=town.now) == "party_not_ready"

    town.floor.consult("a", kind="specialist", party="s", now=town.now)
    assert (town.seen().state("s"), town.of(id).party) == (agents.RINGING, "specialist@s")
    town.floor.leg_answered(town.of(id).third, now=town.now)
    assert town.seen().state("s") == agents.TALKING
    town.hangs_up(town.of(id).third)
    assert town.state("s") == agents.READY

    town.floor.consult("a", kind="specialist", party="s", now=town.now)
    town.seen().hangs_up(town.of(id).third, cause="no_answer")
    assert (town.state("s"), town.of(id).stage) == (agents.READY, calls.TALKING)


def adopted(town: Town, id: str, *live: str) -> Town:
    """Let another floor take over with what the timeline says; `live`: the channels that the switch has."""
    after = Town()
    after.floor.agents = dict(town.floor.agents)
    after.lines, after.now = list(town.lines), town.now
    after.floor.adopt([town.of(id)], live=live, now=town.now)
    return after.seen()


def test_takeover_finds_each_where_they_were() -> None:
    town, id = consulting()
    call = town.of(id)
    aside = adopted(town, id, "c1", call.leg, call.third)
    assert aside.does == [doing.Part(id, "c1"), doing.Music(id, "c1", on=True)]

    town, id = answered()
    heard = adopted(town, id, "c1", call.leg, call.third)
    assert heard.does == [*aside.does, doing.Join(id, (call.third,))]

    town, id = together()
    all_three = adopted(town, id, "c1", call.leg, call.third)
    assert all_three.does == [
        doing.Music(id, "c1", on=False), doing.Join(id, ("c1",)), doing.Join(id, (call.third,)),
    ]  # fmt: skip
    without_the_seat = adopted(town, id, "c1", call.third)
    assert (without_the_seat.of(id).stage, without_the_seat.state("a")) == (calls.PASSED, agents.WRAP_UP)
    without_the_party = adopted(town, id, "c1", call.leg)
    assert (without_the_party.of(id).stage, without_the_party.of(id).third) == (calls.TALKING, "")
    assert adopted(town, id, call.leg, call.third).of(id).cause == calls.LOST


def test_takeover_keeps_a_talk_that_the_seat_has_left() -> None:
    town, id = together()
    town.floor.leave("a", now=town.now)
    call = town.seen().of(id)

    assert adopted(town, id, "c1", call.third).of(id).stage == calls.PASSED
    assert adopted(town, id, "c1").of(id).cause == calls.LOST


def test_takeover_keeps_the_specialist_of_a_talk_and_frees_one_of_none() -> None:
    town, id = talking()
    town.agent("s", talent=1)
    town.floor.consult("a", kind="specialist", party="s", now=town.now)
    call = town.seen().of(id)

    assert adopted(town, id, "c1", call.leg, call.third).state("s") == agents.RINGING
    assert adopted(town, id, "c1", call.leg).state("s") == agents.READY


def test_party_is_written_as_it_is_read() -> None:
    for told_as in ("expert", "expert@e-1", "specialist@staff:7", "tier@jiangsu", "110", "市住建局"):
        assert parties.written(*parties.read(told_as, numbers=("110",))) == told_as
    assert isinstance(Town().floor, Floor)
