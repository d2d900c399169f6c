"""Who listens in this process, and what goes to whom. In memory, on one event loop, no database."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from minsheng.cases.live.queries import Heard, merged

# What may wait a moment: lists and counts changed, or a thing did.
_QUIET = ("queue", "order")
# A listener that so much waits for does not read; it is told to read its page anew.
WAITING_AT_MOST = 2000
# Kept for those who are being admitted while something happens.
_REMEMBERED = 5000


class Listener:
    """One open stream. `after`: what it knows already; `late`: too much waited, or the numbers began anew."""

    __slots__ = ("after", "audiences", "city", "ended", "late", "pressing", "waiting", "wake")

    def __init__(self, city: str, audiences: Sequence[str], *, after: int) -> None:
        self.city, self.audiences, self.after = city, tuple(audiences), after
        self.waiting: list[Heard] = []
        self.wake = asyncio.Event()
        self.pressing = self.late = self.ended = False

    def offer(self, row: Heard) -> None:
        """Let a signal wait for this listener."""
        if row.id <= self.after or self.late or (self.waiting and self.waiting[-1].id >= row.id):
            return
        if len(self.waiting) >= WAITING_AT_MOST:
            self.give_up()
            return
        self.waiting.append(row)
        self.pressing = self.pressing or row.kind not in _QUIET
        self.wake.set()

    def give_up(self) -> None:
        """Let the listener be told to read its page anew."""
        self.late = self.pressing = True
        self.waiting.clear()
        self.wake.set()

    def end(self) -> None:
        """Let the stream end."""
        self.ended = True
        self.wake.set()

    def take(self) -> list[Heard]:
        """Return what waits, merged, and let nothing wait."""
        rows = merged(self.waiting)
        self.waiting.clear()
        self.pressing = False
        self.wake.clear()
        if rows:
            self.after = rows[-1].id
        return rows


class Hub:
    """All listeners by audience. `position`: the number up to which signals were passed on; None before the first."""

    def __init__(self) -> None:
        self.position: int | None = None
        self._rooms: dict[tuple[str, str], set[Listener]] = {}
        self._all: set[Listener] = set()
        self._recent: deque[Heard] = deque(maxlen=_REMEMBERED)
        self._recent_after = 0

    def __len__(self) -> int:
        return len(self._all)

    def begin(self, position: int) -> None:
        """Begin at a number, or begin anew when numbers went back: then everybody reads their page anew."""
        if self.position is not None:
            for listener in self._all:
                listener.give_up()
        self.position = self._recent_after = position
        self._recent.clear()

    def join(self, city: str, audiences: Sequence[str], *, after: int) -> Listener:
        """Return a new listener that knows everything up to a number, and let the rest wait for it."""
        listener = Listener(city, audiences, after=after)
        if after < self._recent_after:
            listener.give_up()
        wanted = {(city, audience) for audience in audiences}
        for row in self._recent:
            if (row.city, row.audience) in wanted:
                listener.offer(row)
        for room in wanted:
            self._rooms.setdefault(room, set()).add(listener)
        self._all.add(listener)
        return listener

    def part(self, listener: Listener) -> None:
        """Forget a listener."""
        self._all.discard(listener)
        for audience in listener.audiences:
            room = self._rooms.get((listener.city, audience), set())
            room.discard(listener)
            if not room:
                self._rooms.pop((listener.city, audience), None)

    def pass_on(self, rows: Iterable[Heard]) -> None:
        """Let new signals wait for all whom they are for."""
        for row in rows:
            if len(self._recent) == _REMEMBERED:
                self._recent_after = self._recent[0].id
            self._recent.append(row)
            for listener in self._rooms.get((row.city, row.audience), ()):
                listener.offer(row)
            self.position = row.id

    def known_to(self, listener: Listener) -> int:
        """Return the number up to which a listener has missed nothing."""
        if listener.waiting:
            return listener.after
        return max(listener.after, self.position or 0)

    def end_all(self) -> None:
        """Let every stream end."""
        for listener in self._all:
            listener.end()


@lru_cache(maxsize=2048)
def spelled(row: Heard) -> bytes:
    """Return a signal as the stream carries it."""
    data = {"order": row.order, "version": row.version} if row.order else {}
    return event(row.kind, data, number=row.id)


def event(kind: str, data: object, *, number: int | None = None) -> bytes:
    """Return one event of a stream, with its number when it has one."""
    at = b"" if number is None else b"id: %d\n" % number
    return b"event: %b\n%bdata: %b\n\n" % (kind.encode(), at, msgspec.json.encode(data))
