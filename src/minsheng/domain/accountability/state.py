"""A case of accountability as its facts make it, and what a decision on it needs to know from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from minsheng.domain import lifecycle
from minsheng.domain.accountability import commands as cmd
from minsheng.domain.accountability import events as ev
from minsheng.domain.facts import Fact
from minsheng.domain.lifecycle import Standing

PROPOSED, EXEMPT, DECIDED, SERVED = "PROPOSED", "EXEMPT", "DECIDED", "SERVED"
APPEALED, APPEAL_DECIDED, FINAL, ARCHIVED = "APPEALED", "APPEAL_DECIDED", "FINAL", "ARCHIVED"
# The leading group, which is over a unit that has no parent.
COMMAND: Final = "command"


@dataclass(frozen=True, slots=True)
class CaseFile(Standing):
    """A case as the facts up to now make it. `person` is empty where the unit itself answers.

    `account`: of the person; `namesakes`: everybody of the unit with that name; `is_head`: the person heads the unit;
    `pending`: organs that have not confirmed a hand-over; `proposed_by`, `decided_by`: persons with an account, where
    one acted; `decider`: the actor who decided. `flags`: what aggravates it; `recommended`: measures for that, the
    heavier first; `protects`: who complained wants protection; `filed`: who has the decision on file.
    """

    unit: str = ""
    superior: str = ""
    person: str = ""
    account: str = ""
    namesakes: tuple[str, ...] = ()
    is_head: bool = False
    grounds: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    severity: str = ""
    suspected: bool = False
    investigating: bool = False
    proposed_by: str = ""
    decided_by: str = ""
    decider: str = ""
    decided_at: datetime | None = None
    measures: tuple[str, ...] = ()
    aggravated: bool = False
    in_execution: bool = False
    is_revoked: bool = False
    addressee: str = ""
    overseer: str = ""
    self_criticized: bool = False
    handed_over: str = ""
    has_receipt: bool = False
    pending: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    recommended: tuple[str, ...] = ()
    protects: bool = False
    filed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `parents`: the superior of each unit that has one; `orders`: evidence that is an order, its id by what was typed;
    `reminders`: of all of them together; `decisions`: when earlier measures on the same subject were decided, those
    revoked left out; `is_same`: the subject that a command names is the case's; `account`: of the person named, where
    there is one; `namesakes`, `is_head`: as of a case; `snapshots`: order and digest of what each order in evidence
    says today; `pending`: what the case has of each organ that has not confirmed, by its name; `today`: what a unit
    that was renamed or merged is called now; `named_on`: the days on which the person's violations count
    (JY-22b); `rosterless`: units without duty.
    """

    parents: Mapping[str, str] = field(default_factory=dict)
    orders: Mapping[str, str] = field(default_factory=dict)
    reminders: int = 0
    decisions: tuple[datetime, ...] = ()
    is_same: bool = True
    account: str = ""
    namesakes: tuple[str, ...] = ()
    is_head: bool = False
    snapshots: tuple[str, ...] = ()
    pending: Mapping[str, str] = field(default_factory=dict)
    today: Mapping[str, str] = field(default_factory=dict)
    named_on: tuple[date, ...] = ()
    rosterless: frozenset[str] = frozenset()

    def superior(self, unit: str) -> str:
        """Return who is over a unit, as notices name actors: the head of its parent, else the leading group."""
        parent = self.parents.get(unit, "")
        return f"head@{parent}" if parent else COMMAND


def evolve(case: CaseFile, fact: Fact) -> CaseFile:
    """Return the case after one more fact."""
    event, person = fact.event, fact.by.person or ""
    match event:
        case ev.CaseProposed():
            case = replace(
                case, unit=event.unit, superior=event.superior, person=event.person, account=event.account,
                namesakes=event.namesakes, is_head=event.is_head, grounds=event.grounds, orders=event.orders,
                severity=event.severity, suspected=event.suspected,
                proposed_by=person,
            )  # fmt: skip
        case ev.CaseAccepted():
            case = replace(case, investigating=True)
        case ev.CaseExempted():
            case = replace(case, decided_by=person)
        case ev.MeasureDecided():
            case = replace(
                case, unit=event.unit, superior=event.superior, person=event.person or case.person,
                account=event.account or case.account, namesakes=event.namesakes or case.namesakes,
                is_head=event.is_head or case.is_head, measures=event.measures,
                severity=event.severity, suspected=event.suspected, decided_by=person, decider=str(fact.by),
                decided_at=fact.at, aggravated=bool(event.aggravating) or event.repeated,
                protects=event.protects,
            )  # fmt: skip
        case ev.CaseFlagged():
            case = replace(case, flags=event.aggravating, recommended=event.recommended, protects=event.protects)
        case ev.CopyFiled(recipient=recipient):
            case = replace(case, filed=tuple(dict.fromkeys((*case.filed, recipient))))
        case ev.CaseServed():
            case = replace(case, in_execution=True)
        case ev.SelfCriticized():
            case = replace(case, self_criticized=True)
        case ev.CaseAppealed():
            case = replace(case, addressee=event.addressee, overseer=event.overseer)
        case ev.AppealDecided():
            revoked = event.outcome == cmd.REVOKE
            measures = () if revoked else event.measures or case.measures
            case = replace(case, measures=measures, is_revoked=revoked, in_execution=not revoked)
        case ev.CaseHandedOver():
            left = tuple(each for each in case.pending if each != event.settles)
            case = replace(
                case, handed_over=event.organ, has_receipt=case.has_receipt or bool(event.receipt),
                pending=left if event.receipt else (*left, event.organ),
            )  # fmt: skip
        case _:
            pass
    return lifecycle.enveloped(case, fact)
