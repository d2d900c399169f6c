"""A switch in memory, with phones, callers and a clock of its own: for tests, demonstrations and measurements.

Nothing happens in it by itself: `advance` lets its time pass, `keep` lets it pass with the real one. The same calls
in the same order give the same events. Ids begin with `prefix`, so that two runs have none in common; `told` hears
every event at once, for who has no loop.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from minsheng.gateways.switch import port
from minsheng.gateways.switch.port import CallState, Spy, SwitchError, SwitchEvent, SwitchState, Who

PROMPT_SECONDS: Final = 2.0
_TICK: Final = 0.05


@dataclass(slots=True)
class _Call:
    id: str
    inbound: bool
    ani: str = ""
    dnis: str = ""
    endpoint: str = ""
    caller_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    answered: bool = False
    prompt: str = ""
    has_music: bool = False
    is_muted: bool = False
    keys: str = ""


class SimSwitch:
    """A switch with its callers and phones. What is named like a person's deed is theirs, not a command."""

    def __init__(self, *, prefix: str = "sim", told: Callable[[SwitchEvent], None] | None = None) -> None:
        self.time = 0.0
        self._prefix = prefix
        self._told = told
        self._numbers = count(1)
        self._order = count()
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._events: asyncio.Queue[SwitchEvent | None] | None = None
        self._calls: dict[str, _Call] = {}
        self._used: set[str] = set()
        self._bridges: dict[str, set[str]] = {}
        self._recordings: dict[str, tuple[str, float]] = {}
        self._snoops: dict[str, tuple[str, Spy, Spy]] = {}
        self._phones: set[str] = set()
        self._is_down = False

    # time

    def advance(self, seconds: float) -> None:
        """Let time pass, and happen what is due in it, in order."""
        until = self.time + seconds
        while self._agenda and self._agenda[0][0] <= until:
            self.time, _, happens = heapq.heappop(self._agenda)
            happens()
        self.time = until

    async def keep(self) -> None:
        """Let time pass with the real one, until cancelled."""
        loop = asyncio.get_running_loop()
        before = loop.time()
        while True:
            await asyncio.sleep(_TICK)
            now = loop.time()
            self.advance(now - before)
            before = now

    # the people at their phones

    def calls_in(self, ani: str, dnis: str = "12345", *, trunk: str = "sim") -> str:
        """Let somebody call a number; return the call's id."""
        id = f"{self._prefix}-{next(self._numbers)}"
        self._calls[id] = _Call(id, True, ani=ani, dnis=dnis)
        self._tell(port.CallArrived(id, ani, dnis, trunk))
        return id

    def presses(self, call: str, key: str) -> None:
        """Let somebody press a key."""
        if call in self._calls:
            self._tell(port.Digit(call, key))

    def hangs_up(self, call: str) -> None:
        """Let somebody put the phone down."""
        if found := self._calls.get(call):
            self._end(call, "hung_up", "caller" if found.inbound else "callee")

    def registers(self, endpoint: str) -> None:
        """Let a phone be there."""
        if endpoint not in self._phones:
            self._phones.add(endpoint)
            self._tell(port.EndpointState(endpoint, True))

    def leaves(self, endpoint: str) -> None:
        """Let a phone be no more there."""
        if endpoint in self._phones:
            self._phones.remove(endpoint)
            self._tell(port.EndpointState(endpoint, False))

    def picks_up(self, call: str) -> bool:
        """Let somebody answer a phone that rings; return whether one did."""
        found = self._calls.get(call)
        if found is None or found.inbound or found.answered:
            return False
        found.answered = True
        self._tell(port.CallAnswered(call))
        return True

    def declines(self, call: str, *, busy: bool = False) -> None:
        """Let somebody refuse a call."""
        self._end(call, "busy" if busy else "rejected", "callee")

    def holds(self, call: str, *, on: bool) -> None:
        """Let somebody press hold at their phone, or go on."""
        self._tell(port.PhoneHold(call) if on else port.PhoneUnhold(call))

    def rings(self, endpoint: str) -> str:
        """Return the call for which a phone rings, or nothing."""
        found = (each for each in self._calls.values() if each.endpoint == endpoint and not each.answered)
        return next((each.id for each in found), "")

    def hears(self, call: str) -> frozenset[str]:
        """Return what somebody hears: `prompt:NAME`, `music`, and the calls that speak to them."""
        found = self._calls[call]
        heard = {f"prompt:{found.prompt}"} if found.prompt else {"music"} if found.has_music else set()
        for members in self._bridges.values():
            if call in members:
                heard |= {each for each in members - {call} if not self._calls[each].is_muted}
        return frozenset(
            heard | {id for id, (of, _, whisper) in self._snoops.items() if of == call and whisper != "none"}
        )

    def shown(self, call: str) -> tuple[str, Mapping[str, str]]:
        """Return the number and the headers that a phone that we call is shown."""
        return self._calls[call].caller_id, self._calls[call].headers

    def pressed(self, call: str) -> str:
        """Return the keys that we have pressed."""
        return self._calls[call].keys

    # what befalls a switch

    def goes_down(self) -> None:
        """Lose the line to whoever listens; calls stay."""
        self._tell(port.SwitchDown())
        self._is_down = True

    def comes_up(self) -> None:
        """Have the line again."""
        self._is_down = False
        self._tell(port.SwitchUp())

    def restarts(self) -> None:
        """Lose every call, and come up again."""
        self.goes_down()
        for each in (self._calls, self._bridges, self._recordings, self._snoops):
            each.clear()
        self._agenda.clear()
        self.comes_up()

    # the port

    async def events(self) -> AsyncIterator[SwitchEvent]:
        """Listen; whoever listened before hears nothing more."""
        if self._events is not None:
            self._events.put_nowait(None)
        own = self._events = asyncio.Queue()
        while (event := await own.get()) is not None:
            yield event

    async def snapshot(self) -> SwitchState:
        """Return all that lives here."""
        self._reach()
        calls = {
            each.id: CallState(each.id, each.inbound, each.answered, each.ani, each.dnis)
            for each in self._calls.values()
        }
        bridges = {name: frozenset(members) for name, members in self._bridges.items()}
        return SwitchState(calls, bridges, frozenset(self._recordings), dict.fromkeys(sorted(self._phones), True))

    async def answer(self, call: str) -> None:
        """Take a call that came in."""
        self._live(call).answered = True

    async def hangup(self, call: str) -> None:
        """End a call."""
        self._reach()
        self._end(call, "hung_up", "us")

    async def play(self, call: str, prompt: str, *, words: str = "") -> None:
        """Play a prompt, which takes the same time each."""
        found = self._live(call)
        found.prompt = prompt

        def finished() -> None:
            if found.prompt == prompt and call in self._calls:
                found.prompt = ""
                self._tell(port.PlayFinished(call, prompt))

        self._at(PROMPT_SECONDS, finished)

    async def stop_play(self, call: str) -> None:
        """Stop what is played."""
        self._live(call).prompt = ""

    async def music(self, call: str, *, on: bool) -> None:
        """Begin or end music."""
        self._live(call).has_music = on

    async def originate(
        self, call: str, endpoint: str, *, caller_id: str, seconds: int, headers: Mapping[str, str]
    ) -> None:
        """Call a phone; what begins with `tel:` is a number and always there."""
        self._reach()
        if call in self._used:
            return
        if endpoint not in self._phones and not endpoint.startswith("tel:"):
            raise SwitchError("unregistered")
        self._used.add(call)
        self._calls[call] = _Call(call, False, endpoint=endpoint, caller_id=caller_id, headers=dict(headers))
        self._tell(port.CallProgress(call))
        self._at(float(seconds), lambda: self._times_out(call))

    async def bridge_create(self, bridge: str) -> None:
        """Make a bridge."""
        self._reach()
        self._bridges.setdefault(bridge, set())

    async def bridge_add(self, bridge: str, call: str) -> None:
        """Put a call into a bridge, and out of any other."""
        self._live(call)
        if bridge not in self._bridges:
            raise SwitchError("gone")
        for members in self._bridges.values():
            members.discard(call)
        self._bridges[bridge].add(call)

    async def bridge_remove(self, bridge: str, call: str) -> None:
        """Take a call out of a bridge."""
        self._reach()
        self._bridges.get(bridge, set()).discard(call)

    async def bridge_destroy(self, bridge: str) -> None:
        """End a bridge, and the recordings of it."""
        self._reach()
        for recording in [each for each, (of, _) in self._recordings.items() if of == bridge]:
            await self.record_stop(recording)
        self._bridges.pop(bridge, None)

    async def record_start(self, recording: str, bridge: str) -> None:
        """Record a bridge: there is no sound, the file has a name alone."""
        self._reach()
        if bridge not in self._bridges:
            raise SwitchError("gone")
        self._recordings.setdefault(recording, (bridge, self.time))

    async def record_stop(self, recording: str) -> None:
        """End a recording."""
        self._reach()
        if (found := self._recordings.pop(recording, None)) is not None:
            self._tell(port.RecordingFinished(recording, f"{recording}.wav", self.time - found[1]))

    async def send_digits(self, call: str, keys: str) -> None:
        """Press keys."""
        self._live(call).keys += keys

    async def mute(self, call: str, *, on: bool) -> None:
        """Let nobody hear a call, or hear it again."""
        self._live(call).is_muted = on

    async def snoop(self, call: str, *, id: str, spy: Spy, whisper: Spy) -> None:
        """Make a channel that hears a call."""
        self._live(call)
        self._snoops[id] = (call, spy, whisper)

    # inside

    def _reach(self) -> None:
        if self._is_down:
            raise SwitchError("switch_down")

    def _live(self, call: str) -> _Call:
        self._reach()
        if call not in self._calls:
            raise SwitchError("gone")
        return self._calls[call]

    def _times_out(self, call: str) -> None:
        found = self._calls.get(call)
        if found is not None and not found.answered:
            self._end(call, "no_answer", "switch")

    def _end(self, call: str, cause: str, who: Who) -> None:
        if self._calls.pop(call, None) is None:
            return
        for members in self._bridges.values():
            members.discard(call)
        self._snoops = {id: each for id, each in self._snoops.items() if each[0] != call}
        self._tell(port.CallEnded(call, cause, who))

    def _at(self, seconds: float, happens: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (self.time + seconds, next(self._order), happens))

    def _tell(self, event: SwitchEvent) -> None:
        if self._is_down:
            return
        if self._told is not None:
            self._told(event)
        if self._events is not None:
            self._events.put_nowait(event)
