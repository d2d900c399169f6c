"""What every adapter of a switch is tried with: a rig plays the people at their phones, the contract asks the port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from minsheng.gateways.switch.port import Switch, SwitchEvent
from minsheng.gateways.switch.sim import SimSwitch

E = TypeVar("E")


class Rig(Protocol):
    """A switch and the world around it. An adapter brings one of its own to the contract."""

    switch: Switch

    async def opens(self) -> None: ...
    async def closes(self) -> None: ...
    def said(self) -> str: ...
    async def calls_in(self, ani: str, dnis: str) -> None: ...
    async def presses(self, call: str, key: str) -> None: ...
    async def hangs_up(self, call: str) -> None: ...
    async def has_phone(self, endpoint: str) -> None: ...
    async def picks_up(self, call: str) -> None: ...
    async def declines(self, call: str) -> None: ...
    async def holds(self, call: str, *, on: bool) -> None: ...
    async def passes(self, seconds: float) -> None: ...
    async def hears(self, call: str) -> frozenset[str]: ...
    async def speaks(self, snoop: str) -> None: ...
    async def loses_line(self) -> None: ...
    async def has_line(self) -> None: ...


class SimRig:
    """The rig of the switch in memory."""

    def __init__(self) -> None:
        self.sim = SimSwitch()
        self.switch: Switch = self.sim

    async def opens(self) -> None:
        pass

    async def closes(self) -> None:
        pass

    def said(self) -> str:
        return ""

    async def calls_in(self, ani: str, dnis: str) -> None:
        self.sim.calls_in(ani, dnis)

    async def presses(self, call: str, key: str) -> None:
        self.sim.presses(call, key)

    async def hangs_up(self, call: str) -> None:
        self.sim.hangs_up(call)

    async def has_phone(self, endpoint: str) -> None:
        self.sim.registers(endpoint)

    async def picks_up(self, call: str) -> None:
        assert self.sim.picks_up(call)

    async def declines(self, call: str) -> None:
        self.sim.declines(call)

    async def holds(self, call: str, *, on: bool) -> None:
        self.sim.holds(call, on=on)

    async def passes(self, seconds: float) -> None:
        self.sim.advance(seconds)

    async def hears(self, call: str) -> frozenset[str]:
        return self.sim.hears(call)

    async def speaks(self, snoop: str) -> None:
        """Let a supervisor speak into a channel that snoops: of this switch it does by itself."""

    async def loses_line(self) -> None:
        self.sim.goes_down()

    async def has_line(self) -> None:
        self.sim.comes_up()


class Ear:
    """Somebody who listens to a switch."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._events: AsyncIterator[SwitchEvent] = switch.events()
        self._next = asyncio.ensure_future(self._take())

    async def _take(self) -> SwitchEvent | None:
        return await anext(self._events, None)

    async def begins(self) -> Ear:
        """Be sure that the switch knows of the listener."""
        await asyncio.sleep(0)
        await self._switch.snapshot()
        return self

    async def hears(self, kind: type[E]) -> E:
        """Return the next event of a kind; those of others before it are passed over."""
        while True:
            event = await asyncio.wait_for(asyncio.shield(self._next), 10)
            assert event is not None
            self._next = asyncio.ensure_future(self._take())
            if isinstance(event, kind):
                return event

    async def ends(self) -> bool:
        """Tell whether the switch tells nothing more to this listener."""
        while (event := await asyncio.wait_for(asyncio.shield(self._next), 10)) is not None:
            self._next = asyncio.ensure_future(self._take())
        return event is None

    def close(self) -> None:
        self._next.cancel()
