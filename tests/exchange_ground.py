"""A city's telephones in one process and virtual time: the switch in memory, the floor, and writing as it is told."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from minsheng.cases.telephony import queries
from minsheng.cases.telephony.commanding import Hand, endpoint
from minsheng.cases.telephony.exchange import Exchange
from minsheng.cases.telephony.values import Ask, Batch
from minsheng.domain.rules import Rules
from minsheng.gateways.switch.port import SwitchEvent
from minsheng.gateways.switch.sim import SimSwitch

T = TypeVar("T")


def done(work: Coroutine[Any, Any, T]) -> T:
    """Do what waits for nothing: the switch in memory answers at once, so that no loop is needed."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("it waits for something")


async def _at_once(work: Callable[..., Any], *args: Any, **named: Any) -> Any:
    return work(*args, **named)


class Office:
    """A switch with an exchange beside it. `write` takes each batch; `begins`: when the switch's clock stood at 0."""

    def __init__(
        self, city: str, rules: Rules, *, begins: datetime, write: Callable[[Batch, datetime], None] | None = None
    ) -> None:
        self._heard: list[SwitchEvent] = []
        self.sim = SimSwitch(prefix="t", told=self._heard.append)
        self._begins = begins
        self._write = write or (lambda batch, now: None)
        self.exchange = Exchange(city, rules, now=self.now, demonstration=self.sim)
        self.hand = Hand(self.sim, _at_once, city=city, now=self.now)
        self.hand.rules = rules
        self.hand.words, self.hand.shows = self.exchange.words(), "12345"
        self.batches: list[Batch] = []
        self._asks = 0

    def now(self) -> datetime:
        return self._begins + timedelta(seconds=self.sim.time)

    def settles(self) -> Office:
        """Let everything happen that needs no time."""
        while True:
            heard = list(self._heard)
            self._heard.clear()
            for event in heard:
                self.exchange.happened(event)
            self.exchange.ticks()
            batch, does = self.exchange.take()
            if batch is not None:
                self.batches.append(batch)
                self._write(batch, self.now())
            for each in does:
                if (refused := done(self.hand.do(each))) is not None:
                    self.exchange.unreached(*refused)
            if not (heard or batch or does or self._heard):
                return self

    def passes(self, seconds: float, *, step: float = 0.5) -> Office:
        """Let time pass."""
        self.settles()
        until = self.sim.time + seconds
        while self.sim.time < until:
            self.sim.advance(min(step, until - self.sim.time))
            self.settles()
        return self

    def asks(self, agent: str, kind: str, role: str = "seat", **body: object) -> Office:
        """Let somebody at a desk ask for something."""
        self._asks += 1
        ask = Ask(f"00000000-0000-7000-8000-{self._asks:012}", agent, role, kind, body, self.now())
        self.exchange.asked(ask)
        return self.settles()

    def comes(self, agent: str, **skills: int) -> Office:
        """Let an agent be at the telephone, ready."""
        self.asks(agent, "come", skills=skills or {"ordinary": 1})
        return self.asks(agent, "go_ready")

    def rings(self, agent: str) -> str:
        """Return the leg that rings at an agent's phone."""
        return self.sim.rings(endpoint(agent))

    def answers(self, agent: str) -> Office:
        """Let an agent pick up the phone that rings."""
        assert self.sim.picks_up(self.rings(agent))
        return self.settles()

    def of(self, agent: str) -> str:
        """Return the call of an agent."""
        return self.exchange.floor.agents[agent].call


def stream_of(call: str) -> str:
    return queries.stream(call)
