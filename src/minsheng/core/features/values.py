"""What a feature's `feature.py` says: values alone, and what does the work by dotted name.

Settings read these files before Django is ready, so they import nothing but this module. Names of functions are
written `package.module:name`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A kind of stream, whose events the ledger keeps under its prefix.

    `life_cycle`: the `core.lifecycles.Kind` that keeps it, which brings alarm, rebuilding, recomputing, gate, signals
    and end.
    Without one: `alarm(stream, now)`; `rebuild(*, check) -> (compared, changed)`; `seen(actor, *, city, ids)`, which of
    the things exist for the actor; `told(events)`, the signals of new events; `ended(ids, *, before)`,
    which of the things ended before a moment; `attended(id, *, by, now)`, called while somebody for whom the thing
    exists works on its page; `carries(command, *, order_id, actor, now)`: carries out what a fact elsewhere sets off.
    `witness`: the module that compares what the ledger holds digests of.
    `page`: the name of the URL that takes the id; `link`: the words of a link to it.
    """

    life_cycle: str = ""
    alarm: str = ""
    rebuild: str = ""
    seen: str = ""
    told: str = ""
    ended: str = ""
    attended: str = ""
    carries: str = ""
    witness: str = ""
    page: str = ""
    link: str = "查看"


@dataclass(frozen=True, slots=True)
class Job:
    """What is done beside the desks: `does(now)`; its class of priority; when it comes by itself (cron, or None)."""

    does: str
    pace: str
    every: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the desks' navigation. `roles`: who has it, empty for everybody; `also`: pages that it is lit on.

    `place`: entries come in this order; `args`: those of its address; `key`: the letter that opens it.
    `rule`: a rule of the pack; a city that has none of it has no such entry.
    """

    place: int
    url: str
    label: str
    args: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    key: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What becomes of a table's rows, one of `KEPT`, and which columns hold what is personal.

    `cleared`: the job that deletes rows of work which nobody needs any more, or `relay` and
    `workers`, whose own rows go with what they do.
    """

    kept: str
    cleared: str = ""
    personal: tuple[str, ...] = ()


# A record is never deleted by the program; a projection is made of records again; work is deleted by a job once nobody
# needs it; a setting stands until somebody changes it.
KEPT = ("record", "projection", "work", "setting")
# So long after the end of what it belongs to: a supervisor who reopens a case finds the unit's work there, and after a
# month nobody does any more, while the words still name people (JY-8d).
WORK_KEPT: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """All that a feature brings to the product.

    `app`: its Django application, empty for one without tables and templates; `tables`: by the model's name;
    `subscribers`: `(events)`, called by the relay in the order of the features; `urls`, `routers`: modules of addresses
    and routers of the API; `uploads`, `public_uploads`: addresses at which bodies may be larger than a form;
    `datasets`: what of the lake it fills, by `export(part)`, which gives `Fresh`; `stocks`: `(city, *, on)`, counts;
    `of_some`: those of its datasets that a city has only once it uses the feature: before, nobody knows how many;
    `checks`: `(connection, *, now)`, findings for `minsheng doctor`;
    `files`: the `core.files` gate of each kind of stream that files may belong to;
    `messages`: the module that writes what people are told of a stream, by its prefix (`core.messages.values.Writer`);
    `sealed`: lists of sealed cells (`people.vault_keys.Cell`) that a change of keys and `ledger verify` go through;
    `finds`: `(person, words, *, now)`, groups (`Found`) of what exists for somebody and may hold the words;
    `leaves`: kinds of open work (`core.people.accounts.leaving.Work`) that somebody who leaves hands over;
    `unsent`: `(request, staff)`, keeps a form that met an ended session and returns its page, or nothing;
    `carriers`: `(channel, *, now)`, who carries messages of a channel (`gateways.carriers.Carrier`), or None;
    `gauges`: `(now)`, gives `Gauge`s: how much waits, runs and is late, for whoever watches the machinery.
    """

    name: str
    app: str = ""
    tables: Mapping[str, Table] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    subscribers: tuple[str, ...] = ()
    jobs: Mapping[str, Job] = field(default_factory=dict)
    urls: tuple[str, ...] = ()
    routers: tuple[str, ...] = ()
    navigation: tuple[Entry, ...] = ()
    uploads: tuple[str, ...] = ()
    public_uploads: tuple[str, ...] = ()
    datasets: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    of_some: tuple[str, ...] = ()
    stocks: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    sealed: tuple[str, ...] = ()
    finds: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    unsent: str = ""
    gauges: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gauge:
    """How much of something there is at this moment: its name and its unit as Prometheus writes them, and its labels.

    Labels say a kind, never a person or a thing: each combination is a series that is kept for months.
    """

    name: str
    says: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found: what it is called, the address of its page, and how it stands."""

    title: str
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a kind, with the name of the kind."""

    name: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """The part of the ledger that an export brings to the lake: positions after one, up to and with another."""

    after_position: int
    up_to: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Fresh:
    """What some things of a city are in a dataset of the lake now, by month (`YYYY-MM`).

    `keys`: the things; what the lake had of them in these months goes, or in every month where they may have moved.
    """

    dataset: str
    city: str
    rows: Mapping[str, Sequence[dict[str, Any]]]
    keys: frozenset[str]
    may_have_moved: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: how it stands (GOOD, HINT or BAD), and what to do where it does not stand well."""

    level: str
    what: str
    advice: str = ""


GOOD, HINT, BAD = "正常", "提示", "有误"
