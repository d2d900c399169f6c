"""A case of accountability and its appeal: proposed, decided, served, appealed, final, archived; the table of B.7.

The hotline office proposes; the unit's own head or its superior decides; who decided on what is asked of the pack.
Source: SZ-43 to SZ-46, JY-21 to JY-29, SQ-22 to SQ-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from minsheng.domain import lifecycle
from minsheng.domain.accountability import commands as cmd
from minsheng.domain.accountability import events as ev
from minsheng.domain.accountability.state import (
    APPEAL_DECIDED,
    APPEALED,
    ARCHIVED,
    COMMAND,
    DECIDED,
    EXEMPT,
    FINAL,
    PROPOSED,
    SERVED,
    CaseFile,
    Known,
    evolve,
)
from minsheng.domain.actors import Actor, is_person
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Fact
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, at_stage, hold_to_list, needs, require
from minsheng.domain.monitoring import counting
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

APPEAL, DECISION = "appeal", "appeal_decision"
# How a pack calls the measure that is a hand-over itself (SZ-44: 移送监察机关).
_HANDS_OVER: Final = "移送"
# So many earlier decisions on the same subject within the window aggravate the next one (JY-23.1).
_REPEATED: Final = 2
Case = lifecycle.Case[CaseFile]
__all__ = [
    "APPEALED", "APPEAL_DECIDED", "ARCHIVED", "CYCLE", "DECIDED", "EXEMPT", "FINAL", "PROPOSED", "SERVED", "CaseFile",
    "Known", "flags",
]  # fmt: skip


# Guards


@at_stage("fields")
def _materials_given(case: Case) -> None:
    """Refuse a hand-over whose list of materials names none (SZ-45)."""
    if not any(each.strip() for each in case.command.materials):
        raise Rejected("field_missing", fields=("materials",), command=case.command.name)


def _unit_of(case: Case) -> str:
    """Return the unit that the case is about, or that a command which begins one names."""
    return case.state.unit or getattr(case.command, "unit", "")


@at_stage("unit")
def _in_authority(case: Case) -> None:
    """Keep decisions to the head of the unit and to its superior, the same for all (JY-26, SZ-45, SQ-22)."""
    unit = _unit_of(case) if case.command is not None else case.state.unit
    if not unit:
        return  # a form that is not filled in yet
    unit = case.facts.today.get(unit, unit)
    own = () if case.state.is_head or case.facts.is_head else (f"head@{unit}",)
    # Who heads the unit and answers for something is judged by the superior alone.
    if str(_without_person(case.by)) not in (*own, case.facts.superior(unit)):
        raise Rejected("wrong_authority")


@at_stage("unit")
def _is_addressee(case: Case) -> None:
    if case.state.addressee and str(_without_person(case.by)) != case.state.addressee:
        raise Rejected("wrong_authority")


@at_stage("unit")
def _is_subject(case: Case) -> None:
    """Keep what the subject itself says to the person who is it, where the person has an account (JY-27, JY-28)."""
    account = case.state.account
    if account and is_person(case.by) and case.by.person != account:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("bar")
def _investigated(case: Case) -> None:
    """Refuse a decision on a proposal that nobody has taken up."""
    if case.state.status == PROPOSED and not case.state.investigating:
        raise Rejected("not_allowed_now", status=PROPOSED)


@at_stage("bar")
def _once(case: Case) -> None:
    if case.state.investigating:
        raise Rejected("not_allowed_now", status=PROPOSED)


@at_stage("fields")
def _grounds_listed(case: Case) -> None:
    for ground in case.command.grounds:
        hold_to_list(ground, case.rules.accountability_grounds)
    hold_to_list(case.command.severity, cmd.SEVERITIES)


@at_stage("fields", wants=("evidence",))
def _evidence_given(case: Case) -> None:
    if not any(each.strip() for each in case.command.evidence):
        raise Rejected("evidence_missing")


@at_stage("fields")
def _reminded_enough(case: Case) -> None:
    """Refuse a proposal before enough reminders on the orders that are its evidence (JY-20.0, A-31)."""
    wanted = case.rules.reminders_before_transfer or 0
    if case.facts.reminders < wanted:
        raise Rejected("reminders_missing", count=case.facts.reminders, wanted=wanted)


@at_stage("fields")
def _words_given(case: Case) -> None:
    """Ask for words where a ground wants them, and why a person answers and not the unit (SZ-43.7, SZ-44)."""
    form, rules = case.command, case.rules
    named = any(ground in rules.accountability_text_grounds for ground in form.grounds)
    instead_of_unit = bool(form.person and rules.accountability_unit_measures)
    if (named or instead_of_unit) and not form.text:
        raise Rejected("reason_missing")


@at_stage("fields", wants=("ground",))
def _ground_of_exemption(case: Case) -> None:
    """Hold the ground to the pack's; tolerance needs its five conditions, any other ground evidence (SZ-46, JY-25)."""
    form = case.command
    require(case, ("ground",))
    hold_to_list(form.ground, case.rules.accountability_exemptions)
    for tick in form.ticks:
        hold_to_list(tick, cmd.TICKS)
    if form.ground == cmd.TOLERANCE:
        if set(form.ticks) != set(cmd.TICKS):
            raise Rejected("field_missing", fields=("ticks",), command=form.name)
    elif not any(each.strip() for each in form.evidence):
        raise Rejected("evidence_missing")


@at_stage("fields")
def _subject_stays(case: Case) -> None:
    form = case.command
    if case.state.unit and (form.unit not in ("", case.state.unit) or not case.facts.is_same):
        raise Rejected("case_other_subject")


def _listed_measures(case: Case, measures: tuple[str, ...], person: str) -> None:
    rules = case.rules
    own = rules.accountability_unit_measures if not person else ()
    for each in measures:
        hold_to_list(each, own or rules.accountability_measures)


@at_stage("fields")
def _measures_fit(case: Case) -> None:
    """Hold the measures to the pack's list, and to what its severity allows (JY-21, JY-22, SZ-44)."""
    form, rules = case.command, case.rules
    require(case, ("unit",) if not case.state.unit else ())
    if not form.all:
        raise Rejected("field_missing", fields=("measure",), command=form.name)
    hold_to_list(form.severity, cmd.SEVERITIES)
    for ground in form.aggravating:
        hold_to_list(ground, rules.accountability_aggravating)
    _listed_measures(case, form.all, form.person or case.state.person)
    allowed = _allowed(case)
    if allowed is not None and not set(form.all) <= set(allowed):
        raise Rejected("severity_mismatch", allowed=allowed)


def _allowed(case: Case) -> tuple[str, ...] | None:
    """Return the measures that the severity allows; None where none is named, the pack has none, or for a suspicion."""
    form, state, classes = case.command, case.state, case.rules.accountability_severity
    severity = form.severity or state.severity
    if not severity or not classes or form.suspected or state.suspected:
        return None
    found = classes.get(severity, ())
    if severity == cmd.SERIOUS and form.mitigating:
        found = (*classes.get(cmd.MINOR, ()), *found)
    if severity == cmd.MINOR and (state.flags or counting.is_often(case.facts.named_on, case.rules)):
        found = (*found, *classes.get(cmd.SERIOUS, ()))
    return found


@at_stage("fields")
def _aggravation_explained(case: Case) -> None:
    """Ask the text of the decision to say why it is the heavier one (JY-23)."""
    if (case.command.aggravating or case.state.flags or _is_repeated(case)) and not case.command.text:
        raise Rejected("reason_missing")


def _is_repeated(case: Case) -> bool:
    """Return whether earlier decisions on the same subject within the pack's year aggravate this one (JY-23.1)."""
    match case.rules.aggravating_window:
        case None:
            return False
        case "calendar_year":
            first = case.now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
        case _:
            first = _year_before(case.now)
    return bool(sum(first <= each <= case.now for each in case.facts.decisions) >= _REPEATED)


def _year_before(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:  # February 29
        return moment.replace(year=moment.year - 1, day=28)


@at_stage("fields")
def _received_between(case: Case) -> None:
    """Refuse a receipt before the decision, or in the future."""
    received, decided = case.command.received, case.state.decided_at
    if received is not None and not (decided is not None and decided <= received <= case.now):
        raise Rejected("receipt_out_of_time")


@at_stage("fields", wants=("document",))
def _document_given(case: Case) -> None:
    if not case.command.document:
        raise Rejected("document_missing")


@at_stage("fields", wants=("to",))
def _addressed(case: Case) -> None:
    require(case, ("to",))
    hold_to_list(case.command.to, (cmd.MAKER, cmd.SUPERIOR))


@at_stage("fields", wants=("outcome", "document"))
def _outcome_whole(case: Case) -> None:
    """Hold the outcome to the three that there are; it has a written opinion, and a change its measures (JY-28b)."""
    form = case.command
    require(case, ("outcome",))
    hold_to_list(form.outcome, (cmd.UPHOLD, cmd.CHANGE, cmd.REVOKE))
    if not form.document:
        raise Rejected("document_missing")
    if form.outcome == cmd.CHANGE:
        if not form.all:
            raise Rejected("field_missing", fields=("measure",), command=form.name)
        _listed_measures(case, form.all, case.state.person)


@at_stage("fields")
def _file_complete(case: Case) -> None:
    """Refuse to archive what lacks the self-criticism or a receipt of the organ (JY-27, JY-22c, SZ-44)."""
    state = case.state
    answers = state.status != EXEMPT and not state.is_revoked
    if answers and case.rules.accountability_self_criticism and not state.self_criticized:
        raise Rejected("document_missing")
    handed = any(each.startswith(_HANDS_OVER) for each in state.measures)
    if state.pending or ((state.suspected or handed) and not state.has_receipt):
        raise Rejected("receipts_missing")
    # Persons give the receipts of both copies; in stories and programs, in which nobody has a name, none is asked for.
    lacking = [each for each in case.rules.accountability_filings if each not in state.filed]
    if state.status != EXEMPT and lacking and is_person(case.by):
        raise Rejected("filings_missing")


@at_stage("fields")
def _flags_listed(case: Case) -> None:
    for ground in case.command.aggravating:
        hold_to_list(ground, case.rules.accountability_aggravating)
    if not case.command.text.strip():
        raise Rejected("reason_missing")


@at_stage("fields")
def _copy_known(case: Case) -> None:
    require(case, ("recipient", "receipt"))
    hold_to_list(case.command.recipient, cmd.FILINGS)


def _somebody_else(*fields_of: str) -> lifecycle.Guard:
    """Return a guard that whoever acts is none of the persons that these fields name, and not the subject."""

    @at_stage("apart")
    def somebody_else(case: Case) -> None:
        if not is_person(case.by):
            return
        subjects = (*case.state.namesakes, *case.facts.namesakes)
        if case.by.person in (*subjects, *(getattr(case.state, name) for name in fields_of)):
            raise Rejected("self_approval")

    return somebody_else


@at_stage("apart")
def _no_other_decides(case: Case) -> None:
    """Keep whoever decided from deciding an appeal that went to somebody else."""
    state = case.state
    if is_person(case.by) and case.by.person == state.decided_by and state.addressee != state.decider:
        raise Rejected("self_approval")


# Effects


def _without_person(by: Actor) -> Actor:
    return Actor(by.role, by.unit)


def _propose(case: Case) -> None:
    form = case.command
    superior = case.facts.superior(form.unit)
    documents = [each.strip() for each in form.evidence if each not in case.facts.orders]
    own = () if case.facts.is_head else (f"head@{form.unit}",)
    for to in dict.fromkeys((*own, superior)):
        case.tell("case_proposed", to)
    case.record(ev.CaseProposed(
        unit=form.unit, superior=superior, grounds=form.grounds, orders=tuple(case.facts.orders.values()),
        severity=form.severity, suspected=bool(form.suspected), person=form.person,
        account=case.facts.account, namesakes=case.facts.namesakes, is_head=case.facts.is_head,
        snapshots=case.facts.snapshots,
        documents="\n".join(filter(None, documents)), text=form.text,
    ))  # fmt: skip


def _accept(case: Case) -> None:
    case.tell("case_accepted", "office")
    case.record(ev.CaseAccepted())


def _exempt(case: Case) -> None:
    form = case.command
    case.tell("case_exempted", "office")
    documents = "\n".join(each.strip() for each in form.evidence if each.strip())
    case.record(ev.CaseExempted(ground=form.ground, ticks=form.ticks, documents=documents))


def _decide(case: Case) -> None:
    form, state = case.command, case.state
    unit = state.unit or form.unit
    case.tell("filing_copy", "discipline")
    case.tell("filing_copy", "personnel")
    case.tell("case_decided", "office")
    is_new = not state.unit
    aggravating = tuple(dict.fromkeys((*state.flags, *form.aggravating)))
    case.record(ev.MeasureDecided(
        unit=unit, superior=state.superior or case.facts.superior(unit), person=form.person if is_new else "",
        account=case.facts.account if is_new else "", namesakes=case.facts.namesakes if is_new else (),
        is_head=is_new and case.facts.is_head, measures=form.all,
        severity=form.severity or state.severity, suspected=bool(form.suspected) or state.suspected,
        aggravating=aggravating, protects=_protects(case, aggravating), repeated=_is_repeated(case),
        mitigating=bool(form.mitigating), text=form.text,
    ))  # fmt: skip


def _protects(case: Case, aggravating: tuple[str, ...]) -> bool:
    """Return whether whoever complained wants protection from the subject (JY-23.4, JY-23.5)."""
    return any(each in case.rules.accountability_protects for each in aggravating)


def _flag(case: Case) -> None:
    form, classes = case.command, case.rules.accountability_severity
    heavier_first = (*classes.get(cmd.SERIOUS, ()), *classes.get(cmd.MINOR, ()))
    case.record(ev.CaseFlagged(
        aggravating=form.aggravating, recommended=heavier_first if form.aggravating else (),
        protects=_protects(case, form.aggravating), text=form.text,
    ))  # fmt: skip


def _file_copy(case: Case) -> None:
    case.record(ev.CopyFiled(recipient=case.command.recipient, receipt=case.command.receipt))


def _limit(amount: Amount | None, rules: Rules) -> Amount | None:
    return replace(amount, rolls=bool(rules.appeal_roll)) if amount is not None else None


def _tell_subject(case: Case, kind: str) -> None:
    """Tell the person who answers, or the unit where it answers itself or the person has no account."""
    if case.state.account:
        case.tell(kind, case.state.account)
    else:
        case.tell_unit(kind, case.state.unit)


def _serve(case: Case) -> None:
    received = case.command.received or case.now
    limit = _limit(case.rules.appeal_limit, case.rules)
    case.start(APPEAL, limit, key="appeal_limit", since=received)
    _tell_subject(case, "case_served")
    case.record(ev.CaseServed(received=received), status=FINAL if limit is None else SERVED)


def _self_criticize(case: Case) -> None:
    case.record(ev.SelfCriticized(document=case.command.document))


def _appeal(case: Case) -> None:
    form, decider = case.command, case.state.decider
    unit = decider.partition("@")[2]
    over = case.facts.superior(unit) if unit else COMMAND
    addressee = decider if form.to == cmd.MAKER else over
    addressed = addressee.partition("@")[2]
    overseer = case.facts.superior(addressed) if addressed else COMMAND
    case.meet(APPEAL)
    limit = _limit(case.rules.appeal_decision_limit, case.rules)
    case.start(DECISION, limit, key="appeal_decision_limit")
    case.tell("case_appealed", addressee)
    case.record(ev.CaseAppealed(to=form.to, addressee=addressee, overseer=overseer, text=form.text))


def _decide_appeal(case: Case) -> None:
    form = case.command
    case.meet(DECISION)
    _tell_subject(case, "appeal_decided")
    case.tell("appeal_decided", "office")
    measures = form.all if form.outcome == cmd.CHANGE else ()
    case.record(ev.AppealDecided(outcome=form.outcome, measures=measures, document=form.document, text=form.text))


def _hand_over(case: Case) -> None:
    form = case.command
    settles = case.facts.pending.get(form.organ, "")
    materials = "\n".join(form.materials)
    case.record(ev.CaseHandedOver(organ=form.organ, materials=materials, receipt=form.receipt, settles=settles))


def _archive(case: Case) -> None:
    case.record(ev.CaseArchived())


# Clocks


def fire(state: CaseFile, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return the fact of a clock that ran out: no appeal came, or none was decided. Neither is a breach (JY-28)."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, state, clock.due, rules=rules)
    case.put(replace(clock, status="missed"))
    if clock.name == APPEAL:
        case.record(ev.AppealExpired(), status=FINAL)
    else:
        case.tell("appeal_overdue", state.overseer)
        case.record(ev.AppealOverdue())
    return tuple(case.out)


def recompute(state: CaseFile, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clocks of an open case (A-48)."""
    if state.status not in (SERVED, APPEALED):
        return ()
    case = lifecycle.by_system(evolve, state, now, rules=rules)
    told = state.account or f"officer@{state.unit}"
    return lifecycle.recomputed(case, ev.CaseRecomputed(year=year), year=year, told=told)


def flags(state: CaseFile) -> Mapping[str, Any]:
    """Return the flags of a case by the names of the contract."""
    return {
        "responsible_unit": state.unit,
        "investigating": state.investigating,
        "measure": state.measures,
        "aggravating": state.aggravated,
        "handed_over": state.handed_over or None,
        "self_criticized": state.self_criticized,
        "in_execution": state.in_execution,
    }


def _owns(state: CaseFile, by: Actor, relation: str) -> bool:
    if state.account and by.person == state.account:
        return True  # also from another unit, where they have moved since
    return relation != "own" or state.status == NEW or state.unit == by.unit


_AUTHORITY = ("head", COMMAND)
_DECIDED = (DECIDED, SERVED, APPEALED, APPEAL_DECIDED, FINAL)
CYCLE = LifeCycle(
    name="case",
    states=(PROPOSED, EXEMPT, DECIDED, SERVED, APPEALED, APPEAL_DECIDED, FINAL, ARCHIVED),
    rows=(
        Row("C01", cmd.ProposeCase, (NEW,), (PROPOSED,), ("office",), _propose, ("JY-20.0", "SZ-43.1", "SQ-23"),
            guards=(needs("unit", "grounds"), _grounds_listed, _evidence_given, _reminded_enough, _words_given)),
        Row("C02", cmd.AcceptCase, (PROPOSED,), ("=",), _AUTHORITY, _accept, ("JY-26",),
            guards=(_in_authority, _once, _somebody_else("proposed_by")), awaits={PROPOSED: ()}),
        Row("C02b", cmd.Exempt, (PROPOSED,), (EXEMPT,), _AUTHORITY, _exempt, ("JY-25.1", "SZ-46", "SQ-24"),
            guards=(_in_authority, _ground_of_exemption, _somebody_else("proposed_by"))),
        Row("C03", cmd.DecideMeasure, (NEW, PROPOSED), (DECIDED,), _AUTHORITY, _decide, ("JY-21", "JY-26", "SZ-44"),
            guards=(_in_authority, _investigated, _subject_stays, _measures_fit, _aggravation_explained,
                    _somebody_else("proposed_by")), awaits={PROPOSED: ()}),
        Row("C03b", cmd.FlagCase, (PROPOSED,), ("=",), _AUTHORITY, _flag, ("JY-23.2", "JY-23.3", "JY-23.4"),
            guards=(_in_authority, _flags_listed, _somebody_else("proposed_by"))),
        Row("C04", cmd.Serve, (DECIDED,), (SERVED, FINAL), ("office",), _serve, ("JY-28a",),
            guards=(_received_between,), starts=(APPEAL,), awaits={DECIDED: ()}),
        Row("C05", cmd.SelfCriticize, (SERVED, APPEALED, APPEAL_DECIDED, FINAL), ("=",), ("officer",),
            _self_criticize, ("JY-27",), unit="own", guards=(_is_subject, _document_given)),
        Row("C06", cmd.Appeal, (SERVED,), (APPEALED,), ("officer",), _appeal, ("JY-28a", "JY-28c"), unit="own",
            guards=(_is_subject, _addressed), starts=(DECISION,), stops=(APPEAL,), awaits={SERVED: (APPEAL,)}),
        Row("C07", cmd.DecideAppeal, (APPEALED,), (APPEAL_DECIDED,), _AUTHORITY, _decide_appeal, ("JY-28b",),
            guards=(_is_addressee, _outcome_whole, _somebody_else("proposed_by"), _no_other_decides), stops=(DECISION,),
            awaits={APPEALED: (DECISION,)}),
        Row("C10", cmd.HandOver, (PROPOSED, EXEMPT, *_DECIDED), ("=",), _AUTHORITY, _hand_over,
            ("SZ-44", "SZ-45", "JY-22c"),
            guards=(_in_authority, needs("organ", "materials"), _materials_given, _somebody_else())),
        Row("C10b", cmd.FileCopy, _DECIDED, ("=",), ("office", "discipline"), _file_copy, ("JY-29",),
            guards=(_copy_known,)),
        Row("C11", cmd.Archive, (FINAL, APPEAL_DECIDED, EXEMPT), (ARCHIVED,), ("office",), _archive,
            ("JY-27", "JY-29"), guards=(_file_complete,), awaits={FINAL: (), APPEAL_DECIDED: (), EXEMPT: ()}),
    ),
    events=tuple(ev.CaseEvent.__subclasses__()),
    start=CaseFile,
    evolve=evolve,
    fire=fire,
    recompute=recompute,
    clocks=(APPEAL, DECISION),
    ends=(ARCHIVED,),
    owns=_owns,
    by_the_clock=((SERVED, FINAL),),
)  # fmt: skip
