"""Servers of mail on loopback that answer as they are told to (aiosmtpd), each in a thread of its own."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Handler:
    """Plays a server: what it answers to each step (empty: it takes it), and what it got."""

    def __init__(self, *, rcpt: str = "", data: str = "", mail: str = "") -> None:
        self.got: list[Envelope] = []
        self._rcpt, self._data, self._mail = rcpt, data, mail

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._mail or "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self._rcpt:
            envelope.rcpt_tos.append(address)
        return self._rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.got.append(envelope)
        return self._data or "250 OK"


@contextmanager
def serving(handler: object, *, implicit: ssl.SSLContext | None = None, **more: Any) -> Iterator[int]:
    """Serve at a free port until the end of the block; `more`: what aiosmtpd's SMTP takes."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await loop.create_server(lambda: SMTP(handler, **more), "127.0.0.1", 0, ssl=implicit)

    async def stop(server: asyncio.Server) -> None:
        server.close()
        await server.wait_closed()
        rest = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in rest:
            each.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
