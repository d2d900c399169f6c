"""What a feature brings to keep its life cycle: the table of its rows, and what decisions need from elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from django.db.models import Model, QuerySet

from minsheng.core.ledger.facts import FactCodec
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.lifecycle import LifeCycle, State
from minsheng.domain.rules import Rules

S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Key:
    """The key under which a form or a client may repeat itself.

    `content`: what was asked beside the command and its thing; `digest`: of all that was asked, if the caller has it.
    """

    scope: str
    key: str
    content: str = ""
    digest: bytes = b""

    def fingerprint(self, *asked: str) -> bytes:
        """Return what tells one request under the key from another."""
        return self.digest or hashlib.sha256(" ".join((*asked, self.content)).strip().encode()).digest()


@dataclass(slots=True)
class Held(Generic[S]):
    """A thing under its lock: its row, the state it stands in, and what decides about it. Not a value."""

    row: Any
    state: S
    city: str
    rules: Rules
    now: datetime  # in the city's zone


@dataclass(frozen=True, slots=True)
class FromRow(Generic[S]):
    """A command made of the locked row once role, unit, state and bar let it through; making it may change the row."""

    command: type[Any]
    made: Callable[[Held[S]], Any]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[S]):
    """What a command led to: the thing now, and whether the answer was given before under the same key."""

    id: UUID
    state: S
    repeated: bool = False


def _nothing(*_: Any) -> Any:
    return None


@dataclass(frozen=True, slots=True)
class Readers:
    """For whom things of a kind exist: roles of the whole city, roles for restricted things too, the row's units.

    A restricted thing exists for its target unit and not for the other units.
    """

    roles: tuple[str, ...] = ()
    restricted: tuple[str, ...] = ()
    units: bool = False

    def admits(self, actor: Actor) -> bool:
        """Tell whether there can be things of the kind for the actor."""
        return actor.role in (*self.roles, *self.restricted) or (self.units and actor.role in UNIT_ROLES)

    def __bool__(self) -> bool:
        return bool(self.roles or self.restricted or self.units)


@dataclass(frozen=True, slots=True)
class Labels:
    """What a kind is called where people see it: many of it, its states, commands, clocks, and fields of all of them.

    `choices`: by the field's name, what its values are called.
    """

    name: str
    states: Mapping[str, str]
    commands: Mapping[str, str]
    fields: Mapping[str, str]
    clocks: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Kind(Generic[S]):
    """A life cycle with the table that keeps it.

    `readers`: for whom its things exist, none where the feature has gates of its own; the table then is a
    `LifeCycleRow`. `names`: display names of persons; `words`: how an event is called where people are told of it;
    `facts`: what a decision on a row by an actor needs from elsewhere; `follow`: what is done in the same transaction
    once a command was carried out, as with a text that it approves or gives; `columns`: what of the state a feature's
    own columns show; `city`: the row's way to its city; `heavy`: columns that rebuilding need not read. With `labels`
    the kind has the pages, the API and the list that `workbench.things` gives; `opens` then makes the row of a new
    thing; it is found by its number and the words of the columns `sought`.
    """

    def __init__(
        self,
        cycle: LifeCycle[S],
        *,
        model: type[Model],
        names: Callable[[Iterable[str]], Mapping[str, str]],
        words: Mapping[str, str],
        facts: Callable[[Any, Actor], Any] = _nothing,
        follow: Callable[[Held[S], Any, Actor], None] = _nothing,
        columns: Callable[[S], Mapping[str, object]] | None = None,
        city: str = "city",
        heavy: tuple[str, ...] = (),
        readers: Readers = Readers(),
        labels: Labels | None = None,
        opens: Callable[[UUID, str], Any] | None = None,
        sought: tuple[str, ...] = (),
    ) -> None:
        self.cycle, self.names, self.words, self.facts, self.readers = cycle, names, words, facts, readers
        self.labels, self.opens, self.follow, self.sought = labels, opens, follow, sought
        self.prefix = f"{cycle.name}/"
        self._model, self._columns, self._heavy = model, columns, heavy
        self._city, self._city_of = city, attrgetter(f"{city.replace('__', '.')}_id")
        self._known = {each.attname for each in model._meta.concrete_fields}
        self.codec = FactCodec({each.__name__: each for each in cycle.events}, prefix=self.prefix)
        self._decoder = msgspec.json.Decoder(type(cycle.start("")))

    def stream(self, id: UUID) -> str:
        """Return the stream of a row."""
        return f"{self.prefix}{id}"

    def id_of(self, stream: str) -> UUID:
        """Return the key of a stream's row."""
        return UUID(stream.removeprefix(self.prefix))

    def rows(self, **fields: object) -> QuerySet[Any]:
        """Return the rows that have a stream; the fields are those of the table."""
        found: QuerySet[Any] = self._model._default_manager.filter(version__gt=0, **fields)
        return found

    def rows_in(self, city: str | None, **fields: object) -> QuerySet[Any]:
        """Return the rows of one city, or of all."""
        return self.rows(**fields) if city is None else self.rows(**fields, **{self._city: city})

    def light_rows(self) -> QuerySet[Any]:
        """Return the rows without what weighs much."""
        return self.rows().defer(*self._heavy)

    def locked(self, id: UUID, *, city: str | None) -> Any | None:
        """Lock a row and return it; a city gets its own alone."""
        rows = self.rows_in(city, pk=id).select_for_update(of=("self",))
        owner = self._city.rpartition("__")[0]
        return (rows.select_related(owner) if owner else rows).first()

    def city_of(self, row: Any) -> str:
        """Return the code of the row's city."""
        city: str = self._city_of(row)
        return city

    def read(self, row: Any) -> S:
        """Return the state that a row keeps."""
        return self._decoder.decode(msgspec.json.encode(row.state))

    def columns(self, state: S) -> dict[str, Any]:
        """Return what a row shows of the state, as far as its table has columns for it."""
        running = self.cycle.next_due(state)
        dues = [timer.due for timer in state.timers.values() if timer.due is not None]
        shown = {
            "status": state.status,
            "version": state.version,
            "due": running.due if running is not None else max(dues, default=None),
            "is_late": bool(state.breaches),
            "state": msgspec.json.decode(msgspec.json.encode(state)),
            **(self._columns(state) if self._columns is not None else {}),
        }
        return {name: value for name, value in shown.items() if name in self._known}

    def show(self, row: Any, state: S) -> None:
        """Let a row show the state."""
        for name, value in self.columns(state).items():
            setattr(row, name, value)

    def touch(self, row: Any, now: datetime) -> None:
        """Keep when somebody last did something, where the table has a column for it."""
        if "changed_at" in self._known:
            row.changed_at = now

    def fold(self, id: str, events: Sequence[StoredEvent]) -> S:
        """Return the state that a stream's events make."""
        return self.cycle.fold(self.cycle.start(id), [self.codec.from_ledger(event) for event in events])
