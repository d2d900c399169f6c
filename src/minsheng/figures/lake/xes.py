"""The ledger as an event log for process mining: XES (IEEE 1849-2016), one trace an order, one event a fact.

Written as it is read, so that its size doesn't matter. No word that was said and no person: roles and units alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator

from minsheng.cases.orders.storage import planted, records
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.facts import body_of
from minsheng.core.ledger.values import ZONE, StoredEvent

_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)


def write(out: BinaryIO, *, city: str) -> tuple[int, int]:
    """Write a city's orders as an XES log; return how many traces and events it has."""
    return _Log(out).write(_streams(city), name=city)


def _streams(city: str) -> Iterator[list[StoredEvent]]:
    for page in ledger.whole_streams(records.PREFIX, city):
        out = planted.among({records.order_id_of(event.stream) for event in page})
        for stream, events in groupby(page, key=lambda event: event.stream):
            if records.order_id_of(stream) not in out:
                yield list(events)


class _Log:
    """The document while it is written."""

    def __init__(self, out: BinaryIO) -> None:
        self._xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)

    def write(self, streams: Iterable[list[StoredEvent]], *, name: str) -> tuple[int, int]:
        traces = events = 0
        self._xml.startDocument()
        self._open("log", **{"xes.version": "1849-2016", "xes.features": "", "xmlns": "http://www.xes-standard.org/"})
        self._head(name)
        for stream in streams:
            traces += 1
            events += len(stream)
            self._trace(stream)
        self._close("log")
        self._xml.endDocument()
        return traces, events

    def _head(self, name: str) -> None:
        for title, prefix, uri in _EXTENSIONS:
            self._one("extension", name=title, prefix=prefix, uri=uri)
        self._open("global", scope="trace")
        self._string("concept:name", "order")
        self._close("global")
        self._open("global", scope="event")
        self._string("concept:name", "event")
        self._one("date", key="time:timestamp", value="1970-01-01T00:00:00+00:00")
        self._string("lifecycle:transition", "complete")
        self._close("global")
        self._one("classifier", name="Activity", keys="concept:name")
        self._string("concept:name", name)

    def _trace(self, stream: list[StoredEvent]) -> None:
        first = records.from_ledger(stream[0]).event
        self._open("trace")
        self._string("concept:name", records.order_id_of(stream[0].stream))
        for key in ("type", "channel", "appellant"):
            if value := getattr(first, key, ""):
                self._string(f"minsheng:{key}", value)
        for stored in stream:
            self._event(stored)
        self._close("trace")

    def _event(self, stored: StoredEvent) -> None:
        self._open("event")
        self._string("concept:name", stored.type)
        self._one("date", key="time:timestamp", value=_stamp(stored.at))
        self._string("lifecycle:transition", "complete")
        self._string("org:role", str(stored.actor["role"]))
        if unit := stored.actor.get("unit"):
            self._string("org:group", str(unit))
        self._string("minsheng:status", body_of(stored).status)
        self._close("event")

    def _string(self, key: str, value: str) -> None:
        self._one("string", key=key, value=value)

    def _one(self, element: str, **attributes: str) -> None:
        self._xml.startElement(element, attributes)  # type: ignore[arg-type]
        self._xml.endElement(element)

    def _open(self, element: str, **attributes: str) -> None:
        self._xml.startElement(element, attributes)  # type: ignore[arg-type]

    def _close(self, element: str) -> None:
        self._xml.endElement(element)
        self._xml.characters("\n")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(ZONE).isoformat(timespec="milliseconds")
