"""What the controller writes at once, and what desks may ask it for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from minsheng.domain.telephony import agents
from minsheng.domain.telephony.agents import Agent, Step
from minsheng.domain.telephony.calls import Call, Line

# The postgres channel on which desks knock.
KNOCK: Final = "minsheng_telephony"
# What an agent may ask for that is a step of the table; the body has its fields.
STEPS: Final[Mapping[str, type[Step]]] = {
    "go_ready": agents.GoReady,
    "take_break": agents.TakeBreak,
    "train": agents.Train,
    "go_offline": agents.GoOffline,
    "settle": agents.Settle,
    "force_off": agents.ForceOff,
}
# And what is about their talk, or about the switch in memory alone (`DEMONSTRATED`).
DEMONSTRATED: Final = ("demo_call", "demo_pick_up", "demo_hang_up", "demo_party_up", "demo_party_down")
# Of a third party in the talk: `consult` has `party`, as it is told.
THIRD: Final = ("consult", "conference", "leave", "end_consult")
KINDS: Final = ("come", *STEPS, "hang_up", "hold", "unhold", *THIRD, *DEMONSTRATED)


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller's number, sealed for its call, and what it is found by; none for one that is no number."""

    sealed: bytes
    index: bytes | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What a step has made: to be written together, once. `asks`: what was asked, with the code of a refusal.

    `turn`: the writer's, 0 for one that has none.
    """

    at: datetime
    lines: tuple[Line, ...] = ()
    calls: dict[str, Call] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    callers: dict[str, Caller] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)
    turn: int = 0

    def packed(self) -> bytes:
        """Return it on one line of a file; no number stands in it in clear."""
        return msgspec.json.encode(self)


def unpacked(line: bytes) -> Batch:
    """Return what `packed` has written. Raises: msgspec.MsgspecError."""
    return msgspec.json.decode(line, type=Batch)


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody at a desk wants."""

    id: str
    agent: str
    role: str
    kind: str
    body: Mapping[str, object]
    at: datetime
