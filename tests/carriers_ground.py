"""Carriers as tests play them: one of SMPP on smpplib's codec, one of CMPP on a codec of this file's own.

Each does what its script says with every submission, and keeps every frame of every connection in order.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from smpplib import consts, smpp

# How long a test waits for something that happens at once; only one that fails waits so long.
PATIENCE = 30.0


@dataclass(frozen=True)
class Frame:
    """A frame of a connection; `ours`: from the platform."""

    connection: int
    ours: bool
    content: bytes


@dataclass(frozen=True)
class Submitted:
    """A part that the platform submitted: number, what its header said (reference, total, place), words."""

    phone: str
    text: str
    head: tuple[int, int, int] | None
    id: str
    raw: Any = None


class Line:
    """A connection; writes of several threads do not mix."""

    def __init__(self, number: int, made: socket.socket) -> None:
        self.number, self.made, self._lock = number, made, threading.Lock()

    def send(self, content: bytes) -> None:
        with self._lock, contextlib.suppress(OSError):
            self.made.sendall(content)

    def cut(self) -> None:
        with contextlib.suppress(OSError):
            self.made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.made.shutdown(socket.SHUT_RDWR)
        self.made.close()


class Carrier(ABC):
    """A server on loopback. `script` gets the number of each submission, from 0, and says what becomes of it:

    `take`, `silent` (no answer), `late` (kept until `answer_late`), `cut` (the line, unanswered), `half` (an answer
    that breaks off), `garbage`, or the status of a refusal.
    """

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.submitted: list[Submitted] = []
        self.answered: dict[int, int] = {}
        self.logins = 0
        self.script: Callable[[int], str | int] = lambda number: "take"
        self.id_of: Callable[[int], str] = lambda number: str(1000 + number)
        self.lets_in = 0
        self.late: list[tuple[Line, bytes]] = []
        self.changed = threading.Condition()
        self.lines: list[Line] = []
        self._sequence = 100
        self._asked = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        """End, with every connection."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for line in self.lines:
            line.cut()
        for thread in self._threads:
            thread.join(PATIENCE)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; whatever comes in is a reason to look again."""
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE), "it did not happen"

    def next_sequence(self) -> int:
        """Return the number of a request of the carrier's own."""
        with self.changed:
            self._sequence += 1
            return self._sequence

    def say(self, content: bytes, *, line: Line | None = None) -> None:
        """Send a frame on the newest connection, or on that one."""
        line = line or self.lines[-1]
        with self.changed:
            self.frames.append(Frame(line.number, False, content))
        line.send(content)

    def answer_late(self) -> None:
        """Answer what was kept."""
        waiting, self.late = self.late, []
        for line, content in waiting:
            self.say(content, line=line)

    def _accept(self) -> None:
        while True:
            try:
                made, _ = self._server.accept()
            except OSError:
                return
            line = Line(len(self.lines), made)
            self.lines.append(line)
            thread = threading.Thread(target=self._read, args=(line,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _read(self, line: Line) -> None:
        with contextlib.suppress(OSError, EOFError), line.made.makefile("rb") as stream:
            while start := stream.read(4):
                frame = start + stream.read(int.from_bytes(start, "big") - 4)
                with self.changed:
                    self.frames.append(Frame(line.number, True, frame))
                self.hear(line, frame)
                with self.changed:
                    self.changed.notify_all()

    @abstractmethod
    def hear(self, line: Line, frame: bytes) -> None:
        """Do what the protocol asks with a frame."""

    def _told(self, line: Line, submitted: Submitted, answers: Callable[[int, str], bytes]) -> None:
        """Do with a submission what the script says; `answers` makes the answer of a status and an id."""
        does = self.script(self._asked)
        self._asked += 1
        if does in ("take", "late", "silent", "cut", "half"):
            with self.changed:
                self.submitted.append(submitted)
        content = answers(0 if isinstance(does, str) else does, submitted.id if isinstance(does, str) else "")
        if does == "late":
            self.late.append((line, content))
        elif does == "cut":
            line.cut()
        elif does == "half":
            line.send(content[:-1])
            line.cut()
        elif does == "garbage":
            line.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        elif does != "silent":
            self.say(content, line=line)


def _parted(content: bytes, headed: bool) -> tuple[tuple[int, int, int] | None, bytes]:
    if not headed:
        return None, content
    assert content[:3] == b"\x05\x00\x03"
    return (content[3], content[4], content[5]), content[6:]


class _Numbers:
    """What smpplib asks for numbers; every PDU here has one of its own."""

    sequence = 0

    def next_sequence(self) -> int:
        return 0


_NUMBERS = _Numbers()


class Smsc(Carrier):
    """A carrier of SMPP 3.4."""

    def hear(self, line: Line, frame: bytes) -> None:
        pdu = read(frame)
        match pdu.command:
            case "bind_transceiver":
                self.logins += 1
                status = self.lets_in
                self.say(made("bind_transceiver_resp", pdu.sequence, status=status, system_id="smsc"), line=line)
            case "enquire_link":
                self.say(made("enquire_link_resp", pdu.sequence), line=line)
            case "unbind":
                self.say(made("unbind_resp", pdu.sequence), line=line)
            case "submit_sm":
                self._submit(line, pdu)
            case "deliver_sm_resp":
                with self.changed:
                    self.answered[pdu.sequence] = pdu.status

    def _submit(self, line: Line, pdu: Any) -> None:
        head, content = _parted(pdu.short_message or pdu.message_payload, bool(pdu.esm_class & 0x40))
        id = self.id_of(self._asked)
        found = Submitted(pdu.destination_addr.decode(), content.decode("utf-16-be"), head, id, pdu)
        self._told(
            line, found,
            lambda status, id: made("submit_sm_resp", pdu.sequence, status=status, message_id=id),
        )  # fmt: skip

    def receipt(self, id: str, stat: str, *, tlv: str = "") -> int:
        """Tell what became of a message; return the request's number."""
        words = f"id:{id} sub:001 dlvrd:001 submit date:2609181000 done date:2609181001 stat:{stat} err:000 text:"
        extra = {"receipted_message_id": tlv} if tlv else {}
        return self.deliver("1069", words.encode(), esm_class=4, data_coding=0, **extra)

    def deliver(self, phone: str, content: bytes, *, esm_class: int = 0, data_coding: int = 8, **more: Any) -> int:
        """Bring what somebody sent; return the request's number."""
        sequence = self.next_sequence()
        self.say(
            made(
                "deliver_sm", sequence, service_type="", source_addr_ton=1, source_addr_npi=1, source_addr=phone,
                dest_addr_ton=0, dest_addr_npi=0, destination_addr="12345", esm_class=esm_class, protocol_id=0,
                priority_flag=0, schedule_delivery_time="", validity_period="", registered_delivery=0,
                replace_if_present_flag=0, data_coding=data_coding, sm_default_msg_id=0,
                short_message=content, **more,
            )
        )  # fmt: skip
        return sequence


def read(frame: bytes) -> Any:
    """Return a PDU as smpplib reads it."""
    return smpp.parse_pdu(frame, client=_NUMBERS, allow_unknown_opt_params=True)


def made(command: str, sequence: int, *, status: int = 0, **fields: Any) -> bytes:
    """Return a PDU as smpplib makes it."""
    pdu = smpp.make_pdu(command, client=_NUMBERS, **fields)
    pdu.sequence, pdu.status = sequence, status
    content: bytes = pdu.generate()
    return content


THROTTLED = consts.SMPP_ESME_RTHROTTLED
BAD_NUMBER = consts.SMPP_ESME_RINVDSTADR
SYSTEM_ERROR = consts.SMPP_ESME_RSYSERR
BAD_PASSWORD = consts.SMPP_ESME_RINVPASWD


class Ismg(Carrier):
    """A carrier of CMPP: `version` 2 or 3."""

    def __init__(self, version: int) -> None:
        super().__init__()
        self.version = version
        self.proofs: list[bytes] = []
        self.id_of = lambda number: str(7_000_000_000_000_000_000 + number)

    @property
    def terminal(self) -> int:
        """Return how many bytes a number has."""
        return 32 if self.version == 3 else 21

    def result(self, value: int) -> bytes:
        """Return a result as this version packs it."""
        return struct.pack(">I" if self.version == 3 else ">B", value)

    def hear(self, line: Line, frame: bytes) -> None:
        _, command, sequence = struct.unpack(">III", frame[:12])
        body = frame[12:]
        match command:
            case 1:
                self.logins += 1
                self.proofs.append(body)
                status = self.result(self.lets_in)
                self.say(framed(0x80000001, sequence, status + bytes(16) + bytes((self.version << 4,))), line=line)
            case 2:
                self.say(framed(0x80000002, sequence), line=line)
            case 4:
                found = self.read_submit(body)
                self._told(
                    line, found,
                    lambda status, id: framed(
                        0x80000004, sequence, struct.pack(">Q", int(id or 0)) + self.result(status)
                    ),
                )  # fmt: skip
            case 8:
                self.say(framed(0x80000008, sequence, bytes(1)), line=line)
            case 0x80000005:
                (status,) = struct.unpack(">I" if self.version == 3 else ">B", body[8:])
                with self.changed:
                    self.answered[sequence] = status

    def read_submit(self, body: bytes) -> Submitted:
        """Read CMPP_SUBMIT by the specification's table, field after field."""
        third = self.version == 3
        widths = [8, 1, 1, 1, 1, 10, 1, self.terminal, *([1] if third else []), 1, 1, 1, 6, 2, 6, 17, 17, 21, 1]
        fields = []
        for width in widths:
            fields.append(body[:width])
            body = body[width:]
        names = [
            "id",
            "total",
            "number",
            "receipt",
            "level",
            "service",
            "fee_user",
            "fee",
            *(["fee_type"] if third else []),
        ]
        names += ["pid", "udhi", "format", "source_id", "fee_kind", "fee_code", "valid", "at", "source", "count"]
        read = dict(zip(names, fields, strict=True))
        phone, body = body[: self.terminal].rstrip(b"\0"), body[self.terminal + (1 if third else 0) :]
        length, body = body[0], body[1:]
        content, rest = body[:length], body[length:]
        assert len(rest) == (20 if third else 8)
        head, words = _parted(content, read["udhi"] == b"\1")
        if head is not None:
            assert (read["total"][0], read["number"][0]) == head[1:]
        return Submitted(phone.decode(), words.decode("utf-16-be"), head, self.id_of(self._asked), read)

    def receipt(self, id: str, stat: str) -> int:
        """Tell what became of a message; return the request's number."""
        content = struct.pack(">Q", int(id)) + stat.encode().ljust(7, b"\0") + b"26091810002609181001"
        content += b"19900001234".ljust(self.terminal, b"\0") + bytes(4)
        return self.deliver("19900001234", content, is_receipt=True, format=0)

    def deliver(
        self,
        phone: str,
        content: bytes,
        *,
        is_receipt: bool = False,
        format: int = 8,
        headed: bool = False,
        id: int = 5,
    ) -> int:
        """Bring what somebody sent; return the request's number."""
        body = struct.pack(">Q", id) + b"12345".ljust(21, b"\0") + bytes(10) + bytes((0, int(headed), format))
        body += phone.encode().ljust(self.terminal, b"\0") + (bytes(1) if self.version == 3 else b"")
        body += bytes((int(is_receipt), len(content))) + content + bytes(20 if self.version == 3 else 8)
        sequence = self.next_sequence()
        self.say(framed(5, sequence, body))
        return sequence


def framed(command: int, sequence: int, body: bytes = b"") -> bytes:
    """Return a message of CMPP."""
    return struct.pack(">III", 12 + len(body), command, sequence) + body


@contextlib.contextmanager
def running(carrier: Carrier) -> Iterator[Carrier]:
    """Have a carrier for a while."""
    try:
        yield carrier
    finally:
        carrier.close()
