"""A violation: raised by facts, or suggested and confirmed, or recorded by hand; reminded, handed on, or annulled.

What of its rule rules it later (for whom it exists, who deals with it, whether it is reminded) stands in its first
fact, so that another pack changes nothing about it. Source: JY-20, JY-25.3, SZ-43, SQ-23; A-30, A-31, A-48, A-68.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from minsheng.domain import lifecycle
from minsheng.domain.facts import Fact
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason, require
from minsheng.domain.monitoring import commands as cmd
from minsheng.domain.monitoring import events as ev
from minsheng.domain.monitoring_rule import BY_HAND, CREATORS, OFFICE, SUGGESTED, MonitoringRule
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

SUGGESTED_STATE: Final = "SUGGESTED"
RAISED, TRANSFERRED, DISMISSED, ANNULLED = "RAISED", "TRANSFERRED", "DISMISSED", "ANNULLED"
# In these it counts, everywhere.
COUNTED: Final = (RAISED, TRANSFERRED)
# What concerns an order that exists for few exists for no more (JY-12.1).
RESTRICTED_TO: Final = ("discipline",)
Case = lifecycle.Case["Violation"]


@dataclass(frozen=True, slots=True)
class Violation(Standing):
    """A violation as the facts up to now make it.

    `party`: the unit, or the office; `orders`: that it is about; `source`: what makes it the same one, empty by hand;
    `clock`: the missed clock, of which one deadline may raise two; `counted`: the day on which it counts; `said`: which
    of the wanted fields were given; `lapsed`: its facts stand no more; `dossier`: in which it was handed on; `facts`:
    the keys of the facts that made it; they count no more once it is annulled.
    """

    code: str = ""
    ground: str = ""
    party: str = ""
    orders: tuple[str, ...] = ()
    source: str = ""
    clock: str = ""
    counted: date | None = None
    sees: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    reminded: bool = True
    readings: bool = False
    person: str = ""
    account: str = ""
    namesakes: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    reminders: int = 0
    dossier: str = ""
    lapsed: bool = False
    facts: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Tell whether it stands in the counters."""
        return self.status in COUNTED

    @property
    def is_hidden(self) -> bool:
        """Tell whether it exists for few alone."""
        return "unit" not in self.sees


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `orders`: ids of orders by what was typed; `restricted`: one of them exists for few alone; `account`, `namesakes`:
    of the person named; `rosterless`: units without duty.
    """

    orders: Mapping[str, str] = field(default_factory=dict)
    restricted: bool = False
    account: str = ""
    namesakes: tuple[str, ...] = ()
    rosterless: frozenset[str] = frozenset()


def evolve(violation: Violation, fact: Fact) -> Violation:
    """Return the violation after one more fact."""
    event = fact.event
    match event:
        case ev.ViolationFound():
            violation = replace(
                violation, code=event.code, ground=event.ground, party=event.party, orders=event.orders,
                source=event.source, clock=event.clock, counted=event.counted, sees=event.sees, creates=event.creates,
                receivers=event.receivers, reminded=event.reminded, readings=event.readings, facts=event.facts,
            )  # fmt: skip
            violation = _told(violation, event)
        case ev.ViolationConfirmed(orders=orders):
            violation = _told(replace(violation, orders=tuple(dict.fromkeys((*violation.orders, *orders)))), event)
        case ev.ViolationAttributed():
            violation = _told(violation, event)
        case ev.ViolationReminded():
            violation = replace(violation, reminders=violation.reminders + 1)
        case ev.ViolationTransferred(dossier=dossier):
            violation = replace(violation, dossier=dossier)
        case ev.ViolationNarrowed(sees=sees):
            # Whoever may not know of it is not reminded of it either.
            violation = replace(violation, sees=sees, creates=sees, reminded=False)
        case ev.ViolationWidened(sees=sees, creates=creates, reminded=reminded):
            violation = replace(violation, sees=sees, creates=creates, reminded=reminded)
        case ev.ViolationLapsed():
            violation = replace(violation, lapsed=True)
        case _:
            pass
    return lifecycle.enveloped(violation, fact)


def _told(violation: Violation, event: Any) -> Violation:
    """Return the violation with what a fact says of it and of whoever answers for it."""
    given = [name for name in ev.SAID if getattr(event, name, "")]
    given += ["evidence"] if getattr(event, "documents", "") or getattr(event, "orders", ()) else []
    given += ["person"] if event.person else []
    said = tuple(dict.fromkeys((*violation.said, *given)))
    if not event.person:
        return replace(violation, said=said)
    return replace(
        violation, said=said, person=event.person, account=event.account, namesakes=event.namesakes
    )  # fmt: skip


# Guards


def rule_of(code: str, rules: Rules, *, role: str) -> MonitoringRule:
    """Return the rule that somebody names. Raises: Rejected, for one that does not exist for the role as for none."""
    rule = rules.monitoring_rules.get(code)
    if rule is None or role not in rule.sees:
        raise Rejected("code_not_in_pack", value=code)
    return rule


@at_stage("fields")
def _by_hand(case: Case) -> None:
    """Keep what facts raise, or what a finding suggests, from being recorded by hand."""
    form = case.command
    require(case, ("code",))
    rule = rule_of(form.code, case.rules, role=case.by.role)
    if case.by.role not in rule.creates:
        raise Rejected("wrong_authority")
    if rule.how != BY_HAND:
        raise Rejected("violation_by_facts", violation=form.code)
    if rule.counts != OFFICE:
        require(case, ("unit",))
    _hold_to_wants(case, rule)


@at_stage("bar")
def _in_hands(case: Case) -> None:
    """Keep a violation to the roles that its rule names."""
    if case.by.role not in case.state.creates:
        raise Rejected("wrong_authority")


@at_stage("bar")
def _is_reminded(case: Case) -> None:
    """Refuse to remind of what the unit must not know."""
    if not case.state.reminded:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields")
def _complete(case: Case) -> None:
    rule = case.rules.monitoring_rules.get(case.state.code)
    if rule is not None:
        _hold_to_wants(case, rule)


def _hold_to_wants(case: Case, rule: MonitoringRule) -> None:
    """Refuse a violation of which something is not said that its rule wants. Raises: Rejected."""
    form, said = case.command, case.state.said
    given = any(each.strip() for each in form.evidence) or bool(case.facts.orders)
    if "evidence" in rule.wants and not (given or "evidence" in said):
        raise Rejected("evidence_missing")
    missing = tuple(name for name in rule.wants if name != "evidence" and name not in said and not getattr(form, name))
    if missing:
        raise Rejected("field_missing", fields=missing, command=form.name)


# Effects


def _raise(case: Case) -> None:
    form = case.command
    rule = case.rules.monitoring_rules[form.code]
    seen = _seen(case, rule)
    suggested = rule.how == SUGGESTED
    found = ev.ViolationSuggested if suggested else ev.ViolationRaised
    case.record(
        found(
            code=form.code, ground=rule.ground or form.code, party=form.party, counted=form.counted, orders=form.orders,
            source=form.source, clock=form.clock, facts=form.facts, snapshot=form.snapshot, finding=form.finding,
            **seen,
        ),
        status=SUGGESTED_STATE if suggested else RAISED,
    )  # fmt: skip


def _seen(case: Case, rule: MonitoringRule) -> dict[str, Any]:
    """Return what of the rule stays with the violation."""
    sees, creates = rule.sees, rule.creates
    if case.facts.restricted:
        sees = creates = RESTRICTED_TO
    return {
        "sees": sees, "creates": creates, "receivers": rule.receivers,
        "reminded": rule.reminded and not case.facts.restricted, "readings": rule.readings,
    }  # fmt: skip


def _documents(case: Case) -> str:
    names = (each.strip() for each in case.command.evidence if each not in case.facts.orders)
    return "\n".join(filter(None, names))


def _who(case: Case) -> dict[str, Any]:
    if not case.command.person:
        return {}
    return {
        "person": case.command.person, "account": case.facts.account, "namesakes": case.facts.namesakes,
    }  # fmt: skip


def _record(case: Case) -> None:
    form = case.command
    rule = case.rules.monitoring_rules[form.code]
    happened = (form.happened or case.now).astimezone(case.rules.worktime.zone)
    case.record(ev.ViolationRecorded(
        code=form.code, ground=rule.ground or form.code, party=OFFICE if rule.counts == OFFICE else form.unit,
        counted=happened.date(), orders=tuple(case.facts.orders.values()), documents=_documents(case),
        consequence=form.consequence, citation=form.citation, text=form.text, **_who(case), **_seen(case, rule),
    ))  # fmt: skip


@at_stage("fields")
def _not_to_come(case: Case) -> None:
    """Refuse what has not happened yet."""
    happened = case.command.happened
    if happened is not None and happened > case.now:
        raise Rejected("violation_to_come")


def _confirm(case: Case) -> None:
    form = case.command
    case.record(ev.ViolationConfirmed(
        orders=tuple(case.facts.orders.values()),
        documents=_documents(case), consequence=form.consequence, citation=form.citation, text=form.text, **_who(case),
    ))  # fmt: skip


def _dismiss(case: Case) -> None:
    case.record(ev.ViolationDismissed(reason=case.command.reason))


def _attribute(case: Case) -> None:
    case.record(ev.ViolationAttributed(**_who(case)))


def _remind(case: Case) -> None:
    party = case.state.party
    if party == OFFICE:
        case.tell("violation_reminded", OFFICE)
    else:
        case.tell_unit("violation_reminded", party)
        case.tell("violation_reminded", f"leader@{party}")
    case.record(ev.ViolationReminded(text=case.command.text))


def _annul(case: Case) -> None:
    case.record(ev.ViolationAnnulled(reason=case.command.reason))


def _lapse(case: Case) -> None:
    if case.state.dossier:
        # Whoever handed it on lets the organs know that it stands no more.
        for role in case.state.creates:
            case.tell("violation_lapsed", role)
    case.record(ev.ViolationLapsed())


def _narrow(case: Case) -> None:
    case.record(ev.ViolationNarrowed(sees=RESTRICTED_TO))


def _widen(case: Case) -> None:
    rule = case.rules.monitoring_rules[case.state.code]
    case.record(ev.ViolationWidened(sees=rule.sees, creates=rule.creates, reminded=rule.reminded))


def _transfer(case: Case) -> None:
    case.record(ev.ViolationTransferred(dossier=case.command.dossier))


def flags(state: Violation) -> Mapping[str, Any]:
    """Return the flags of a violation by the names of the contract."""
    return {"responsible_unit": state.party}


_SYSTEM: Final = ("system",)
_OPEN: Final = (SUGGESTED_STATE, RAISED, TRANSFERRED)
CYCLE: Final = LifeCycle(
    name="violation",
    states=(SUGGESTED_STATE, RAISED, TRANSFERRED, DISMISSED, ANNULLED),
    rows=(
        Row("M01", cmd.RaiseViolation, (NEW,), (RAISED, SUGGESTED_STATE), _SYSTEM, _raise,
            ("JY-20.0", "JY-20.1", "JY-20.2", "JY-20.12", "SZ-43.3", "SZ-43.4", "SZ-43.6")),
        Row("M02", cmd.RecordViolation, (NEW,), (RAISED,), CREATORS, _record,
            ("JY-20.3", "JY-20.4", "JY-20.10", "JY-20.11", "JY-20.13", "SZ-43.1", "SZ-43.2", "SZ-43.7", "SQ-23"),
            guards=(_by_hand, _not_to_come), asks=("code", "unit")),
        Row("M03", cmd.ConfirmViolation, (SUGGESTED_STATE,), (RAISED,), CREATORS, _confirm,
            ("JY-20.5", "JY-20.8", "SZ-43.3", "SZ-43.4", "SZ-43.5", "SZ-43.6"), guards=(_in_hands, _complete),
            awaits={SUGGESTED_STATE: ()}),
        Row("M04", cmd.DismissViolation, (SUGGESTED_STATE,), (DISMISSED,), CREATORS, _dismiss, ("JY-20.8", "SZ-43.5"),
            guards=(_in_hands, needs_reason), awaits={SUGGESTED_STATE: ()}),
        Row("M05", cmd.AttributeViolation, COUNTED, ("=",), CREATORS, _attribute, ("JY-20.0", "JY-22b"),
            guards=(_in_hands, needs("person"))),
        Row("M06", cmd.RemindViolation, (RAISED,), ("=",), CREATORS, _remind, ("JY-20.0",),
            guards=(_in_hands, _is_reminded, needs("text"))),
        Row("M07", cmd.AnnulViolation, COUNTED, (ANNULLED,), ("supervisor", "discipline"), _annul, ("JY-25.3",),
            guards=(_in_hands, needs_reason)),
        Row("M08", cmd.LapseViolation, _OPEN, (ANNULLED,), _SYSTEM, _lapse, ("JY-20.2", "JY-25.3")),
        Row("M09", cmd.NarrowViolation, (*_OPEN, DISMISSED, ANNULLED), ("=",), _SYSTEM, _narrow, ("JY-20.0",)),
        Row("M09a", cmd.WidenViolation, (*_OPEN, DISMISSED, ANNULLED), ("=",), _SYSTEM, _widen, ("JY-20.0",)),
        Row("M10", cmd.MarkTransferred, (RAISED,), (TRANSFERRED,), _SYSTEM, _transfer, ("JY-20.0", "SZ-45")),
    ),
    events=(*ev.ViolationEvent.__subclasses__(), *ev.ViolationFound.__subclasses__()),
    start=Violation,
    evolve=evolve,
    ends=(DISMISSED, ANNULLED),
)  # fmt: skip
