"""What pages and API show of a thing: its lines, its clocks, and what may be done with it now."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minsheng import wording
from minsheng.core.features import queries as features
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import queries as things
from minsheng.core.lifecycles.kinds import Kind
from minsheng.core.people import permissions, vault
from minsheng.core.people.permissions import Sight
from minsheng.core.words import queries as words
from minsheng.domain import covering
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Fact
from minsheng.domain.rules import Rules
from minsheng.workbench import lights
from minsheng.workbench.lights import Light
from minsheng.workbench.things import finding
from minsheng.workbench.things.finding import state_label

__all__ = ["ON_A_PAGE", "clocks", "kind_of", "lines", "page", "rows_of", "state_label"]

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of a thing, as people read it; personal data in its words are covered. `folded`: labels to be opened."""

    at: datetime
    who: str
    step: str
    words: tuple[tuple[str, str], ...]
    folded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of a thing: what it is called, how it stands, when it ends."""

    name: str
    light: Light
    due: datetime | None


def kind_of(prefix: str) -> Kind[Any] | None:
    """Return the kind that has pages here, by its prefix."""
    kind: Kind[Any] | None = features.life_cycles().get(prefix)
    return kind if kind is not None and kind.labels is not None else None


def page(kind: Kind[Any], actor: Actor, *, city: str, tab: str, after: str, words: str = "") -> tuple[list[Any], str]:
    """Return the rows of a list that hold the words, the newest first, and where the next page begins, if one does."""
    rows = finding.holding(kind, rows_of(kind, actor, city=city, tab=tab), words).order_by("-id")
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: ON_A_PAGE + 1])
    return found[:ON_A_PAGE], str(found[ON_A_PAGE - 1].pk) if len(found) > ON_A_PAGE else ""


def rows_of(kind: Kind[Any], actor: Actor, *, city: str, tab: str) -> Any:
    """Return the rows of a tab: what waits for the actor, what is late, everything."""
    match tab:
        case "waiting":
            return things.waiting(kind, actor, city=city)
        case "late":
            return things.visible(kind, actor, city=city).filter(is_late=True).exclude(status__in=kind.cycle.ends)
        case _:
            return things.visible(kind, actor, city=city)


def lines(
    kind: Kind[Any],
    row: Any,
    actor: Actor,
    *,
    rules: Rules,
    clear: Mapping[int, Mapping[str, str]] | None = None,
) -> list[Line]:
    """Return a thing's facts as the actor may read them, the newest first.

    What is personal in their words is covered; `clear`: the words as they were said, opened with a reason.
    """
    assert kind.labels is not None
    events = [each for each in ledger.history(kind.stream(row.pk)) if kind.labels.tells(row, actor, each.type)]
    said = words.of(kind.stream(row.pk)) if clear is None else clear
    facts = [
        (fact, said.get(event.version, {}))
        for event in events
        if kind.labels.sees(row, actor, (fact := kind.codec.from_ledger(event)).event)
    ]
    names = kind.names({fact.by.person for fact, _ in facts if fact.by.person})
    cover = kind.labels.covers(row, actor) if clear is None else None
    choices = {**kind.labels.choices, **kind.labels.options(rules)}
    return [
        _line(kind, row, actor, fact, names.get(fact.by.person or "", ""), spoken, cover, choices)
        for fact, spoken in reversed(facts)
    ]


def may_open(kind: Kind[Any], row: Any, actor: Actor) -> bool:
    """Tell whether an actor may open what was said of a thing: whoever may ask for an identity, and of no unit.

    Source: JY-8d; roles.
    """
    assert kind.labels is not None
    if kind.labels.opens is not None:
        return kind.labels.opens(row, actor)
    sight = permissions.IDENTITY.get(actor.role, Sight.NEVER)
    return actor.role not in UNIT_ROLES and sight not in (Sight.NEVER, Sight.MASKED)


def has_words(kind: Kind[Any], row: Any, actor: Actor) -> bool:
    """Tell whether something of what an actor reads of a thing is kept sealed."""
    assert kind.labels is not None
    if not may_open(kind, row, actor):
        return False
    said = words.of(kind.stream(row.pk))
    return any(
        each.version in said
        and kind.labels.tells(row, actor, each.type)
        and kind.labels.sees(row, actor, kind.codec.from_ledger(each).event)
        for each in ledger.history(kind.stream(row.pk))
    )


def clocks(kind: Kind[Any], row: Any, *, rules: Rules, now: datetime) -> list[Clock]:
    """Return the clocks that still ask something of somebody."""
    running: list[Timer] = [each for each in kind.read(row).timers.values() if lights.still_runs(each)]
    return [Clock(_called(kind, each), lights.of(each, now=now, rules=rules), each.due) for each in running]


def _called(kind: Kind[Any], timer: Timer) -> str:
    assert kind.labels is not None
    own = kind.labels.clocks.get(timer.name)
    return wording.tr(own) if own else wording.TIMERS.get(timer.name, timer.name)


def _line(
    kind: Kind[Any],
    row: Any,
    actor: Actor,
    fact: Fact,
    name: str,
    said: Mapping[str, str],
    cover: Callable[[str], str] | None,
    choices: Mapping[str, Mapping[str, str]],
) -> Line:
    """Return a fact as people read it; without `cover` its sealed words stand as they were said."""
    assert kind.labels is not None
    step = wording.tr(kind.words.get(type(fact.event).__name__, type(fact.event).__name__))
    shown = []
    for each in dataclasses.fields(fact.event):
        label = kind.labels.fields.get(each.name)
        value = kind.labels.shows(row, actor, type(fact.event).__name__, each.name, getattr(fact.event, each.name))
        if not label or value in ("", None, (), False) or each.name in kind.labels.untold:
            continue
        if each.metadata.get("words"):
            text = said.get(each.name, wording.tr("（无法读取）"))
            if cover is not None:
                text = vault.mask_name(text) if each.metadata.get("name") else cover(text)
            shown.append((wording.tr(label), text))
        else:
            shown.append((wording.tr(label), covering.covered(_shown(value, choices.get(each.name, {})))))
    who = "，".join(filter(None, (wording.label_of_actor(fact.by.role, fact.by.unit), name)))
    folded = tuple(wording.tr(kind.labels.fields[each]) for each in kind.labels.folded)
    return Line(fact.at, who, step, tuple(shown), folded)


def _shown(value: object, choices: Mapping[str, str]) -> str:
    match value:
        case tuple():
            return "、".join(_shown(each, choices) for each in value)
        case datetime():
            return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
        case bool():
            return wording.tr("是") if value else wording.tr("否")
        case _:
            return wording.tr(choices[str(value)]) if str(value) in choices else str(value)
