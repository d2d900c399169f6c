"""Carrying out by a switch what the floor wants done. What a switch refuses comes back as an event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from minsheng.cases.telephony import queries, reaching
from minsheng.domain.actors import Actor
from minsheng.domain.rules import Rules
from minsheng.domain.telephony import doing, parties
from minsheng.domain.telephony.doing import Do
from minsheng.gateways.switch.port import Switch, SwitchError

# The floor ends a phone that rings; this is for the day on which it does not.
_RINGS_LONGER: Final = timedelta(seconds=10)
_DIALS: Final = timedelta(seconds=45)
# The citizen hears music meanwhile.
_CONSULTS: Final = timedelta(seconds=30)
NUMBER: Final = "tel:"

Kept = Callable[..., Awaitable[str]]


def endpoint(agent: str) -> str:
    """Return what the switch calls an agent's phone."""
    return agent.replace(":", "-")


def bridge(call: str) -> str:
    """Return the name of a call's bridge: whoever takes over finds the talk by it."""
    return f"call-{call}"


class Hand:
    """What does things at a switch. `kept` reads the database in a thread."""

    def __init__(self, switch: Switch, kept: Kept, *, city: str, now: Callable[[], datetime]) -> None:
        self._switch = switch
        self._kept = kept
        self._city, self._now = city, now
        self.rules: Rules | None = None
        self.words: Mapping[str, str] = {}
        self.ring = timedelta(seconds=15)
        self.shows = ""

    async def do(self, wanted: Do) -> tuple[str, str] | None:
        """Do something; return the leg of a phone that could not be called, and why. Raises: SwitchError switch_down.

        What is gone meanwhile needs nothing: its end comes as an event.
        """
        try:
            await self._do(wanted)
        except SwitchError as fault:
            if isinstance(wanted, doing.RingAgent | doing.DialCaller | doing.DialParty):
                return wanted.leg, fault.kind
            if fault.kind == "switch_down":
                raise
        return None

    async def _do(self, wanted: Do) -> None:
        switch = self._switch
        match wanted:
            case doing.Answer(_, channel):
                await switch.answer(channel)
            case doing.Play(_, channel, prompt):
                await switch.play(channel, prompt, words=self.words.get(prompt, ""))
            case doing.Music(_, channel, on):
                await switch.music(channel, on=on)
            case doing.RingAgent(call, agent, leg):
                await self._call(leg, endpoint(agent), self.ring + _RINGS_LONGER, call)
            case doing.DialCaller(call, leg, of):
                number = await self._kept(queries.number_of, UUID(of))
                if not number:
                    raise SwitchError("rejected")
                await self._call(leg, f"{NUMBER}{number}", _DIALS, call)
            case doing.DialParty(call, leg):
                await self._call(leg, await self._whom(wanted), _CONSULTS, call)
            case doing.HangUp(_, channel):
                await switch.hangup(channel)
            case doing.Join(call, channels):
                await switch.bridge_create(bridge(call))
                for each in channels:
                    await switch.bridge_add(bridge(call), each)
            case doing.Part(call, channel):
                await switch.bridge_remove(bridge(call), channel)
            case doing.Clear(call):
                await switch.bridge_destroy(bridge(call))
            case _:
                raise AssertionError(wanted)

    async def _whom(self, wanted: doing.DialParty) -> str:
        """Return the endpoint of a third party. Raises: SwitchError for whom there is no number."""
        if wanted.kind == parties.SPECIALIST:
            return endpoint(wanted.party)
        assert self.rules is not None
        by = Actor("seat", person=wanted.by)
        number = await self._kept(
            reaching.number_of, self._city, wanted.kind, wanted.party, rules=self.rules, by=by, now=self._now()
        )
        if not number:
            raise SwitchError("rejected")
        return f"{NUMBER}{number}"

    async def _call(self, leg: str, whom: str, within: timedelta, call: str) -> None:
        seconds = int(within.total_seconds())
        headers = {"X-Call-Id": call}
        await self._switch.originate(leg, whom, caller_id=self.shows, seconds=seconds, headers=headers)
