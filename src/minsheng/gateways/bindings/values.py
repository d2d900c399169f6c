"""What a binding is, as the file of providers describes it, and what its session says and hears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from minsheng.gateways.sms import DELIVERED, PERMANENT, TEMPORARY

SMPP, CMPP2, CMPP3 = PROTOCOLS = ("smpp", "cmpp2", "cmpp3")
# States of SMPP 3.4 (Appendix B) and of CMPP (7.4.3.6). ACCEPTD, ENROUTE and UNKNOWN are no ends: they say nothing.
WORDS: Final = {
    "DELIVRD": DELIVERED,
    "EXPIRED": TEMPORARY,
    "UNDELIV": PERMANENT, "REJECTD": PERMANENT, "DELETED": PERMANENT,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """An account at a carrier's gateway. Times are seconds, `rate` is text messages a second.

    `window`: how many may be unanswered at the same time; `ids`: how receipts write ids, `gateways.sms.IDS`;
    `inbound`: the city that gets what people send; `payload`: a long text goes whole, as message_payload (SMPP alone);
    `words`: the carrier's own states of receipts, beside the standard's; `gateways`: where processes of
    `minsheng gateway` listen for the platform's other processes, which send `token`.
    """

    name: str
    protocol: str
    host: str
    port: int
    account: str
    password: str = field(repr=False)
    source: str
    gateways: tuple[tuple[str, int], ...]
    token: str = field(repr=False)
    service: str = ""
    system_type: str = ""
    source_ton: int = 0
    source_npi: int = 0
    dest_ton: int = 1
    dest_npi: int = 1
    prefix: str = ""
    window: int = 16
    rate: float = 100.0
    alive: float = 30.0
    answer_within: float = 10.0
    ids: str = "same"
    inbound: str = ""
    payload: bool = False
    words: Mapping[str, str] = field(default_factory=dict)

    def outcome(self, state: str) -> str:
        """Return what a state of a receipt means, empty for none."""
        return self.words.get(state, "") or WORDS.get(state, "")


class Garbage(Exception):
    """What the other end says is none of its protocol's."""


class LoginRefused(Exception):
    """The carrier does not let this account in; `status`: what it says."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


# What an answer to a submission means.
TAKEN, THROTTLED, REFUSED, AWAY = ("taken", "throttled", "refused", "away")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to the request of that number: a verdict, the id of the message where it was taken."""

    sequence: int
    verdict: str
    id: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """A receipt: the message's id as answers have it, and the state; an empty id is none of ours."""

    sequence: int
    id: str
    state: str
    mark: bytes = b""


@dataclass(frozen=True, slots=True)
class Piece:
    """Which part of a long message it is: the sender's number for the message, how many there are, the place from 1."""

    reference: int
    total: int
    place: int


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody sent. `id`: the carrier's own, empty where the protocol has none. `body`: all that was said of it,
    the same when it is said again."""

    sequence: int
    id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)
    body: bytes = field(repr=False, default=b"")
    piece: Piece | None = None
    mark: bytes = b""


@dataclass(frozen=True, slots=True)
class Ping:
    """The other end asks whether we live."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Bye:
    """The other end ends the session."""

    sequence: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A delivery or another request that cannot be read; it is answered so, since it would come again for ever."""

    sequence: int
    command: int
    mark: bytes = b""


@dataclass(frozen=True, slots=True)
class Alive:
    """An answer that says nothing more than that the line stands."""


Heard = Answer | Report | Text | Ping | Bye | Unreadable | Alive
