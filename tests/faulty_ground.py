"""A line between a program and its peer that is as bad as lines are: slow, cut, in crumbs, with words of nobody's."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio.from_thread import start_blocking_portal

# How many bytes go at once; small, so that a fault strikes in the middle of something.
PIECE = 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of one connection. Counts are of bytes; `slow`: seconds before each piece.

    `cut_after`: the connection is reset once the program has sent so many; `answer_cut`: once the peer has answered so
    many. `garbage` comes before the peer's answer. `crumbs`: each byte of an answer comes alone.
    `twice`: the peer's answer comes two times. `refused`: nobody is there.
    """

    slow: float = 0.0
    cut_after: int | None = None
    answer_cut: int | None = None
    garbage: bytes = b""
    crumbs: bool = False
    twice: bool = False
    refused: bool = False


@dataclass(slots=True)
class Line:
    """A proxy on loopback; each connection gets the next fault, and the last one stays."""

    target: Callable[[], Coroutine[Any, Any, tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
    faults: Sequence[Fault]
    port: int = 0
    connections: int = 0
    _turn: Iterator[int] = field(default_factory=itertools.count)

    async def serve(self) -> asyncio.Server:
        """Pass on until the server is closed."""
        server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        fault = self.faults[min(next(self._turn), len(self.faults) - 1)]
        self.connections += 1
        if fault.refused:
            return _reset(writer)
        # The line ends with the test, also in the middle of a fault.
        with contextlib.suppress(OSError, asyncio.CancelledError):
            theirs, ours = await self.target()
            out = asyncio.create_task(_pump(reader, ours, slow=fault.slow, limit=fault.cut_after))
            back = asyncio.create_task(self._answer(theirs, writer, fault))
            await asyncio.wait([out, back], return_when=asyncio.FIRST_COMPLETED)
            if not back.done() and fault.cut_after is None:
                await asyncio.wait([back], timeout=30)
            for each in (out, back):
                each.cancel()
            await asyncio.gather(out, back, return_exceptions=True)
            ours.close()
        return _reset(writer) if fault.cut_after or fault.answer_cut else writer.close()

    async def _answer(self, theirs: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault) -> None:
        writer.write(fault.garbage)
        await _pump(
            theirs, writer, slow=fault.slow, limit=fault.answer_cut, piece=1 if fault.crumbs else PIECE,
            times=2 if fault.twice else 1,
        )  # fmt: skip


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, slow: float, limit: int | None, piece: int = PIECE,
    times: int = 1,
) -> None:  # fmt: skip
    gone = 0
    while data := await reader.read(piece if limit is None else max(1, min(piece, limit - gone))):
        await asyncio.sleep(slow)
        writer.write(data * times)
        await writer.drain()
        gone += len(data)
        if limit is not None and gone >= limit:
            return
    if writer.can_write_eof():
        writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection as a crash does: without a word of farewell."""
    sock = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@contextmanager
def bad_line(target: str | tuple[str, int], *faults: Fault) -> Iterator[Line]:
    """Have a bad line to a Unix socket or an address."""

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(target, str):
            return await asyncio.open_unix_connection(target)
        return await asyncio.open_connection(*target)

    line = Line(connect, faults)
    with start_blocking_portal() as portal:
        server = portal.call(line.serve)
        try:
            yield line
        finally:
            portal.call(server.close)
