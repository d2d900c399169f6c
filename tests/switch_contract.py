"""The contract of a telephone switch, which every adapter keeps: a class of tests, for which a subclass has a rig."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from tests.switch_ground import Ear, Rig

from minsheng.gateways.switch import port
from minsheng.gateways.switch.port import SwitchError

CITIZEN, PHONE, THIRD = "19900001111", "agent-1", "agent-2"
Play = Callable[[Callable[[Rig, Ear], Coroutine[Any, Any, None]]], None]


def played(rig: Rig, story: Callable[[Rig, Ear], Coroutine[Any, Any, None]]) -> None:
    """Play a story on a rig, with somebody who listens."""

    async def told() -> None:
        await rig.opens()
        try:
            ear = await Ear(rig.switch).begins()
            await story(rig, ear)
            ear.close()
        except BaseException:
            print(rig.said())
            raise
        finally:
            await rig.closes()

    asyncio.run(told())


async def arrived(rig: Rig, ear: Ear) -> str:
    await rig.calls_in(CITIZEN, "12345")
    return (await ear.hears(port.CallArrived)).call


async def agent_on(rig: Rig, ear: Ear, leg: str = "leg-1", phone: str = PHONE) -> str:
    await rig.has_phone(phone)
    await rig.switch.originate(leg, phone, caller_id="12345", seconds=15, headers={"X-Call-Id": "c"})
    await ear.hears(port.CallProgress)
    await rig.picks_up(leg)
    await ear.hears(port.CallAnswered)
    return leg


class SwitchContract:
    """What a subclass shows of its adapter by the fixture `play`."""

    def test_talk_from_greeting_to_the_end(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            await rig.calls_in(CITIZEN, "12345")
            came = await ear.hears(port.CallArrived)
            assert (came.ani, came.dnis, CITIZEN in repr(came)) == (CITIZEN, "12345", False)
            switch = rig.switch
            for _ in range(2):
                await switch.answer(came.call)
            await switch.play(came.call, "greeting", words="您好")
            await rig.passes(2.5)
            assert (await ear.hears(port.PlayFinished)).prompt == "greeting"
            await switch.music(came.call, on=True)
            assert "music" in await rig.hears(came.call)
            leg = await agent_on(rig, ear)
            await switch.music(came.call, on=False)
            for _ in range(2):
                await switch.bridge_create("b")
                await switch.bridge_add("b", came.call)
                await switch.bridge_add("b", leg)
            assert (await rig.hears(came.call), await rig.hears(leg)) == ({leg}, {came.call})
            assert (await switch.snapshot()).bridges == {"b": frozenset({leg, came.call})}
            await rig.hangs_up(came.call)
            ended = await ear.hears(port.CallEnded)
            assert (ended.call, ended.cause, ended.who) == (came.call, "hung_up", "caller")
            for _ in range(2):
                await switch.hangup(leg)
                await switch.bridge_destroy("b")
            assert (await ear.hears(port.CallEnded)).who == "us"
            state = await switch.snapshot()
            assert (dict(state.calls), dict(state.bridges), state.endpoints[PHONE]) == ({}, {}, True)

        play(story)

    def test_third_party_is_consulted_joined_and_left_with_the_citizen(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            switch, call = rig.switch, await arrived(rig, ear)
            await switch.answer(call)
            seat = await agent_on(rig, ear)
            await switch.bridge_create("b")
            await switch.bridge_add("b", call)
            await switch.bridge_add("b", seat)
            # The citizen hears music, the seat and the third party each other.
            await switch.bridge_remove("b", call)
            await switch.music(call, on=True)
            third = await agent_on(rig, ear, "leg-2", THIRD)
            await switch.bridge_add("b", third)
            assert (await rig.hears(seat), await rig.hears(third)) == ({third}, {seat})
            assert "music" in await rig.hears(call)
            # All three.
            await switch.music(call, on=False)
            for _ in range(2):
                await switch.bridge_add("b", call)
            assert await rig.hears(call) == {seat, third}
            assert (await rig.hears(seat), await rig.hears(third)) == ({call, third}, {call, seat})
            # The seat leaves the other two.
            await switch.hangup(seat)
            assert (await ear.hears(port.CallEnded)).call == seat
            assert (await rig.hears(call), await rig.hears(third)) == ({third}, {call})
            assert (await switch.snapshot()).bridges["b"] == frozenset({call, third})

        play(story)

    def test_phone_under_one_id_is_called_once(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            leg = await agent_on(rig, ear)

            await rig.switch.originate(leg, PHONE, caller_id="12345", seconds=15, headers={})

            assert list((await rig.switch.snapshot()).calls) == [leg]

        play(story)

    @pytest.mark.parametrize("cause", ["no_answer", "rejected"])
    def test_phone_that_is_not_answered_ends_with_its_cause(self, play: Play, cause: str) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            await rig.has_phone(PHONE)
            await rig.switch.originate("leg", PHONE, caller_id="12345", seconds=1, headers={})
            if cause == "rejected":
                await rig.declines("leg")
            await rig.passes(2)

            assert (await ear.hears(port.CallEnded)).cause == cause

        play(story)

    def test_commands_that_the_switch_refuses(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            with pytest.raises(SwitchError) as strange:
                await rig.switch.originate("leg", "nobody", caller_id="12345", seconds=15, headers={})
            assert strange.value.kind == "unregistered"
            call = await arrived(rig, ear)
            await rig.hangs_up(call)
            await ear.hears(port.CallEnded)
            await rig.switch.bridge_create("b")
            for command in (
                rig.switch.answer(call),
                rig.switch.play(call, "greeting"),
                rig.switch.music(call, on=True),
                rig.switch.bridge_add("b", call),
                rig.switch.mute(call, on=True),
            ):
                with pytest.raises(SwitchError) as gone:
                    await command
                assert gone.value.kind == "gone"

        play(story)

    def test_keys_holds_and_mutes_are_told_and_done(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            call = await arrived(rig, ear)
            await rig.switch.answer(call)
            await rig.presses(call, "1")
            assert (await ear.hears(port.Digit)).key == "1"
            leg = await agent_on(rig, ear)
            await rig.holds(leg, on=True)
            await rig.holds(leg, on=False)
            assert [(await ear.hears(each)).call for each in (port.PhoneHold, port.PhoneUnhold)] == [leg, leg]
            await rig.switch.bridge_create("b")
            await rig.switch.bridge_add("b", call)
            await rig.switch.bridge_add("b", leg)
            await rig.switch.mute(leg, on=True)
            assert await rig.hears(call) == frozenset()
            await rig.switch.bridge_remove("b", leg)
            assert (await rig.switch.snapshot()).bridges["b"] == {call}

        play(story)

    def test_prompt_that_is_stopped_is_not_finished(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            call = await arrived(rig, ear)
            await rig.switch.answer(call)
            await rig.switch.play(call, "greeting")
            await rig.switch.stop_play(call)
            await rig.passes(2.5)
            await rig.hangs_up(call)

            with pytest.raises(AssertionError):
                await no_more(ear, port.PlayFinished)

        async def no_more(ear: Ear, kind: type[Any]) -> None:
            assert isinstance(await ear.hears(kind | port.CallEnded), kind)  # type: ignore[arg-type]

        play(story)

    def test_talk_is_recorded_in_one_file(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            call = await arrived(rig, ear)
            await rig.switch.answer(call)
            await rig.switch.bridge_create("b")
            await rig.switch.bridge_add("b", call)
            await rig.switch.record_start("r", "b")
            await rig.switch.record_start("r", "b")
            assert (await rig.switch.snapshot()).recordings == {"r"}
            await rig.passes(2)
            await rig.switch.record_stop("r")
            await rig.switch.record_stop("r")

            finished = await ear.hears(port.RecordingFinished)
            assert (finished.recording, finished.seconds >= 1) == ("r", True)
            with pytest.raises(SwitchError):
                await rig.switch.record_start("s", "none")

        play(story)

    def test_bridge_that_ends_ends_its_recording(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            await rig.switch.bridge_create("b")
            await rig.switch.record_start("r", "b")
            await rig.switch.bridge_destroy("b")

            assert (await ear.hears(port.RecordingFinished)).recording == "r"

        play(story)

    def test_whoever_whispers_is_heard_by_one_alone(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            call = await arrived(rig, ear)
            await rig.switch.answer(call)
            leg = await agent_on(rig, ear)
            await rig.switch.bridge_create("b")
            await rig.switch.bridge_add("b", call)
            await rig.switch.bridge_add("b", leg)

            await rig.switch.snoop(leg, id="whisper", spy="both", whisper="out")
            await rig.switch.snoop(leg, id="spy", spy="both", whisper="none")
            await rig.speaks("whisper")
            await rig.speaks("spy")

            assert (await rig.hears(leg), await rig.hears(call)) == ({call, "whisper"}, {leg})

        play(story)

    def test_line_to_the_switch_that_is_cut_loses_no_call(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            call = await arrived(rig, ear)
            await rig.switch.answer(call)
            await rig.loses_line()
            await ear.hears(port.SwitchDown)
            with pytest.raises(SwitchError) as away:
                await rig.switch.snapshot()
            assert away.value.kind == "switch_down"

            await rig.has_line()

            await ear.hears(port.SwitchUp)
            state = await rig.switch.snapshot()
            assert (state.calls[call].answered, state.calls[call].inbound) == (True, True)

        play(story)

    def test_whoever_listens_anew_is_told_alone(self, play: Play) -> None:
        async def story(rig: Rig, ear: Ear) -> None:
            newer = await Ear(rig.switch).begins()
            await rig.calls_in(CITIZEN, "12345")

            assert (await newer.hears(port.CallArrived)).ani == CITIZEN
            assert await ear.ends()
            newer.close()

        play(story)
