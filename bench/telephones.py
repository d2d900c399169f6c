"""A day at the telephones in virtual time: 40 agents, callers who wait or don't, and a recount that knows no floor.

The recount reads the lines of the timelines alone. It tells who was rung out of turn, and counts every figure anew.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

BEGINS = datetime(2026, 10, 12, 0, 0, tzinfo=UTC)
AGENTS = 40
_STEP = 0.5
FIGURES = ("answered", "abandoned", "short", "soon", "in_time", "long", "wait", "abandoned_wait", "talk", "hold")


@dataclass
class Day:
    """What happened: lines of timelines in their order, agents' skills, and how many calls were made."""

    lines: list[Any] = field(default_factory=list)
    calls: dict[str, Any] = field(default_factory=dict)
    skills: dict[str, dict[str, int]] = field(default_factory=dict)
    made: int = 0
    outdone: list[str] = field(default_factory=list)  # calls for which a better agent was free


def play(count: int, *, rules: Any, seed: int = 12345) -> Day:
    """Let so many people call; return what the floor wrote."""
    from minsheng.cases.telephony.commanding import Hand
    from minsheng.cases.telephony.exchange import Exchange
    from minsheng.gateways.switch.sim import SimSwitch

    chance, heard, day = random.Random(seed), [], Day()
    sim = SimSwitch(prefix="bench", told=heard.append)
    exchange = Exchange("bench", rules, now=lambda: BEGINS + timedelta(seconds=sim.time), demonstration=sim)
    hand = Hand(sim, _never, city="bench", now=lambda: BEGINS + timedelta(seconds=sim.time))
    world = _World(sim, exchange, hand, heard, day, chance)
    for number in range(AGENTS):
        world.comes(f"staff:{number}", {"ordinary": 1 + number % 2, **({"enterprise": 2} if number % 4 == 0 else {})})
    world.runs(count)
    return day


async def _never(*_: Any, **__: Any) -> Any:
    raise AssertionError("nobody is called back here")


class _World:
    """The people at both ends of the lines."""

    def __init__(self, sim: Any, exchange: Any, hand: Any, heard: list[Any], day: Day, chance: random.Random) -> None:
        self.sim, self.exchange, self.hand, self.heard, self.day, self.chance = sim, exchange, hand, heard, day, chance
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = 0

    def comes(self, agent: str, skills: dict[str, int]) -> None:
        """Let an agent be there."""
        self.day.skills[agent] = skills
        self._ask(agent, "come", skills=skills)
        self._ask(agent, "go_ready")

    def runs(self, count: int) -> None:
        """Let them call, about as many as the agents can bear, and everything come to its end."""
        at = 0.0
        for _ in range(count):
            at += self.chance.expovariate(1 / 3.6)
            self.at(at, self._calls)
        while self._agenda:
            due, _, happens = heapq.heappop(self._agenda)
            while self.sim.time + _STEP <= due:
                self.sim.advance(_STEP)
                self.settles()
            self.sim.advance(max(0.0, due - self.sim.time))
            self.settles()
            happens()
            self.settles()
        for _ in range(200):
            self.sim.advance(_STEP)
            self.settles()

    def at(self, moment: float, happens: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._agenda, (moment, self._order, happens))

    def settles(self) -> None:
        """Let everything happen that needs no time."""
        while True:
            heard, self.heard[:] = list(self.heard), []
            did = [self._takes() for event in heard if self.exchange.happened(event) is None]
            self.exchange.ticks()
            did.append(self._takes())
            if not (heard or any(did) or self.heard):
                return

    def _takes(self) -> bool:
        batch, does = self.exchange.take()
        if batch is not None:
            self.day.lines += batch.lines
            self.day.calls |= batch.calls
        for each in does:
            if type(each).__name__ == "RingAgent":
                self._is_best(each.call, each.agent)
        for each in does:
            self._does(each)
        return batch is not None or bool(does)

    def _is_best(self, call: str, agent: str) -> None:
        """Note a phone that rings although somebody better for the call's desk, or idle for longer, is free."""
        floor = self.exchange.floor
        desk = floor.settings.queues[floor.calls[call].queue].desk
        free = [each for each in floor.agents.values() if each.state == "READY" or each.id == agent]
        fitting = [each for each in free if self.day.skills[each.id].get(desk, 0) > 0]
        fitting.sort(key=lambda each: (-self.day.skills[each.id][desk], each.idle_since, each.id))
        if fitting[0].id != agent:
            self.day.outdone.append(call)

    def _does(self, wanted: Any) -> None:
        try:
            self.hand.do(wanted).send(None)
        except StopIteration as end:
            if end.value is not None:
                self.exchange.unreached(*end.value)
        name = type(wanted).__name__
        if name == "RingAgent":
            answers = self.chance.random() < 0.97
            if answers:
                self.at(self.sim.time + self.chance.uniform(1, 9), lambda leg=wanted.leg: self.sim.picks_up(leg))
            else:
                self.at(self.sim.time + 60, lambda agent=wanted.agent: self._ask(agent, "go_ready"))
        elif name == "Clear":
            agent = self.day.calls[wanted.call].agent
            self.at(self.sim.time + self.chance.uniform(1, 20), lambda: self._settles(agent))
        elif name == "Join" and len(wanted.channels) == 2:
            talk = self.chance.expovariate(1 / 110.0) if self.chance.random() < 0.97 else 640.0
            self.at(self.sim.time + talk, lambda call=wanted.channels[0]: self.sim.hangs_up(call))
            if self.chance.random() < 0.1:
                agent = self.day.calls[wanted.call].agent
                self.at(self.sim.time + talk / 3, lambda: self._ask(agent, "hold"))
                self.at(self.sim.time + talk / 2, lambda: self._ask(agent, "unhold"))

    def _settles(self, agent: str) -> None:
        self._ask(agent, "settle", outcome="silent")

    def _calls(self) -> None:
        line = "95" if self.chance.random() < 0.15 else "12345"
        call = self.sim.calls_in("19900001111", line)
        self.day.made += 1
        patience = self.chance.expovariate(1 / 90.0)
        self.at(self.sim.time + 2 + patience, lambda: self._loses_patience(call))

    def _loses_patience(self, call: str) -> None:
        waits = any(each.channel == call and each.stage != "TALKING" for each in self.exchange.floor.calls.values())
        if waits:
            self.sim.hangs_up(call)

    def _ask(self, agent: str, kind: str, **body: Any) -> None:
        from minsheng.cases.telephony.values import Ask

        self._order += 1
        self.exchange.asked(Ask(f"{self._order}", agent, "seat", kind, body, BEGINS + timedelta(seconds=self.sim.time)))


def rules() -> Any:
    """Return Suzhou's rules with a line of the enterprises, and no calls back: nobody is called in this day."""
    from minsheng.domain import packs
    from minsheng.gateways import packfiles

    chosen = packs.in_force(packfiles.shipped_packs(), "suzhou", (), on=BEGINS.date())
    given = {"telephony_lines": {"12345": "ordinary", "95": "enterprise"}, "telephony_callback_after": "none"}
    return packs.rules(chosen.pack, chosen.overlays, calendar=packfiles.load_calendar(), settings=given)


def wrong(day: Day, settings: Any) -> list[str]:
    """Return what is not as it should be: the order, the choice of agents, the figures."""
    queues = settings.queues
    desks = {code: each.desk for code, each in queues.items()}
    priority = {code: each.priority for code, each in queues.items()}
    found = [f"out of turn: {each}" for each in out_of_turn(day, desks=desks, priority=priority)]
    found += [f"not the best agent: {each}" for each in day.outdone]
    own, product = recount(day.lines), counted(day.calls.values())
    return found + [
        f"{name}: {own[name]} / {product[name]}" for name in FIGURES if abs(own[name] - product[name]) > 1e-6
    ]


def recount(lines: Iterable[Any]) -> dict[str, float]:
    """Count every figure from the lines, by what each is defined as, and by nothing of the product's code."""
    total = dict.fromkeys(FIGURES, 0.0)
    by_call: dict[str, list[Any]] = {}
    for line in lines:
        by_call.setdefault(line.call, []).append(line)
    for own in by_call.values():
        moments = {line.what: line.at for line in own}
        queued, answered, ended = (moments.get(each) for each in ("queued", "answered", "ended"))
        if queued is None or ended is None:
            continue
        if answered is None:
            waited = (ended - queued).total_seconds()
            total["abandoned"] += 1
            total["short"] += waited < 5
            total["abandoned_wait"] += waited
            continue
        waited, talked = (answered - queued).total_seconds(), (ended - answered).total_seconds()
        held, since = 0.0, None
        for line in own:
            if line.what == "hold":
                since = line.at
            elif line.what in ("unhold", "ended") and since is not None:
                held, since = held + (line.at - since).total_seconds(), None
        total["answered"] += 1
        total["soon"] += waited <= 15
        total["in_time"] += waited <= 30
        total["long"] += talked > 600
        total["wait"] += waited
        total["talk"] += talked
        total["hold"] += held
    return total


def counted(calls: Iterable[Any]) -> dict[str, float]:
    """Count the same figures as the product does."""
    from minsheng.domain.telephony import calls as record

    total = dict.fromkeys(FIGURES, 0.0)
    for call in calls:
        told = record.figures(call)
        total["answered"] += told.answered
        total["abandoned"] += told.abandoned
        total["short"] += told.is_short
        total["soon"] += told.soon
        total["in_time"] += told.in_time
        total["long"] += told.long
        total["wait"] += told.wait.total_seconds() if told.answered else 0
        total["abandoned_wait"] += told.wait.total_seconds() if told.abandoned else 0
        total["talk"] += told.talk.total_seconds()
        total["hold"] += told.hold.total_seconds()
    return total


def out_of_turn(day: Day, *, desks: dict[str, str], priority: dict[str, int]) -> list[str]:
    """Return the calls that were rung although somebody before them could have been, and those rung at a worse desk.

    `desks`: whose seats answer a queue; `priority`: of a queue. It follows states of its own, from the lines alone.
    """
    waiting: dict[str, tuple[int, datetime, str]] = {}
    queue_of: dict[str, str] = {}
    found: list[str] = []
    for line in day.lines:
        match line.what:
            case "queued" | "overflow":
                queue_of[line.call] = str(line.says["queue"])
                since = waiting[line.call][1] if line.call in waiting else line.at
                waiting[line.call] = (-priority[queue_of[line.call]], since, line.call)
            case "missed_ring" | "ring_cancelled":
                waiting.setdefault(line.call, _again(day, line, queue_of, priority))
            case "ring":
                skills = day.skills[line.agent]
                could = {call: place for call, place in waiting.items() if skills.get(desks[queue_of[call]], 0) > 0}
                if min(could, key=lambda each: could[each], default="") != line.call:
                    found.append(line.call)
                waiting.pop(line.call, None)
            case "ended":
                waiting.pop(line.call, None)
    return found


def _again(day: Day, line: Any, queue_of: dict[str, str], priority: dict[str, int]) -> tuple[int, datetime, str]:
    since = next(each.at for each in day.lines if each.call == line.call and each.what == "queued")
    return (-priority[queue_of[line.call]], since, line.call)
