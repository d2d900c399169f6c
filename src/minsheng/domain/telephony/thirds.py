"""Whoever a seat brings into a talk: consulted while the citizen hears music, then all three, then perhaps without
the seat. A part of the floor. Source: SZ-15.2, JY-9.1b, JY-13.5.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from minsheng.domain.rejected import Rejected
from minsheng.domain.telephony import agents as states
from minsheng.domain.telephony import calls as record
from minsheng.domain.telephony import doing, parties
from minsheng.domain.telephony.agents import Agent, Step
from minsheng.domain.telephony.calls import PASSED, TALKING, Call


class Thirds:
    """What the floor does with a third party of a talk; `Floor` has the rest."""

    agents: dict[str, Agent]
    calls: dict[str, Call]

    def consult(self, agent: str, *, kind: str, party: str, call: str = "", now: datetime) -> None:
        """Let the citizen hear music and call somebody for the seat. Raises: Rejected.

        `party`: an id as `parties.read` gives it; of a specialist it is an agent, whose phone rings if they are ready.
        """
        found = self._talk_of(agent, call, TALKING)
        if found.third:
            raise Rejected("talk_has_third")
        if found.held_at is not None:
            self._line(found.id, "unhold", now, agent=agent)
        if kind == parties.SPECIALIST:
            known = self.agents.get(party)
            if known is None or known.state != states.READY:
                raise Rejected("party_not_ready")
            self._move(party, states.Ring(call=found.id), now)
        leg = f"{found.id}:{self.calls[found.id].no + 1}"
        self._line(found.id, "consult", now, agent=agent, leg=leg, kind=kind, party=parties.written(kind, party))
        self._aside(found)
        self._do(doing.DialParty(found.id, leg, kind, party, agent))

    def conference(self, agent: str, *, call: str = "", now: datetime) -> None:
        """Let the citizen, the seat and the third party hear each other. Raises: Rejected."""
        found = self._with_third(agent, call)
        if not found.together:
            self._line(found.id, "conference", now, agent=agent)
            self._back(found)

    def leave(self, agent: str, *, call: str = "", now: datetime) -> None:
        """Let the citizen and the third party talk on without the seat. Raises: Rejected."""
        self._left(self._with_third(agent, call), now)

    def end_consult(self, agent: str, *, call: str = "", now: datetime) -> None:
        """Let the third party go; the citizen and the seat talk on. Raises: Rejected."""
        found = self._talk_of(agent, call, TALKING)
        if not found.third:
            raise Rejected("no_third")
        self._drop(found.id, found.third)
        self._third_gone(found, record.HUNG_UP, now)

    # what the floor asks of this part

    def _third_answered(self, call: Call, now: datetime) -> None:
        if call.third_at is not None:
            return
        self._line(call.id, "consult_answered", now, agent=call.agent)
        helper = self._helper(call)
        if helper is not None:
            self._move(helper.id, states.Connect(), now)
        self._do(doing.Join(call.id, (call.third,)))

    def _third_gone(self, call: Call, cause: str, now: datetime) -> None:
        """Take that the third party has gone: the seat has the citizen again, or nobody is left to talk with."""
        if call.stage == PASSED:
            self._end(call, cause=cause, by="party", now=now)
            return
        self._let_third_go(call, cause, now)
        if not call.together:
            self._back(call)

    def _let_third_go(self, call: Call, cause: str, now: datetime) -> None:
        helper = self._helper(call)
        outcome = "unreached" if call.third_at is None else "talked"
        self._line(call.id, "party_gone", now, agent=call.agent, party=call.party, outcome=outcome, cause=cause)
        if helper is not None:
            self._move(helper.id, states.CancelRing() if helper.state == states.RINGING else states.EndUnreached(), now)

    def _left(self, call: Call, now: datetime) -> None:
        self._line(call.id, "left", now, agent=call.agent, party=call.party)
        self._drop(call.id, call.leg)
        if not call.together:
            self._back(call)
        self._move(call.agent, states.EndTalk(), now)

    def _adopt_third(self, call: Call, live: Collection[str], now: datetime) -> None:
        """Take over a talk with a third party: put each where the timeline has them, or let go who is gone."""
        if call.third not in live:
            self._third_gone(call, record.LOST, now)
        elif call.together and call.stage == TALKING and call.leg not in live:
            self._left(call, now)
        else:
            (self._back if call.together else self._aside)(call)
            if call.third_at is not None:  # whoever had the call may have died before they were joined
                self._do(doing.Join(call.id, (call.third,)))

    def _helper(self, call: Call) -> Agent | None:
        """Return the specialist whose phone rings for a talk of somebody else's, or who talks in it."""
        busy = (each for each in self.agents.values() if each.state in states.BUSY and each.call == call.id)
        return next((each for each in busy if each.id != call.agent), None)

    def _aside(self, call: Call) -> None:
        self._do(doing.Part(call.id, call.channel))
        self._do(doing.Music(call.id, call.channel, on=True))

    def _back(self, call: Call) -> None:
        self._do(doing.Music(call.id, call.channel, on=False))
        self._do(doing.Join(call.id, (call.channel,)))

    def _with_third(self, agent: str, call: str) -> Call:
        found = self._talk_of(agent, call, TALKING)
        if found.third_at is None:
            raise Rejected("no_third")
        return found

    # what the floor has for this part
    if TYPE_CHECKING:

        def _talk_of(self, agent: str, call: str, *stages: str) -> Call: ...
        def _line(self, id: str, what: str, now: datetime, *, agent: str = "", **says: Any) -> None: ...
        def _move(self, agent: str, step: Step, now: datetime) -> None: ...
        def _do(self, does: doing.Do) -> None: ...
        def _drop(self, call: str, channel: str) -> None: ...
        def _end(self, call: Call, *, cause: str, by: str, now: datetime) -> None: ...
