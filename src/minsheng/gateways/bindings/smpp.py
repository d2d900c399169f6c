"""SMPP 3.4 as its PDUs: what a transceiver says and hears. Lengths and places are the specification's, chapter 4.

The header: length, command, status, sequence, four bytes each, the highest first.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from minsheng.gateways.bindings import texts
from minsheng.gateways.bindings.values import (
    AWAY,
    REFUSED,
    TAKEN,
    THROTTLED,
    Alive,
    Answer,
    Binding,
    Bye,
    Garbage,
    Heard,
    LoginRefused,
    Piece,
    Ping,
    Report,
    Text,
    Unreadable,
)

HEADER: Final = 16
SEQUENCES: Final = 0x7FFFFFFF
_NACK, _RESPONSE = 0x80000000, 0x80000000
_SUBMIT, _DELIVER, _UNBIND, _BIND, _ENQUIRE = 0x4, 0x5, 0x6, 0x9, 0x15
_UDHI, _RECEIPT, _KINDS, _INTERMEDIATE = 0x40, 0x04, 0x3C, 0x20
# ESME_RTHROTTLED, ESME_RMSGQFUL; ESME_RINVDSTADR, ESME_RINVDSTTON, ESME_RINVDSTNPI.
_THROTTLES: Final = (0x58, 0x14)
_REFUSES: Final = (0x0B, 0x50, 0x51)
# ESME_RX_P_APPN: what cannot be read shall not come again. ESME_RINVCMDID.
_PERMANENT, _UNKNOWN = 0x65, 0x03
_PAYLOAD, _RECEIPTED, _STATE = 0x0424, 0x001E, 0x0427
_SAR: Final = (0x020C, 0x020E, 0x020F)
_STATES: Final = {2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 8: "REJECTD"}
_ID: Final = re.compile(r"\bid:\s*([!-~]+)", re.IGNORECASE)
_STAT: Final = re.compile(r"\bstat:\s*([!-~]+)", re.IGNORECASE)


class Smpp:
    """The dialect of `session.Session` for a binding of SMPP."""

    header = HEADER
    sequences = SEQUENCES

    def __init__(self, binding: Binding) -> None:
        self._binding = binding

    def login(self, sequence: int, *, moment: str) -> bytes:
        """Return bind_transceiver; `moment` is CMPP's alone."""
        each = self._binding
        body = _string(each.account, 16) + _string(each.password, 9) + _string(each.system_type, 13)
        return _pdu(_BIND, sequence, body + bytes((0x34, each.source_ton, each.source_npi, 0)))

    def let_in(self, frame: bytes) -> None:
        """Look at the answer. Raises: LoginRefused, Garbage."""
        command, status, _ = _head(frame)
        if command not in (_BIND | _RESPONSE, _NACK):
            raise Garbage("no answer to bind")
        if command == _NACK or status:
            raise LoginRefused(status)

    def ping(self, sequence: int) -> bytes:
        """Return enquire_link."""
        return _pdu(_ENQUIRE, sequence)

    def bye(self, sequence: int) -> bytes:
        """Return unbind."""
        return _pdu(_UNBIND, sequence)

    def submissions(self, phone: str, text: str, *, reference: int) -> list[bytes]:
        """Return the body of each part's submit_sm. Raises: ValueError for a number that fits in no field."""
        if self._binding.payload and texts.units(text) > texts.ONE:
            return [self._submit(phone, b"", payload=texts.encoded(text))]
        contents = texts.headed(texts.parts(text), reference=reference)
        return [self._submit(phone, each, headed=len(contents) > 1) for each in contents]

    def submit(self, body: bytes, sequence: int) -> bytes:
        """Return submit_sm."""
        return _pdu(_SUBMIT, sequence, body)

    def _submit(self, phone: str, content: bytes, *, headed: bool = False, payload: bytes = b"") -> bytes:
        each = self._binding
        body = _string(each.service, 6) + bytes((each.source_ton, each.source_npi)) + _string(each.source, 21)
        body += bytes((each.dest_ton, each.dest_npi)) + _string(each.prefix + phone, 21)
        # No protocol, no priority, at once, valid as long as the carrier has it, a receipt in any case.
        body += bytes((_UDHI if headed else 0, 0, 0, 0, 0, 1, 0, texts.UCS2, 0, len(content))) + content
        return body + (struct.pack(">HH", _PAYLOAD, len(payload)) + payload if payload else b"")

    def read(self, frame: bytes) -> Heard:
        """Return what a PDU says. Raises: Garbage for a command that does not exist."""
        command, status, sequence = _head(frame)
        if command == _SUBMIT | _RESPONSE or command == _NACK:
            return self._answer(sequence, status, frame[HEADER:].split(b"\0")[0], is_answer=command != _NACK)
        if command == _DELIVER:
            try:
                return self._delivered(sequence, frame[HEADER:])
            except (ValueError, IndexError, struct.error):
                return Unreadable(sequence, command)
        if command in (_ENQUIRE, _UNBIND):
            return Ping(sequence) if command == _ENQUIRE else Bye(sequence)
        if command & _RESPONSE:
            return Alive()
        if command > 0x112 and not 0x10200 <= command <= 0x102FF:
            raise Garbage("no command of SMPP")
        return Unreadable(sequence, command)

    def _answer(self, sequence: int, status: int, id: bytes, *, is_answer: bool) -> Answer:
        if status == 0 and is_answer:
            return Answer(sequence, TAKEN, self._own(id.decode("ascii", "replace"), answers=True))
        verdict = THROTTLED if status in _THROTTLES else REFUSED if status in _REFUSES else AWAY
        return Answer(sequence, verdict, status=status)

    def _own(self, id: str, *, answers: bool) -> str:
        """Return an id in the one form that answers and receipts have here."""
        ids = self._binding.ids
        if ids == "same":
            return id
        try:
            return str(int(id, 16 if answers == (ids == "decimal") else 10))
        except ValueError:
            return id

    def _delivered(self, sequence: int, body: bytes) -> Report | Text:
        _, rest = _taken(body)
        phone, rest = _taken(rest[2:])
        _, rest = _taken(rest[2:])
        kind = rest[0]
        _, rest = _taken(rest[3:])
        _, rest = _taken(rest)
        coding, length = rest[2], rest[4]
        content, tlvs = rest[5 : 5 + length], _optional(rest[5 + length :])
        content = content or tlvs.get(_PAYLOAD, b"")
        if kind & _KINDS == _RECEIPT:
            return self._report(sequence, texts.decoded(content, coding), tlvs)
        if kind & _KINDS == _INTERMEDIATE:
            return Report(sequence, "", "")
        piece = None
        if kind & _UDHI:
            content, piece = texts.beheaded(content)
        elif all(tag in tlvs for tag in _SAR):
            reference, total, place = (int.from_bytes(tlvs[tag], "big") for tag in _SAR)
            piece = Piece(reference, total, place) if total > 1 and 1 <= place <= total else None
        return Text(sequence, "", phone.decode("latin-1"), texts.decoded(content, coding), body, piece)

    def _report(self, sequence: int, said: str, tlvs: dict[int, bytes]) -> Report:
        """Return a receipt: what its words say, and for what they don't the optional parameters."""
        id, state = _ID.search(said), _STAT.search(said)
        found = id[1] if id else tlvs.get(_RECEIPTED, b"").split(b"\0")[0].decode("ascii", "replace")
        code = int.from_bytes(tlvs.get(_STATE, b""), "big")
        return Report(sequence, self._own(found, answers=False), state[1] if state else _STATES.get(code, ""))

    def reply(self, heard: Report | Text | Ping | Bye | Unreadable) -> bytes:
        """Return what answers a request that was taken."""
        match heard:
            case Ping(sequence):
                return _pdu(_ENQUIRE | _RESPONSE, sequence)
            case Bye(sequence):
                return _pdu(_UNBIND | _RESPONSE, sequence)
            case Unreadable(sequence, command) if command != _DELIVER:
                return _pdu(_NACK, sequence, status=_UNKNOWN)
            case _:
                status = _PERMANENT if isinstance(heard, Unreadable) else 0
                return _pdu(_DELIVER | _RESPONSE, heard.sequence, b"\0", status=status)


def _pdu(command: int, sequence: int, body: bytes = b"", *, status: int = 0) -> bytes:
    return struct.pack(">IIII", HEADER + len(body), command, status, sequence) + body


def _head(frame: bytes) -> tuple[int, int, int]:
    _, command, status, sequence = struct.unpack(">IIII", frame[:HEADER])
    return command, status, sequence


def _string(text: str, size: int) -> bytes:
    """Return a C-octet string of at most so many bytes. Raises: ValueError for one that does not fit."""
    found = text.encode("ascii")
    if len(found) >= size or b"\0" in found:
        raise ValueError("too long for its field")
    return found + b"\0"


def _taken(body: bytes) -> tuple[bytes, bytes]:
    """Return a C-octet string and what follows it. Raises: ValueError where it does not end."""
    end = body.index(b"\0")
    return body[:end], body[end + 1 :]


def _optional(body: bytes) -> dict[int, bytes]:
    found = {}
    while body:
        tag, length = struct.unpack(">HH", body[:4])
        found[tag] = body[4 : 4 + length]
        body = body[4 + length :]
    return found
