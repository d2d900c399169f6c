"""The server of event streams: a small ASGI application of our own, one process, one connection that listens.

No ORM on the event loop: whoever comes is admitted in a thread of a small pool (`sessions`), then only memory is read
(`hub`). What was committed while nobody listened is read from the table by number, so that nothing is lost.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qs

import psycopg
from django.conf import settings
from django.db import Error as DatabaseError
from django.http.cookie import parse_cookie
from prometheus_client import Gauge

from minsheng.cases.live import origins, sessions
from minsheng.cases.live.actions import CHANNEL
from minsheng.cases.live.hub import Hub, Listener, event, spelled
from minsheng.cases.live.queries import Heard
from minsheng.gateways import measuring  # noqa: F401 - before any measure is made

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PATH: Final = "/live/stream"
# A listener hears something this often, so that both ends notice a dead line.
_BEAT: Final = 15.0
# A stream ends after at most so long, and its browser is admitted anew: a session that is over hears no more.
_LIFE: Final = 480.0
# Quiet signals go out at once, then not again within so long; loud ones never wait.
_WINDOW: Final = 0.5
# Also without a notification the table is looked at: a pooler in between may swallow notifications.
_POLL: Final = 2.0
_READ_AT_ONCE: Final = 2000
_ADMITTED_AT_ONCE: Final = 4
_READY_WITHIN: Final = 5.0
# A database that stands still holds the pool's threads; whoever waits behind them is told to come again.
_ADMITTED_WITHIN: Final = 10.0
_SEND_WITHIN: Final = 30.0

_READ: Final = """
    SELECT id, city, audience, kind, order_id, version FROM live_signal WHERE id > %s ORDER BY id LIMIT %s
"""
# What pages carry (`site.middleware.headers`), for an answer that holds nothing to show. Source: ASVS 3.4.
_SECURE: Final = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=()"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    *(
        ((b"strict-transport-security", b"max-age=%d" % settings.SECURE_HSTS_SECONDS),)
        if settings.SECURE_HSTS_SECONDS
        else ()
    ),
)
_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
    *_SECURE,
)
# One process serves them: what the last one said counts.
_OPEN: Final = Gauge("minsheng_live_streams", "Open event streams.", multiprocess_mode="mostrecent")


class Streams:
    """The application: `granian --interface asgi --workers 1 minsheng.app.site.live:application`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._hub = Hub()
        self._open = 0
        self._pool = ThreadPoolExecutor(_ADMITTED_AT_ONCE, thread_name_prefix="admit")
        self._listening = False
        self._stopping = False
        self._ready: asyncio.Event | None = None
        self._ear: asyncio.Task[None] | None = None

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or follow the process's life."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._ready = asyncio.Event()
                self._count(0)
                self._ear = asyncio.create_task(self._listen_for_ever())
                self._end_streams_first()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._stop()
                if self._ear is not None:
                    self._ear.cancel()
                    with suppress(asyncio.CancelledError):
                        await self._ear
                self._pool.shutdown(wait=False, cancel_futures=True)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _end_streams_first(self) -> None:
        """End the streams as soon as the process is told to stop: the server waits for open requests before it ends."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            # The server's own handler has to run as well, and asyncio has no public word for the one in force. Without
            # it (another loop) streams end when the server has lost patience.
            theirs = getattr(loop, "_signal_handlers", {}).get(number)
            if theirs is not None:
                loop.add_signal_handler(number, self._on_signal, theirs)

    def _on_signal(self, theirs: asyncio.Handle) -> None:
        self._stop()
        theirs._run()

    def _stop(self) -> None:
        self._stopping = True
        self._hub.end_all()

    async def _answer(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["path"] == "/livez":
            await _say(send, 200 if self._listening and not self._stopping else 503)
            return
        if scope["path"] != PATH:
            await _say(send, 404)
            return
        if scope["method"] != "GET":
            await _say(send, 405)
            return
        if not origins.allowed(headers):
            await _say(send, 403)
            return
        shared = origins.shared_with(headers)
        admitted = await self._admit(scope, headers)
        if isinstance(admitted, sessions.Refused):
            await _say(send, admitted.status, shared)
            return
        await send({"type": "http.response.start", "status": 200, "headers": [*_HEADERS, *shared]})
        listener = self._hub.join(admitted.city, admitted.audiences, after=admitted.missed.upto)
        self._count(+1)
        watch = asyncio.create_task(_watch(receive, listener))
        try:
            await self._stream(listener, admitted, send)
        except (OSError, TimeoutError, RuntimeError):
            # The other end is gone, or reads nothing: it comes back by itself and says what it knows.
            logger.debug("a stream broke off", exc_info=True)
        finally:
            self._hub.part(listener)
            self._count(-1)
            watch.cancel()

    def _count(self, more: int) -> None:
        self._open += more
        _OPEN.set(self._open)

    async def _admit(
        self, scope: Mapping[str, Any], headers: Mapping[str, str]
    ) -> sessions.Admitted | sessions.Refused:
        asked = parse_qs(scope["query_string"].decode("latin-1"))
        number = headers.get("last-event-id") or asked.get("since", [""])[0]
        if number and not (number.isdecimal() and number.isascii() and len(number) < 19):
            return sessions.Refused(400)
        key = parse_cookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME, "")
        if not key:
            return sessions.Refused(401)
        if self._stopping or not await self._is_ready():
            return sessions.Refused(503)
        admit = partial(sessions.admit, key, after=int(number) if number else None, wanted=asked.get("for", [""])[0])
        try:
            async with asyncio.timeout(_ADMITTED_WITHIN):
                return await asyncio.get_running_loop().run_in_executor(self._pool, admit)
        except (DatabaseError, TimeoutError):
            logger.warning("the database is away; nobody is admitted to a stream")
            return sessions.Refused(503)

    async def _is_ready(self) -> bool:
        if self._ready is None:
            return False
        with suppress(TimeoutError):
            async with asyncio.timeout(_READY_WITHIN):
                await self._ready.wait()
        return self._ready.is_set()

    async def _stream(self, listener: Listener, admitted: sessions.Admitted, send: Send) -> None:
        """Send until the listener goes, the process stops or the stream is old enough."""
        loop = asyncio.get_running_loop()
        # Not all at the same moment again, when all had to come anew at once.
        end = loop.time() + min(admitted.lasts, _LIFE * random.uniform(0.8, 1.0))  # noqa: S311 - no secret
        first = b"retry: 2000\n\n" + b"".join(map(spelled, admitted.missed.events))
        if admitted.missed.reload:
            first += event("reload", {}, number=admitted.missed.upto)
        await _send(send, first + event("beat", {}, number=admitted.missed.upto))
        sent_at = loop.time()
        while not listener.ended and loop.time() < end:
            await _until(listener.wake, seconds=min(sent_at + _BEAT, end) - loop.time())
            while listener.waiting and not listener.pressing and not listener.ended:
                left = sent_at + _WINDOW - loop.time()
                if left <= 0:
                    break
                listener.wake.clear()
                await _until(listener.wake, seconds=left)
            if listener.late:
                await _send(send, event("reload", {}, number=self._hub.position))
                break
            chunk = b"".join(map(spelled, listener.take()))
            if chunk or loop.time() >= sent_at + _BEAT:
                await _send(send, chunk or event("beat", {}, number=self._hub.known_to(listener)))
                sent_at = loop.time()
        with suppress(OSError, RuntimeError):
            await send({"type": "http.response.body", "body": event("bye", {}), "more_body": False})

    async def _listen_for_ever(self) -> None:
        """Pass on what is committed; when the connection breaks, come back and read what was missed."""
        pause = 0.1
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, connect_timeout=5, application_name="minsheng-live"
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    await self._begin(connection)
                    pause = 0.1
                    while True:
                        await self._catch_up(connection)
                        async for _ in connection.notifies(timeout=_POLL, stop_after=1):
                            pass
            except (psycopg.Error, OSError, TimeoutError):
                self._listening = False
                logger.warning("streams: the database is away; trying again")
                await asyncio.sleep(pause)
                pause = min(2.0, pause * 2)
            except Exception:
                self._listening = False
                logger.exception("streams: listening failed")
                await asyncio.sleep(2.0)

    async def _begin(self, connection: psycopg.AsyncConnection[Any]) -> None:
        async with asyncio.timeout(10):
            found = await (await connection.execute("SELECT coalesce(max(id), 0) FROM live_signal")).fetchone()
        newest = int(found[0]) if found else 0
        if self._hub.position is None or newest < self._hub.position:
            self._hub.begin(newest)
        self._listening = True
        if self._ready is not None:
            self._ready.set()

    async def _catch_up(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Read every new signal once, for all listeners."""
        full = True
        while full:
            async with asyncio.timeout(10):
                cursor = await connection.execute(_READ, (self._hub.position or 0, _READ_AT_ONCE))
                rows = await cursor.fetchall()
            self._hub.pass_on(Heard(*row) for row in rows)
            full = len(rows) == _READ_AT_ONCE


async def _watch(receive: Receive, listener: Listener) -> None:
    """Notice that the browser has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


async def _until(wake: asyncio.Event, *, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await wake.wait()


async def _send(send: Send, chunk: bytes) -> None:
    async with asyncio.timeout(_SEND_WITHIN):
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _say(send: Send, status: int, shared: list[tuple[bytes, bytes]] | None = None) -> None:
    """Answer without a stream. A 4xx tells the browser not to come again by itself."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_SECURE, *(shared or [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n" if status == 200 else b"%d\n" % status})
