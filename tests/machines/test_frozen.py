"""A database that stands still: every request has an answer while it does, and the program goes on afterwards."""

from __future__ import annotations

import http.client
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from tests.program_ground import Program, program

from minsheng.gateways import processes
from minsheng.gateways.postgres import layout, server

pytestmark = pytest.mark.slow

# The limit that docs/operations.md states (`MINSHENG_PATIENCE`): no request may be without an answer for longer.
LIMIT = 15.0
# More requests at once than the program has threads.
CROWD = 24


def asked(port: int, path: str, **headers: str) -> int:
    """Return the status of an answer; it must come within the stated limit."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)) as connection:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status


def frozen(running: Program, how: signal.Signals) -> list[processes.Process]:
    """Send a signal to every process of the database server."""
    found = list(server._members(layout.plan(running.var)))
    for each in found:
        processes.send(each, how)
    return found


def test_no_request_hangs_while_the_database_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINSHENG_PATIENCE", raising=False)
    with program() as running:
        running.start()
        assert asked(running.port, "/portal/") == 200
        stopped = frozen(running, signal.SIGSTOP)
        try:
            statuses = [asked(running.port, path) for path in ("/readyz", "/portal/", "/readyz")]
            with ThreadPoolExecutor(CROWD) as crowd:
                paths = ("/readyz", "/portal/", "/api/orders") * (CROWD // 3)
                at_once = list(crowd.map(lambda path: asked(running.port, path), paths))
            stream = asked(running.live_port, "/live/stream", Cookie="minsheng=invented")
            still = [processes.alive(each) for each in stopped]
        finally:
            frozen(running, signal.SIGCONT)

        assert statuses == [503, 503, 503]
        assert set(at_once) <= {503, 401}, at_once
        assert stream in (401, 503)
        assert all(still)
        assert running.wait_ready(), running.said()
