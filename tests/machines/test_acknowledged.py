"""Web, worker and PostgreSQL are killed amid 2,000 registrations: each acknowledged one exists once, none twice."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import httpx
import psycopg
import pytest
from tests.program_ground import Program, program

from minsheng.gateways import processes

WANTED = 2000
CALLERS = 6
PATIENCE = 120.0  # seconds for all registrations, kills included


@dataclass(slots=True)
class Load:
    """Registrations by several callers that try again under the same key until they are answered."""

    address: str
    token: str
    wanted: int
    acknowledged: dict[int, list[str]] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)
    retries: int = 0
    _next: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stop: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        """Let the callers begin."""
        callers = [threading.Thread(target=self._call, daemon=True) for _ in range(CALLERS)]
        for caller in callers:
            caller.start()
        return callers

    def stop(self) -> None:
        """Let the callers give up."""
        self._stop.set()

    def _call(self) -> None:
        with httpx.Client(base_url=self.address, timeout=10, headers={"Authorization": f"Bearer {self.token}"}) as http:
            while (number := self._take()) is not None:
                while not self._stop.is_set() and not self._ask(http, number):
                    with self._guard:
                        self.retries += 1
                    self._stop.wait(0.1)

    def _take(self) -> int | None:
        with self._guard:
            if self._next >= self.wanted or self._stop.is_set():
                return None
            self._next += 1
            return self._next

    def _ask(self, http: httpx.Client, number: int) -> bool:
        """Ask once; return whether it was answered for good."""
        body = {
            "type": "help",
            "channel": "phone",
            "appellant": "citizen",
            "content": f"路灯第{number}盏不亮。",
            "title": f"路灯{number}",
            "submit": True,
        }
        try:
            answer = http.post("/api/appeals", json=body, headers={"Idempotency-Key": f"fault-{number}"})
        except httpx.TransportError:
            return False
        if answer.status_code >= 500:
            return False
        with self._guard:
            if answer.status_code not in (200, 201):
                if answer.json().get("code") == "in_flight":
                    return False
                self.odd.append(f"{answer.status_code} {answer.text[:200]}")
                return True
            self.acknowledged.setdefault(number, []).append(answer.json()["id"])
        return True


@pytest.fixture(scope="module")
def running() -> Iterator[Program]:
    with program() as started:
        started.start()
        yield started


def _command(running: Program, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "DJANGO_"))}
    environment["MINSHENG_VAR"] = str(running.var)
    return subprocess.run(
        [sys.executable, "-m", "minsheng.app.cli.main", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _client_of_a_city(running: Program) -> str:
    opened = _command(running, "city", "open", "faults", "--name", "故障演练市", "--pack", "suqian")
    assert opened.returncode == 0, opened.stderr
    made = _command(running, "client", "create", "load", "--city", "faults", "--role", "seat")
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def _kills(running: Program) -> list[tuple[str, Callable[[], processes.Process]]]:
    """Return what is killed, in turn, as the load goes on."""
    return [
        ("web worker", lambda: running.web_workers()[0]),
        ("worker", lambda: running.part("worker")),
        ("postgres", lambda: running.part("postgres")),
        ("web", lambda: running.part("web")),
        ("sweeper", lambda: running.part("sweeper")),
        ("postgres", lambda: running.part("postgres")),
    ]


def test_every_acknowledged_registration_exists_once_whatever_is_killed(running: Program) -> None:
    load = Load(f"http://127.0.0.1:{running.port}", _client_of_a_city(running), WANTED)
    kills = _kills(running)

    callers = load.start()
    try:
        for place, (name, find) in enumerate(kills, start=1):
            share = place * WANTED // (len(kills) + 1)
            reached = processes.wait_until(lambda share=share: len(load.acknowledged) >= share, seconds=PATIENCE)
            assert reached, f"before {name}: {len(load.acknowledged)} acknowledged; {running.said()}"
            running.kill(find())
        done = processes.wait_until(lambda: not any(map(threading.Thread.is_alive, callers)), seconds=PATIENCE)
    finally:
        load.stop()

    assert done, f"{len(load.acknowledged)} acknowledged, {load.retries} retries; {running.said()}"
    assert load.odd == []
    assert load.retries > 0, "nothing was hit"
    assert set(load.acknowledged) == set(range(1, WANTED + 1))
    assert _stored(running) == {f"路灯{number}": ids for number, ids in load.acknowledged.items()}
    _is_up_again(running)
    verified = _command(running, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    compared = _command(running, "ledger", "rebuild", "--check")
    assert compared.returncode == 0, compared.stdout + compared.stderr


def _stored(running: Program) -> dict[str, list[str]]:
    """Return the ids of the orders that there are, by title."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(running.urls.owner) as connection:
        for title, order_id in connection.execute("SELECT title, id FROM orders_order WHERE city_id = 'faults'"):
            found.setdefault(title, []).append(order_id)
    return found


def _is_up_again(running: Program) -> None:
    """Hold that all parts live and do their work: requests are served, the outbox empties, the ledger is sealed."""
    assert running.wait_ready(), running.said()
    for name in ("web", "worker", "sweeper", "postgres"):
        assert processes.alive(running.part(name))

    def drained() -> bool:
        with psycopg.connect(running.urls.owner) as connection:
            row = connection.execute(
                """
                SELECT (SELECT count(*) FROM ledger_outbox),
                    (SELECT coalesce(max(position), 0) FROM ledger_event)
                    - (SELECT coalesce(max(to_position), 0) FROM ledger_seal)
                """
            ).fetchone()
        return row == (0, 0)

    assert processes.wait_until(drained, seconds=30), running.said()
