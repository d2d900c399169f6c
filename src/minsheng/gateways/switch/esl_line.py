"""A line to the event socket of a FreeSWITCH: frames, the password, commands in order, events as they come.

A frame is a head of `Name: value` lines, an empty line, and a body of `Content-Length` bytes. One command waits at a
time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from minsheng.gateways.switch.port import SwitchError

ANSWERS_WITHIN: Final = 5.0
Event = Mapping[str, Any]


class EslLine:
    """An open line. `heard` is called with each event; `closed` is set when the line is gone."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: Callable[[Event], None] | None
    ) -> None:
        self._reader, self._writer, self._heard = reader, writer, heard
        self._one = asyncio.Lock()
        self._answer: asyncio.Future[str] | None = None
        self.closed = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    async def opened(cls, host: str, port: int, password: str, heard: Callable[[Event], None] | None = None) -> EslLine:
        """Open a line. Raises: SwitchError switch_down; PermissionError for a wrong password."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                reader, writer = await asyncio.open_connection(host, port)
                made = cls(reader, writer, heard)
                await made._frame()  # auth/request
        except (OSError, TimeoutError, EOFError, ValueError):
            raise SwitchError("switch_down") from None
        made._reading = asyncio.create_task(made._read())
        if not (await made.command(f"auth {password}")).startswith("+OK"):
            made.close()
            raise PermissionError
        return made

    async def command(self, *lines: str) -> str:
        """Give a command and return what is answered. Raises: SwitchError switch_down."""
        if any("\n" in each or "\r" in each for each in lines):
            raise SwitchError("rejected")
        async with self._one:
            if self.closed.is_set():
                raise SwitchError("switch_down")
            self._answer = asyncio.get_running_loop().create_future()
            try:
                self._writer.write(("\n".join(lines) + "\n\n").encode())
                async with asyncio.timeout(ANSWERS_WITHIN):
                    return await self._answer
            except (OSError, TimeoutError):
                self.close()
                raise SwitchError("switch_down") from None

    def close(self) -> None:
        """Let go of the line; calls stay."""
        if self._reading is not None:
            self._reading.cancel()
        self._gone()

    def _gone(self) -> None:
        self.closed.set()
        self._writer.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError())

    async def _read(self) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError):
            while True:
                head, body = await self._frame()
                kind = head.get("Content-Type", "")
                if kind == "text/event-json":
                    if self._heard is not None:
                        self._heard(json.loads(body))
                elif kind == "text/disconnect-notice":
                    break
                elif self._answer is not None and not self._answer.done():
                    self._answer.set_result(body if kind == "api/response" else head.get("Reply-Text", ""))
        self._gone()

    async def _frame(self) -> tuple[dict[str, str], str]:
        lines = (await self._reader.readuntil(b"\n\n")).decode().strip().split("\n")
        head = {name: unquote(value.strip()) for name, _, value in (each.partition(":") for each in lines)}
        length = int(head.get("Content-Length", "0"))
        return head, (await self._reader.readexactly(length)).decode() if length else ""
