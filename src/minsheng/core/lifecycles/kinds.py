"""What a feature brings to keep its life cycle: the table of its rows, and what decisions need from elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from django.db.models import Model, Q, QuerySet

from minsheng.core.ledger.facts import FactCodec
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import post_audience, role_audience, unit_audience
from minsheng.domain.covering import covered
from minsheng.domain.facts import Fact
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What `facts` are wanted for: the row (none where a thing begins), who acts, the command where it is filled in."""

    city: str
    row: Any
    by: Actor
    now: datetime
    command: Any = None


def _nothing(*_: Any) -> Any:
    return None


def _counts_all(rows: Sequence[Any]) -> Collection[Any]:
    return ()


def _nothing_else(actor: Actor) -> Q:
    return Q(pk=None)


def _as_said(stream: str, facts: Sequence[Fact], version: int) -> Sequence[Fact]:
    return facts


def _by_its_name(unit: str) -> Collection[str]:
    return (unit,)


def _as_they_are(city: str, *, names: Iterable[str]) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Readers:
    """For whom things of a kind exist: roles of the whole city, roles for restricted things too, the row's units.

    A restricted thing exists for its target unit and not for the other units. `unit_roles`: who of a unit. `secret`:
    no row of the lake tells of a restricted thing. `known_as(unit)`: its name and those of the units that went into it;
    `today(city, names=…)`: who stands in the place of units that were renamed or merged. A kind with other readers
    overrides `rows` and `audiences` together: a thing is told to those for whom it exists.
    """

    roles: tuple[str, ...] = ()
    restricted: tuple[str, ...] = ()
    units: bool = False
    unit_roles: tuple[str, ...] = UNIT_ROLES
    secret: bool = False
    known_as: Callable[[str], Collection[str]] = _by_its_name
    today: Callable[..., Mapping[str, str]] = _as_they_are

    def admits(self, actor: Actor) -> bool:
        """Tell whether there can be things of the kind for the actor."""
        return actor.role in (*self.roles, *self.restricted) or (self.units and actor.role in self.unit_roles)

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role in UNIT_ROLES:
            names = sorted(self.known_as(actor.unit or ""))
            return rows.filter(Q(is_restricted=False) | Q(target_unit__in=names), units__overlap=names)
        if actor.role in self.restricted:
            return rows
        return rows.filter(is_restricted=False)

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the fewest audiences that together are all for whom the row exists."""
        roles = self.restricted if row.is_restricted else (*self.roles, *self.restricted)
        yield from map(role_audience, dict.fromkeys(roles))
        if self.units:
            today = self.today(row.city_id, names=row.units)
            for unit in row.units:
                if not row.is_restricted or unit == row.target_unit:
                    yield from self._of_unit(today.get(unit, unit))

    def acting(self, row: Any, actor: Actor) -> Actor:
        """Return the actor as a thing knows their unit: it has the name that the unit had when it took part."""
        units = getattr(row, "units", ())
        if not actor.unit or actor.unit in units:
            return actor
        former = sorted(set(units) & set(self.known_as(actor.unit)))
        return replace(actor, unit=former[0]) if former else actor

    def _of_unit(self, unit: str) -> Iterator[str]:
        if self.unit_roles == UNIT_ROLES:
            yield unit_audience(unit)
        else:
            yield from (post_audience(role, unit=unit) for role in self.unit_roles)

    def __bool__(self) -> bool:
        return bool(self.roles or self.restricted or self.units)


def _no_options(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    return {}


def _withholds_nothing(rules: Rules, role: str) -> Mapping[str, frozenset[str]]:
    return {}


def _tells_all(row: Any, actor: Actor, event: str) -> bool:
    return True


def _sees_all(row: Any, actor: Actor, event: Any) -> bool:
    return True


def _what_is_found(row: Any, actor: Actor) -> Callable[[str], str]:
    return covered


def _as_it_is(row: Any, actor: Actor, event: str, name: str, value: Any) -> Any:
    return value


def _no_heading(row: Any) -> str:
    return ""


def _begins_empty(asked: Mapping[str, str], actor: Actor, city: str) -> Mapping[str, object]:
    return {}


def _fills_nothing(row: Any, command: str) -> Mapping[str, object]:
    return {}


def _all_its_units(row: Any, actor: Actor) -> Sequence[str]:
    found: Sequence[str] = row.units
    return found


def _nothing_beside(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    return ()


def _finds_nothing(row: Any, actor: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    return ()


def _reads_nothing(row: Any, actor: Actor) -> str:
    return ""


def _warns_of_nothing(row: Any, actor: Actor) -> str:
    return ""


def _in_their_order(row: Any) -> Mapping[str, Sequence[str]]:
    return {}


@dataclass(frozen=True, slots=True)
class Labels:
    """What a kind is called where people see it: many of it, its states, commands, clocks, and fields of all of them.

    `choices`: by the field's name, what its values are called; `options`: what the city's rules let choose;
    `withheld`: which of it a role is not offered; `unasked`: fields that forms leave out, since another says the same;
    `carried`: those that they carry unseen;
    `untold`: those that the history leaves out; `folded`: those that it shows once they are opened. `tells`: whether a
    line of the thing's history, by its event, is shown to an actor; `sees`: the same by the very event, where it
    depends on whom it is about; `beside`: links on its page;
    `covers`: what covers the words of a thing's history for an actor, where more is known of who must not be
    named; `begins`: what the form of a new thing begins with, by what its address asks for;
    `parties`: which of its units an actor is shown; `fills`: what the form of a command begins with on its page;
    `heading`: what a thing
    is about, where lists show more than its number; `headings`: the same of a whole page of rows, where it has to be
    read elsewhere; `leads`: where the first thing to be done is done, as buttons above the page; `opens`: who may open
    what was said of it, where others than those who may ask for an identity do; `shows`: what of a field of an event
    an actor reads. `warns`: what stands over a thing's page for an actor; `first`: which choices of a field stand
    first for a thing. `reading`: the words that are read before something is done, as HTML where they are marked safe;
    `finds`: links that the platform looks up for its page at the moment;
    `pages`: by a command that begins a thing, the name of its own page, where it takes more than a
    form.
    """

    name: str
    states: Mapping[str, str]
    commands: Mapping[str, str]
    fields: Mapping[str, str]
    clocks: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    options: Callable[[Rules], Mapping[str, Mapping[str, str]]] = _no_options
    withheld: Callable[[Rules, str], Mapping[str, frozenset[str]]] = _withholds_nothing
    tells: Callable[[Any, Actor, str], bool] = _tells_all
    sees: Callable[[Any, Actor, Any], bool] = _sees_all
    beside: Callable[[Any, Actor], Sequence[tuple[str, str]]] = _nothing_beside
    heading: Callable[[Any], str] = _no_heading
    headings: Callable[[Sequence[Any]], Mapping[UUID, str]] | None = None
    leads: Callable[[Any, Actor], Sequence[tuple[str, str]]] = _nothing_beside
    parties: Callable[[Any, Actor], Sequence[str]] = _all_its_units
    opens: Callable[[Any, Actor], bool] | None = None
    shows: Callable[[Any, Actor, str, str, Any], Any] = _as_it_is
    begins: Callable[[Mapping[str, str], Actor, str], Mapping[str, object]] = _begins_empty
    fills: Callable[[Any, str], Mapping[str, object]] = _fills_nothing
    unasked: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    covers: Callable[[Any, Actor], Callable[[str], str]] = _what_is_found
    warns: Callable[[Any, Actor], str] = _warns_of_nothing
    first: Callable[[Any], Mapping[str, Sequence[str]]] = _in_their_order
    reading: Callable[[Any, Actor], str] = _reads_nothing
    finds: Callable[[Any, Actor, datetime], Sequence[tuple[str, str]]] = _finds_nothing
    pages: Mapping[str, str] = field(default_factory=dict)


class Kind(Generic[S]):
    """A life cycle with the table that keeps it.

    `readers`: for whom its things exist, none where the feature has gates of its own; the table then is a
    `LifeCycleRow`. `names`: display names of persons; `words`: how an event is called where people are told of it;
    `facts`: what a decision on a row by an actor needs from elsewhere; `follow`: what is done in the same transaction
    once a command was carried out, as with a text that it approves or gives; `keeps(stream, facts, version)`: gives the
    facts as the ledger takes them, once their words are kept beside it (`core.words`); `columns`: what of the state a
    feature's own columns show; `city`: the row's way to its city; `heavy`: columns that rebuilding need not read. With
    `labels` the kind has the pages, the API and the list that `workbench.things` gives; `opens` then makes the row of a
    new thing; it is found by its number and the words of the columns `sought`. `waits`: called before a row is locked,
    where somebody else takes such rows in an order of their own. `also`: which rows wait for an actor besides those
    that the table's states say, as a text that was sent to a leader. `uncounted`: the keys of those of some rows that
    stand in no figure.
    """

    def __init__(
        self,
        cycle: LifeCycle[S],
        *,
        model: type[Model],
        names: Callable[[Iterable[str]], Mapping[str, str]],
        words: Mapping[str, str],
        facts: Callable[[Asked], Any] = _nothing,
        follow: Callable[[Held[S], Any, Actor], None] = _nothing,
        keeps: Callable[[str, Sequence[Fact], int], Sequence[Fact]] = _as_said,
        columns: Callable[[S], Mapping[str, object]] | None = None,
        city: str = "city",
        heavy: tuple[str, ...] = (),
        readers: Readers = Readers(),
        labels: Labels | None = None,
        opens: Callable[[UUID, str], Any] | None = None,
        sought: tuple[str, ...] = (),
        waits: Callable[[], None] = _nothing,
        also: Callable[[Actor], Q] = _nothing_else,
        uncounted: Callable[[Sequence[Any]], Collection[Any]] = _counts_all,
    ) -> None:
        self.cycle, self.names, self.words, self.facts, self.readers = cycle, names, words, facts, readers
        self.labels, self.opens, self.follow, self.sought, self.keeps = labels, opens, follow, sought, keeps
        self.prefix, self._waits, self.uncounted, self.also = f"{cycle.name}/", waits, uncounted, also
        self._model, self._columns, self._heavy = model, columns, heavy
        self._city, self._city_of = city, attrgetter(f"{city.replace('__', '.')}_id")
        self._known = {each.attname for each in model._meta.concrete_fields}
        self.codec = FactCodec({each.__name__: each for each in cycle.events}, prefix=self.prefix)
        self._decoder = msgspec.json.Decoder(type(cycle.start("")))

    def is_given(self, command: str) -> bool:
        """Tell whether a command is given on the pages and by the API of things; one without a label is elsewhere."""
        return self.labels is None or command in self.labels.commands

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
        self._waits()
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
