"""A process's part in a city's telephony: stand by, or be the one that has the calls.

Any number of processes may run. Whoever holds the city's advisory lock is active; when that process dies, another has
the lock, reads the timelines and goes on with the calls that live at the switch. When the database is away the active
one goes on, keeps what it cannot write in a file of its machine, and writes it once the database is there again.
Read `exchange` for what is done with events, `domain.telephony.floor` for why.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from django.db import DatabaseError, close_old_connections, connection
from procrastinate.contrib.django.utils import connector_params

from minsheng.cases.telephony import actions, queries
from minsheng.cases.telephony.buffer import Buffer
from minsheng.cases.telephony.commanding import Hand
from minsheng.cases.telephony.exchange import Exchange
from minsheng.cases.telephony.values import KNOCK, Batch
from minsheng.core.ledger.journals import NoMonth
from minsheng.core.policies import queries as policies
from minsheng.domain.telephony import doing
from minsheng.gateways.switch import port
from minsheng.gateways.switch.port import Switch, SwitchError, SwitchState
from minsheng.gateways.switch.sim import SimSwitch

_log = logging.getLogger(__name__)

T = TypeVar("T")

_TURN: Final = 0.1
_RULES_EVERY: Final = 5.0
_AGAIN_AFTER: Final = 0.25
_ANSWERS_WITHIN: Final = 5.0
# A phone rings once its desk was told, but no later than this.
_TOLD_WITHIN: Final = 0.5
# Whoever stands by leaves the one that was active so much time to have the lock again.
COURTESY: Final = 2.0
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('minsheng telephony ' || %s, 0))"
_Line = psycopg.AsyncConnection[Any]


class Controller:
    """One process's controller of one city. `now`: the official clock; `folder`: where the buffer lies."""

    def __init__(
        self,
        city: str,
        switch: Switch,
        *,
        now: Callable[[], datetime],
        folder: Path,
        demonstration: SimSwitch | None = None,
        courtesy: float = COURTESY,
    ) -> None:
        self._city, self._switch, self._now, self._sim = city, switch, now, demonstration
        self._buffer = Buffer(folder, city)
        self._courtesy = courtesy
        # One thread writes, so that batches keep their order; another reads beside it.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="calls-write")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="calls-read")
        self._hand = Hand(switch, self._read, city=city, now=now)
        self._exchange: Exchange | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._batches: asyncio.Queue[tuple[Batch, asyncio.Event]] = asyncio.Queue()
        self._does: asyncio.Queue[tuple[doing.Do, asyncio.Event]] = asyncio.Queue()
        # What is being done, the last of each call, and what is being hung up.
        self._doing: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}
        self._ends: set[asyncio.Task[None]] = set()
        self._is_away = self._told = False
        self._ruled_at = 0.0
        self._turn = 0

    @property
    def is_active(self) -> bool:
        """Tell whether this process has the city's calls."""
        return self._exchange is not None

    async def run(self, stop: threading.Event) -> None:
        """Stand by or be active until told to stop; calls stay up at the switch."""
        wait = 0.0
        try:
            while not stop.is_set():
                try:
                    async with asyncio.timeout(_ANSWERS_WITHIN):
                        line = await psycopg.AsyncConnection.connect(**connector_params(), autocommit=True)
                    async with line:
                        await self._pause(stop, 0.0 if self.is_active else wait)
                        await self._serve(line, stop)
                except SwitchError:
                    _log.warning("calls: the switch of %s is away; trying again", self._city)
                except (psycopg.Error, DatabaseError, OSError, TimeoutError) as fault:
                    _log.warning("calls: the database is away (%s); trying again", type(fault).__name__)
                wait = self._courtesy
                await self._pause(stop, _AGAIN_AFTER)
        finally:
            await self._stand_down()
            await asyncio.to_thread(self._close)

    async def _serve(self, line: _Line, stop: threading.Event) -> None:
        """Have the lock, or wait for it, while the line to the database stands. Raises: psycopg.Error, TimeoutError."""
        has_lock = False
        while not stop.is_set():
            if not has_lock:
                has_lock = await self._has(line)
                if not has_lock:
                    # Whoever has it is not this process any more.
                    await self._stand_down()
                    self._stands_by()
                    if not self._buffer.is_empty():
                        await self._try_replay()
                    await self._pause(stop, _AGAIN_AFTER)
                    continue
                await line.execute(f"LISTEN {KNOCK}")
                if self.is_active and await self._read(queries.turn, self._city) != self._turn:
                    # Another one had the calls meanwhile: what this process knows of them is of before.
                    await self._stand_down()
                if not self.is_active:
                    await self._begin()
                await self._look()
            await self._knocked(line)
            if any(task.done() for task in self._tasks):
                await self._stand_down()
                return
            await self._look()

    def _stands_by(self) -> None:
        if not self._told:
            self._told = True
            _log.info("calls: another process has the calls of %s; this one stands by", self._city)

    async def _has(self, line: _Line) -> bool:
        async with asyncio.timeout(_ANSWERS_WITHIN):
            row = await (await line.execute(_LOCK, (self._city,))).fetchone()
        return bool(row and row[0])

    async def _knocked(self, line: _Line) -> None:
        """Wait until a desk knocks, or a turn is over."""
        async for _ in line.notifies(timeout=_TURN * 5, stop_after=1):
            return

    async def _begin(self) -> None:
        """Take the city's calls over. Raises: psycopg.Error, DatabaseError, SwitchError."""
        events = self._switch.events()
        # From its first step on the switch tells this listener; what came before is in the snapshot.
        first = asyncio.ensure_future(anext(events, None))
        await asyncio.sleep(0)
        try:
            state = await self._switch.snapshot()
            exchange = await self._taken_over(state)
        except BaseException:
            first.cancel()
            raise
        self._exchange = exchange
        self._hand_out()
        for bridge in exchange.leftover(state):
            with contextlib.suppress(SwitchError):
                await self._switch.bridge_destroy(bridge)
        work = (self._listen(events, first), self._write(), self._carry(), self._tick())
        self._tasks = [asyncio.create_task(each) for each in work]
        _log.info("calls: this process has the calls of %s", self._city)

    async def _taken_over(self, state: SwitchState) -> Exchange:
        """Begin a turn with what the last controller left. Raises: DatabaseError."""
        await self._replay()
        self._turn = await self._in(self._writer, actions.take_turn, self._city)
        rules = await self._read(policies.rules_for, self._city, now=self._now())
        exchange = Exchange(self._city, rules, now=self._now, demonstration=self._sim)
        calls = await self._read(queries.live_calls, self._city)
        agents = await self._read(queries.agents, self._city)
        self._tune(exchange)
        exchange.take_over(calls, agents, state)
        return exchange

    async def _stand_down(self) -> None:
        """Let another process have the calls; what is not written yet is written, or kept in the file."""
        if self._exchange is None:
            return
        self._exchange = None
        ended = (*self._tasks, *self._doing)
        for task in ended:
            task.cancel()
        for fault in await asyncio.gather(*ended, return_exceptions=True):
            if isinstance(fault, Exception):
                _log.error("calls: a part of the controller ended: %s", type(fault).__name__, exc_info=fault)
        self._tasks = []
        while not self._batches.empty():
            await self._put(*self._batches.get_nowait())
        while not self._does.empty():
            self._does.get_nowait()

    async def _listen(self, events: Any, first: asyncio.Future[Any]) -> None:
        """Take events; when the switch was away, what it did not tell."""
        event = await first
        while event is not None and self._exchange is not None:
            if isinstance(event, port.SwitchUp):
                await self._reconcile()
            else:
                self._exchange.happened(event)
            self._hand_out()
            event = await anext(events, None)

    async def _reconcile(self) -> None:
        """Take what a switch did not tell; one that has just started may need a while to say it."""
        while (exchange := self._exchange) is not None:
            with contextlib.suppress(SwitchError):
                exchange.reconcile(await self._switch.snapshot())
                return
            await asyncio.sleep(_TURN)

    async def _tick(self) -> None:
        while self._exchange is not None:
            self._exchange.ticks()
            self._hand_out()
            await asyncio.sleep(_TURN)

    async def _look(self) -> None:
        """Take what desks want, and rules that have changed. Raises: DatabaseError."""
        exchange = self._exchange
        if exchange is None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() - self._ruled_at > _RULES_EVERY:
            exchange.goes_by(await self._read(policies.rules_for, self._city, now=self._now()))
            self._tune(exchange)
            self._ruled_at = loop.time()
        for ask in await self._read(queries.asks, self._city):
            exchange.asked(ask)
        self._hand_out()

    def _tune(self, exchange: Exchange) -> None:
        settings = exchange.floor.settings
        self._hand.words, self._hand.ring = exchange.words(), settings.ring
        self._hand.rules = exchange.rules
        self._hand.shows = next(iter(settings.lines), "12345")

    def _hand_out(self) -> None:
        """Let what the floor has made be written and done."""
        if self._exchange is None:
            return
        batch, does = self._exchange.take()
        written = asyncio.Event()
        if batch is not None:
            self._batches.put_nowait((replace(batch, turn=self._turn), written))
        else:
            written.set()
        for each in does:
            self._does.put_nowait((each, written))

    async def _carry(self) -> None:
        """Do what is to be done: of one call in order, of several at once, for a switch may be slow with one of them.

        A phone rings once what was to be hung up before is: it may be the same phone.
        """
        while self._exchange is not None:
            wanted, written = await self._does.get()
            before = {self._last[wanted.call]} if wanted.call in self._last else set()
            if isinstance(wanted, doing.RingAgent):
                before |= self._ends
            task = self._last[wanted.call] = asyncio.create_task(self._carry_after(before, wanted, written))
            self._doing.add(task)
            if isinstance(wanted, doing.HangUp):
                self._ends.add(task)
            task.add_done_callback(partial(self._carried, wanted.call))

    async def _carry_after(self, before: set[asyncio.Task[None]], wanted: doing.Do, written: asyncio.Event) -> None:
        """Do something behind what it waits for; a phone rings once its desk was told."""
        if before:
            await asyncio.wait(before)
        if isinstance(wanted, doing.RingAgent) and not self._is_away:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(written.wait(), _TOLD_WITHIN)
        await self._carry_out(wanted)

    async def _carry_out(self, wanted: doing.Do) -> None:
        try:
            refused = await self._hand.do(wanted)
        except SwitchError:
            return  # the switch is away: what lives there is asked once it is back
        except DatabaseError:
            refused = (getattr(wanted, "leg", ""), "lost")
        if refused is not None and self._exchange is not None:
            self._exchange.unreached(*refused)
            self._hand_out()

    def _carried(self, call: str, task: asyncio.Task[None]) -> None:
        self._doing.discard(task)
        self._ends.discard(task)
        if self._last.get(call) is task:
            del self._last[call]
        if not task.cancelled() and (fault := task.exception()) is not None:
            _log.error("calls: something could not be done: %s", type(fault).__name__, exc_info=fault)

    async def _write(self) -> None:
        while self._exchange is not None:
            try:
                batch, written = await asyncio.wait_for(self._batches.get(), 1.0)
            except TimeoutError:
                if self._is_away:
                    await self._try_replay()
                continue
            await self._put(batch, written)

    async def _put(self, batch: Batch, written: asyncio.Event) -> None:
        """Write a batch, or keep it in the file behind what waits there."""
        try:
            if self._is_away:
                await self._replay()
            await self._in(self._writer, actions.write, batch, city=self._city, now=self._now())
        except (DatabaseError, NoMonth) as fault:
            if not self._is_away:
                _log.warning("calls: the timeline cannot be written (%s) and is kept in a file", type(fault).__name__)
            self._is_away = True
            await asyncio.to_thread(self._buffer.put, batch)
        finally:
            written.set()

    async def _try_replay(self) -> None:
        with contextlib.suppress(DatabaseError, NoMonth):
            await self._replay()

    async def _replay(self) -> None:
        """Write what waits in the file, in order, and forget it. Raises: DatabaseError."""
        for batch in await asyncio.to_thread(lambda: list(self._buffer.waiting())):
            await self._in(self._writer, actions.write, batch, city=self._city, now=self._now())
        await asyncio.to_thread(self._buffer.clear)
        self._is_away = False

    async def _read(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        return await self._in(self._reader, work, *args, **named)

    async def _in(self, threads: ThreadPoolExecutor, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Do something in the database, in a thread that has a connection. Raises: DatabaseError."""

        def do() -> T:
            close_old_connections()
            try:
                return work(*args, **named)
            except DatabaseError:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(threads, do)

    def _close(self) -> None:
        for threads in (self._writer, self._reader):
            # Named in the thread: a connection is that of whoever asks for it.
            threads.submit(lambda: connection.close()).result()
            threads.shutdown()

    async def _pause(self, stop: threading.Event, seconds: float) -> None:
        """Wait, but not long after being told to stop."""
        end = asyncio.get_running_loop().time() + seconds
        while not stop.is_set() and (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(_TURN, left))
