"""Sessions with carriers in a process of their own: which of them this process has, and what goes through them.

Any number of processes may run. A binding belongs to whoever holds its advisory lock; when that process or its line to
the database dies, another has the lock and the session within a second or two. Messages come by `bindings.line`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from django.db import DatabaseError, close_old_connections, connection
from procrastinate.contrib.django.utils import connector_params

from minsheng.core.messages import arrivals, submissions
from minsheng.gateways import sms_http
from minsheng.gateways.bindings import line
from minsheng.gateways.bindings.session import Flight, Session
from minsheng.gateways.bindings.values import Binding, Report, Text
from minsheng.gateways.sms import SmsAway, SmsMisconfigured, SmsRefused
from minsheng.gateways.sms_http import Came

_log = logging.getLogger(__name__)

T = TypeVar("T")
Take = Callable[[Binding, Came], object]

_TURN: Final = 1.0
_SAID_EVERY: Final = 5.0
_OVERDUE_EVERY: Final = 60.0
_ANSWERS_WITHIN: Final = 5.0
_ENDS_WITHIN: Final = 5.0
_THREADS: Final = 4
_KEPT_AFTER: Final = (0.2, 1.0, 3.0)
_LONGEST_ID: Final = 100
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('minsheng sms binding ' || %s, 0))"
_UNLOCK: Final = "SELECT pg_advisory_unlock(hashtextextended('minsheng sms binding ' || %s, 0))"
_SAY: Final = """
    INSERT INTO core_messages_binding (provider, is_bound, unanswered, at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (provider) DO UPDATE
        SET is_bound = excluded.is_bound, unanswered = excluded.unanswered, at = excluded.at
"""


@dataclass(slots=True)
class _Held:
    """A binding that this process has: its session, and the messages that are on their way through it."""

    session: Session
    keeping: asyncio.Task[None]
    flights: dict[str, tuple[Flight, asyncio.Task[submissions.Known]]] = field(default_factory=dict)
    said: tuple[bool, float] = (False, 0.0)


class Gateway:
    """A process's sessions. `take` keeps what people send; `now` is the official clock."""

    def __init__(self, file: Path, *, take: Take, now: Callable[[], datetime]) -> None:
        self._file = file
        self._take_text = take
        self._now = now
        self._held: dict[str, _Held] = {}
        self._listens: tuple[asyncio.Server, object] | None = None
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="gateway")
        self._overdue_at = 0.0
        self._complained = ""

    async def run(self, stop: threading.Event) -> None:
        """Hold what can be held until told to stop; then let messages end that are on their way."""
        try:
            while not stop.is_set():
                try:
                    async with asyncio.timeout(_ANSWERS_WITHIN):
                        lock = await psycopg.AsyncConnection.connect(**connector_params(), autocommit=True)
                    async with lock:
                        await self._hold(lock, stop)
                except (psycopg.Error, DatabaseError, OSError, TimeoutError) as fault:
                    _log.warning("gateway: the database is away (%s); trying again", type(fault).__name__)
                await self._let_go([*self._held])
                await _pause(stop, _TURN)
        finally:
            if self._listens is not None:
                self._listens[0].close()
            await self._let_go([*self._held])
            await asyncio.to_thread(self._close_threads)

    async def _hold(self, lock: psycopg.AsyncConnection[Any], stop: threading.Event) -> None:
        """Have sessions as the file says while the line to the database stands. Raises: psycopg.Error, TimeoutError."""
        while not stop.is_set():
            wanted = self._wanted()
            await self._listen(wanted)
            changed = [name for name, each in self._held.items() if wanted.get(name) != each.session.binding]
            await self._let_go(changed)
            async with asyncio.timeout(_ANSWERS_WITHIN):
                for name in changed:
                    await lock.execute(_UNLOCK, (name,))
                for name, binding in wanted.items():
                    if name not in self._held and await _first(lock, _LOCK, (name,)):
                        self._begin(binding)
                await self._say(lock)
            await self._take_overdue()
            await _pause(stop, _TURN)
        await self._end_flights()

    def _wanted(self) -> dict[str, Binding]:
        """Return the file's bindings; those of before while it cannot be used."""
        try:
            return {each.name: each for each in sms_http.bindings_of(self._file)}
        except SmsMisconfigured as fault:
            self._complain(fault.args[0])
            return {name: each.session.binding for name, each in self._held.items()}

    def _complain(self, says: str) -> None:
        """Log what is wrong with the file once, not at every look."""
        if says != self._complained:
            self._complained = says
            _log.warning("gateway: %s", says)

    def _begin(self, binding: Binding) -> None:
        session = Session(binding, self, now=self._now)
        self._held[binding.name] = _Held(session, asyncio.create_task(session.keep()))

    async def _listen(self, wanted: dict[str, Binding]) -> None:
        first = next(iter(wanted.values()), None)
        address = (first.gateways, first.token) if first is not None else None
        if self._listens is not None and self._listens[1] != address:
            self._listens[0].close()
            self._listens = None
        if self._listens is None and first is not None:
            try:
                server = await line.serve(first.gateways, token=first.token, take=self._take)
            except OSError:
                self._complain("no address of [gateway] is free on this machine")
            else:
                self._listens = (server, address)

    async def _let_go(self, names: list[str]) -> None:
        """End sessions; whoever waits for an answer of theirs is told that they are away."""
        for name in names:
            held = self._held.pop(name)
            held.keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await held.keeping

    async def _end_flights(self) -> None:
        tasks = [task for held in self._held.values() for _, task in held.flights.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=_ENDS_WITHIN)

    async def _say(self, lock: psycopg.AsyncConnection[Any]) -> None:
        """Write down how each session stands, for doctor and measures; at least every few seconds."""
        at = asyncio.get_running_loop().time()
        for name, held in self._held.items():
            session = held.session
            if session.is_bound == held.said[0] and at - held.said[1] < _SAID_EVERY and held.said[1]:
                continue
            await lock.execute(_SAY, (name, session.is_bound, len(held.flights), self._now()))
            held.said = (session.is_bound, at)

    async def _take_overdue(self) -> None:
        """Take long texts of which a part never came."""
        at = asyncio.get_running_loop().time()
        if at - self._overdue_at < _OVERDUE_EVERY:
            return
        self._overdue_at = at
        for held in list(self._held.values()):
            await self._kept(_overdue, held.session.binding, self._take_text, self._now())

    async def _take(self, handing: line.Handing) -> dict[str, Any]:
        """Submit a message of another process; one that is on its way, or was taken before, is not submitted anew."""
        held = self._held.get(handing.provider)
        if held is None:
            return {"said": line.ELSEWHERE}
        if handing.reference not in held.flights:
            flight = Flight()
            task = asyncio.create_task(self._fly(held, handing, flight))
            held.flights[handing.reference] = (flight, task)
            task.add_done_callback(lambda done: _landed(held, handing.reference, done))
        flight, task = held.flights[handing.reference]
        flight.is_unwanted = False
        try:
            async with asyncio.timeout(line.ANSWER_WITHIN):
                known = await asyncio.shield(task)
        except SmsRefused:
            return {"said": line.REFUSED}
        except (SmsAway, DatabaseError):
            return {"said": line.AWAY}
        except TimeoutError:
            flight.is_unwanted = True
            return {"said": line.AWAY}
        return {"said": line.TAKEN, "id": known.id, "parts": known.parts}

    async def _fly(self, held: _Held, handing: line.Handing, flight: Flight) -> submissions.Known:
        provider, reference = handing.provider, handing.reference
        if not held.session.is_bound:
            raise SmsAway
        known = await self._kept(submissions.claim, provider, reference, now=self._now())
        if known.id:
            return known
        keep = lambda ids: self._keep(handing, known.row, ids)  # noqa: E731 - what is known here and not there
        return await held.session.submit(handing.phone, handing.text, flight, keep)

    async def _keep(self, handing: line.Handing, row: int, ids: list[str]) -> submissions.Known:
        """Keep that a carrier has a message: a database that is away for a moment must not have it sent again."""
        if not all(0 < len(each) <= _LONGEST_ID for each in ids):
            # Without an id that receipts could name it is known by its reference alone.
            ids = [f"reference {handing.reference}"]
        for pause in _KEPT_AFTER:
            try:
                return await self._kept(submissions.taken, handing.provider, row, ids, now=self._now())
            except DatabaseError:
                await asyncio.sleep(pause)
        return await self._kept(submissions.taken, handing.provider, row, ids, now=self._now())

    async def report(self, binding: Binding, report: Report) -> None:
        """Keep a receipt; one that names nothing, or tells of no end, says nothing."""
        outcome = binding.outcome(report.state)
        if outcome and 0 < len(report.id) <= _LONGEST_ID:
            await self._kept(submissions.told, binding.name, report.id, outcome, now=self._now())

    async def text(self, binding: Binding, text: Text) -> None:
        """Keep what somebody sent."""
        if not binding.inbound:
            _log.warning("sms binding %s brings what people send, and has no `inbound`", binding.name)
            return
        await self._kept(_arrived, binding, text, self._take_text, self._now())

    async def _kept(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Do something in the database, in a thread that has a connection."""

        def do() -> T:
            close_old_connections()
            try:
                return work(*args, **named)
            except DatabaseError:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._threads, do)

    def _close_threads(self) -> None:
        """Close every thread's connection: each takes one turn, and waits for the others."""
        together = threading.Barrier(_THREADS)

        def close() -> None:
            with contextlib.suppress(threading.BrokenBarrierError):
                together.wait(_ENDS_WITHIN)
            connection.close()

        for each in [self._threads.submit(close) for _ in range(_THREADS)]:
            each.result()
        self._threads.shutdown()


def _arrived(binding: Binding, text: Text, take: Take, now: datetime) -> None:
    arrivals.arrived(binding.name, text, take=lambda came: take(binding, came), now=now)


def _overdue(binding: Binding, take: Take, now: datetime) -> None:
    if binding.inbound:
        arrivals.overdue(binding.name, take=lambda came: take(binding, came), now=now)


def _landed(held: _Held, reference: str, task: asyncio.Task[submissions.Known]) -> None:
    held.flights.pop(reference, None)
    fault = None if task.cancelled() else task.exception()
    if fault is not None and not isinstance(fault, SmsAway | SmsRefused):
        # The words of a fault may hold whom it was for.
        _log.warning("sms binding %s: a message was not submitted: %s", held.session.binding.name, type(fault).__name__)


async def _first(lock: psycopg.AsyncConnection[Any], statement: str, values: tuple[str, ...]) -> bool:
    row = await (await lock.execute(statement, values)).fetchone()
    return bool(row and row[0])


async def _pause(stop: threading.Event, seconds: float) -> None:
    """Wait, but not long after being told to stop."""
    end = asyncio.get_running_loop().time() + seconds
    while not stop.is_set() and (left := end - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(0.1, left))
