"""What tests of actions share."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection


@pytest.fixture
def threads() -> Callable[[Callable[[], None], int], None]:
    """Return what runs a function in several threads at once, each with a connection of its own."""

    def run(work: Callable[[], None], count: int) -> None:
        faults: list[BaseException] = []
        barrier = threading.Barrier(count)

        def body() -> None:
            try:
                barrier.wait(5)
                work()
            except BaseException as fault:
                faults.append(fault)
            finally:
                connection.close()

        running = [threading.Thread(target=body) for _ in range(count)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join(30)
        assert not faults, faults

    return run
