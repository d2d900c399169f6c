"""Lines of syslog (RFC 5424) over TLS or TCP (RFC 5425, RFC 6587): a length, a blank, the line.

Syslog has no receipts: what was on its way when a connection broke may be lost, so the sender says it again.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

# "log audit"; notice for what happened, warning for what was refused.
_FACILITY: Final = 13
NOTICE, WARNING = 5, 4
# The number that RFC 5612 keeps for who has none of their own.
_ENTERPRISE: Final = 32473
_PORTS: Final = {"tls": 6514, "tcp": 601}
_CONNECT_WITHIN: Final = 10.0
_SEND_WITHIN: Final = 30.0
_ELEMENT: Final = re.compile(rf'\[([a-z]+)@{_ENTERPRISE}((?: [a-z_]+="(?:[^"\\]|\\.)*")*)\]')
_PARAMETER: Final = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: when, how grave, what kind of thing, and its fields."""

    at: datetime
    severity: int
    kind: str
    name: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sink:
    """Where lines go: `tls://host:6514`, or `tcp://127.0.0.1:601` to a collector on this machine that encrypts."""

    url: str
    authority: Path | None = None

    def connect(self) -> socket.socket:
        """Return a connection. Raises: OSError, ssl.SSLError included; ValueError for a malformed address."""
        parts = urlsplit(self.url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("MINSHENG_AUDIT_SYSLOG 应为 tls://主机:6514")
        place = (parts.hostname, parts.port or _PORTS[parts.scheme])
        plain = socket.create_connection(place, timeout=_CONNECT_WITHIN)
        plain.settimeout(_SEND_WITHIN)
        if parts.scheme == "tcp":
            return plain
        context = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
        try:
            return context.wrap_socket(plain, server_hostname=parts.hostname)
        except BaseException:
            plain.close()
            raise


def send(connection: socket.socket, lines: Iterable[bytes]) -> None:
    """Send lines. Raises: OSError."""
    connection.sendall(b"".join(b"%d %b" % (len(line), line) for line in lines))


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the other end has gone; it never says anything while it is there."""
    before = connection.gettimeout()
    connection.settimeout(0.0)
    try:
        return connection.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(before)


def line(entry: Entry, *, host: str) -> bytes:
    """Return an entry as syslog writes it."""
    fields = "".join(f' {name}="{_escaped(value)}"' for name, value in entry.fields.items())
    stamp = entry.at.isoformat(timespec="microseconds")
    head = f"<{_FACILITY * 8 + entry.severity}>1 {stamp} {_plain(host)} minsheng - {_plain(entry.name)[:32]}"
    return f"{head} [{entry.kind}@{_ENTERPRISE}{fields}]".encode()


def read(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give kind and fields of every entry of ours in a collector's file, whatever it writes around them."""
    for found in _ELEMENT.finditer(text):
        yield found[1], {name: _unescaped(value) for name, value in _PARAMETER.findall(found[2])}


def _escaped(text: str) -> str:
    return re.sub(r'(["\\\]])', r"\\\1", text)


def _unescaped(text: str) -> str:
    return re.sub(r'\\(["\\\]])', r"\1", text)


def _plain(text: str) -> str:
    return re.sub(r"[^!-~]", "-", text) or "-"
