"""The telephone floor: what each event, wish and moment makes of the calls and the agents. Pure, but for its own state.

Each method changes the floor and leaves in `took` what is to be written, done and shown. A floor that takes over is
given the calls as their timelines say (`adopt`). Source: design `telephony`; SZ-9a, SZ-15.1, JS-1b, JS-2.3c.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final
from uuid import UUID, uuid5

from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.telephony import agents as states
from minsheng.domain.telephony import calls as record
from minsheng.domain.telephony import doing, routing
from minsheng.domain.telephony.agents import Agent, Step
from minsheng.domain.telephony.calls import DIALING, LEAVING, OFFERED, PASSED, QUEUED, RINGING, TALKING, Call, Line
from minsheng.domain.telephony.settings import Settings
from minsheng.domain.telephony.thirds import Thirds

GREETING, MENU, CALLBACK_OFFER, CALLBACK_KEPT = "greeting", "menu", "callback_offer", "callback_kept"
# A caller who presses no key is put into the usual queue.
MENU_WITHIN: Final = timedelta(seconds=8)
CALLBACK_KEY: Final = "1"


@dataclass(slots=True)
class Took:
    """What steps have made: lines of timelines with the calls after them, things to do, agents who changed."""

    lines: list[Line] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    does: list[doing.Do] = field(default_factory=list)
    agents: dict[str, Agent] = field(default_factory=dict)


class Floor(Thirds):
    """The calls and agents of a city. `zone`: in which queues open and close."""

    def __init__(self, settings: Settings, *, zone: tzinfo) -> None:
        self.settings = settings
        self.zone = zone
        self.calls: dict[str, Call] = {}
        self.agents: dict[str, Agent] = {}
        self._of_channel: dict[str, str] = {}
        self._prompted: dict[str, datetime] = {}
        self._ticked: datetime | None = None
        self._took = Took()

    def take(self) -> Took:
        """Return what the steps since the last time have made."""
        took, self._took = self._took, Took()
        return took

    # what the switch tells

    def arrived(self, id: str, *, channel: str, line: str, caller: str, now: datetime) -> None:
        """Take a new call; told twice it is taken once. `caller` is looked at and not kept."""
        if id in self.calls:
            return
        queue = routing.first_queue(self.settings, line=line, caller=caller)
        # A withheld number can't be called back.
        unknown: dict[str, Any] = {} if caller else {"reachable": 0}
        self._line(id, "offered", now, channel=channel, line=line, queue=queue, **unknown)
        self._do(doing.Answer(id, channel))
        self._do(doing.Play(id, channel, MENU if self.settings.menu else GREETING))

    def prompted(self, channel: str, *, now: datetime) -> None:
        """Go on after the greeting: into the queue, or to wait for a key; let go who will be called back."""
        call = self._call_of(channel)
        if call is None or call.stage not in (OFFERED, LEAVING):
            return
        if call.stage == LEAVING:
            self._end(call, cause=record.TAKEN_AS_CALLBACK, by="platform", now=now)
        elif self.settings.menu:
            self._prompted.setdefault(call.id, now)
        else:
            self._enqueue(call, call.queue, now, presses=0)

    def digit(self, channel: str, key: str, *, now: datetime) -> None:
        """Take a key: to a queue of the menu, or for a call back. Others mean nothing."""
        call = self._call_of(channel)
        if call is None:
            return
        if call.stage == OFFERED and key in self.settings.menu:
            self._enqueue(call, self.settings.menu[key], now, presses=1)
        elif call.stage in (QUEUED, RINGING) and call.callback_offered and key == CALLBACK_KEY:
            self._keep_place(call, now)

    def leg_answered(self, leg: str, *, now: datetime) -> None:
        """Connect who picked up: an agent, or a citizen who is called back."""
        call = self._call_of(leg)
        if call is None:
            self._do(doing.HangUp("", leg))
        elif call.stage == RINGING and leg == call.leg:
            self._move(call.agent, states.Connect(), now)
            if call.direction == record.IN:
                self._talk(call, now)
            else:
                self._dial(call, now)
        elif call.stage == DIALING and leg == call.channel:
            self._talk(call, now)
        elif call.stage == TALKING and leg == call.third:
            self._third_answered(call, now)

    def gone(self, channel: str, *, cause: str, now: datetime) -> None:
        """Take that a channel has ended: the caller's, or an agent's phone. One of no call says nothing."""
        call = self._call_of(channel)
        if call is None:
            return
        del self._of_channel[channel]
        if channel == call.channel:
            self._caller_gone(call, cause, now)
        elif call.stage == RINGING:
            self._missed(call, cause, now)
        elif call.stage == DIALING:
            self._unreached(call, now)
        elif channel == call.third:
            self._third_gone(call, cause, now)
        elif call.together:
            self._left(call, now)
        else:
            self._end(call, cause=cause, by="agent", now=now)

    def held(self, channel: str, *, on: bool, now: datetime) -> None:
        """Let the citizen hear music while the agent's phone holds, or talk again."""
        call = self._call_of(channel)
        if call is None or call.stage != TALKING or call.third or on == (call.held_at is not None):
            return  # with a third party in the talk it is the seat who says where the citizen is
        self._line(call.id, "hold" if on else "unhold", now, agent=call.agent)
        self._do(doing.Part(call.id, call.channel) if on else doing.Music(call.id, call.channel, on=False))
        self._do(doing.Music(call.id, call.channel, on=True) if on else doing.Join(call.id, (call.channel,)))

    # what agents want

    def come(self, agent: str, *, skills: dict[str, int], now: datetime) -> None:
        """Know an agent by their skills; one who is known keeps their state."""
        known = self.agents.get(agent) or Agent(id=agent, since=now, idle_since=now)
        self._keep(replace(known, skills=skills))

    def ask(self, agent: str, step: Step, *, by: Actor, now: datetime) -> None:
        """Do what an agent, or a supervisor with one, wants. Raises: Rejected."""
        known = self.agents.get(agent)
        if known is None:
            raise Rejected("not_at_phone")
        self._keep(states.moved(known, step, by=by, now=now, breaks=self.settings.break_reasons))
        self._match(now)

    def hang_up(self, agent: str, *, call: str = "", now: datetime) -> None:
        """End an agent's talk, or the dialing of a call back; `call`: the one that was meant. Raises: Rejected."""
        found = self._talk_of(agent, call, TALKING, DIALING)
        if found.stage == DIALING:
            self._unreached(found, now)
        else:
            self._end(found, cause=record.HUNG_UP, by="agent", now=now)

    def hold(self, agent: str, *, on: bool, call: str = "", now: datetime) -> None:
        """Let the citizen of an agent's talk wait with music, or go on. Raises: Rejected."""
        found = self._talk_of(agent, call, TALKING)
        if found.third:
            raise Rejected("talk_has_third")
        self.held(found.leg, on=on, now=now)

    # what time brings

    def next_due(self) -> datetime | None:
        """Return the first moment at which something is to be done without an event."""
        return min((due for due, _, _ in self._dues()), default=None)

    def tick(self, now: datetime) -> None:
        """Do what was due up to now, in the order of its moments, each at `now`."""
        self._ticked = now
        for _due, kind, id in sorted(each for each in self._dues() if each[0] <= now):
            if kind == "wrap_up":
                self._pass_wrap_up(id, now)
            else:
                self._due_of_call(self.calls[id], kind, now)
        self._match(now)

    def adopt(self, calls: Iterable[Call], *, live: Collection[str], now: datetime) -> None:
        """Take over calls as their timelines say; `live`: channels that the switch has.

        A talk goes on; who waited keeps their place; a phone that rang is let go; what the switch has no more is ended.
        """
        for call in calls:
            self.calls[call.id] = call
            self._of_channel |= {each: call.id for each in (call.channel, call.leg, call.third) if each}
            self._line(call.id, "adopted", now)
            self._adopt(self.calls[call.id], live, now)
        known = {call.agent for call in self.calls.values() if call.agent and call.stage != PASSED}
        helping = {call.id for call in self.calls.values() if call.third}
        for agent in list(self.agents.values()):
            if agent.state in states.BUSY and agent.id not in known and agent.call not in helping:
                self._let_go(agent, now)
        self._match(now)

    def _adopt(self, call: Call, live: Collection[str], now: datetime) -> None:
        leg = call.third if call.together and call.third in live else call.leg
        if call.stage in (TALKING, PASSED) and not {call.channel, leg} <= set(live):
            self._end(call, cause=record.LOST, by="switch", now=now)
        elif call.direction == record.IN and call.channel not in live:
            self._end(call, cause=record.LOST, by="caller", now=now)
        elif call.stage == LEAVING:
            self._end(call, cause=record.TAKEN_AS_CALLBACK, by="platform", now=now)
        elif call.stage == OFFERED:
            self._enqueue(call, call.queue, now, presses=0)
        elif call.stage == DIALING:
            self._do(doing.HangUp(call.id, call.channel))
            self._unreached(call, now)
        elif call.stage == RINGING:
            self._cancel_ring(call, now)
        elif call.third:
            self._adopt_third(call, live, now)

    # steps

    def _caller_gone(self, call: Call, cause: str, now: datetime) -> None:
        if call.stage == DIALING:
            self._unreached(call, now)
        else:
            left = record.TAKEN_AS_CALLBACK if call.stage == LEAVING else cause
            self._end(call, cause=left, by="caller", now=now)

    def _enqueue(self, call: Call, queue: str, now: datetime, *, presses: int) -> None:
        self._prompted.pop(call.id, None)
        opened = routing.open_queue(self.settings, queue, now.astimezone(self.zone))
        self._line(call.id, "menu_end", now, presses=presses)
        self._line(call.id, "queued", now, queue=opened)
        self._do(doing.Music(call.id, call.channel, on=True))
        self._match(now)

    def _keep_place(self, call: Call, now: datetime) -> None:
        """Let the caller go after a word, and call them back when it is their turn."""
        if call.stage == RINGING:
            self._cancel_ring(call, now)
        self._line(call.id, "callback_taken", now)
        self._do(doing.Play(call.id, call.channel, CALLBACK_KEPT))
        back = str(uuid5(UUID(call.id), "callback"))
        says = {"line": call.line, "queue": call.queue, "direction": record.OUT, "callback_of": call.id}
        self._line(back, "offered", now, **says)
        self._line(back, "queued", now, queue=call.queue, since=call.place.isoformat())
        self._match(now)

    def _match(self, now: datetime) -> None:
        """Let phones ring as long as somebody waits whom somebody can answer."""
        ready = {each.id: each for each in self.agents.values() if each.state == states.READY}
        if not ready:
            return
        waiting = [each for each in self.calls.values() if each.stage == QUEUED and self._may_ring(each, now)]
        for call in routing.in_order(self.settings, waiting):
            agent = routing.best(self.settings, call, ready.values())
            if agent is not None:
                del ready[agent.id]
                leg = f"{call.id}:{call.no + 1}"
                self._move(agent.id, states.Ring(call=call.id), now)
                self._line(call.id, "ring", now, agent=agent.id, leg=leg)
                self._do(doing.RingAgent(call.id, agent.id, leg))

    def _may_ring(self, call: Call, now: datetime) -> bool:
        """Tell whether it is somebody's turn now: nobody is called back in quiet hours."""
        return call.place <= now and (call.direction == record.IN or self._loud_from(now) <= now)

    def _loud_from(self, moment: datetime) -> datetime:
        """Return when people may be called from a moment on."""
        quiet = self.settings.quiet
        return quiet.over_at(moment.astimezone(self.zone)).astimezone(moment.tzinfo) if quiet is not None else moment

    def _talk(self, call: Call, now: datetime) -> None:
        self._line(call.id, "answered", now, agent=call.agent)
        self._do(doing.Music(call.id, call.channel, on=False))
        self._do(doing.Join(call.id, (call.channel, call.leg)))

    def _dial(self, call: Call, now: datetime) -> None:
        leg = f"{call.id}:{call.no + 1}"
        self._line(call.id, "dialed", now, agent=call.agent, leg=leg)
        self._do(doing.DialCaller(call.id, leg, call.callback_of))

    def _missed(self, call: Call, cause: str, now: datetime) -> None:
        """Take that a phone was not answered, and ring the next one."""
        self._line(call.id, "missed_ring", now, agent=call.agent, cause=cause)
        self._move(call.agent, states.MissRing(), now)
        self._match(now)

    def _cancel_ring(self, call: Call, now: datetime) -> None:
        self._line(call.id, "ring_cancelled", now, agent=call.agent)
        self._drop(call.id, call.leg)
        self._move(call.agent, states.CancelRing(), now)

    def _unreached(self, call: Call, now: datetime) -> None:
        """Try somebody again after a pause, or give up; the agent takes the next call."""
        pause = int(self.settings.callback_pause.total_seconds())
        self._line(call.id, "unreached", now, agent=call.agent, pause=pause)
        for channel in (call.channel, call.leg):
            self._drop(call.id, channel)
        self._move(call.agent, states.EndUnreached(), now)
        if call.attempts >= self.settings.callback_attempts:
            self._end(self.calls[call.id], cause=record.UNREACHED, by="caller", now=now)
        self._match(now)

    def _end(self, call: Call, *, cause: str, by: str, now: datetime) -> None:
        call = self.calls[call.id]
        if call.stage == RINGING:
            self._cancel_ring(call, now)
        self._prompted.pop(call.id, None)
        if call.third:
            self._let_third_go(call, cause, now)
        self._line(call.id, "ended", now, agent=call.agent, cause=cause, by=by)
        for channel in (call.channel, call.leg, call.third):
            self._drop(call.id, channel)
        if call.stage in (TALKING, PASSED):
            self._do(doing.Clear(call.id))
        if call.stage == TALKING:
            self._move(call.agent, states.EndTalk(), now)
        del self.calls[call.id]
        self._match(now)

    def _drop(self, call: str, channel: str) -> None:
        if self._of_channel.pop(channel, None) is not None:
            self._do(doing.HangUp(call, channel))

    def _dues(self) -> Iterator[tuple[datetime, str, str]]:
        for call in self.calls.values():
            if call.id in self._prompted:
                yield self._prompted[call.id] + MENU_WITHIN, "menu", call.id
            elif call.stage == RINGING and call.rung_at is not None:
                yield call.rung_at + self.settings.ring, "ring", call.id
            elif call.stage == QUEUED:
                yield from self._dues_of_waiting(call)
        for agent in self.agents.values():
            if agent.state == states.WRAP_UP and agent.outcome:
                yield agent.since + self.settings.wrap_up, "wrap_up", agent.id

    def _dues_of_waiting(self, call: Call) -> Iterator[tuple[datetime, str, str]]:
        queue = self.settings.queues.get(call.queue)
        if call.direction == record.OUT:
            due = self._loud_from(max(call.place, self._ticked or call.place))
            if self._ticked is None or due > self._ticked:
                yield due, "again", call.id
        else:
            if queue is not None and queue.overflow_seconds:
                yield call.place + timedelta(seconds=queue.overflow_seconds), "overflow", call.id
            if self.settings.callback_after is not None and call.reachable and not call.callback_offered:
                yield call.place + self.settings.callback_after, "callback", call.id

    def _due_of_call(self, call: Call, kind: str, now: datetime) -> None:
        if kind == "menu":
            self._enqueue(call, call.queue, now, presses=0)
        elif kind == "ring":
            self._drop(call.id, call.leg)
            self._missed(call, "no_answer", now)
        elif kind == "overflow":
            self._line(call.id, "overflow", now, queue=self.settings.queues[call.queue].overflow)
        else:
            self._line(call.id, "callback_offered", now)
            self._do(doing.Play(call.id, call.channel, CALLBACK_OFFER))

    def _pass_wrap_up(self, agent: str, now: datetime) -> None:
        self._move(agent, states.PassWrapUp(), now)

    def _let_go(self, agent: Agent, now: datetime) -> None:
        """Free an agent whose call ended while nobody looked."""
        step = states.CancelRing() if agent.state == states.RINGING else states.EndTalk()
        self._move(agent.id, step, now)

    def _talk_of(self, agent: str, call: str, *stages: str) -> Call:
        found = next((each for each in self.calls.values() if each.agent == agent and each.stage in stages), None)
        if found is None or call not in ("", found.id):
            raise Rejected("no_talk")
        return found

    def _call_of(self, channel: str) -> Call | None:
        return self.calls.get(self._of_channel.get(channel, ""))

    def _line(self, id: str, what: str, now: datetime, *, agent: str = "", **says: Any) -> None:
        known = self.calls.get(id) or Call(id=id)
        line = Line(call=id, no=known.no + 1, what=what, at=now, agent=agent, says=says)
        call = record.evolve(known, line)
        self.calls[id] = call
        if name := says.get("channel") or says.get("leg"):
            self._of_channel[str(name)] = id
        self._took.lines.append(line)
        self._took.calls[id] = call

    def _move(self, agent: str, step: Step, now: datetime) -> None:
        self._keep(states.moved(self.agents[agent], step, by=SYSTEM, now=now))

    def _keep(self, agent: Agent) -> None:
        self.agents[agent.id] = agent
        self._took.agents[agent.id] = agent

    def _do(self, does: doing.Do) -> None:
        self._took.does.append(does)
