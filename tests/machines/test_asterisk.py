"""A real Asterisk keeps the contract of a telephone switch; what is heard is told by the tones that arrive."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
from pathlib import Path

import pytest
from tests import switch_contract
from tests.asterisk_ground import PROMPTS, AsteriskRig, hears_at
from tests.switch_contract import CITIZEN, PHONE, Play, SwitchContract, agent_on, arrived
from tests.switch_ground import Ear, Rig

from minsheng.gateways.switch import port
from minsheng.gateways.switch.ari import Access, AriSwitch, Looked
from minsheng.gateways.switch.port import SwitchError


class TestAsterisk(SwitchContract):
    @pytest.fixture
    def play(self, tmp_path: Path) -> Play:
        return lambda story: switch_contract.played(AsteriskRig(tmp_path), story)


def test_another_process_takes_over_and_the_first_can_command_nothing_more(tmp_path: Path) -> None:
    rig = AsteriskRig(tmp_path)

    async def story(_: Rig, ear: Ear) -> None:
        call = await arrived(rig, ear)
        await rig.switch.answer(call)
        leg = await agent_on(rig, ear)
        await rig.switch.bridge_create("call-1")
        for each in (call, leg):
            await rig.switch.bridge_add("call-1", each)
        await rig.switch.record_start("call-1", "call-1")
        await rig.calls_in("19900002222", "12345")
        waiting = (await ear.hears(port.CallArrived)).call

        other = AriSwitch(rig.asterisk.access())
        newer = await Ear(other).begins()

        state = await other.snapshot()
        assert {id: (each.inbound, each.answered, each.ani) for id, each in state.calls.items()} == {
            call: (True, True, CITIZEN), leg: (False, True, ""), waiting: (True, False, "19900002222"),
        }  # fmt: skip
        assert (state.bridges, state.recordings) == ({"call-1": frozenset({call, leg})}, frozenset({"call-1"}))
        assert await ear.ends()
        with pytest.raises(SwitchError) as replaced:
            await rig.switch.hangup(call)
        assert replaced.value.kind == "switch_down"
        rig.switch = other
        assert (await rig.hears(call), await rig.hears(leg)) == ({leg}, {call})
        await rig.hangs_up(call)
        assert (await newer.hears(port.CallEnded)).who == "caller"
        newer.close()
        await other.aclose()

    switch_contract.played(rig, story)


def test_callers_reach_a_phone_by_the_fallback_while_the_platform_is_away_and_no_number_is_logged(
    tmp_path: Path,
) -> None:
    rig = AsteriskRig(tmp_path)

    async def story(_: Rig, ear: Ear) -> None:
        ear.close()
        await rig.has_phone(PHONE)
        await rig.loses_line()
        talk = await rig.carrier.calls("12345", ani=CITIZEN)
        await rig.carrier.waits(talk, "up")
        assert await hears_at(talk, PROMPTS) == {"fallback"}
        phone = rig.phones[PHONE]
        at_phone = await phone.rings()
        await phone.picks_up(at_phone)
        assert await hears_at(talk, {"agent": phone.tone}) == {"agent"}
        assert CITIZEN not in rig.asterisk.said()
        await rig.has_line()
        assert dict((await rig.switch.snapshot()).calls) == {}

    switch_contract.played(rig, story)


def test_call_that_comes_while_the_platform_starts_waits_for_it(tmp_path: Path) -> None:
    rig = AsteriskRig(tmp_path, grace=60)

    async def story(_: Rig, ear: Ear) -> None:
        await rig.loses_line()
        await ear.hears(port.SwitchDown)
        await rig.carrier.calls("12345", ani=CITIZEN)
        await rig.has_line()
        assert (await ear.hears(port.SwitchUp | port.CallArrived)) == port.SwitchUp()  # type: ignore[arg-type]
        assert (await ear.hears(port.CallArrived)).ani == CITIZEN

    switch_contract.played(rig, story)


def test_switch_that_starts_anew_has_no_call_and_takes_new_ones(tmp_path: Path) -> None:
    rig = AsteriskRig(tmp_path)

    async def story(_: Rig, ear: Ear) -> None:
        await arrived(rig, ear)
        rig.asterisk.dies()
        await ear.hears(port.SwitchDown)
        rig.asterisk.starts()
        await ear.hears(port.SwitchUp)
        assert dict((await rig.switch.snapshot()).calls) == {}
        await arrived(rig, ear)

    switch_contract.played(rig, story)


def test_citizen_is_called_by_the_trunk_and_sees_the_hotlines_number(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = AsteriskRig(tmp_path)
    caplog.set_level(logging.DEBUG)

    async def story(_: Rig, ear: Ear) -> None:
        call = {"caller_id": "12345", "seconds": 15, "headers": {"X-Call-Id": "c"}}
        await rig.switch.originate("out:1", f"tel:{CITIZEN}", **call)  # type: ignore[arg-type]
        talk = await rig.carrier.rings()
        assert talk.request is not None
        assert talk.request.first.startswith(f"INVITE sip:{CITIZEN}@")
        assert "sip:12345@" in talk.request.of("from")
        assert talk.request.of("x-call-id") == "c"
        await rig.carrier.declines(talk, "486 Busy Here")
        ended = await ear.hears(port.CallEnded)
        assert (ended.cause, ended.who) == ("busy", "callee")
        with pytest.raises(SwitchError) as refused:
            await rig.switch.originate("out:2", "tel:1990000/../x", **call)  # type: ignore[arg-type]
        assert refused.value.kind == "rejected"

    switch_contract.played(rig, story)
    assert CITIZEN not in caplog.text


def test_monitor_hears_a_talk_and_nobody_hears_the_monitor(tmp_path: Path) -> None:
    rig = AsteriskRig(tmp_path)

    async def story(_: Rig, ear: Ear) -> None:
        call = await arrived(rig, ear)
        await rig.switch.answer(call)
        leg = await agent_on(rig, ear)
        await rig.switch.bridge_create("b")
        for each in (call, leg):
            await rig.switch.bridge_add("b", each)
        await rig.switch.snoop(leg, id="spy", spy="both", whisper="none")
        await rig.speaks("spy")
        tones = {each: (await rig.talk_of(each))[1].media.tone for each in (call, leg)}
        (boss,) = rig.phones["boss"].talks.values()
        assert await hears_at(boss, tones) == {call, leg}
        assert (await rig.hears(leg), await rig.hears(call)) == ({call}, {leg})

    switch_contract.played(rig, story)


def test_prompt_without_a_file_is_told_as_failed(tmp_path: Path) -> None:
    rig = AsteriskRig(tmp_path)

    async def story(_: Rig, ear: Ear) -> None:
        call = await arrived(rig, ear)
        await rig.switch.answer(call)
        await rig.switch.play(call, "nowhere")
        assert (await ear.hears(port.PlayFinished)).failed

    switch_contract.played(rig, story)


def test_switch_is_looked_at_from_outside_and_refuses_a_wrong_password(tmp_path: Path) -> None:
    rig = AsteriskRig(tmp_path)

    async def looked(access: Access) -> Looked:
        async with contextlib.aclosing(AriSwitch(access)) as switch:
            return await switch.look()

    async def story(_: Rig, ear: Ear) -> None:
        access = rig.asterisk.access()
        await rig.has_phone(PHONE)
        found = await looked(access)
        assert (found.version[:2].isdigit(), found.phones_there, found.phones) == (True, 1, 3)
        assert found.has_trunk
        assert not (await looked(dataclasses.replace(access, trunk="none"))).has_trunk
        with pytest.raises(PermissionError):
            await looked(dataclasses.replace(access, password="another-password"))

    switch_contract.played(rig, story)
