"""Reads of what the features bring. The settings' `FEATURES` says which there are, in the order in which they hear."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from typing import Any, Final

from django.conf import settings

from minsheng.core.features.loading import load
from minsheng.core.features.values import Entry, Feature, Finding, Found, Gauge, Hit, Job, Stream
from minsheng.domain.covering import covered
from minsheng.domain.rules import Rules

# So many of a kind are shown; whoever finds more writes more words.
FOUND_AT_MOST: Final = 20
# What a life cycle's streams have in common, whichever feature brings them.
_RING: Final = "minsheng.core.lifecycles.tasks:ring"
_REBUILD: Final = "minsheng.core.lifecycles.actions:rebuild"
_TOLD: Final = "minsheng.core.lifecycles.tellings:told"
_ENDED: Final = "minsheng.core.lifecycles.queries:ended"
_SEEN: Final = "minsheng.core.lifecycles.queries:seen"


def features() -> tuple[Feature, ...]:
    """Return the features, in their order."""
    return load(settings.FEATURES)


@cache
def named(name: str) -> Any:
    """Return what a dotted name stands for."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def streams() -> Mapping[str, Stream]:
    """Return the kinds of streams by their prefix, without its stroke."""
    return {prefix: stream for feature in features() for prefix, stream in feature.streams.items()}


def alarm(prefix: str) -> Callable[..., None]:
    """Return what is called when a stream's alarm rings, `(stream, now)`. Raises: KeyError."""
    kind = streams()[prefix]
    found: Callable[..., None] = named(_RING if kind.life_cycle else kind.alarm)
    return found


def subscribers() -> list[Callable[..., None]]:
    """Return what the relay tells of new events, in order."""
    return [named(name) for feature in features() for name in feature.subscribers]


def gauges() -> list[Callable[..., Iterable[Gauge]]]:
    """Return what measures the machinery at a moment."""
    return [named(name) for feature in features() for name in feature.gauges]


def rebuilders() -> dict[str, Callable[..., tuple[int, int]]]:
    """Return what rebuilds projections, by the prefix of their streams."""
    found: dict[str, Callable[..., tuple[int, int]]] = {}
    for prefix, kind in streams().items():
        if kind.life_cycle:
            found[prefix] = partial(named(_REBUILD), named(kind.life_cycle))
        elif kind.rebuild:
            found[prefix] = named(kind.rebuild)
    return found


def witnesses() -> dict[str, Any]:
    """Return the modules that compare with the ledger's digests, by the prefix of their streams."""
    return {prefix: import_module(kind.witness) for prefix, kind in streams().items() if kind.witness}


def writers() -> dict[str, Any]:
    """Return the modules that write messages to people, by the prefix of the streams that these are about."""
    return {prefix: import_module(name) for feature in features() for prefix, name in feature.messages.items()}


def carriers() -> Iterable[Callable[..., Any]]:
    """Give what makes the carriers of messages by channels other than text messages."""
    return [named(each) for feature in features() for each in feature.carriers]


def told(prefix: str) -> Callable[..., Any] | None:
    """Return what makes signals of a stream's new events; None for one that nobody at a desk watches."""
    kind = streams().get(prefix, Stream())
    return partial(named(_TOLD), named(kind.life_cycle)) if kind.life_cycle else named(kind.told) if kind.told else None


def seen(prefix: str) -> Callable[..., set[str]] | None:
    """Return the gate of a kind of stream, `(actor, *, city, ids)`; None for one that nobody at a desk is shown."""
    kind = streams().get(prefix, Stream())
    gate: Callable[..., set[str]] | None = named(kind.seen) if kind.seen else None
    return partial(named(_SEEN), named(kind.life_cycle)) if kind.life_cycle and gate is None else gate


def exists_for(actor: Any, stream: str, *, city: str) -> bool:
    """Tell whether the thing of a stream exists for the actor: the gate of its page."""
    prefix, _, id = stream.partition("/")
    gate = seen(prefix)
    return gate is not None and id in gate(actor, city=city, ids=[id])


def attended(stream: str, *, by: Any, now: datetime) -> None:
    """Let the feature know that somebody for whom the thing exists is at work on its page."""
    prefix, _, id = stream.partition("/")
    if name := streams().get(prefix, Stream()).attended:
        named(name)(id, by=by, now=now)


def carries(prefix: str) -> Callable[..., Any]:
    """Return what carries out a command on a stream of the kind, inside the transaction of another stream."""
    found: Callable[..., Any] = named(streams()[prefix].carries)
    return found


def over(streams: Iterable[str], *, before: datetime) -> set[str]:
    """Return those of the streams whose things ended before a moment; of a kind that does not say, none."""
    by_prefix: dict[str, list[str]] = {}
    for stream in streams:
        prefix, _, id = stream.partition("/")
        by_prefix.setdefault(prefix, []).append(id)
    found: set[str] = set()
    known = _ended()
    for prefix, ids in by_prefix.items():
        if prefix in known:
            found |= {f"{prefix}/{id}" for id in known[prefix](ids, before=before)}
    return found


def _ended() -> dict[str, Callable[..., set[str]]]:
    found: dict[str, Callable[..., set[str]]] = {}
    for prefix, kind in streams().items():
        if kind.life_cycle:
            found[prefix] = partial(named(_ENDED), named(kind.life_cycle))
        elif kind.ended:
            found[prefix] = named(kind.ended)
    return found


def life_cycles() -> dict[str, Any]:
    """Return the kinds that `core.lifecycles` keeps, by their name."""
    return {prefix: named(kind.life_cycle) for prefix, kind in streams().items() if kind.life_cycle}


def jobs() -> dict[str, Job]:
    """Return the kinds of jobs by their name."""
    return {name: job for feature in features() for name, job in feature.jobs.items()}


def datasets() -> dict[tuple[str, ...], Callable[..., Iterable[Any]]]:
    """Return what fills the lake's datasets."""
    return {names: named(exporter) for feature in features() for names, exporter in feature.datasets.items()}


def datasets_of_some() -> frozenset[str]:
    """Return the datasets that a city has only once it uses what fills them."""
    return frozenset(name for feature in features() for name in feature.of_some)


def stocks() -> list[Callable[..., Mapping[tuple[str, str, str], int]]]:
    """Return what counts what stands on record."""
    return [named(name) for feature in features() for name in feature.stocks]


def checks() -> list[Callable[..., Iterable[Finding]]]:
    """Return what looks at the features for `minsheng doctor`."""
    return [named(name) for feature in features() for name in feature.checks]


def file_gates() -> dict[str, Any]:
    """Return who says who may read and bring files of a stream, by its prefix."""
    return {prefix: named(gate) for feature in features() for prefix, gate in feature.files.items()}


def sealed() -> list[Any]:
    """Return the kinds of sealed cells that the features bring."""
    return [cell for feature in features() for name in feature.sealed for cell in named(name)]


def leaves() -> list[Any]:
    """Return the kinds of open work that somebody who leaves hands over."""
    return [named(name) for feature in features() for name in feature.leaves]


def keep_unsent(request: Any, staff: int | None) -> str:
    """Keep a form that met an ended session for whoever had it, if that is known; return its page, if it has one."""
    pages: list[str] = [named(feature.unsent)(request, staff) for feature in features() if feature.unsent]
    return next(filter(None, pages), "")


def found(person: Any, words: str, *, now: datetime) -> list[Found]:
    """Return what the features find for somebody at a desk, in groups; personal data in it are covered.

    A word that is covered finds nothing: an answer would tell that it stands there.
    """
    wanted = [word.lower() for word in words.split()]
    groups = []
    for feature in features():
        for name in feature.finds:
            for group in named(name)(person, words, now=now):
                shown = [Hit(covered(each.title), each.address, covered(each.note)) for each in group.hits]
                hits = [each for each in shown if all(word in f"{each.title} {each.note}".lower() for word in wanted)]
                if hits:
                    groups.append(Found(group.name, tuple(hits[:FOUND_AT_MOST])))
    return groups


def navigation(role: str, *, rules: Rules | None = None) -> list[Entry]:
    """Return the entries of the desks' navigation that a role has, in order; those of a city under its rules."""
    entries = [each for feature in features() for each in feature.navigation if role in each.roles or not each.roles]
    there = [each for each in entries if not (each.rule and rules) or getattr(rules, each.rule) is not None]
    return sorted(there, key=lambda each: each.place)
