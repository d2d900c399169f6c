"""A real stream server in a process of its own, and a browser's end of a stream."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import msgspec
from django.conf import settings
from django.db import connection
from django.test import Client
from psycopg.conninfo import make_conninfo
from tests.run_ground import free_port

from minsheng.gateways import processes

WEB_PORT = 18_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a browser has it."""

    kind: str
    number: int | None
    data: dict[str, Any]


class Stream:
    """An open stream, or the answer that refused it."""

    def __init__(self, port: int, *, query: str = "", **headers: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request("GET", f"/live/stream{query}", headers=names)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.headers = dict(self._answer.getheaders())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Go away, as a closed tab does."""
        self._answer.close()
        self._connection.close()

    def events(self) -> Iterator[Event]:
        """Yield events as they come, until the stream ends; TimeoutError after ten seconds of silence."""
        kind, number, data = "", None, ""
        while line := self._answer.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            match name:
                case "event":
                    kind = value
                case "id":
                    number = int(value)
                case "data":
                    data = value
                case "":
                    if kind:
                        yield Event(kind, number, msgspec.json.decode(data))
                    kind, number, data = "", None, ""
                case _:
                    pass

    def next(self, *kinds: str) -> Event:
        """Return the next event of these kinds."""
        return next(event for event in self.events() if event.kind in kinds)

    def heard_until(self, kind: str, order: str) -> list[Event]:
        """Return the events up to the one of this kind about this order."""
        found: list[Event] = []
        for event in self.events():
            found.append(event)
            if event.kind == kind and event.data.get("order") == order:
                return found
        raise AssertionError(f"the stream ended: {found}")


@dataclass(slots=True)
class Server:
    """A running stream server."""

    port: int
    process: subprocess.Popen[bytes]
    opened: list[Stream] = field(default_factory=list)

    def open(self, browser: Client | None, *, query: str = "", **headers: str) -> Stream:
        """Open a stream with a browser's session; headers have come when it returns, so whoever is let in listens."""
        if browser is not None:
            # The server runs without TLS, the test's own browser as if with: only the cookie's name differs.
            headers["Cookie"] = f"minsheng={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        stream = Stream(self.port, query=query, **headers)
        self.opened.append(stream)
        return stream

    def close_streams(self) -> None:
        """Close what was opened, as tabs do at the end of a day."""
        while self.opened:
            self.opened.pop().close()


@contextmanager
def server(port: int = 0, **environment_more: str) -> Iterator[Server]:
    """Have a stream server on a port, by default a free one, reading the test's database.

    More settings are given as the environment has them.
    """
    port = port or free_port()
    database = make_conninfo(os.environ["DATABASE_URL"], dbname=connection.settings_dict["NAME"])
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "minsheng.app.site.settings",
        "MINSHENG_PLAIN_HTTP": "1",
        "MINSHENG_PORT": str(WEB_PORT),
        **environment_more,
    }
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--no-ws", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--loop", "asyncio", "--log-level", "error", "minsheng.app.site.live:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    running = Server(port, process)
    try:
        assert processes.wait_until(lambda: _answers(port), seconds=30)
        yield running
    finally:
        running.close_streams()
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    probe = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        probe.request("GET", "/livez")
        return probe.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        probe.close()
