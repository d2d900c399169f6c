"""Case studies and remedies on PostgreSQL: which orders they rest on, and whom their words name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from minsheng.cases.coordination import queries as coordination
from minsheng.cases.library import labels
from minsheng.cases.library.models import Remedy, Study
from minsheng.cases.library.readers import READERS
from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import successors
from minsheng.core.words import actions as words
from minsheng.domain.actors import Actor
from minsheng.domain.coordination import remedy, study
from minsheng.domain.rejected import Rejected

__all__ = ["REMEDIES", "STUDIES"]


def _named(asked: Asked) -> dict[str, str]:
    """Return the ids of the orders that the command names, by what was typed; none that only few may read."""
    found = {}
    for each in getattr(asked.command, "orders", ()):
        try:
            found[each] = orders.find(each, actor=asked.by, city=asked.city).id
        except Rejected:
            continue
    few = orders.for_few(found.values())
    return {name: id for name, id in found.items() if id not in few}


def _off_duty(asked: Asked, *, named: Iterable[str] = (), about: Iterable[str]) -> frozenset[str]:
    """Return who has nobody on duty, of units that the command names and of others. Raises: Rejected `unit_unknown`."""
    named = tuple(filter(None, named))
    facts = people.unit_facts(asked.city, names=[*named, *filter(None, about)], now=asked.now)
    for name in named:
        if name not in facts:
            raise Rejected("unit_unknown", unit=name)
    return frozenset(name for name, each in facts.items() if not each.roster)


def _names_somebody(text: str, about: Iterable[str], *, city: str) -> bool:
    """Tell whether a text has personal data, or tells who complained in the orders, as any unit would read it."""
    return bool(text) and reading.covering_for(about, actor=Actor("officer", ""), city=city)(text) != text


def _study_known(asked: Asked) -> study.Known:
    command, named, meetings = asked.command, _named(asked), {}
    state = STUDIES.read(asked.row) if asked.row is not None else study.Study("")
    if (number := getattr(command, "meeting", "")) and (
        about := coordination.orders_of(asked.city, number)
    ) is not None:
        meetings[number] = tuple(id for id in about if id not in orders.for_few(about))
    ids = tuple(dict.fromkeys((*named.values(), *meetings.get(number, ()), *state.orders)))
    held = {id: each.order for id, each in orders.peek(ids).items()} if ids else {}
    said = "\n".join(getattr(command, name, "") for name in ("title", "course", "lessons")).strip()
    return study.Known(
        orders=named,
        standing={id: (order.status, order.responsible_unit or "") for id, order in held.items()},
        meetings=meetings,
        names=_names_somebody(said, ids, city=asked.city),
        rosterless=_off_duty(asked, about=state.units),
    )


def _remedy_known(asked: Asked) -> remedy.Known:
    command, named = asked.command, _named(asked)
    state = REMEDIES.read(asked.row) if asked.row is not None else remedy.Remedy("")
    off_duty = _off_duty(asked, named=(getattr(command, "unit", ""), *getattr(command, "co", ())), about=(state.unit,))
    title = getattr(command, "title", "")
    return remedy.Known(named, off_duty, _names_somebody(title, named.values(), city=asked.city))


def _study_columns(state: study.Study) -> Mapping[str, Any]:
    return {"title": state.title, "text": f"{state.course}\n{state.lessons}", "units": list(state.units)}


def _remedy_columns(state: remedy.Remedy) -> Mapping[str, Any]:
    units = list(filter(None, dict.fromkeys((state.unit, *state.co))))
    return {"title": state.title, "units": units, "target_unit": state.unit}


def _opens_study(id: UUID, city: str) -> Study:
    return Study(id=id, city_id=city, number=numbers.next_of(Study, "案例", id=id, city=city))


def _opens_remedy(id: UUID, city: str) -> Remedy:
    return Remedy(id=id, city_id=city, number=numbers.next_of(Remedy, "一类事", id=id, city=city))


STUDIES = Kind(
    study.CYCLE,
    model=Study,
    names=people.names,
    words=labels.STUDY_EVENTS,
    facts=_study_known,
    keeps=words.keep,
    columns=_study_columns,
    readers=READERS,
    labels=labels.STUDIES,
    opens=_opens_study,
    sought=("title", "text"),
)
REMEDIES = Kind(
    remedy.CYCLE,
    model=Remedy,
    names=people.names,
    words=labels.REMEDY_EVENTS,
    facts=_remedy_known,
    keeps=words.keep,
    columns=_remedy_columns,
    readers=successors.readers("office", "joint_meeting", "supervisor", "command"),
    labels=labels.REMEDIES,
    opens=_opens_remedy,
    sought=("title",),
)
