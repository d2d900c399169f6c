"""A FreeSWITCH by its event socket: every talk is a conference, so that hold and three-way are moves of one party.

A supervisor who listens or whispers is in the conference with relations: whom they do not speak to does not hear them
(`eavesdrop` does not whisper to one leg alone). Whoever begins to listen tells so by an event of our own, and who
listened before stops and can command nothing more.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

from minsheng.gateways.switch import port
from minsheng.gateways.switch.ari import Looked
from minsheng.gateways.switch.ari_events import Channel
from minsheng.gateways.switch.esl_events import APP, ASKED, LISTENER, Known, file_of
from minsheng.gateways.switch.esl_line import EslLine
from minsheng.gateways.switch.port import CallState, Spy, SwitchError, SwitchEvent, SwitchState

NUMBER: Final = "tel:"
PROFILE: Final = "minsheng"
_AGAIN_AFTER: Final = 0.2
_ANSWERS_WITHIN: Final = 5.0
# What stands in a command as one word, and nothing else does.
_WORD: Final = re.compile(r"[A-Za-z0-9_.:+*#@/-]{1,250}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EslAccess:
    """Where a FreeSWITCH is reached. `trunk`: its gateway for numbers; `prompts`, `recordings`: folders of it."""

    host: str
    port: int
    password: str = field(repr=False)
    app: str
    trunk: str
    prompts: str
    recordings: str = "/var/spool/minsheng"


class EslSwitch:
    """The calls of one application of a FreeSWITCH."""

    def __init__(self, access: EslAccess) -> None:
        self._access = access
        self._known = Known(app=access.app, prompts=access.prompts)
        self._control: EslLine | None = None
        self._listener = 0
        self._token = ""
        self._replaced = self._is_down = False
        self._is_heard = asyncio.Event()
        self._heard: asyncio.Queue[SwitchEvent | None] = asyncio.Queue()
        self._bridges: set[str] = set()
        self._snoops: dict[str, tuple[str, Spy]] = {}
        self._listening_in: dict[str, str] = {}

    async def aclose(self) -> None:
        """Let go of the lines to the switch; calls stay."""
        if self._control is not None:
            self._control.close()

    async def look(self) -> Looked:
        """Return how the switch stands. Raises: SwitchError switch_down; PermissionError for a wrong password."""
        version = (await self._api("version")).strip()
        trunk = await self._api(f"sofia status gateway {_word(self._access.trunk)}")
        there = len(_rows(await self._api("show registrations as json")))
        return Looked(version, "Invalid Gateway" not in trunk, there, there)

    # events

    async def events(self) -> AsyncIterator[SwitchEvent]:
        """Listen; whoever listened before, here or in another process, hears nothing more and can command nothing."""
        self._listener += 1
        self._replaced = self._is_down = False
        self._is_heard.clear()
        heard = self._heard = asyncio.Queue()
        listening = asyncio.create_task(self._listen(self._listener, token_hex(8), heard))
        try:
            while (event := await heard.get()) is not None:
                yield event
        finally:
            listening.cancel()

    async def _listen(self, me: int, token: str, heard: asyncio.Queue[SwitchEvent | None]) -> None:
        over = asyncio.Event()

        def told(event: Mapping[str, Any]) -> None:
            if event.get("Event-Subclass") == LISTENER:
                if event.get("App") == self._access.app and event.get("Listener") != token:
                    self._replaced = me == self._listener
                    over.set()
            elif not over.is_set() and me == self._listener:
                for each in self._known.told(event):
                    heard.put_nowait(each)

        while me == self._listener and not over.is_set():
            try:
                line = await self._opened(told)
                await line.command(f"event json {ASKED}")
                if self._is_down:
                    heard.put_nowait(port.SwitchUp())
                self._is_down = False
                await line.command(
                    "sendevent CUSTOM", f"Event-Subclass: {LISTENER}", f"App: {self._access.app}", f"Listener: {token}"
                )
                self._is_heard.set()
                await _first(line.closed, over)
                line.close()
            except (SwitchError, PermissionError):
                pass
            if me == self._listener and not over.is_set():
                self._is_heard.clear()
                if not self._is_down:
                    self._is_down = True
                    heard.put_nowait(port.SwitchDown())
                await asyncio.sleep(_AGAIN_AFTER)
        heard.put_nowait(None)

    async def snapshot(self) -> SwitchState:
        """Return all that lives for the application; whoever has begun to listen is told what comes after."""
        if self._listener:
            try:
                async with asyncio.timeout(0 if self._is_down else _ANSWERS_WITHIN):
                    await self._is_heard.wait()
            except TimeoutError:
                raise SwitchError("switch_down") from None
        live: dict[str, Channel] = {}
        for row in _rows(await self._api("show channels as json")):
            if (await self._api(f"uuid_getvar {_word(row['uuid'])} {APP}")).strip() == self._access.app:
                live[row["uuid"]] = self._channel(row)
        self._known.live = live
        bridges = {name: frozenset(members) & frozenset(live) for name, members in (await self._conferences()).items()}
        bridges |= {each: frozenset() for each in self._bridges if each not in bridges}
        phones = {row["reg_user"]: True for row in _rows(await self._api("show registrations as json"))}
        calls = {id: CallState(id, each.inbound, each.answered, each.ani, each.dnis) for id, each in live.items()}
        return SwitchState(calls, bridges, frozenset(self._known.recordings), phones)

    def _channel(self, row: Mapping[str, Any]) -> Channel:
        is_in, answered = row["direction"] == "inbound", row["callstate"] in ("ACTIVE", "HELD")
        found = self._known.live.get(row["uuid"]) or Channel(is_in, rang=answered)
        found.answered = answered
        if is_in and not found.dnis:
            found.ani, found.dnis = row["cid_num"], row["dest"]
        return found

    async def _conferences(self) -> dict[str, dict[str, int]]:
        """Return who is in each conference of ours: their channels, with their numbers there."""
        said = await self._api("conference json_list")
        found = json.loads(said) if said.startswith("[") else []
        mine = f"{self._access.app}."
        return {
            each["conference_name"].removeprefix(mine): {
                member["uuid"]: int(member["id"]) for member in each.get("members", []) if "uuid" in member
            }
            for each in found
            if each["conference_name"].startswith(mine)
        }

    # calls

    async def answer(self, call: str) -> None:
        """Take a call that came in, and keep the fallback from it."""
        await self._do(f"uuid_answer {_word(call)}")
        await self._api(f"sched_del {_word(call)}")

    async def hangup(self, call: str) -> None:
        """End a call; it tells why by an event."""
        if call in self._known.live:
            self._known.ours.add(call)
        await self._do(f"uuid_kill {_word(call)} NORMAL_CLEARING", gone_is_well=True)

    async def play(self, call: str, prompt: str, *, words: str = "") -> None:
        """Play a prompt's file; another one that is played ends."""
        if self._known.playing.get(call) == prompt:
            return
        await self.stop_play(call)
        self._known.playing[call] = prompt
        try:
            await self._do(f"uuid_broadcast {_word(call)} {file_of(self._access.prompts, _word(prompt))} aleg")
        except SwitchError:
            self._known.playing.pop(call, None)
            raise

    async def stop_play(self, call: str) -> None:
        """Stop what is played; nothing tells of it."""
        if self._known.playing.pop(call, None) is not None:
            await self._do(f"uuid_break {_word(call)} all", gone_is_well=True)

    async def music(self, call: str, *, on: bool) -> None:
        """Begin or end music."""
        stream = f"uuid_broadcast {_word(call)} playback::local_stream://{PROFILE} aleg"
        await self._do(stream if on else f"uuid_break {_word(call)} all")

    async def originate(
        self, call: str, endpoint: str, *, caller_id: str, seconds: int, headers: Mapping[str, str]
    ) -> None:
        """Call a phone; what begins with `tel:` is a number, called by the trunk."""
        if call in self._known.live or (await self._api(f"uuid_exists {_word(call)}")).strip() == "true":
            return
        whom = await self._reached(endpoint)
        said = {
            "origination_uuid": call, "origination_caller_id_number": caller_id, "originate_timeout": str(seconds),
            "ignore_early_media": "true", APP: self._access.app,
            **{f"sip_h_{name}": value for name, value in headers.items()},
        }  # fmt: skip
        variables = ",".join(f"{name}={_word(value)}" for name, value in said.items())
        self._known.live[call] = Channel(False)
        await self._line_command(f"bgapi originate {{{variables}}}{whom} &park()")

    async def _reached(self, endpoint: str) -> str:
        if endpoint.startswith(NUMBER):
            number = endpoint.removeprefix(NUMBER)
            if not re.fullmatch(r"[0-9+*#]{1,40}", number):
                raise SwitchError("rejected")
            return f"sofia/gateway/{self._access.trunk}/{number}"
        contact = await self._api(f"sofia_contact {PROFILE}/{_word(endpoint)}")
        if contact.startswith(("error/", "-ERR")):
            raise SwitchError("unregistered")
        return f"user/{_word(endpoint)}"

    async def send_digits(self, call: str, keys: str) -> None:
        """Press keys."""
        await self._do(f"uuid_send_dtmf {_word(call)} {_word(keys)}")

    async def mute(self, call: str, *, on: bool) -> None:
        """Let nobody hear a call in its conference, or hear it again."""
        await self._live(call)
        for name, members in (await self._conferences()).items():
            if call in members:
                await self._do(f"conference {self._room(name)} {'mute' if on else 'unmute'} {members[call]}")

    # bridges

    async def bridge_create(self, bridge: str) -> None:
        """Remember a conference: it is there once somebody is in it."""
        await self._api("status")
        self._bridges.add(_word(bridge))

    async def bridge_add(self, bridge: str, call: str) -> None:
        """Put a call into a conference, and out of any other; a supervisor, into that of whom they snoop on."""
        if call in self._snoops:
            self._listening_in[bridge] = call
            return
        await self._live(call)
        conferences = await self._conferences()
        if (snoop := self._listening_in.get(bridge)) is not None:
            await self._listens_in(call, snoop, conferences)
            return
        if bridge not in self._bridges and bridge not in conferences:
            raise SwitchError("gone")
        if call not in conferences.get(bridge, {}):
            await self._do(f"uuid_transfer {call} conference:{self._room(bridge)}@{PROFILE} inline")
        for recording, of in self._known.recordings.items():
            if of == bridge and bridge not in conferences:
                await self._records(recording, bridge, "start")

    async def _listens_in(self, leg: str, snoop: str, conferences: Mapping[str, Mapping[str, int]]) -> None:
        of, whisper = self._snoops[snoop]
        name = next((name for name, members in conferences.items() if of in members), None)
        if name is None:
            raise SwitchError("gone")
        await self._do(f"uuid_transfer {leg} conference:{self._room(name)}@{PROFILE}+flags{{mute}} inline")
        members = (await self._conferences())[name]
        for each, number in members.items():
            if each != leg and (whisper == "none" or each != of):
                await self._do(f"conference {self._room(name)} relate {members[leg]} {number} nospeak")
        if whisper != "none":
            await self._do(f"conference {self._room(name)} unmute {members[leg]}")

    async def bridge_remove(self, bridge: str, call: str) -> None:
        """Take a call out of a conference."""
        if call in (await self._conferences()).get(bridge, {}):
            await self._do(f"uuid_park {_word(call)}", gone_is_well=True)

    async def bridge_destroy(self, bridge: str) -> None:
        """End the recordings of a conference, and take everybody out of it."""
        for recording in [each for each, of in self._known.recordings.items() if of == bridge]:
            await self.record_stop(recording)
        for call in (await self._conferences()).get(bridge, {}):
            await self.bridge_remove(bridge, call)
        self._bridges.discard(bridge)

    async def record_start(self, recording: str, bridge: str) -> None:
        """Record a conference into a WAV file of the recording's name; from the first who is in it on."""
        if recording in self._known.recordings:
            return
        conferences = await self._conferences()
        if bridge not in self._bridges and bridge not in conferences:
            raise SwitchError("gone")
        self._known.recordings[_word(recording)] = bridge
        if bridge in conferences:
            await self._records(recording, bridge, "start")

    async def record_stop(self, recording: str) -> None:
        """End a recording; one that never had anybody to record is over with no file."""
        bridge = self._known.recordings.get(recording)
        if bridge is None:
            return
        if bridge in await self._conferences():
            await self._records(recording, bridge, "stop")
        elif self._known.recordings.pop(recording, None) is not None:
            self._heard.put_nowait(port.RecordingFinished(recording, "", 0.0))

    async def _records(self, recording: str, bridge: str, what: str) -> None:
        file = file_of(self._access.recordings, recording)
        await self._do(f"conference {self._room(bridge)} recording {what} {file}", gone_is_well=True)

    async def snoop(self, call: str, *, id: str, spy: Spy, whisper: Spy) -> None:
        """Remember who is to be heard by whomever is put into a bridge with `id`."""
        await self._live(call)
        self._snoops[id] = (call, whisper)

    # the line

    def _room(self, bridge: str) -> str:
        return f"{self._access.app}.{_word(bridge)}"

    async def _live(self, call: str) -> None:
        if (await self._api(f"uuid_exists {_word(call)}")).strip() != "true":
            raise SwitchError("gone")

    async def _do(self, command: str, *, gone_is_well: bool = False) -> None:
        if not (await self._api(command)).startswith(("-ERR", "-USAGE")):
            return
        if not gone_is_well:
            raise SwitchError("gone")

    async def _api(self, command: str) -> str:
        return await self._line_command(f"api {command}")

    async def _line_command(self, command: str) -> str:
        if self._replaced:
            raise SwitchError("switch_down")
        if self._control is None or self._control.closed.is_set():
            self._control = await self._opened()
        return await self._control.command(command)

    async def _opened(self, heard: Any = None) -> EslLine:
        return await EslLine.opened(self._access.host, self._access.port, self._access.password, heard)


def _word(text: str) -> str:
    """Return what stands in a command as one word. Raises: SwitchError rejected."""
    if not _WORD.fullmatch(text):
        raise SwitchError("rejected")
    return text


def _rows(said: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(said).get("rows", []) if said.startswith("{") else []
    return rows


async def _first(*events: asyncio.Event) -> None:
    """Wait until one of them is set."""
    waits = [asyncio.ensure_future(each.wait()) for each in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
