"""The contract of a telephone switch, kept by the one in memory, and what that one does besides."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from tests import switch_contract
from tests.freeswitch_ground import FreeSwitchRig
from tests.switch_contract import CITIZEN, PHONE, Play, SwitchContract, arrived
from tests.switch_ground import Ear, Rig, SimRig

from minsheng.gateways.switch import port
from minsheng.gateways.switch.ari import Looked
from minsheng.gateways.switch.esl import EslAccess, EslSwitch
from minsheng.gateways.switch.port import SwitchError


class TestSim(SwitchContract):
    @pytest.fixture
    def play(self) -> Play:
        return lambda story: switch_contract.played(SimRig(), story)


class TestEsl(SwitchContract):
    @pytest.fixture
    def play(self) -> Play:
        return lambda story: switch_contract.played(FreeSwitchRig(), story)


def test_freeswitch_has_one_listener_of_an_application_and_no_other_can_command() -> None:
    rig = FreeSwitchRig()

    async def story(_: Rig, ear: Ear) -> None:
        call = await arrived(rig, ear)
        await rig.switch.answer(call)
        await rig.switch.bridge_create("call-1")
        await rig.switch.bridge_add("call-1", call)
        other = EslSwitch(rig.access())
        newer = await Ear(other).begins()

        state = await other.snapshot()

        assert (state.calls[call].ani, state.calls[call].answered, state.calls[call].inbound) == (CITIZEN, True, True)
        assert state.bridges == {"call-1": frozenset({call})}
        assert await ear.ends()
        with pytest.raises(SwitchError) as replaced:
            await rig.switch.hangup(call)
        assert replaced.value.kind == "switch_down"
        await rig.hangs_up(call)
        assert (await newer.hears(port.CallEnded)).who == "caller"
        newer.close()
        await other.aclose()

    switch_contract.played(rig, story)


def test_freeswitch_is_given_words_alone_and_looked_at_from_outside() -> None:
    rig = FreeSwitchRig()

    async def story(_: Rig, ear: Ear) -> None:
        call = await arrived(rig, ear)
        given = len(rig.server.commands)
        headers = {"X-Call-Id": "c"}
        for command in (
            rig.switch.play(call, "greeting aleg\n\napi shutdown"),
            rig.switch.originate("leg", "tel:1990000} &system(x)", caller_id="12345", seconds=9, headers=headers),
            rig.switch.originate("leg,x=1", "tel:19900001111", caller_id="12345", seconds=9, headers=headers),
            rig.switch.bridge_create("a b"),
        ):
            with pytest.raises(SwitchError) as refused:
                await command
            assert refused.value.kind == "rejected"
        assert {each.split(" ")[1] for each in rig.server.commands[given:]} <= {"uuid_exists", "status"}
        found = await looked(rig.access())
        assert (found.version, found.has_trunk) == ("FreeSWITCH Version 1.10.12", True)
        assert not (await looked(rig.access(trunk="none"))).has_trunk
        with pytest.raises(PermissionError):
            await looked(rig.access(password="another-password"))

    async def looked(access: EslAccess) -> Looked:
        async with contextlib.aclosing(EslSwitch(access)) as switch:
            return await switch.look()

    switch_contract.played(rig, story)


def test_phones_of_the_switch_in_memory_come_and_go_and_its_calls_die_with_it() -> None:
    rig = SimRig()

    async def story() -> list[object]:
        ear = await Ear(rig.switch).begins()
        rig.sim.registers(PHONE)
        rig.sim.registers(PHONE)
        rig.sim.leaves(PHONE)
        rig.sim.leaves(PHONE)
        heard: list[object] = [(await ear.hears(port.EndpointState)).reachable for _ in range(2)]
        call = await arrived(rig, ear)
        rig.sim.restarts()
        rig.sim.hangs_up(call)
        rig.sim.presses(call, "1")
        await rig.switch.originate("leg", f"tel:{CITIZEN}", caller_id="12345", seconds=30, headers={"X-Call-Id": "c"})
        rig.sim.declines("leg", busy=True)
        await rig.switch.originate("again", f"tel:{CITIZEN}", caller_id="12345", seconds=30, headers={"X-Call-Id": "c"})
        await rig.switch.send_digits("again", "12")
        shown = rig.sim.shown("again"), rig.sim.pressed("again"), rig.sim.rings(f"tel:{CITIZEN}")
        ear.close()
        return [*heard, (await ear_causes(ear)), shown]

    async def ear_causes(ear: Ear) -> int:
        return len((await rig.switch.snapshot()).calls)

    assert asyncio.run(story()) == [True, False, 1, (("12345", {"X-Call-Id": "c"}), "12", "again")]
