"""Web, worker and PostgreSQL are killed amid 2,000 registrations: each acknowledged one exists once, none twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import psycopg
import pytest
from tests.load_ground import Load, client_of_a_city, command
from tests.program_ground import Program, program

from minsheng.gateways import processes

WANTED = 2000
PATIENCE = 120.0  # seconds for all registrations, kills included


@pytest.fixture(scope="module")
def running() -> Iterator[Program]:
    with program() as started:
        started.start()
        yield started


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
    load = Load(f"http://127.0.0.1:{running.port}", client_of_a_city(running), WANTED)
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
    verified = command(running, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    compared = command(running, "ledger", "rebuild", "--check")
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
