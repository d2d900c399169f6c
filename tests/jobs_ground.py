"""Workers of jobs in a thread, and jobs of the tests' own kinds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from minsheng.core.jobs import tasks


@contextmanager
def working() -> Iterator[None]:
    """Have a process's workers at work beside the test; to be used by tests that commit."""
    stop = threading.Event()
    worker = threading.Thread(target=tasks.work_forever, kwargs={"stop": stop})
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join(30)
        assert not worker.is_alive()


def waiting_for(seen: Callable[[], Any]) -> bool:
    """Wait until something is seen; a worker says so by the database."""
    pause = threading.Event()
    for _ in range(600):
        if seen():
            return True
        pause.wait(0.05)
    return False


def standing() -> list[tuple[str, str, int]]:
    """Return every job's kind, status and number of tries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text, attempts FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def run(statement: str, *values: object) -> None:
    """Run a statement, as what a test cannot bring about: a heartbeat that has long stopped."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
