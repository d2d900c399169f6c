"""A server that speaks the protocol of FreeSWITCH's event socket, with the switch in memory behind it.

It answers the commands that the adapter gives, in the words of FreeSWITCH, and refuses every other.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from tests.run_ground import free_port

from minsheng.gateways.switch import port
from minsheng.gateways.switch.esl import EslAccess, EslSwitch
from minsheng.gateways.switch.port import Switch, SwitchError
from minsheng.gateways.switch.sim import SimSwitch

PASSWORD, APP = "secret-of-the-tests", "minsheng-suzhou"
_CAUSES = {"hung_up": "NORMAL_CLEARING", "busy": "USER_BUSY", "no_answer": "NO_ANSWER", "rejected": "CALL_REJECTED"}
_NO_CHANNEL = "-ERR No such channel!\n"


class FreeSwitch:
    """The server. `sim` has the calls; `commands` are those that were given."""

    def __init__(self) -> None:
        self.sim = SimSwitch(told=self._tell)
        self.port = free_port()
        self.commands: list[str] = []
        self.nospeak: set[tuple[str, str]] = set()
        self._vars: dict[tuple[str, str], str] = {}
        self._members: dict[str, int] = {}
        self._listeners: list[asyncio.StreamWriter] = []
        self._open: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    async def opens(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def cuts(self) -> None:
        if self._server is not None:
            self._server.close()
        for each in self._open:
            each.transport.abort()
        self._open, self._listeners = [], []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        writer.write(b"Content-Type: auth/request\n\n")
        is_in = False
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            while True:
                first, *rest = (await reader.readuntil(b"\n\n")).decode().strip().split("\n")
                self.commands.append(first)
                if first.startswith("auth "):
                    is_in = first == f"auth {PASSWORD}"
                    self._replies(writer, "+OK accepted" if is_in else "-ERR invalid")
                elif not is_in:
                    self._replies(writer, "-ERR command not found")
                elif first.startswith("event json "):
                    self._listeners.append(writer)
                    self._replies(writer, "+OK event listener enabled json")
                elif first.startswith("sendevent "):
                    told = dict(each.split(": ", 1) for each in rest)
                    self._event(first.removeprefix("sendevent "), **told)
                    self._replies(writer, f"+OK {uuid4()}")
                elif first.startswith("bgapi "):
                    await self._command(first.removeprefix("bgapi "))
                    self._replies(writer, f"+OK Job-UUID: {uuid4()}")
                else:
                    body = (await self._command(first.removeprefix("api "))).encode()
                    writer.write(f"Content-Type: api/response\nContent-Length: {len(body)}\n\n".encode() + body)

    def _replies(self, writer: asyncio.StreamWriter, text: str) -> None:
        writer.write(f"Content-Type: command/reply\nReply-Text: {text}\n\n".encode())

    def _event(self, name: str, **said: str) -> None:
        body = json.dumps({"Event-Name": name, **said}).encode()
        for each in self._listeners:
            each.write(f"Content-Length: {len(body)}\nContent-Type: text/event-json\n\n".encode() + body)

    def _tell(self, event: port.SwitchEvent) -> None:
        match event:
            case port.CallArrived(call, ani, dnis, trunk):
                self._vars[(call, "minsheng_app")] = APP
                said = {"Caller-Caller-ID-Number": ani, "Caller-Destination-Number": dnis, "Call-Direction": "inbound"}
                said |= {"variable_minsheng_app": APP, "variable_minsheng_trunk": trunk}
                self._event("CHANNEL_PARK", **{"Unique-ID": call, **said})
            case port.CallProgress(call):
                self._event("CHANNEL_PROGRESS", **{"Unique-ID": call})
            case port.CallAnswered(call):
                self._event("CHANNEL_ANSWER", **{"Unique-ID": call})
                park = {"Unique-ID": call, "Call-Direction": "outbound", "variable_minsheng_app": APP}
                self._event("CHANNEL_PARK", **park)
            case port.CallEnded(call, cause, _):
                self._event("CHANNEL_HANGUP_COMPLETE", **{"Unique-ID": call, "Hangup-Cause": _CAUSES[cause]})
            case port.Digit(call, key):
                self._event("DTMF", **{"Unique-ID": call, "DTMF-Digit": key})
            case port.PlayFinished(call, prompt, _):
                self._played(call, prompt)
            case port.PhoneHold(call):
                self._event("CHANNEL_HOLD", **{"Unique-ID": call})
            case port.PhoneUnhold(call):
                self._event("CHANNEL_UNHOLD", **{"Unique-ID": call})
            case port.RecordingFinished(_, file, seconds):
                said = {"Event-Subclass": "conference::maintenance", "Action": "stop-recording"}
                elapsed = str(round(seconds * 1000))
                self._event("CUSTOM", **said, Path=f"/recordings/{file}", **{"Milliseconds-Elapsed": elapsed})
            case port.EndpointState(endpoint, reachable):
                kind = "register" if reachable else "unregister"
                self._event("CUSTOM", **{"Event-Subclass": f"sofia::{kind}", "from-user": endpoint})

    def _played(self, call: str, prompt: str) -> None:
        said = {"Application": "playback", "Application-Data": prompt, "Application-Response": "FILE PLAYED"}
        self._event("CHANNEL_EXECUTE_COMPLETE", **{"Unique-ID": call, **said})

    async def _command(self, command: str) -> str:
        try:
            return await self._done(command)
        except SwitchError as fault:
            return _NO_CHANNEL if fault.kind == "gone" else "-ERR\n"

    async def _done(self, command: str) -> str:
        sim, words = self.sim, command.split(" ")
        match words:
            case ["status"] | ["sched_del", _]:
                return "+OK\n"
            case ["version"]:
                return "FreeSWITCH Version 1.10.12\n"
            case ["sofia", "status", "gateway", name]:
                return "Name\ttelecom\n" if name == "telecom" else "Invalid Gateway!\n"
            case ["show", "channels", "as", "json"]:
                rows = [self._row(each) for each in (await sim.snapshot()).calls.values()]
                return json.dumps({"row_count": len(rows), "rows": rows} if rows else {"row_count": 0})
            case ["show", "registrations", "as", "json"]:
                rows = [{"reg_user": each} for each in (await sim.snapshot()).endpoints]
                return json.dumps({"row_count": len(rows), "rows": rows} if rows else {"row_count": 0})
            case ["sofia_contact", where]:
                is_there = where.rpartition("/")[2] in (await sim.snapshot()).endpoints
                return f"sofia/{where}" if is_there else "error/user_not_registered"
            case ["uuid_exists", call]:
                return "true" if call in (await sim.snapshot()).calls else "false"
            case ["uuid_getvar", call, name]:
                return self._vars.get((call, name), "_undef_")
            case ["originate", *_]:
                return await self._originate(command)
            case ["conference", "json_list"]:
                return await self._conferences()
            case ["conference", room, *rest]:
                return await self._conference(room, rest)
            case [name, call, *rest] if name.startswith("uuid_"):
                if call not in (await sim.snapshot()).calls:
                    return _NO_CHANNEL
                return await self._of_call(name, call, rest)
        return "-USAGE: no such command\n"

    async def _of_call(self, name: str, call: str, rest: list[str]) -> str:
        sim = self.sim
        match name, rest:
            case "uuid_answer", []:
                await sim.answer(call)
            case "uuid_kill", ["NORMAL_CLEARING"]:
                await sim.hangup(call)
            case "uuid_broadcast", ["playback::local_stream://minsheng", "aleg"]:
                await sim.music(call, on=True)
            case "uuid_broadcast", [path, "aleg"]:
                await sim.play(call, path)
            case "uuid_break", ["all"]:
                if playing := sim._calls[call].prompt:
                    self._played(call, playing)
                await sim.stop_play(call)
                await sim.music(call, on=False)
            case "uuid_send_dtmf", [keys]:
                await sim.send_digits(call, keys)
            case "uuid_park", []:
                await self._leaves(call)
            case "uuid_transfer", [where, "inline"]:
                found = re.fullmatch(r"conference:([^@]+)@minsheng(?:\+flags\{mute\})?", where)
                if found is None:
                    return "-USAGE\n"
                await self._leaves(call)
                await sim.bridge_create(found[1])
                await sim.bridge_add(found[1], call)
                await sim.mute(call, on="mute" in where)
            case _:
                return "-USAGE\n"
        return "+OK\n"

    async def _leaves(self, call: str) -> None:
        """Take a call out of its conference, which ends with the last of its members."""
        for room, members in (await self.sim.snapshot()).bridges.items():
            if call in members:
                await self.sim.bridge_remove(room, call)
                if members == {call}:
                    await self.sim.bridge_destroy(room)

    async def _originate(self, command: str) -> str:
        found = re.fullmatch(r"originate \{(.*)\}(\S+) &park\(\)", command)
        assert found is not None, command
        said = dict(each.split("=", 1) for each in found[1].split(","))
        where = found[2].removeprefix("user/")
        where = f"tel:{where.rpartition('/')[2]}" if where.startswith("sofia/gateway/") else where
        call = said["origination_uuid"]
        self._vars[(call, "minsheng_app")] = said["minsheng_app"]
        headers = {name.removeprefix("sip_h_"): value for name, value in said.items() if name.startswith("sip_h_")}
        seconds, number = int(said["originate_timeout"]), said["origination_caller_id_number"]
        await self.sim.originate(call, where, caller_id=number, seconds=seconds, headers=headers)
        return "+OK\n"

    async def _conferences(self) -> str:
        rooms = [
            {"conference_name": room, "members": [{"id": self._number(each), "uuid": each} for each in sorted(members)]}
            for room, members in (await self.sim.snapshot()).bridges.items()
            if members
        ]
        return json.dumps(rooms) if rooms else "No active conferences.\n"

    def _number(self, call: str) -> int:
        return self._members.setdefault(call, len(self._members) + 1)

    async def _conference(self, room: str, rest: list[str]) -> str:
        if not (await self.sim.snapshot()).bridges.get(room):
            return f"Conference {room} not found\n"
        of = {str(number): call for call, number in self._members.items()}
        match rest:
            case ["mute" | "unmute" as what, number]:
                await self.sim.mute(of[number], on=what == "mute")
            case ["relate", speaker, listener, "nospeak"]:
                self.nospeak.add((of[speaker], of[listener]))
            case ["recording", "start", path]:
                await self.sim.record_start(PurePath(path).stem, room)
            case ["recording", "stop", path]:
                await self.sim.record_stop(PurePath(path).stem)
            case _:
                return "-USAGE\n"
        return "+OK\n"

    def _row(self, call: port.CallState) -> dict[str, Any]:
        direction = "inbound" if call.inbound else "outbound"
        state = "ACTIVE" if call.answered else "RINGING"
        return {"uuid": call.call, "direction": direction, "callstate": state, "cid_num": call.ani, "dest": call.dnis}


class FreeSwitchRig:
    """The rig of the adapter of FreeSWITCH."""

    def __init__(self) -> None:
        self.server = FreeSwitch()
        self._esl = EslSwitch(self.access())
        self.switch: Switch = self._esl
        self._voices: dict[str, str] = {}

    def access(self, password: str = PASSWORD, trunk: str = "telecom") -> EslAccess:
        return EslAccess(
            host="127.0.0.1", port=self.server.port, password=password, app=APP, trunk=trunk, prompts="/prompts",
            recordings="/recordings",
        )  # fmt: skip

    async def opens(self) -> None:
        await self.server.opens()

    async def closes(self) -> None:
        await self._esl.aclose()
        self.server.cuts()

    def said(self) -> str:
        return "\n".join(self.server.commands)

    async def calls_in(self, ani: str, dnis: str) -> None:
        self.server.sim.calls_in(ani, dnis)

    async def presses(self, call: str, key: str) -> None:
        self.server.sim.presses(call, key)

    async def hangs_up(self, call: str) -> None:
        self.server.sim.hangs_up(call)

    async def has_phone(self, endpoint: str) -> None:
        self.server.sim.registers(endpoint)

    async def picks_up(self, call: str) -> None:
        assert self.server.sim.picks_up(call)

    async def declines(self, call: str) -> None:
        self.server.sim.declines(call)

    async def holds(self, call: str, *, on: bool) -> None:
        self.server.sim.holds(call, on=on)

    async def passes(self, seconds: float) -> None:
        self.server.sim.advance(seconds)

    async def hears(self, call: str) -> frozenset[str]:
        heard = {each for each in self.server.sim.hears(call) if (each, call) not in self.server.nospeak}
        return frozenset(self._voices.get(each, each) for each in heard)

    async def speaks(self, snoop: str) -> None:
        leg, bridge = f"boss-of-{snoop}", f"supervision-{snoop}"
        self._voices[leg] = snoop
        self.server.sim.registers("boss")
        await self.switch.originate(leg, "boss", caller_id="12345", seconds=15, headers={})
        assert self.server.sim.picks_up(leg)
        await self.switch.bridge_create(bridge)
        for each in (snoop, leg):
            await self.switch.bridge_add(bridge, each)

    async def loses_line(self) -> None:
        self.server.cuts()

    async def has_line(self) -> None:
        await self.server.opens()
