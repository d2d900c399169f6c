"""Servers of mail on loopback that answer as they are told to (aiosmtpd), each in a thread of its own."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session
from anyio.from_thread import start_blocking_portal


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

    async def start() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(handler, **more), "127.0.0.1", 0, ssl=implicit)

    async def stop(server: asyncio.Server) -> None:
        server.close()
        await server.wait_closed()

    with start_blocking_portal() as portal:
        server = portal.call(start)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            portal.call(stop, server)
