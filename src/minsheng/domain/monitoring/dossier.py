"""A dossier: violations handed on to organs with their materials, each organ's receipt, and the result (移送).

Source: JY-20.0, JY-20.10, SZ-45; A-31, A-79.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from minsheng.domain import lifecycle
from minsheng.domain.facts import Fact
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs, require
from minsheng.domain.monitoring import commands as cmd
from minsheng.domain.monitoring import events as ev
from minsheng.domain.monitoring.violation import RAISED, RESTRICTED_TO, Violation
from minsheng.domain.monitoring_rule import CREATORS, UNIT
from minsheng.domain.rejected import Rejected

SENT, RECEIVED, CLOSED = "SENT", "RECEIVED", "CLOSED"
Case = lifecycle.Case["Dossier"]


@dataclass(frozen=True, slots=True)
class Dossier(Standing):
    """A dossier as the facts up to now make it; `pending`: organs that have not confirmed."""

    violations: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the violations that exist for the actor, by what was typed."""

    violations: Mapping[str, Violation] = field(default_factory=dict)


def evolve(dossier: Dossier, fact: Fact) -> Dossier:
    """Return the dossier after one more fact."""
    match fact.event:
        case ev.DossierSent() as event:
            dossier = replace(
                dossier, violations=event.violations, receivers=event.receivers, pending=event.receivers,
                sees=event.sees, creates=event.creates, is_hidden=event.is_hidden,
            )  # fmt: skip
        case ev.DossierNarrowed(sees=sees):
            dossier = replace(dossier, sees=sees, creates=sees, is_hidden=True)
        case ev.ReceiptFiled(organ=organ):
            dossier = replace(dossier, pending=tuple(each for each in dossier.pending if each != organ))
        case _:
            pass
    return lifecycle.enveloped(dossier, fact)


@at_stage("fields")
def _materials_given(case: Case) -> None:
    if not any(each.strip() for each in case.command.materials):
        raise Rejected("field_missing", fields=("materials",), command=case.command.name)


@at_stage("fields")
def _each_may_go(case: Case) -> None:
    """Refuse what stands not, lacks what its rule wants, or was not reminded often enough (JY-20.0, A-31)."""
    for name in case.command.violations:
        violation = case.facts.violations.get(name)
        if violation is None:
            raise Rejected("violation_unknown", name=name)
        if case.by.role not in violation.creates:
            raise Rejected("wrong_authority")
        if violation.status != RAISED:
            raise Rejected("violation_not_standing", name=name)
        _hold_to_rule(case, violation)
        wanted = (case.rules.reminders_before_transfer or 0) if violation.reminded else 0
        if violation.reminders < wanted:
            raise Rejected("reminders_missing", count=violation.reminders, wanted=wanted)


def _hold_to_rule(case: Case, violation: Violation) -> None:
    """Refuse a violation of which something is not said that the rule wants today. Raises: Rejected."""
    rule = case.rules.monitoring_rules.get(violation.code)
    wants = rule.wants if rule is not None else ()
    if "evidence" in wants and "evidence" not in violation.said:
        raise Rejected("evidence_missing")
    missing = tuple(name for name in wants if name != "evidence" and name not in violation.said)
    if missing:
        raise Rejected("field_missing", fields=missing, command=case.command.name)


@at_stage("fields")
def _for_the_same_eyes(case: Case) -> None:
    """Refuse to hand on what few may know of together with what others know: its number would tell them (JY-20.10)."""
    if len({each.is_hidden for each in case.facts.violations.values()}) > 1:
        raise Rejected("dossier_mixed")


@at_stage("fields")
def _to_the_right_organs(case: Case) -> None:
    """Hold the receivers to the pack's, and to those that a rule wants (A-79, JY-20.10)."""
    named = case.command.receivers
    for each in named:
        hold_to_list(each, case.rules.transfer_receivers)
    for violation in case.facts.violations.values():
        for organ in violation.receivers:
            if organ not in named:
                raise Rejected("receiver_wanted", organ=organ)


def _send(case: Case) -> None:
    form, found = case.command, case.facts.violations
    chosen = [found[name] for name in form.violations]
    case.record(ev.DossierSent(
        violations=tuple(dict.fromkeys(each.id for each in chosen)), receivers=tuple(dict.fromkeys(form.receivers)),
        sees=_all_have(*(tuple(each for each in one.sees if each != UNIT) for one in chosen)),
        creates=_all_have(*(one.creates for one in chosen)),
        is_hidden=any(each.is_hidden for each in chosen),
        materials="\n".join(each.strip() for each in form.materials if each.strip()), text=form.text,
    ))  # fmt: skip


def _all_have(first: tuple[str, ...], *others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in first if all(each in other for other in others))


@at_stage("bar")
def _in_hands(case: Case) -> None:
    if case.by.role not in case.state.creates:
        raise Rejected("wrong_authority")


@at_stage("fields", wants=("organ", "receipt"))
def _waited_for(case: Case) -> None:
    """Refuse a receipt of nobody who was to give one, or without its number."""
    require(case, ("organ", "receipt"))
    hold_to_list(case.command.organ, case.state.pending)


def _file(case: Case) -> None:
    form = case.command
    is_last = case.state.pending == (form.organ,)
    case.record(ev.ReceiptFiled(organ=form.organ, receipt=form.receipt), status=RECEIVED if is_last else SENT)


def _record(case: Case) -> None:
    case.record(ev.ResultRecorded(result=case.command.result, document=case.command.document))


def _narrow(case: Case) -> None:
    case.record(ev.DossierNarrowed(sees=RESTRICTED_TO))


def flags(state: Dossier) -> Mapping[str, Any]:
    """Return the flags of a dossier by the names of the contract."""
    return {"handed_over": "、".join(state.receivers) or None}


CYCLE: Final = LifeCycle(
    name="dossier",
    states=(SENT, RECEIVED, CLOSED),
    rows=(
        Row("N01", cmd.TransferViolations, (NEW,), (SENT,), CREATORS, _send, ("JY-20.0", "JY-20.10", "SZ-45"),
            guards=(needs("violations", "receivers"), _materials_given, _each_may_go, _for_the_same_eyes,
                    _to_the_right_organs),
            asks=("materials",)),
        Row("N02", cmd.FileReceipt, (SENT,), (SENT, RECEIVED), CREATORS, _file, ("JY-20.0", "SZ-45"),
            guards=(_in_hands, _waited_for), awaits={SENT: ()}),
        Row("N03", cmd.RecordResult, (RECEIVED,), (CLOSED,), CREATORS, _record, ("JY-20.0",),
            guards=(_in_hands, needs("result")), awaits={RECEIVED: ()}),
        Row("N04", cmd.NarrowDossier, (SENT, RECEIVED, CLOSED), ("=",), ("system",), _narrow, ("JY-20.0",)),
    ),
    events=tuple(ev.DossierEvent.__subclasses__()),
    start=Dossier,
    evolve=evolve,
    ends=(CLOSED,),
)  # fmt: skip
