"""Looking for malicious software in files: the port, clamd behind it, and what stands in for it in a demonstration.

Nothing is taken for clean because a scanner did not answer: `ScannerAway` is raised, and the caller refuses the file.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

from minsheng.domain.rejected import Rejected
from minsheng.gateways.files import chunks

# The harmless string that every scanner reports, in two pieces so that none reports this file.
EICAR: Final = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_REPLY_AT_MOST: Final = 4096


@dataclass(frozen=True, slots=True)
class Clean:
    """A scanner has looked and found nothing. `by` is its name, for the record."""

    by: str


@dataclass(frozen=True, slots=True)
class Infected:
    """A scanner has found something of that name."""

    name: str


@dataclass(frozen=True, slots=True)
class Unscanned:
    """Nobody has looked, because the operator has switched scanning off."""


Verdict = Clean | Infected | Unscanned


class ScannerAway(Rejected):
    """No verdict could be had. `code`: scanner_away, scanner_missing, scanner_limit."""

    def __init__(self, code: str = "scanner_away") -> None:
        super().__init__(code)


class Scanner(Protocol):
    """Something that looks into files."""

    def scan(self, stream: BinaryIO) -> Verdict:
        """Look at the stream from its start on. Raises: ScannerAway when there is no verdict."""


class Clamd:
    """ClamAV's daemon, spoken to by INSTREAM over a socket: the content goes through, no file is shared.

    `address`: `unix:/run/clamav/clamd.ctl` or `tcp:host:port`. The wait is that for one step, not for the whole file.
    Raises: ValueError for another kind of address.
    """

    def __init__(self, address: str, *, wait_seconds: float = 60.0) -> None:
        kind, _, place = address.partition(":")
        host, _, port = place.rpartition(":")
        if kind == "unix" and place:
            self._target: str | tuple[str, int] = place
        elif kind == "tcp" and host and port.isdecimal():
            self._target = (host.strip("[]"), int(port))
        else:
            raise ValueError("clamd's address is unix:/path or tcp:host:port")
        self._wait = wait_seconds

    def scan(self, stream: BinaryIO) -> Verdict:
        """Send the stream to the daemon and return its verdict. Raises: ScannerAway."""
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                _send(connection, stream)
                reply = _receive(connection)
        except OSError as fault:
            raise ScannerAway from fault
        return _verdict(reply)

    def _connected(self) -> socket.socket:
        if isinstance(self._target, tuple):
            return socket.create_connection(self._target, timeout=self._wait)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(self._wait)
        try:
            connection.connect(self._target)
        except OSError:
            connection.close()
            raise
        return connection


class EicarOnly:
    """Knows the test string of the scanners' makers and nothing else: for demonstrations and tests."""

    def scan(self, stream: BinaryIO) -> Verdict:
        """Return Infected for a file that holds the test string anywhere."""
        rest = b""
        for piece in chunks(stream):
            if EICAR in rest + piece:
                return Infected("Eicar-Test-Signature")
            rest = (rest + piece)[-len(EICAR) :]
        return Clean("demonstration")


class SwitchedOff:
    """The operator's explicit choice not to scan; every file is marked as unscanned."""

    def scan(self, stream: BinaryIO) -> Verdict:
        """Return that nobody has looked."""
        return Unscanned()


class NotConfigured:
    """No scanner was named and none was refused: no file is taken in."""

    def scan(self, stream: BinaryIO) -> Verdict:
        """Raise ScannerAway, always."""
        raise ScannerAway("scanner_missing")


def configured(address: str, *, switched_off: bool, demonstration: bool) -> Scanner:
    """Return the scanner that the settings name; without a word about it, one that lets nothing in."""
    if switched_off:
        return SwitchedOff()
    if address:
        return Clamd(address)
    return EicarOnly() if demonstration else NotConfigured()


def _send(connection: socket.socket, stream: BinaryIO) -> None:
    try:
        for piece in chunks(stream):
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # Over its own limit the daemon answers and hangs up in the middle: its words tell, if they still come.
        return


def _receive(connection: socket.socket) -> str:
    reply = b""
    while len(reply) < _REPLY_AT_MOST:
        piece = connection.recv(_REPLY_AT_MOST)
        if not piece:
            break
        reply += piece
        if b"\0" in piece:
            break
    return reply.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(reply: str) -> Verdict:
    """Return what the daemon said; whatever is not plainly clean or infected is no verdict."""
    words = reply.removeprefix("stream: ")
    if words == "OK" and words != reply:
        return Clean("clamd")
    if words.endswith(" FOUND"):
        return Infected(words.removesuffix(" FOUND"))
    raise ScannerAway("scanner_limit" if "size limit exceeded" in reply else "scanner_away")
