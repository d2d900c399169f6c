"""An Asterisk (16 and later) by its REST interface: commands by HTTP, events by a WebSocket.

The events' application has one listener: a newer one, of any process, is told instead of this one, which can then
command nothing more. What is personal goes in bodies, never in an address. See `asterisk` for the configuration that
this expects, `ari_events` for what events mean.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from minsheng.gateways.switch import port
from minsheng.gateways.switch.ari_events import Known
from minsheng.gateways.switch.asterisk import MUSIC
from minsheng.gateways.switch.port import Spy, SwitchError, SwitchEvent, SwitchState

NUMBER: Final = "tel:"
_ANSWERS_WITHIN: Final = 5.0
_AGAIN_AFTER: Final = 0.2
_SOUND: Final = "sound:"
_GONE: Final = (400, 404, 409, 412, 422)
_DIALED: Final = frozenset("0123456789+*#")


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Where an Asterisk is reached. `trunk`: the endpoint by which numbers are called; `prompts`: their folder."""

    url: str
    user: str
    password: str = field(repr=False)
    app: str
    trunk: str
    prompts: str


@dataclass(frozen=True, slots=True)
class Looked:
    """How a switch stands: its version, whether the trunk is there, how many phones of all."""

    version: str
    has_trunk: bool
    phones_there: int
    phones: int


class AriSwitch:
    """The switch behind one application of an Asterisk."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._known = Known(app=access.app, trunk=access.trunk)
        self._http = httpx.AsyncClient(
            base_url=access.url.rstrip("/") + "/ari", auth=(access.user, access.password), timeout=_ANSWERS_WITHIN
        )
        self._listener = 0
        self._replaced = self._is_down = False
        self._is_heard = asyncio.Event()
        self._snoops: dict[str, asyncio.Event] = {}

    async def aclose(self) -> None:
        """Let go of the lines to the switch; calls stay."""
        await self._http.aclose()

    async def look(self) -> Looked:
        """Return how the switch stands. Raises: SwitchError switch_down; PermissionError for a wrong password."""
        answer = await self._ask("GET", "/asterisk/info?only=system")
        if answer.status_code in (401, 403):
            raise PermissionError
        version = str(_checked(answer).json().get("system", {}).get("version", ""))
        endpoints = {each["resource"]: each["state"] for each in (await self._done("GET", "/endpoints/PJSIP")).json()}
        trunk = endpoints.pop(self._access.trunk, None)
        online = sum(each == "online" for each in endpoints.values())
        return Looked(version, trunk is not None, online, len(endpoints))

    # events

    async def events(self) -> AsyncIterator[SwitchEvent]:
        """Listen; whoever listened before, here or in another process, hears nothing more and can command nothing."""
        self._listener += 1
        self._replaced = self._is_down = False
        self._is_heard.clear()
        heard: asyncio.Queue[SwitchEvent | None] = asyncio.Queue()
        listening = asyncio.create_task(self._listen(self._listener, heard))
        try:
            while (event := await heard.get()) is not None:
                yield event
        finally:
            listening.cancel()

    async def _listen(self, me: int, heard: asyncio.Queue[SwitchEvent | None]) -> None:
        """Take what is told until somebody else is told; a line that is cut is made anew."""
        while me == self._listener:
            with contextlib.suppress(OSError, TimeoutError, WebSocketException):
                async with self._line() as line:
                    if self._is_down:
                        heard.put_nowait(port.SwitchUp())
                    self._is_down = False
                    self._is_heard.set()
                    async for message in line:
                        told = json.loads(message)
                        if told["type"] == "ApplicationReplaced":
                            self._replaced = me == self._listener
                            heard.put_nowait(None)
                            return
                        for event in self._known.told(told):
                            heard.put_nowait(event)
                        self._snooped(told)
            if me == self._listener:
                self._is_heard.clear()
                if not self._is_down:
                    self._is_down = True
                    heard.put_nowait(port.SwitchDown())
                await asyncio.sleep(_AGAIN_AFTER)
        heard.put_nowait(None)

    def _line(self) -> connect:
        access = self._access
        address = f"ws{access.url.removeprefix('http').rstrip('/')}/ari/events?app={access.app}&subscribeAll=true"
        pair = base64.b64encode(f"{access.user}:{access.password}".encode()).decode()
        return connect(
            address, additional_headers={"Authorization": f"Basic {pair}"}, max_size=None, open_timeout=_ANSWERS_WITHIN
        )

    def _snooped(self, told: Mapping[str, Any]) -> None:
        if told["type"] == "StasisStart" and (begun := self._snoops.get(told["channel"]["id"])) is not None:
            begun.set()

    async def snapshot(self) -> SwitchState:
        """Return all that lives in the application; whoever has begun to listen is told what comes after."""
        if self._listener:
            try:
                async with asyncio.timeout(0 if self._is_down else _ANSWERS_WITHIN):
                    await self._is_heard.wait()
            except TimeoutError:
                raise SwitchError("switch_down") from None
        channels, bridges, phones = [
            (await self._done("GET", path)).json() for path in ("/channels", "/bridges", "/endpoints/PJSIP")
        ]
        mine = {each["id"]: each for each in channels if self._known.is_mine(each)}
        named = {
            each["id"]: frozenset(each["channels"]) & frozenset(mine)
            for each in bridges
            if each["bridge_class"] == "stasis"
        }
        recordings = [each for each in {*self._known.recordings, *named} if await self._records(each)]
        self._known.adopt(mine)
        return SwitchState(
            {id: self._known.state(id) for id in mine},
            named,
            frozenset(recordings),
            {each["resource"]: each["state"] == "online" for each in phones if each["resource"] != self._access.trunk},
        )

    async def _records(self, recording: str) -> bool:
        return (await self._ask("GET", f"/recordings/live/{_of(recording)}")).status_code == 200

    # calls

    async def answer(self, call: str) -> None:
        """Take a call that came in."""
        await self._of_call("POST", call, "/answer")

    async def hangup(self, call: str) -> None:
        """End a call; it tells why by an event."""
        if call in self._known.live:
            self._known.ours.add(call)
        await self._done("DELETE", f"/channels/{_of(call)}", gone_is_well=True)

    async def play(self, call: str, prompt: str, *, words: str = "") -> None:
        """Play a prompt's file; another one that is played ends."""
        if self._known.playing(call) == prompt:
            return
        await self.stop_play(call)
        id = self._known.begins(call, prompt)
        media = f"{_SOUND}{self._access.prompts}/{prompt}"
        try:
            await self._of_call("POST", call, f"/play/{_of(id)}", media=media)
        except SwitchError:
            self._known.stops(call)
            raise

    async def stop_play(self, call: str) -> None:
        """Stop what is played; nothing tells of it."""
        if id := self._known.stops(call):
            await self._done("DELETE", f"/playbacks/{_of(id)}", gone_is_well=True)

    async def music(self, call: str, *, on: bool) -> None:
        """Begin or end music."""
        if on:
            await self._of_call("POST", call, "/moh", mohClass=MUSIC)
        else:
            await self._of_call("DELETE", call, "/moh")

    async def originate(
        self, call: str, endpoint: str, *, caller_id: str, seconds: int, headers: Mapping[str, str]
    ) -> None:
        """Call a phone; what begins with `tel:` is a number, called by the trunk."""
        number = endpoint.removeprefix(NUMBER)
        if endpoint.startswith(NUMBER) and not _DIALED.issuperset(number):
            raise SwitchError("rejected")
        whom = f"PJSIP/{number}@{self._access.trunk}" if endpoint.startswith(NUMBER) else f"PJSIP/{endpoint}"
        answer = await self._ask(
            "POST", f"/channels/{_of(call)}", endpoint=whom, app=self._access.app, appArgs="out", callerId=caller_id,
            timeout=seconds, variables={f"PJSIP_HEADER(add,{name})": value for name, value in headers.items()},
        )  # fmt: skip
        if answer.status_code == 409:
            return  # it is called, or was
        if answer.is_error:
            # Asterisk gives no channel to a phone that is not there: a fault of its own (500).
            raise SwitchError("unregistered")
        self._known.originated(call)

    async def send_digits(self, call: str, keys: str) -> None:
        """Press keys."""
        await self._of_call("POST", call, "/dtmf", dtmf=keys)

    async def mute(self, call: str, *, on: bool) -> None:
        """Let nobody hear a call, or hear it again."""
        await self._of_call("POST" if on else "DELETE", call, "/mute?direction=in")

    # bridges

    async def bridge_create(self, bridge: str) -> None:
        """Make a mixing bridge in which keys are heard; one that is there is left as it is."""
        path = f"/bridges/{_of(bridge)}"
        if (await self._ask("POST", path, type="mixing,dtmf_events")).is_error:
            await self._done("GET", path)

    async def bridge_add(self, bridge: str, call: str) -> None:
        """Put a call into a bridge, and out of any other."""
        await self._done("POST", f"/bridges/{_of(bridge)}/addChannel", channel=call)

    async def bridge_remove(self, bridge: str, call: str) -> None:
        """Take a call out of a bridge."""
        await self._done("POST", f"/bridges/{_of(bridge)}/removeChannel", channel=call, gone_is_well=True)

    async def bridge_destroy(self, bridge: str) -> None:
        """End a bridge, and the recordings of it first: they are whole."""
        for recording in [*self._known.recorded_in(bridge), bridge]:
            await self.record_stop(recording)
        await self._done("DELETE", f"/bridges/{_of(bridge)}", gone_is_well=True)

    async def record_start(self, recording: str, bridge: str) -> None:
        """Record a bridge into a WAV file of the recording's name; twice is once."""
        if await self._records(recording):
            return
        path = f"/bridges/{_of(bridge)}/record"
        await self._done("POST", path, name=recording, format="wav", ifExists="overwrite")
        self._known.recordings[recording] = bridge

    async def record_stop(self, recording: str) -> None:
        """End a recording."""
        await self._done("POST", f"/recordings/live/{_of(recording)}/stop", gone_is_well=True)

    async def snoop(self, call: str, *, id: str, spy: Spy, whisper: Spy) -> None:
        """Make a channel that hears a call; it can be put into a bridge once this returns."""
        begun = self._snoops.setdefault(id, asyncio.Event())
        try:
            await self._of_call(
                "POST", call, f"/snoop/{_of(id)}", spy=spy, whisper=whisper, app=self._access.app, appArgs="snoop"
            )
            if self._listener:
                await asyncio.wait_for(begun.wait(), _ANSWERS_WITHIN)
        except TimeoutError:
            raise SwitchError("gone") from None
        finally:
            self._snoops.pop(id, None)

    # the line

    async def _of_call(self, method: str, call: str, more: str, **body: str) -> None:
        _checked(await self._ask(method, f"/channels/{_of(call)}{more}", **body))

    async def _done(self, method: str, path: str, *, gone_is_well: bool = False, **body: str) -> httpx.Response:
        """Do something. Raises: SwitchError gone, switch_down."""
        return _checked(await self._ask(method, path, **body), gone_is_well=gone_is_well)

    async def _ask(self, method: str, path: str, **body: object) -> httpx.Response:
        if self._replaced:
            raise SwitchError("switch_down")
        try:
            return await self._http.request(method, path, json=body or None)
        except httpx.HTTPError:
            raise SwitchError("switch_down") from None


def _checked(answer: httpx.Response, *, gone_is_well: bool = False) -> httpx.Response:
    """Return what was answered. Raises: SwitchError gone, switch_down."""
    if answer.is_error and not (gone_is_well and answer.status_code in _GONE):
        raise SwitchError("gone" if answer.status_code in _GONE else "switch_down")
    return answer


def _of(id: str) -> str:
    return quote(id, safe="")
