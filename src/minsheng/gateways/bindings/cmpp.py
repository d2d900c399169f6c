"""CMPP 2.0 and 3.0 as their messages: what a service provider says and hears (中国移动通信互联网短信网关接口协议).

The header: length, command, sequence, four bytes each, the highest first. Fixed fields are filled up with zero bytes.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Final

from minsheng.gateways.bindings import texts
from minsheng.gateways.bindings.values import (
    AWAY,
    CMPP3,
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
    Ping,
    Report,
    Text,
    Unreadable,
)

HEADER: Final = 12
SEQUENCES: Final = 0xFFFFFFFF
_RESPONSE: Final = 0x80000000
_CONNECT, _TERMINATE, _SUBMIT, _DELIVER, _ACTIVE_TEST = 1, 2, 4, 5, 8
_LAST: Final = 0x10
# 流量控制错; 目的号码错（Dest_terminal_Id）.
_THROTTLES, _REFUSES = 8, 13
# 消息结构错: what cannot be read shall not come again.
_BAD_STRUCTURE: Final = 1


class Cmpp:
    """The dialect of `session.Session` for a binding of CMPP 2.0 or 3.0."""

    header = HEADER
    sequences = SEQUENCES

    def __init__(self, binding: Binding) -> None:
        self._binding = binding
        self._is_3 = binding.protocol == CMPP3
        # Numbers of terminals, and how a result is packed.
        self._terminal, self._result = (32, ">I") if self._is_3 else (21, ">B")

    def login(self, sequence: int, *, moment: str) -> bytes:
        """Return CMPP_CONNECT; `moment` is MMDDHHMMSS, of which and the password the authenticator is made."""
        account, password = self._binding.account.encode("ascii"), self._binding.password.encode()
        proof = hashlib.md5(account + bytes(9) + password + moment.encode(), usedforsecurity=False).digest()
        version = 0x30 if self._is_3 else 0x20
        return _message(_CONNECT, sequence, _fixed(account, 6) + proof + struct.pack(">BI", version, int(moment)))

    def let_in(self, frame: bytes) -> None:
        """Look at the answer. Raises: LoginRefused, Garbage."""
        command, _ = _head(frame)
        size = struct.calcsize(self._result)
        if command != _CONNECT | _RESPONSE or len(frame) < HEADER + size:
            raise Garbage("no answer to connect")
        (status,) = struct.unpack(self._result, frame[HEADER : HEADER + size])
        if status:
            raise LoginRefused(status)

    def ping(self, sequence: int) -> bytes:
        """Return CMPP_ACTIVE_TEST."""
        return _message(_ACTIVE_TEST, sequence)

    def bye(self, sequence: int) -> bytes:
        """Return CMPP_TERMINATE."""
        return _message(_TERMINATE, sequence)

    def submissions(self, phone: str, text: str, *, reference: int) -> list[bytes]:
        """Return the body of each part's CMPP_SUBMIT. Raises: ValueError for a number that fits in no field."""
        contents = texts.headed(texts.parts(text), reference=reference)
        return [self._submit(phone, each, len(contents), place) for place, each in enumerate(contents, start=1)]

    def submit(self, body: bytes, sequence: int) -> bytes:
        """Return CMPP_SUBMIT."""
        return _message(_SUBMIT, sequence, body)

    def _submit(self, phone: str, content: bytes, total: int, place: int) -> bytes:
        each = self._binding
        terminal = _fixed((each.prefix + phone).encode("ascii"), self._terminal)
        # No id yet, a receipt in any case, the usual level; whoever sends pays.
        body = bytes(8) + bytes((total, place, 1, 1)) + _fixed(each.service.encode("ascii"), 10)
        body += bytes((2,)) + bytes(self._terminal) + (bytes(1) if self._is_3 else b"")
        body += bytes((0, int(total > 1), texts.UCS2)) + _fixed(each.account.encode("ascii"), 6)
        # Free of charge, at once, valid as long as the carrier has it.
        body += b"01" + _fixed(b"0", 6) + bytes(17) + bytes(17) + _fixed(each.source.encode("ascii"), 21)
        body += bytes((1,)) + terminal + (bytes(1) if self._is_3 else b"")
        return body + bytes((len(content),)) + content + bytes(20 if self._is_3 else 8)

    def read(self, frame: bytes) -> Heard:
        """Return what a message says. Raises: Garbage for a command that does not exist."""
        command, sequence = _head(frame)
        body = frame[HEADER:]
        if command == _SUBMIT | _RESPONSE:
            size = struct.calcsize(self._result)
            if len(body) < 8 + size:
                return Alive()
            (result,) = struct.unpack(self._result, body[8 : 8 + size])
            return _answer(sequence, _id(body[:8]), result)
        if command == _DELIVER:
            try:
                return self._delivered(sequence, body)
            except (IndexError, struct.error):
                return Unreadable(sequence, command, body[:8].ljust(8, b"\0"))
        if command in (_ACTIVE_TEST, _TERMINATE):
            return Ping(sequence) if command == _ACTIVE_TEST else Bye(sequence)
        if not 0 < command & ~_RESPONSE <= _LAST:
            raise Garbage("no command of CMPP")
        return Alive() if command & _RESPONSE else Unreadable(sequence, command)

    def _delivered(self, sequence: int, body: bytes) -> Report | Text:
        """Read CMPP_DELIVER: id, number dialled, service, flags, coding, sender, whether a receipt, content."""
        mark, rest = body[:8], body[8 + 21 + 10 :]
        headed, coding, rest = rest[1], rest[2], rest[3:]
        phone, rest = rest[: self._terminal], rest[self._terminal + (1 if self._is_3 else 0) :]
        is_receipt, length, rest = rest[0], rest[1], rest[2:]
        content = rest[:length]
        if len(content) < length:
            raise IndexError("the content ends too early")
        if is_receipt:
            if length < 15:
                raise IndexError("no receipt")
            return Report(sequence, _id(content[:8]), _plain(content[8:15]), mark)
        piece = None
        if headed:
            content, piece = texts.beheaded(content)
        return Text(sequence, _id(mark), _plain(phone), texts.decoded(content, coding), body, piece, mark)

    def reply(self, heard: Report | Text | Ping | Bye | Unreadable) -> bytes:
        """Return what answers a request that was taken."""
        match heard:
            case Ping(sequence):
                return _message(_ACTIVE_TEST | _RESPONSE, sequence, bytes(1))
            case Bye(sequence):
                return _message(_TERMINATE | _RESPONSE, sequence)
            case Unreadable(sequence, command) if command != _DELIVER:
                return _message(command | _RESPONSE, sequence)
            case _:
                result = _BAD_STRUCTURE if isinstance(heard, Unreadable) else 0
                body = heard.mark + struct.pack(self._result, result)
                return _message(_DELIVER | _RESPONSE, heard.sequence, body)


def _answer(sequence: int, id: str, result: int) -> Answer:
    if result == 0:
        return Answer(sequence, TAKEN, id)
    verdict = THROTTLED if result == _THROTTLES else REFUSED if result == _REFUSES else AWAY
    return Answer(sequence, verdict, status=result)


def _message(command: int, sequence: int, body: bytes = b"") -> bytes:
    return struct.pack(">III", HEADER + len(body), command, sequence) + body


def _head(frame: bytes) -> tuple[int, int]:
    _, command, sequence = struct.unpack(">III", frame[:HEADER])
    return command, sequence


def _id(mark: bytes) -> str:
    """Return Msg_Id in decimal."""
    return str(int.from_bytes(mark, "big"))


def _plain(field: bytes) -> str:
    return field.split(b"\0")[0].decode("latin-1").strip()


def _fixed(text: bytes, size: int) -> bytes:
    """Return a field of so many bytes. Raises: ValueError for a text that does not fit."""
    if len(text) > size:
        raise ValueError("too long for its field")
    return text.ljust(size, b"\0")
