"""The floor between a switch and the desks: events and wishes go in, batches to write and things to do come out.

It knows no database and no time of its own; `controller` runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final
from uuid import UUID, uuid5

from minsheng.cases.telephony import actions, commanding
from minsheng.cases.telephony.values import DEMONSTRATED, STEPS, THIRD, Ask, Batch, Caller
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.telephony import parties, settings
from minsheng.domain.telephony.agents import Agent
from minsheng.domain.telephony.calls import Call
from minsheng.domain.telephony.doing import Do
from minsheng.domain.telephony.floor import CALLBACK_KEPT, CALLBACK_OFFER, GREETING, MENU, Floor
from minsheng.gateways.switch import port
from minsheng.gateways.switch.port import SwitchEvent, SwitchState
from minsheng.gateways.switch.sim import SimSwitch

# What is wanted now or not at all: later it would be another moment's, or another call's.
AT_ONCE: Final = ("go_ready", "hang_up", "hold", "unhold", *THIRD)
AT_ONCE_WITHIN: Final = timedelta(seconds=60)
_CALLS: Final = UUID("6f1d0c0e-6a5a-5c53-9a77-1d2c5f0a12c5")
_CALLBACK: Final = "座席全忙。按 1 键挂机后，座席将按您的次序回拨；也可以继续等候。"
_KEPT: Final = "已保留您的次序，请挂机，座席将尽快回拨。"
_KEYS: Final = "请按 {key} 键进入{name}。"


class Exchange:
    """A city's telephone floor at a switch. `demonstration`: the switch in memory, whose people desks may play."""

    def __init__(
        self, city: str, rules: Rules, *, now: Callable[[], datetime], demonstration: SimSwitch | None = None
    ) -> None:
        self._city = city
        self._now = now
        self._sim = demonstration
        self._rules = rules
        self.floor = Floor(settings.of(rules), zone=rules.worktime.zone)
        self._callers: dict[str, Caller] = {}
        self._asked: dict[str, str] = {}
        self._done: dict[str, None] = {}

    def goes_by(self, rules: Rules) -> None:
        """Go by rules from now on."""
        if rules is not self._rules:
            self._rules = rules
            self.floor.settings = settings.of(rules)

    @property
    def rules(self) -> Rules:
        """Return the rules that hold now."""
        return self._rules

    def words(self) -> Mapping[str, str]:
        """Return what prompts say."""
        menu = "".join(
            _KEYS.format(key=key, name=self.floor.settings.queues[queue].name)
            for key, queue in self.floor.settings.menu.items()
        )
        greeting = self._rules.telephony_greeting
        return {GREETING: greeting, MENU: greeting + menu, CALLBACK_OFFER: _CALLBACK, CALLBACK_KEPT: _KEPT}

    def happened(self, event: SwitchEvent) -> None:
        """Take what a switch tells."""
        now, floor = self._moment(), self.floor
        match event:
            case port.CallArrived(call, ani, dnis, _):
                self._arrived(call, ani, dnis, now)
            case port.CallAnswered(call):
                floor.leg_answered(call, now=now)
            case port.CallEnded(call, cause, _):
                floor.gone(call, cause=cause, now=now)
            case port.Digit(call, key):
                floor.digit(call, key, now=now)
            case port.PlayFinished(call, _, _):
                floor.prompted(call, now=now)
            case port.PhoneHold(call):
                floor.held(call, on=True, now=now)
            case port.PhoneUnhold(call):
                floor.held(call, on=False, now=now)
            case _:  # what rings, what is recorded, which phones are there: nothing follows from it
                return

    def take_over(self, calls: list[Call], agents: list[Agent], state: SwitchState) -> None:
        """Begin with what the last controller left, and with what lives at the switch."""
        self.floor.agents = {each.id: each for each in agents}
        self.floor.adopt(calls, live=state.calls, now=self._moment())
        for each in agents:
            self._has_phone(each.id, each.state)
        self.reconcile(state)

    def reconcile(self, state: SwitchState) -> None:
        """Take what a switch did not tell: who is there whom nobody knows, and who is gone."""
        now = self._moment()
        legs = ((call.channel, call.leg, call.third) for call in self.floor.calls.values())
        known = {each for each in chain.from_iterable(legs) if each}
        for channel in sorted(known - set(state.calls)):
            self.floor.gone(channel, cause="lost", now=now)
        for each in state.calls.values():
            if each.inbound and each.call not in known:
                self._arrived(each.call, each.ani, each.dnis, now)
        for call in list(self.floor.calls.values()):
            if call.third_at is None and call.third in state.calls and state.calls[call.third].answered:
                self.floor.leg_answered(call.third, now=now)
            if call.stage == "OFFERED" and call.channel in known and not self.floor.settings.menu:
                self.floor.prompted(call.channel, now=now)

    def leftover(self, state: SwitchState) -> list[str]:
        """Return the bridges of calls that are over."""
        known = {commanding.bridge(each) for each in self.floor.calls}
        return sorted(each for each in state.bridges if each.startswith("call-") and each not in known)

    def asked(self, ask: Ask) -> None:
        """Do what somebody at a desk wants, once; a refusal is kept with it."""
        if ask.id in self._done:
            return
        self._done[ask.id] = None
        while len(self._done) > 5000:
            del self._done[next(iter(self._done))]
        try:
            self._do(ask, self._moment())
        except Rejected as refused:
            self._asked[ask.id] = refused.code
        else:
            self._asked[ask.id] = ""

    def ticks(self) -> None:
        """Do what is due."""
        now = self._moment()
        due = self.floor.next_due()
        if due is not None and due <= now:
            self.floor.tick(now)

    def unreached(self, leg: str, cause: str) -> None:
        """Take that a phone could not be called."""
        self.floor.gone(leg, cause=cause, now=self._moment())

    def take(self) -> tuple[Batch | None, list[Do]]:
        """Return what is to be written, none for nothing, and what is to be done."""
        took = self.floor.take()
        callers = {id: self._callers.pop(id) for id in list(self._callers) if id in took.calls}
        asked, self._asked = self._asked, {}
        if not (took.lines or took.agents or asked):
            return None, took.does
        return Batch(self._now(), tuple(took.lines), took.calls, took.agents, callers, asked), took.does

    def _arrived(self, channel: str, ani: str, dnis: str, now: datetime) -> None:
        id = str(uuid5(_CALLS, f"{self._city} {channel}"))
        if id in self.floor.calls:
            return
        number, caller = actions.sealed(self._city, id, ani, area=self._rules.area_code or "")
        if caller is not None:
            self._callers[id] = caller
        self.floor.arrived(id, channel=channel, line=actions.line_of(dnis), caller=number, now=now)

    def _do(self, ask: Ask, now: datetime) -> None:
        if ask.kind in AT_ONCE and now - ask.at > AT_ONCE_WITHIN:
            raise Rejected("ask_expired")
        by = Actor(ask.role, person=ask.agent)
        if ask.kind == "come":
            skills: Any = ask.body.get("skills", {})
            self.floor.come(ask.agent, skills={str(desk): int(level) for desk, level in skills.items()}, now=now)
            self._has_phone(ask.agent, "READY")
        elif ask.kind == "settle":
            self._settle(ask, by, now)
        elif ask.kind in STEPS:
            step: Any = STEPS[ask.kind]
            wanted = str(ask.body.get("reason", ""))
            takes_reason = "reason" in getattr(step, "__dataclass_fields__", {})
            self.floor.ask(
                str(ask.body.get("of", ask.agent)), step(reason=wanted) if takes_reason else step(), by=by, now=now
            )
        elif ask.kind == "hang_up":
            self.floor.hang_up(ask.agent, call=str(ask.body.get("call", "")), now=now)
        elif ask.kind in ("hold", "unhold"):
            self.floor.hold(ask.agent, on=ask.kind == "hold", call=str(ask.body.get("call", "")), now=now)
        elif ask.kind in THIRD:
            self._third(ask, now)
        else:
            self._play(ask)

    def _third(self, ask: Ask, now: datetime) -> None:
        """Do what a seat wants with a third party of their talk. Raises: Rejected."""
        floor, call = self.floor, str(ask.body.get("call", ""))
        if ask.kind == "consult":
            kind, party = parties.read(str(ask.body.get("party", "")), numbers=self._rules.emergency_numbers)
            if not party:
                raise Rejected("party_unknown")
            floor.consult(ask.agent, kind=kind, party=party, call=call, now=now)
        elif ask.kind == "conference":
            floor.conference(ask.agent, call=call, now=now)
        elif ask.kind == "leave":
            floor.leave(ask.agent, call=call, now=now)
        else:
            floor.end_consult(ask.agent, call=call, now=now)

    def _settle(self, ask: Ask, by: Actor, now: datetime) -> None:
        """Settle the call that was meant: one that is over and wrapped up needs nothing more."""
        agent = self.floor.agents.get(ask.agent)
        meant = str(ask.body.get("call", ""))
        if agent is not None and meant and agent.call != meant:
            return
        helped = self.floor.calls.get(agent.call) if agent is not None else None
        if helped is not None and helped.agent != ask.agent:
            raise Rejected("no_talk")  # a specialist in somebody else's talk has nothing to say of it
        step = STEPS["settle"](outcome=str(ask.body.get("outcome", "")))  # type: ignore[call-arg]
        self.floor.ask(ask.agent, step, by=by, now=now)

    def _play(self, ask: Ask) -> None:
        """Play the people of the switch in memory, for a demonstration. Raises: Rejected elsewhere."""
        if self._sim is None or ask.kind not in DEMONSTRATED:
            raise Rejected("agent_not_now", status="")
        if ask.kind == "demo_call":
            self._sim.calls_in(str(ask.body["number"]), str(ask.body.get("line", "12345")))
        elif ask.kind == "demo_pick_up":
            if not self._sim.picks_up(self._sim.rings(commanding.endpoint(ask.agent))):
                raise Rejected("no_talk")
        else:
            call = next((each for each in self.floor.calls.values() if each.agent == ask.agent), None)
            if call is None:
                raise Rejected("no_talk")
            if ask.kind == "demo_party_up":
                self._sim.picks_up(call.third)
            else:
                self._sim.hangs_up(call.channel if ask.kind == "demo_hang_up" else call.third)

    def _has_phone(self, agent: str, state: str) -> None:
        """Let everybody at a telephone of the switch in memory have one."""
        if self._sim is not None and state not in ("", "OFFLINE"):
            self._sim.registers(commanding.endpoint(agent))

    def _moment(self) -> datetime:
        return self._now().astimezone(UTC)
