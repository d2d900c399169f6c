"""Django's PostgreSQL with patience: a database that stands still is given up after so many seconds, by the client.

`statement_timeout` is kept by the server, and a frozen server keeps nothing. Without this a request waits for ever, and
a dozen of them hold every thread. Django finds `DatabaseWrapper` by the name of this module (`DATABASES`).

The limit is the request's: what it has waited in vain for one answer, or to be let in, is taken from what it waits for
the next. A server that lets nobody in is left alone for a moment by the whole process, so that those who stand behind
in the queue for a thread don't each wait for the same silence.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, NamedTuple

import psycopg
from django.db.backends.postgresql import base

# A kept connection that says nothing for so long is not waited for: a fresh one is tried.
_CHECK_SECONDS: Final = 2.0
# How long a silence is remembered: within one request the next question comes at once, and soon after the server may be
# back.
_REMEMBERED_SECONDS: Final = 1.0
# The driver waits no shorter than this to be let in.
_SHORTEST_CONNECT: Final = 2


class _Silence(threading.local):
    """What a thread has waited in vain without an answer since, when that was, and until when it may wait at all."""

    spent = 0.0
    at = 0.0
    deadline: float | None = None


class Asked(NamedTuple):
    """How often somebody waited for the database, and how long in all, in seconds."""

    times: int
    seconds: float


class _Tally(threading.local):
    """What a thread has asked since it began."""

    asked = Asked(0, 0.0)


_silence = _Silence()
_tally = _Tally()
_closed_until = 0.0


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give the database up after so many seconds, whatever is asked of it inside, where requests are bounded at all."""
    before = _silence.deadline
    wanted = monotonic() + seconds
    _silence.deadline = wanted if before is None else min(before, wanted)
    try:
        yield
    finally:
        _silence.deadline = before


def asked() -> Asked:
    """Return what this thread has asked of the database where requests are bounded; nothing is counted elsewhere."""
    return _tally.asked


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose request waits no longer than the settings' `PATIENCE`, in seconds; None for ever."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        """Connect, in what is left of the patience and no longer than `connect_timeout`."""
        seconds: float | None = self.settings_dict.get("PATIENCE")
        if seconds is None:
            unbound: psycopg.Connection[Any] = super().get_new_connection(conn_params)
            return unbound
        left = _left(seconds)
        if left <= 0 or monotonic() < _closed_until:
            raise psycopg.OperationalError("the database lets nobody in")
        began, limit = monotonic(), min(int(conn_params.get("connect_timeout", left)), int(left))
        try:
            connection: psycopg.Connection[Any] = super().get_new_connection(
                {**conn_params, "connect_timeout": max(_SHORTEST_CONNECT, limit)}
            )
        except psycopg.errors.ConnectionTimeout:
            _leave_alone(seconds)
            raise
        _spend(monotonic() - began)
        _bound(connection, seconds)
        return connection

    def is_usable(self) -> bool:
        """Tell whether a kept connection still answers; one that says nothing is soon given up."""
        with within(_CHECK_SECONDS):
            return bool(super().is_usable())


def _bound(connection: psycopg.Connection[Any], seconds: float) -> None:
    wait = connection.wait

    def bounded(gen: Any, *args: Any, **named: Any) -> Any:
        """Wait as psycopg does; what doesn't come in time never will be asked for again on this connection."""
        left = _left(seconds)
        if left <= 0:
            raise psycopg.OperationalError("the database has been silent for too long")
        began = monotonic()
        named.setdefault("timeout", left)
        try:
            answer = wait(gen, *args, **named)
        except psycopg.OperationalError:
            if connection.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                connection.pgconn.finish()
                _spend(monotonic() - began)
            raise
        finally:
            _tally.asked = Asked(_tally.asked.times + 1, _tally.asked.seconds + monotonic() - began)
        _silence.spent = 0.0
        return answer

    connection.wait = bounded  # type: ignore[method-assign]


def _left(seconds: float) -> float:
    """Return how long the thread's request may still wait."""
    now = monotonic()
    if now - _silence.at > _REMEMBERED_SECONDS:
        _silence.spent = 0.0
    left = seconds - _silence.spent
    return left if _silence.deadline is None else min(left, _silence.deadline - now)


def _spend(seconds: float) -> None:
    _silence.spent, _silence.at = _silence.spent + seconds, monotonic()


def _leave_alone(seconds: float) -> None:
    """Remember that nobody is let in: nothing more is tried in this request, and by nobody for a moment."""
    global _closed_until
    _spend(seconds)
    _closed_until = monotonic() + _REMEMBERED_SECONDS
