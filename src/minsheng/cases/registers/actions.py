"""The registers on PostgreSQL, over `domain.registers`; free text is kept sealed (`core.words`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from minsheng.cases.registers import labels
from minsheng.cases.registers.models import Bylaw, Incident, Mechanism, Paper, Plan, Training
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Kind, Readers
from minsheng.core.lifecycles.rows import LifeCycleRow
from minsheng.core.people import queries as people
from minsheng.core.people import successors
from minsheng.core.people import units as units_of_today
from minsheng.core.policies import queries as policies
from minsheng.core.words import actions as words
from minsheng.domain.registers import bylaw, incident, mechanism, paper, plan, shared, training
from minsheng.domain.registers.shared import Known
from minsheng.domain.rejected import Rejected

__all__ = ["BYLAWS", "INCIDENTS", "MECHANISMS", "PAPERS", "PLANS", "TRAININGS"]


def _known(asked: Asked) -> Known:
    state = asked.row.state if asked.row is not None else {}
    units = tuple(dict.fromkeys((*getattr(asked.command, "units", ()), *state.get("units", ()))))
    facts = people.unit_facts(asked.city, names=units, now=asked.now) if units else {}
    for name in getattr(asked.command, "units", ()):
        if name not in facts:
            raise Rejected("unit_unknown", unit=name)
    then = {now: name for name, now in units_of_today.stand_ins(asked.city, names=units).items()} if units else {}
    return Known(frozenset(name for name, each in facts.items() if not each.roster), called=then)


def _paper_known(asked: Asked) -> Known:
    number = getattr(asked.command, "number", "")
    if not number:
        return Known()
    # Two that are registered at once: the second finds the first.
    ledger.hold(f"paper {asked.city}")
    taken = PAPERS.rows_in(asked.city).values_list("number", flat=True)
    return Known(is_taken=any(shared.same_number(number, each) for each in taken))


def _bylaw_known(asked: Asked) -> bylaw.Known:
    unit = asked.by.unit or ""
    if asked.row is None and asked.command is not None:
        # Two that are filed at once by one unit: the second finds the first.
        ledger.hold(f"bylaw {unit} {asked.city}")
    in_force = BYLAWS.rows_in(asked.city, status=bylaw.IN_FORCE, target_unit__in=people.known_as(unit)).exists()
    override = policies.rules_for(asked.city, now=asked.now).unit_override
    return bylaw.Known(frozenset({unit} if in_force else ()), override=override)


def _bylaw_columns(state: bylaw.Bylaw) -> dict[str, Any]:
    return {
        "title": state.title,
        "units": [state.unit],
        "target_unit": state.unit,
        "sign": state.sign,
        "handle": state.handle,
    }


def _opens(model: type[LifeCycleRow], word: str) -> Callable[[UUID, str], Any]:
    """Return what makes the row of a new entry, with the next number of the city's year."""

    def opens(id: UUID, city: str) -> Any:
        return model(id=id, city_id=city, number=numbers.next_of(model, word, id=id, city=city))

    return opens


def _paper_columns(state: paper.Paper) -> dict[str, Any]:
    return {"kind": state.kind, "number": state.number, "title": state.title, "issued": state.issued}


def _training_columns(state: training.Training) -> dict[str, Any]:
    return {
        "kind": state.audience,
        "title": state.course,
        "units": list(state.units),
        "target_unit": state.unit,
        "starts_at": state.when,
    }


def _mechanism_columns(state: mechanism.Mechanism) -> dict[str, Any]:
    return {"title": state.title, "units": list(state.units), "since": state.since, "until": state.until}


def _plan_columns(state: plan.Plan) -> dict[str, Any]:
    return {
        "title": state.title,
        "units": [state.unit] if state.unit else [],
        "target_unit": state.unit,
        "edition": state.edition,
    }


def _incident_columns(state: incident.Incident) -> dict[str, Any]:
    return {
        "kind": state.level,
        "began_at": state.began,
        "ended_at": state.ended,
        "down_minutes": state.down_minutes,
    }


PAPERS = Kind(
    paper.CYCLE,
    model=Paper,
    names=people.names,
    words=labels.PAPER_EVENTS,
    facts=_paper_known,
    keeps=words.keep,
    columns=_paper_columns,
    readers=Readers(roles=("office", "supervisor", "joint_meeting", "auditor")),
    labels=labels.PAPERS,
    opens=lambda id, city: Paper(id=id, city_id=city),
    sought=("title",),
)
TRAININGS = Kind(
    training.CYCLE,
    model=Training,
    names=people.names,
    words=labels.TRAINING_EVENTS,
    facts=_known,
    keeps=words.keep,
    columns=_training_columns,
    readers=successors.readers("office", "supervisor"),
    labels=labels.TRAININGS,
    opens=_opens(Training, "培训"),
    sought=("title",),
)
MECHANISMS = Kind(
    mechanism.CYCLE,
    model=Mechanism,
    names=people.names,
    words=labels.MECHANISM_EVENTS,
    facts=_known,
    keeps=words.keep,
    columns=_mechanism_columns,
    readers=successors.readers("office", "joint_meeting", "supervisor", "command"),
    labels=labels.MECHANISMS,
    opens=_opens(Mechanism, "机制"),
    sought=("title",),
)
PLANS = Kind(
    plan.CYCLE,
    model=Plan,
    names=people.names,
    words=labels.PLAN_EVENTS,
    facts=_known,
    keeps=words.keep,
    columns=_plan_columns,
    readers=successors.readers("office", "command", "supervisor", "duty_leader", "dispatcher", "seat"),
    labels=labels.PLANS,
    opens=_opens(Plan, "预案"),
    sought=("title",),
)
BYLAWS = Kind(
    bylaw.CYCLE,
    model=Bylaw,
    names=people.names,
    words=labels.BYLAW_EVENTS,
    facts=_bylaw_known,
    keeps=words.keep,
    columns=_bylaw_columns,
    readers=successors.readers("office", "supervisor"),
    labels=labels.BYLAWS,
    opens=_opens(Bylaw, "细则"),
    sought=("title",),
)
INCIDENTS = Kind(
    incident.CYCLE,
    model=Incident,
    names=people.names,
    words=labels.INCIDENT_EVENTS,
    facts=_known,
    keeps=words.keep,
    columns=_incident_columns,
    readers=Readers(roles=("office", "supervisor")),
    labels=labels.INCIDENTS,
    opens=_opens(Incident, "事件"),
)
