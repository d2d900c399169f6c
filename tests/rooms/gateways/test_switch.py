"""The contract of a telephone switch, kept by the one in memory, and what that one does besides."""

from __future__ import annotations

import asyncio

import pytest
from tests import switch_contract
from tests.switch_contract import CITIZEN, PHONE, Play, SwitchContract, arrived
from tests.switch_ground import Ear, SimRig

from minsheng.gateways.switch import port


class TestSim(SwitchContract):
    @pytest.fixture
    def play(self) -> Play:
        return lambda story: switch_contract.played(SimRig(), story)


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
