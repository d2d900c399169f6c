"""A session with a carrier: one connection that is logged in, whatever the protocol.

Of messages at most `window` are unanswered or not yet kept, and of their parts at most `rate` go in a second; a
throttling answer makes everything wait. What the carrier delivers is answered once `Ears` have kept it: what they could
not keep comes again.
Logs name bindings and kinds of faults, never whom a message is for.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Final, Protocol, TypeVar

from minsheng.gateways.bindings.cmpp import Cmpp
from minsheng.gateways.bindings.smpp import Smpp
from minsheng.gateways.bindings.values import (
    REFUSED,
    SMPP,
    TAKEN,
    THROTTLED,
    Answer,
    Binding,
    Bye,
    Garbage,
    Heard,
    LoginRefused,
    Ping,
    Report,
    Text,
    Unreadable,
)
from minsheng.gateways.sms import SmsAway, SmsRefused

T = TypeVar("T")
_log = logging.getLogger(__name__)

# No PDU is longer: 64 KB of payload, and its fields.
_LONGEST: Final = 66_000
_CONNECT_WITHIN: Final = 10.0
# What is delivered and not yet kept; more waits at the carrier.
_EARS: Final = 32
# An answer that comes late still says that the message was taken.
_GIVES_UP_AFTER: Final = 60.0
_LONGEST_THROTTLE: Final = 8.0
_LONGEST_PAUSE: Final = 60.0
_STEADY_AFTER: Final = 30.0


class Dialect(Protocol):
    """A protocol: `header` bytes at least, sequences from 1 to `sequences`."""

    header: int
    sequences: int

    def login(self, sequence: int, *, moment: str) -> bytes: ...
    def let_in(self, frame: bytes) -> None: ...
    def ping(self, sequence: int) -> bytes: ...
    def bye(self, sequence: int) -> bytes: ...
    def submissions(self, phone: str, text: str, *, reference: int) -> list[bytes]: ...
    def submit(self, body: bytes, sequence: int) -> bytes: ...
    def read(self, frame: bytes) -> Heard: ...
    def reply(self, heard: Report | Text | Ping | Bye | Unreadable) -> bytes: ...


class Ears(Protocol):
    """Keeps what a carrier delivers. What raises is not kept, and is not answered."""

    async def report(self, binding: Binding, report: Report) -> None: ...
    async def text(self, binding: Binding, text: Text) -> None: ...


class Flight:
    """A message on its way: how many parts the carrier has, or may have; whether nobody waits for it any more."""

    def __init__(self) -> None:
        self.left = 0
        self.is_unwanted = False


class Session:
    """A binding's session; `keep` has it for good, `submit` uses it while it stands."""

    def __init__(self, binding: Binding, ears: Ears, *, now: Callable[[], datetime]) -> None:
        self.binding = binding
        self.is_bound = False
        self._dialect: Dialect = Smpp(binding) if binding.protocol == SMPP else Cmpp(binding)
        self._ears = ears
        self._now = now
        self._numbers = _around(self._dialect.sequences)
        self._references = _around(255)
        self._window = asyncio.Semaphore(binding.window)
        self._asked: dict[int, asyncio.Future[Answer]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._heard_at = self._next_at = self._quiet_until = self._throttle = 0.0

    @property
    def waiting(self) -> int:
        """Return how many submissions are unanswered."""
        return len(self._asked)

    async def keep(self) -> None:
        """Have a session until cancelled; after one that ends wait a little, longer each time."""
        failures = 0
        while True:
            begun = _clock()
            try:
                await self._once()
            except (OSError, EOFError, TimeoutError, Garbage, LoginRefused) as fault:
                says = fault if isinstance(fault, LoginRefused | Garbage) else ""
                _log.warning("sms binding %s: %s %s", self.binding.name, type(fault).__name__, says)
            except Exception:
                _log.exception("a session with a carrier failed", extra={"binding": self.binding.name})
            failures = 0 if _clock() - begun > _STEADY_AFTER else failures + 1
            await asyncio.sleep(min(_LONGEST_PAUSE, 0.25 * 2**failures))

    async def _once(self) -> None:
        """Have one session. Raises: OSError, EOFError, TimeoutError, Garbage, LoginRefused where it ends."""
        async with asyncio.timeout(_CONNECT_WITHIN):
            reader, writer = await asyncio.open_connection(self.binding.host, self.binding.port)
        try:
            writer.write(self._dialect.login(next(self._numbers), moment=f"{self._now():%m%d%H%M%S}"))
            async with asyncio.timeout(self.binding.answer_within):
                self._dialect.let_in(await self._frame(reader))
            self._writer, self.is_bound, self._heard_at = writer, True, _clock()
            _log.info("sms binding %s: bound", self.binding.name)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen(reader, group))
                group.create_task(self._stay_alive())
        except ExceptionGroup as faults:
            raise _first(faults) from None
        finally:
            self._end(writer)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        if self.is_bound:
            with contextlib.suppress(OSError):
                writer.write(self._dialect.bye(next(self._numbers)))
        self._writer, self.is_bound = None, False
        for each in self._asked.values():
            if not each.done():
                each.set_exception(SmsAway())
        self._asked.clear()
        writer.close()

    async def _frame(self, reader: asyncio.StreamReader) -> bytes:
        start = await reader.readexactly(4)
        length = int.from_bytes(start, "big")
        if not self._dialect.header <= length <= _LONGEST:
            raise Garbage("no length of a frame")
        return start + await reader.readexactly(length - 4)

    async def _listen(self, reader: asyncio.StreamReader, group: asyncio.TaskGroup) -> None:
        ears = asyncio.Semaphore(_EARS)
        while True:
            frame = await self._frame(reader)
            self._heard_at = _clock()
            heard = self._dialect.read(frame)
            match heard:
                case Answer(sequence):
                    asked = self._asked.pop(sequence, None)
                    if asked is not None and not asked.done():
                        asked.set_result(heard)
                case Report() | Text():
                    await ears.acquire()
                    group.create_task(self._hear(heard, ears))
                case Ping() | Unreadable():
                    if isinstance(heard, Unreadable):
                        _log.warning("sms binding %s: a request that cannot be read", self.binding.name)
                    self._say(self._dialect.reply(heard))
                case Bye():
                    self._say(self._dialect.reply(heard))
                    self.is_bound = False
                    raise ConnectionResetError
                case _:
                    pass

    async def _hear(self, heard: Report | Text, ears: asyncio.Semaphore) -> None:
        """Keep what was delivered, and only then say so."""
        try:
            if isinstance(heard, Report):
                await self._ears.report(self.binding, heard)
            else:
                await self._ears.text(self.binding, heard)
        except Exception as fault:
            # The words of a fault may hold whom it was from.
            _log.warning("sms binding %s: a delivery was not kept: %s", self.binding.name, type(fault).__name__)
        else:
            self._say(self._dialect.reply(heard))
        finally:
            ears.release()

    async def _stay_alive(self) -> None:
        """Ask whenever nothing was heard for a while, and end where nothing is answered. Raises: TimeoutError."""
        each, asked_at = self.binding, 0.0
        while True:
            silent = _clock() - self._heard_at
            if silent >= each.alive and asked_at <= self._heard_at:
                self._say(self._dialect.ping(next(self._numbers)))
                asked_at = _clock()
            elif asked_at > self._heard_at and _clock() - asked_at >= each.answer_within:
                raise TimeoutError
            due = asked_at + each.answer_within if asked_at > self._heard_at else self._heard_at + each.alive
            await asyncio.sleep(max(0.01, due - _clock()))

    def _say(self, frame: bytes) -> None:
        if self._writer is not None:
            self._writer.write(frame)

    async def submit(self, phone: str, text: str, flight: Flight, keep: Callable[[list[str]], Awaitable[T]]) -> T:
        """Submit a text in all its parts, one after the other, and keep their ids; return what `keep` returns.

        The window is given back then: a process that dies leaves no more unknown than it has.
        Raises: SmsAway, SmsRefused.
        """
        if not self.is_bound:
            raise SmsAway
        try:
            bodies = self._dialect.submissions(phone, text, reference=next(self._references))
        except ValueError as fault:
            raise SmsRefused from fault
        async with self._window:
            return await keep([await self._submit(body, flight) for body in bodies])

    async def _submit(self, body: bytes, flight: Flight) -> str:
        end = _clock() + _GIVES_UP_AFTER
        while _clock() < end:
            answer = await self._ask(body, flight)
            if answer.verdict == TAKEN:
                self._throttle = 0.0
                return answer.id
            flight.left -= 1
            if answer.verdict == REFUSED:
                raise SmsRefused
            if answer.verdict != THROTTLED:
                _log.warning("sms binding %s: answer %s to a submission", self.binding.name, answer.status)
                break
            if _clock() >= self._quiet_until:
                self._throttle = min(_LONGEST_THROTTLE, max(0.25, self._throttle * 2))
                self._quiet_until = _clock() + self._throttle
        raise SmsAway

    async def _ask(self, body: bytes, flight: Flight) -> Answer:
        """Submit one part once it is its turn, and wait for the answer. Raises: SmsAway."""
        await self._pace()
        if self._writer is None or (flight.is_unwanted and not flight.left):
            raise SmsAway
        sequence = next(each for each in self._numbers if each not in self._asked)
        asked: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[sequence] = asked
        flight.left += 1
        self._say(self._dialect.submit(body, sequence))
        try:
            async with asyncio.timeout(_GIVES_UP_AFTER):
                return await asked
        except TimeoutError:
            raise SmsAway from None
        finally:
            self._asked.pop(sequence, None)

    async def _pace(self) -> None:
        """Wait for a moment of one's own at which something may be submitted."""
        while True:
            mine = max(_clock(), self._next_at, self._quiet_until)
            self._next_at = mine + 1 / self.binding.rate
            await asyncio.sleep(mine - _clock())
            if _clock() >= self._quiet_until:
                return


def _clock() -> float:
    return asyncio.get_running_loop().time()


def _around(last: int) -> Iterator[int]:
    """Count from 1 to `last`, again and again."""
    while True:
        yield from range(1, last + 1)


def _first(faults: ExceptionGroup[Exception]) -> Exception:
    found: Exception = faults
    while isinstance(found, ExceptionGroup):
        found = found.exceptions[0]
    return found
