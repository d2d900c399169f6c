"""The telephone floor: who is called when, what becomes of a call, and what its timeline says."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from tests.packing_ground import rules_of
from tests.telephony_ground import BEGINS, QUEUES, SUPERVISOR, ZONE, Town

from minsheng.domain import call_queues as queues
from minsheng.domain import lifecycle, parameters
from minsheng.domain.actors import Actor
from minsheng.domain.call_queue import Queue
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.order import Order
from minsheng.domain.quiet import QuietHours
from minsheng.domain.telephony import agents, calls, doing, settings
from minsheng.domain.telephony.agents import Agent
from minsheng.domain.telephony.floor import Floor


def does(town: Town, kind: type[Any]) -> list[Any]:
    return [each for each in town.does if isinstance(each, kind)]


def test_table_of_agents_is_clean() -> None:
    assert lifecycle.lint(agents.TABLE, agents.SHAPE) == []


def test_call_is_greeted_queued_rung_and_answered() -> None:
    town = Town().agent("a")
    id = town.call(1).strip()

    town.picks_up(id)
    town.goes_on(100).hangs_up("c1")

    assert town.whats(id) == ["offered", "menu_end", "queued", "ring", "answered", "ended"]
    assert (town.of(id).by, town.of(id).presses, town.state("a")) == ("caller", 0, agents.WRAP_UP)
    assert [type(each).__name__ for each in town.does] == [
        "Answer", "Play", "Music", "RingAgent", "Music", "Join", "HangUp", "Clear",
    ]  # fmt: skip


def test_agent_who_puts_the_phone_down_ends_the_call() -> None:
    town = Town().agent("a")
    id = town.call(1)

    town.picks_up(id).hangs_up(town.of(id).leg)

    assert (town.of(id).by, town.state("a"), does(town, doing.HangUp)) == (
        "agent",
        "WRAP_UP",
        [doing.HangUp(id, "c1")],
    )


def test_calls_are_answered_in_their_order_by_priority() -> None:
    town = Town(lines={"12345": "ordinary", "95": "enterprise"}).agent("x")
    first, second, firm = town.call(1), town.call(2), town.call(3, line="95")
    assert town.of(first).stage == calls.RINGING
    town.agent("a", ordinary=1, enterprise=2)
    assert town.of(firm).agent == "a"

    town.agent("b")
    assert town.of(second).agent == "b"


def test_best_skill_answers_then_whoever_is_idle_longest() -> None:
    town = Town().agent("helper", ordinary=1)
    town.goes_on(10).agent("late", ordinary=2)
    town.goes_on(10).agent("later", ordinary=2)

    assert [town.of(town.call(each)).agent for each in (1, 2, 3)] == ["late", "later", "helper"]


def test_missed_ring_rings_the_next_and_takes_the_agent_off() -> None:
    town = Town().agent("a").goes_on(1).agent("b")
    id = town.call(1)

    town.goes_on(15)

    assert town.of(id).agent == "b"
    assert (town.state("a"), town.floor.agents["a"].reason, town.of(id).missed) == ("BREAK", agents.MISSED, 1)
    town.hangs_up(town.of(id).leg, "rejected")
    assert (town.of(id).stage, town.of(id).missed) == (calls.QUEUED, 2)


def test_who_hangs_up_while_it_rings_leaves_the_agent_as_idle_as_before() -> None:
    town = Town().agent("a").goes_on(30)
    id = town.call(1)

    town.hangs_up("c1")

    assert (town.state("a"), town.floor.agents["a"].idle_since) == ("READY", BEGINS)
    found = calls.figures(town.of(id))
    assert (found.answered, found.abandoned, found.is_short) == (False, True, True)


def test_region_line_and_hours_lead_to_a_queue_of_their_own() -> None:
    town = Town(prefixes={"0512": "ordinary", "051263": "wujiang"}, lines={"95": "enterprise"})

    assert town.of(town.call(1, caller="051263110000")).queue == "wujiang"
    assert town.of(town.call(2, caller="051265110000")).queue == "ordinary"
    assert town.of(town.call(3, caller="051263110000", line="95")).queue == "enterprise"
    town.goes_on(12 * 3600)
    assert town.of(town.call(4, caller="051263110000")).queue == "ordinary"
    only = Town(queues={"one": QUEUES["ordinary"]})
    assert only.of(only.call(1)).queue == "one"


def test_long_wait_overflows_to_another_queue_and_keeps_its_place() -> None:
    town = Town(lines={"95": "enterprise"})
    firm = town.call(1, line="95")
    town.goes_on(5)
    other = town.call(2)

    town.goes_on(15).agent("a")

    assert town.whats(firm) == ["offered", "menu_end", "queued", "overflow", "ring"]
    assert town.of(other).stage == calls.QUEUED


def test_menu_of_one_key_and_the_usual_queue_without_any() -> None:
    town = Town(menu={"2": "enterprise"})
    pressing, silent = town.call(1), town.call(2)
    town.floor.digit("c1", "9", now=town.now)

    town.floor.digit("c1", "2", now=town.now)
    town.goes_on(8)

    assert (town.of(pressing).queue, town.of(pressing).presses) == ("enterprise", 1)
    assert (town.of(silent).queue, town.of(silent).presses) == ("ordinary", 0)


def called_back(**settings: Any) -> tuple[Town, str]:
    """Return a floor on which somebody has kept their place and hung up, and the id of the call back."""
    town = Town(callback_after=timedelta(seconds=60), **settings)
    id = town.call(1)
    town.goes_on(60)
    town.floor.digit("c1", "1", now=town.now)
    town.seen()
    back = next(line.call for line in town.lines if line.what == "offered" and line.call != id)
    return town, back


def test_place_is_kept_for_who_is_called_back() -> None:
    town, back = called_back()
    later = town.call(2)
    town.floor.prompted("c1", now=town.now)
    town.seen()
    first = next(line.call for line in town.lines)
    assert (town.of(first).cause, calls.figures(town.of(first)).abandoned) == (calls.TAKEN_AS_CALLBACK, False)

    town.agent("a").picks_up(back)
    assert (town.of(back).stage, town.of(later).stage) == (calls.DIALING, calls.QUEUED)
    assert does(town, doing.DialCaller)[0].of == first
    town.floor.leg_answered(town.of(back).channel, now=town.now)
    town.seen()
    assert (town.of(back).stage, town.of(back).agent) == (calls.TALKING, "a")


def test_who_is_not_reached_is_tried_again_and_then_let_be() -> None:
    town, back = called_back(callback_attempts=2)
    town.hangs_up("c1").agent("a").picks_up(back)

    town.hangs_up(town.of(back).channel, "no_answer")
    assert (town.of(back).stage, town.state("a")) == (calls.QUEUED, "READY")
    town.goes_on(299)
    assert town.of(back).stage == calls.QUEUED
    town.goes_on(1).picks_up(back)
    town.hangs_up(town.of(back).leg)

    assert (town.of(back).cause, town.of(back).attempts, town.state("a")) == (calls.UNREACHED, 2, "READY")
    assert calls.figures(town.of(back)).abandoned is False


def test_agent_who_hangs_up_while_the_citizen_is_called_back_is_free_again() -> None:
    town, back = called_back()
    town.hangs_up("c1").agent("a").picks_up(back)
    dialed = town.of(back).channel

    town.hangs_up(town.of(back).leg)

    assert (town.of(back).stage, town.state("a")) == (calls.QUEUED, "READY")
    assert dialed in {each.channel for each in does(town, doing.HangUp)}


def test_call_back_that_waits_for_an_agent_presses_nobody() -> None:
    town, back = called_back()
    town.hangs_up("c1").agent("a").picks_up(back).hangs_up(town.of(back).channel)
    town.ask("a", agents.TakeBreak(reason="rest"))

    town.goes_on(1000)

    assert town.floor.next_due() is None
    town.agent("b")
    town.goes_on(15)
    assert town.of(back).missed == 1


def test_place_is_kept_while_the_phone_rings() -> None:
    town = Town(callback_after=timedelta(seconds=60))
    id = town.call(1)
    town.goes_on(60).agent("a")

    town.floor.digit("c1", "1", now=town.now)
    town.seen()

    assert town.whats(id)[-2:] == ["ring_cancelled", "callback_taken"]
    assert town.state("a") == "RINGING"


def test_hold_lets_the_citizen_hear_music_and_counts() -> None:
    town = Town().agent("a")
    id = town.call(1)
    town.picks_up(id)

    town.floor.hold("a", on=True, now=town.now)
    town.floor.hold("a", on=True, now=town.now)
    town.goes_on(10)
    town.floor.hold("a", on=False, now=town.now)
    town.goes_on(5)
    town.floor.held("c1", on=True, now=town.now)
    town.goes_on(4)
    town.floor.hang_up("a", now=town.now)
    town.seen()

    found = calls.figures(town.of(id))
    assert (found.hold, found.talk, town.of(id).by) == (timedelta(seconds=14), timedelta(seconds=19), "agent")
    assert town.whats(id).count("hold") == 2


def test_withheld_number_is_offered_no_call_back() -> None:
    town = Town(callback_after=timedelta(seconds=10))
    town.floor.arrived("00000000-0000-7000-8000-000000000099", channel="c9", line="12345", caller="", now=town.now)
    town.floor.prompted("c9", now=town.now)
    town.goes_on(60)

    assert "callback_offered" not in town.whats("00000000-0000-7000-8000-000000000099")


def test_nobody_is_called_back_in_quiet_hours() -> None:
    town, back = called_back(quiet=QuietHours(time(0), time(23, 59)))
    town.hangs_up("c1").agent("a")
    assert town.of(back).stage == calls.QUEUED
    due = town.floor.next_due()
    assert due is not None
    assert due.astimezone(town.floor.zone).time() == time(23, 59)

    town.goes_on((due - town.now).total_seconds())

    assert town.of(back).stage == calls.RINGING


def test_call_that_was_meant_is_ended_and_no_other_one() -> None:
    town, back = called_back()
    town.hangs_up("c1").agent("a").picks_up(back)
    with pytest.raises(agents.Rejected, match="no_talk"):
        town.floor.hang_up("a", call="another", now=town.now)

    town.floor.hang_up("a", call=back, now=town.now)

    assert (town.seen().of(back).stage, town.of(back).attempts) == (calls.QUEUED, 1)


def test_call_that_somebody_took_over_is_theirs() -> None:
    told = calls.evolve(
        calls.Call(id="c", agent="a"), calls.Line(call="c", no=1, what="transferred", at=BEGINS, agent="b", says={})
    )

    assert told.agent == "b"


def test_what_is_of_no_call_does_nothing() -> None:
    town = Town().agent("a")
    id = town.call(1)
    told = len(town.lines)

    town.floor.arrived(id, channel="c1", line="12345", caller="", now=town.now)
    town.floor.prompted("c1", now=town.now)
    town.floor.prompted("nobody", now=town.now)
    town.floor.digit("nobody", "1", now=town.now)
    town.floor.digit("c1", "1", now=town.now)
    town.floor.held("c1", on=True, now=town.now)
    town.floor.leg_answered("c1", now=town.now)
    town.hangs_up("nobody")
    town.floor.leg_answered("late", now=town.now)

    assert (len(town.seen().lines), does(town, doing.HangUp)) == (told, [doing.HangUp("", "late")])


def test_citizen_called_back_by_a_phone_of_no_agent_is_not_connected_twice() -> None:
    town, back = called_back()
    town.hangs_up("c1").agent("a").picks_up(back)

    town.floor.leg_answered(town.of(back).leg, now=town.now)

    assert town.seen().of(back).stage == calls.DIALING


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (agents.TakeBreak(), "reason_missing"),
        (agents.TakeBreak(reason="nap"), "code_not_in_pack"),
        (agents.Settle(outcome="order"), "agent_not_now"),
        (agents.ForceOff(reason="x"), "not_your_role"),
    ],
)
def test_steps_that_the_table_refuses(step: agents.Step, code: str) -> None:
    town = Town().agent("a")

    with pytest.raises(agents.Rejected, match=code):
        town.ask("a", step)
    with pytest.raises(agents.Rejected, match="not_at_phone"):
        town.ask("nobody", step)
    with pytest.raises(agents.Rejected, match="no_talk"):
        town.floor.hang_up("a", now=town.now)
    assert town.state("a") == "READY"


def test_call_is_wrapped_up_with_an_order_or_a_reason_alone() -> None:
    town = Town().agent("a")
    id = town.call(1)
    town.picks_up(id).hangs_up("c1")
    with pytest.raises(agents.Rejected, match="call_not_settled"):
        town.ask("a", agents.GoReady())
    with pytest.raises(agents.Rejected, match="code_not_in_pack"):
        town.ask("a", agents.Settle(outcome="whatever"))
    town.goes_on(300)
    assert town.state("a") == "WRAP_UP"

    town.ask("a", agents.Settle(outcome="silent")).goes_on(0)

    assert town.state("a") == "READY"


def test_wishes_during_a_call_hold_after_it() -> None:
    town = Town().agent("a").agent("b").agent("c", enterprise=1)
    id, other = town.call(1), town.call(2)
    town.picks_up(id).ask("a", agents.TakeBreak(reason="rest")).ask("a", agents.Settle(outcome="order"))
    town.ask("b", agents.ForceOff(reason="查岗"), SUPERVISOR)
    with pytest.raises(agents.Rejected, match="reason_missing"):
        town.ask("c", agents.ForceOff(), SUPERVISOR)
    town.ask("c", agents.Train()).ask("c", agents.GoOffline())

    town.hangs_up("c1").goes_on(30)

    assert (town.state("a"), town.floor.agents["a"].reason) == ("BREAK", "rest")
    assert (town.state("b"), town.of(other).missed, town.state("c")) == ("OFFLINE", 1, "OFFLINE")


def taken_over(town: Town, live: set[str]) -> Town:
    """Return another floor that takes the calls over, as their timelines and the agents' rows say."""
    other = Town()
    other.now, other.lines = town.now, list(town.lines)
    other.floor = Floor(town.floor.settings, zone=ZONE)
    other.floor.agents = dict(town.floor.agents)
    open_calls = [town.of(id) for id in dict.fromkeys(line.call for line in town.lines)]
    other.floor.adopt((each for each in open_calls if each.stage != calls.ENDED), live=live, now=town.now)
    return other.seen()


def test_another_controller_takes_the_calls_over() -> None:
    town = Town().agent("a").agent("b").agent("d")
    talk, lost, rung = town.call(1), town.call(2), town.call(3)
    waits, greeted, gone = town.call(4), town.call(5, greeted=False), town.call(6)
    town.picks_up(talk).picks_up(lost)
    town.goes_on(3)

    live = {"c1", town.of(talk).leg, "c2", "c3", "c4", "c5", town.of(rung).leg}
    other = taken_over(town, live)

    assert (other.of(talk).stage, other.state("a")) == (calls.TALKING, "TALKING")
    assert (other.of(lost).cause, other.of(lost).by, other.state("b")) == (calls.LOST, "switch", "WRAP_UP")
    assert (other.of(gone).cause, other.of(gone).by) == (calls.LOST, "caller")
    # Whoever had waited longest is rung again, on a leg of its own.
    assert (other.of(rung).stage, other.of(waits).stage, other.of(greeted).stage) == ("RINGING", "QUEUED", "QUEUED")
    assert other.of(rung).leg != town.of(rung).leg
    other.hangs_up("c1")
    assert other.of(talk).by == "caller"


def test_calls_back_and_kept_places_are_taken_over() -> None:
    town, back = called_back()
    town.agent("a").picks_up(back)
    first = town.lines[0].call

    other = taken_over(town, {"c1", town.of(back).leg, town.of(back).channel})

    assert (other.of(first).cause, other.of(back).stage, other.state("a")) == ("callback", "QUEUED", "READY")
    assert {each.channel for each in does(other, doing.HangUp)} >= {town.of(back).channel, town.of(back).leg, "c1"}


@pytest.mark.parametrize(("state", "becomes"), [("RINGING", "READY"), ("TALKING", "WRAP_UP")])
def test_agents_of_calls_that_are_not_known_are_let_go(state: str, becomes: str) -> None:
    town = Town()
    town.floor.agents["a"] = Agent(id="a", state=state, since=BEGINS, idle_since=BEGINS)

    town.floor.adopt((), live=(), now=BEGINS)

    assert town.state("a") == becomes


def test_nothing_folds_to_no_call() -> None:
    assert calls.fold(()) is None


def test_figures_of_what_was_never_queued() -> None:
    town = Town()
    id = town.call(1, greeted=False)
    town.goes_on(2).hangs_up("c1")

    found = calls.figures(town.of(id))

    assert (found.abandoned, found.wait, found.ring) == (False, timedelta(), timedelta())


PLAIN = {"name": "企业", "desk": "enterprise"}


@pytest.mark.parametrize(
    ("read", "plain"),
    [
        (queues.read, {}),
        (queues.read, {"A": PLAIN}),
        (queues.read, {"a": {"name": "没有席位"}}),
        (queues.read, {"a": {**PLAIN, "color": "red"}}),
        (queues.numbers, ["12345"]),
        (queues.numbers, {"x": "a"}),
        (queues.keys, {"12": "a"}),
    ],
)
def test_queues_that_nobody_can_read(read: Any, plain: object) -> None:
    with pytest.raises(ValueError, match="应"):
        read(plain)


def test_queues_are_written_as_they_are_read() -> None:
    written = {code: each.plain() for code, each in QUEUES.items()}

    assert queues.read(written) == QUEUES
    assert queues.read(QUEUES) == QUEUES
    assert QUEUES["wujiang"].written() == "吴江（席位 zone，08:00-18:00）"
    assert "等候满 20 秒转 ordinary" in QUEUES["enterprise"].written()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"telephony_lines": {"12345": "gone"}}, "gone"),
        ({"telephony_queues": {"a": Queue(name="甲", desk="nobody")}}, "nobody"),
        ({"telephony_queues": {"a": Queue(name="甲", desk="ordinary", overflow="a")}}, "另一个队列"),
        ({"telephony_queues": {"a": Queue(name="甲", desk="ordinary", overflow_seconds=5)}}, "应写明"),
        ({"telephony_queues": {**QUEUES, "b": replace(QUEUES["ordinary"], overflow="wujiang")}}, "全天开放"),
    ],
)
def test_queues_that_do_not_go_together(changes: dict[str, Any], fault: str) -> None:
    rules = rules_of("suzhou")
    values: dict[str, Any] = {each.attribute: getattr(rules, each.attribute) for each in parameters.PARAMETERS}
    assert parameters.unsound(values) == []

    found = parameters.unsound({**values, "telephony_lines": {}, **changes})

    assert any(fault in reason for _, reason in found)


def test_settings_are_what_the_pack_says() -> None:
    found = settings.of(rules_of("suzhou", telephony_ring_seconds=20))

    assert (found.ring, found.callback_after) == (timedelta(seconds=20), timedelta(seconds=60))
    assert settings.of(rules_of("suzhou", telephony_callback_after="none")).callback_after is None
    assert found.queues["enterprise"].overflow == "ordinary"
    assert found.break_reasons == ("rest", "meal", "meeting")


@pytest.mark.parametrize("command", ["register", "submit"])
def test_order_names_a_call_by_its_id_alone(command: str) -> None:
    """A number may not stand in the ledger in clear, nor anything else that is no id."""
    given = {"type": "help", "channel": "phone", "appellant": "citizen", "publish": "yes", "content": "路灯不亮"}
    rules, id = rules_of("jiangyin"), "018f2f4e-0000-7000-8000-00000000000a"

    def facts(call: str) -> Any:
        built = cmd.build(command, {**given, "call": call}, zone=ZONE)
        return decide(Order("o"), built, by=Actor("seat"), rules=rules, facts=Facts(), now=BEGINS).facts

    assert facts(id)[0].event.call == id
    with pytest.raises(agents.Rejected, match="call_unknown"):
        facts("19900001111")
