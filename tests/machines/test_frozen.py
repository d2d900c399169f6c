"""A database that stands still: every request has an answer while it does, and the program goes on afterwards."""

from __future__ import annotations

import http.client
import signal
from contextlib import closing

import pytest
from tests.program_ground import Program, program

from minsheng.gateways import processes
from minsheng.gateways.postgres import layout, server

pytestmark = pytest.mark.slow

# More than the program's patience, the connection's time and one more try together.
LONG_ENOUGH = 60.0


def asked(port: int, path: str, **headers: str) -> int:
    """Return the status of an answer; it must come."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LONG_ENOUGH)) as connection:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


def frozen(running: Program, how: signal.Signals) -> list[processes.Process]:
    """Send a signal to every process of the database server."""
    found = list(server._members(layout.plan(running.var)))
    for each in found:
        processes.send(each, how)
    return found


def test_no_request_hangs_while_the_database_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINSHENG_PATIENCE", "2")
    with program() as running:
        running.start()
        assert asked(running.port, "/portal/") == 200
        stopped = frozen(running, signal.SIGSTOP)
        try:
            statuses = [asked(running.port, path) for path in ("/readyz", "/portal/", "/readyz")]
            stream = asked(running.live_port, "/live/stream", Cookie="minsheng=invented")
            still = [processes.alive(each) for each in stopped]
        finally:
            frozen(running, signal.SIGCONT)

        assert statuses == [503, 503, 503]
        assert stream in (401, 503)
        assert all(still)
        assert running.wait_ready(), running.said()
