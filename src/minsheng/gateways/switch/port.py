"""What a telephone switch does for us. It owns lines, phones and sound; menus, queues and agents are ours.

Ids are opaque strings: of a call that comes in the switch's own, of whatever we begin ours. Every command may be given
twice and does its work once. Events come while somebody listens; whoever begins to listen asks for a `snapshot`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

KINDS: Final = ("busy", "no_answer", "rejected", "unregistered", "gone", "switch_down")
Kind = Literal["busy", "no_answer", "rejected", "unregistered", "gone", "switch_down"]
Who = Literal["caller", "callee", "us", "switch"]
Spy = Literal["none", "in", "out", "both"]


class SwitchError(Exception):
    """A command that the switch did not carry out; `kind` is one of `KINDS`. It names no number."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class CallArrived:
    """Somebody calls. `ani`: their number as the trunk gives it; `dnis`: the number that was dialed."""

    call: str
    ani: str = field(repr=False)
    dnis: str
    trunk: str = ""


@dataclass(frozen=True, slots=True)
class CallProgress:
    """A phone that we call rings."""

    call: str


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """A phone that we call was picked up."""

    call: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call is over, for a reason: `hung_up`, or a kind of failure."""

    call: str
    cause: str
    who: Who


@dataclass(frozen=True, slots=True)
class Digit:
    """Somebody pressed a key."""

    call: str
    key: str


@dataclass(frozen=True, slots=True)
class PlayFinished:
    """A prompt was played to its end. One that is missing is told at once, with `failed`."""

    call: str
    prompt: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class RecordingFinished:
    """A recording is a whole file now."""

    recording: str
    file: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PhoneHold:
    """Somebody pressed hold at their phone."""

    call: str


@dataclass(frozen=True, slots=True)
class PhoneUnhold:
    """Somebody went on at their phone."""

    call: str


@dataclass(frozen=True, slots=True)
class PhoneTransfer:
    """Somebody asked their phone for a transfer."""

    call: str
    to: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EndpointState:
    """A phone can be called now, or no more."""

    endpoint: str
    reachable: bool


@dataclass(frozen=True, slots=True)
class SwitchDown:
    """The switch is away: what happens there until `SwitchUp` is not told."""


@dataclass(frozen=True, slots=True)
class SwitchUp:
    """The switch is there again."""


SwitchEvent = (
    CallArrived | CallProgress | CallAnswered | CallEnded | Digit | PlayFinished | RecordingFinished
    | PhoneHold | PhoneUnhold | PhoneTransfer | EndpointState | SwitchDown | SwitchUp
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallState:
    """A live call: whether it came in, and whether it was answered."""

    call: str
    inbound: bool
    answered: bool
    ani: str = field(default="", repr=False)
    dnis: str = ""


@dataclass(frozen=True, slots=True)
class SwitchState:
    """All that lives at a switch. `bridges`: who is in each; `endpoints`: which phones can be called."""

    calls: Mapping[str, CallState]
    bridges: Mapping[str, frozenset[str]]
    recordings: frozenset[str]
    endpoints: Mapping[str, bool]


class Switch(Protocol):
    """A telephone switch. Every command raises SwitchError; what is gone already is ended, left and stopped well."""

    def events(self) -> AsyncIterator[SwitchEvent]:
        """Listen; whoever listened before hears nothing more."""

    async def snapshot(self) -> SwitchState:
        """Return all that lives at the switch."""

    async def answer(self, call: str) -> None:
        """Take a call that came in."""

    async def hangup(self, call: str) -> None:
        """End a call."""

    async def play(self, call: str, prompt: str, *, words: str = "") -> None:
        """Play a prompt by its name; `words` are what it says, for a switch that has no such recording."""

    async def stop_play(self, call: str) -> None:
        """Stop what is played."""

    async def music(self, call: str, *, on: bool) -> None:
        """Begin or end music."""

    async def originate(
        self, call: str, endpoint: str, *, caller_id: str, seconds: int, headers: Mapping[str, str]
    ) -> None:
        """Call a phone under an id of ours, for so many seconds at most."""

    async def bridge_create(self, bridge: str) -> None:
        """Make a mixing bridge."""

    async def bridge_add(self, bridge: str, call: str) -> None:
        """Put a call into a bridge."""

    async def bridge_remove(self, bridge: str, call: str) -> None:
        """Take a call out of a bridge."""

    async def bridge_destroy(self, bridge: str) -> None:
        """End a bridge; the calls in it stay."""

    async def record_start(self, recording: str, bridge: str) -> None:
        """Record all that is said in a bridge."""

    async def record_stop(self, recording: str) -> None:
        """End a recording."""

    async def send_digits(self, call: str, keys: str) -> None:
        """Press keys."""

    async def mute(self, call: str, *, on: bool) -> None:
        """Let nobody hear a call, or hear it again."""

    async def snoop(self, call: str, *, id: str, spy: Spy, whisper: Spy) -> None:
        """Make a channel `id` that hears a call, and is heard by it alone, as far as told."""
