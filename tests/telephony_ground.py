"""A telephone floor to try: agents who come and go, callers with ids of their own, a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from minsheng.domain import call_queues
from minsheng.domain.actors import Actor
from minsheng.domain.telephony import agents
from minsheng.domain.telephony.calls import Call, Line, fold
from minsheng.domain.telephony.floor import Floor
from minsheng.domain.telephony.settings import Settings

SEAT, SUPERVISOR = Actor("seat", person="staff:1"), Actor("supervisor", person="staff:9")
ZONE = timezone(timedelta(hours=8))
BEGINS = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
QUEUES = call_queues.read(
    {
        "ordinary": {"name": "综合", "desk": "ordinary"},
        "enterprise": {
            "name": "企业", "desk": "enterprise", "priority": 1, "overflow": "ordinary", "overflow_seconds": 20,
        },
        "wujiang": {"name": "吴江", "desk": "zone", "hours": "08:00-18:00", "overflow": "ordinary"},
    }
)  # fmt: skip


class Town:
    """A floor with a clock that moves when it is told to, and all that the floor has ever made."""

    def __init__(self, **settings: Any) -> None:
        given = {"queues": QUEUES, "break_reasons": ("rest",), **settings}
        self.floor = Floor(Settings(**given), zone=ZONE)
        self.now = BEGINS
        self.lines: list[Line] = []
        self.does: list[Any] = []

    def goes_on(self, seconds: float) -> Town:
        """Let time pass, and everything happen that becomes due."""
        until = self.now + timedelta(seconds=seconds)
        while (due := self.floor.next_due()) is not None and due <= until:
            self.now = max(due, self.now)
            self.floor.tick(self.now)
        self.now = until
        return self.seen()

    def seen(self) -> Town:
        took = self.floor.take()
        self.lines += took.lines
        self.does += took.does
        return self

    def agent(self, id: str, **skills: int) -> Town:
        """Let an agent come and be ready."""
        self.floor.come(id, skills=skills or {"ordinary": 1}, now=self.now)
        return self.ask(id, agents.GoReady())

    def ask(self, id: str, step: agents.Step, by: Actor = SEAT) -> Town:
        self.floor.ask(id, step, by=by, now=self.now)
        return self.seen()

    def call(self, number: int, *, line: str = "12345", caller: str = "19900001111", greeted: bool = True) -> str:
        """Let somebody call; return the call's id."""
        id = str(UUID(int=number))
        self.floor.arrived(id, channel=f"c{number}", line=line, caller=caller, now=self.now)
        if greeted:
            self.floor.prompted(f"c{number}", now=self.now)
        self.seen()
        return id

    def picks_up(self, id: str) -> Town:
        """Let the phone be answered that rings for a call."""
        self.floor.leg_answered(self.of(id).leg, now=self.now)
        return self.seen()

    def hangs_up(self, channel: str, cause: str = "hung_up") -> Town:
        self.floor.gone(channel, cause=cause, now=self.now)
        return self.seen()

    def of(self, id: str) -> Call:
        """Return a call as its timeline says."""
        found = fold(line for line in self.lines if line.call == id)
        assert found is not None
        return found

    def whats(self, id: str) -> list[str]:
        return [line.what for line in self.lines if line.call == id]

    def state(self, agent: str) -> str:
        return self.floor.agents[agent].state
