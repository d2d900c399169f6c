"""The life cycles beside orders that a story may tell: a step names its thing by the cycle's name (`report: 月报`).

A feature that keeps a life cycle registers it here, and `minsheng rehearse` plays it with the same decide, evolve and
clocks as the platform. A name that stands here not yet is no thing of a story.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar

from minsheng.domain import lifecycle
from minsheng.domain.accountability import case
from minsheng.domain.accountability import commands as accountability
from minsheng.domain.actors import SYSTEM, UNIT_ROLES, Actor
from minsheng.domain.channels import incoming
from minsheng.domain.clocks import Timer
from minsheng.domain.coordination import meeting, programme, remedy, study
from minsheng.domain.covering import covered
from minsheng.domain.duties import check, contact, inquiry, lookback, report, review, sanction
from minsheng.domain.facts import Fact
from minsheng.domain.forum import commands as forum
from minsheng.domain.forum import events as joining
from minsheng.domain.forum import state as threads
from minsheng.domain.forum import thread, watching
from minsheng.domain.honors import award, roll
from minsheng.domain.honors.merits import Merit
from minsheng.domain.knowledge import article, basis, duty, question
from minsheng.domain.lifecycle import LifeCycle, Onward, Standing
from minsheng.domain.monitoring import commands as monitoring
from minsheng.domain.monitoring import dossier, violation
from minsheng.domain.mystery import call, campaign
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, REFERRED, RESTRICTED, Order, UnitFacts
from minsheng.domain.orders.supervision import grounds_of
from minsheng.domain.registers import bylaw, incident, mechanism, paper, plan, shared, training
from minsheng.domain.rules import Rules
from minsheng.domain.surveys import survey

S = TypeVar("S", bound=Standing)


class Around(Protocol):
    """What a story knows beside the thing of a step: units, orders and things by name, things by stream."""

    @property
    def units(self) -> Mapping[str, UnitFacts]: ...
    @property
    def orders(self) -> Mapping[str, Order]: ...
    @property
    def things(self) -> Mapping[str, Standing]: ...


def _nothing(*_: Any) -> Any:
    return None


def _none(*_: Any) -> tuple[Any, ...]:
    return ()


def _no_flags(*_: Any) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Played(Generic[S]):
    """A life cycle as a story plays it.

    `known(around, state, command)`: what a decision needs from elsewhere; `fires(state, timer, rules, around)`: what a
    clock does where it needs that too; `acts(state, command, around, rules)`: who acts where a step does not say it;
    `flags(state)` and `counts(state, around)`: what an expectation may name; `hears(state, around)`: the command that
    what happened elsewhere makes the platform give, or None; `begins(command, facts, rules)`: the orders that it
    begins, where the platform's own room begins them; the facts are those of the thing.
    """

    cycle: LifeCycle[S]
    known: Callable[[Around, S, Any], Any] = _nothing
    fires: Callable[[S, Timer, Rules, Around], tuple[Fact, ...]] | None = None
    acts: Callable[[S, Any, Around, Rules], Actor | None] = _nothing
    flags: Callable[[S], Mapping[str, object]] = _no_flags
    counts: Callable[[S, Around], Mapping[str, int]] = _no_flags
    hears: Callable[[S, Around], Any] = _nothing
    begins: Callable[[Any, Sequence[Fact], Rules], tuple[Onward, ...]] = _none

    @property
    def commands(self) -> Mapping[str, type[Any]]:
        """Return its commands by their names."""
        return {row.command.name: row.command for row in self.cycle.rows}

    def stream(self, name: str) -> str:
        """Return the stream of what a story calls by a name; an order and a report may have one name."""
        return f"{self.cycle.name}/{name}"

    def begun(self, stream: str) -> S:
        """Return what has no fact yet."""
        return replace(self.cycle.start(stream), id=stream)

    def actor(self, state: S, command: Any, around: Around, rules: Rules) -> Actor:
        """Return who acts by default: the role that the table names first, a unit's of the one that it speaks of."""
        if (named := self.acts(state, command, around, rules)) is not None:
            return named
        role = self.cycle.row(type(command)).who[0]
        unit = getattr(command, "unit", "") or getattr(state, "unit", "")
        return Actor(role, unit if role in UNIT_ROLES else None)

    def decide(self, state: S, command: Any, *, by: Actor, rules: Rules, around: Around, now: Any) -> tuple[Fact, ...]:
        """Return the facts that follow. Raises: Rejected."""
        known = self.known(around, state, command)
        return lifecycle.decide(self.cycle, state, command, by=by, rules=rules, facts=known, now=now)

    def fire(self, state: S, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
        """Return the facts of a clock that ran out."""
        return self.fires(state, clock, rules, around) if self.fires else self.cycle.fire(state, clock, rules)


def _contact_fires(state: contact.Contact, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
    return (contact.fire(state, clock, rules, roster=around.units[state.unit].roster),)


def _check_known(around: Around, state: check.Check, command: Any) -> check.Subject:
    order = around.orders.get(getattr(command, "order", ""))
    if order is None:
        return check.Subject()
    is_handled = order.status == CLOSED and order.reason in HANDLED_REASONS
    others = (each for each in around.things.values() if isinstance(each, check.Check) and each.id != state.id)
    is_checked = any(
        each.number == order.id and each.holder == state.holder and each.status != check.DONE for each in others
    )
    return check.Subject(order.id, order.lead, is_handled, is_checked)


def _lookback_known(around: Around, state: lookback.Lookback, command: Any) -> lookback.Ground:
    closed = [each for each in around.orders.values() if each.status == CLOSED and each.reason in HANDLED_REASONS]
    population = {
        unit: tuple(each.id for each in closed if each.lead == unit) for unit in {each.lead for each in closed}
    }
    return lookback.Ground(population, seed=state.quarter)


def _case_known(around: Around, state: case.CaseFile, command: Any) -> case.Known:
    subject = state if state.unit else command
    who = (getattr(subject, "unit", ""), getattr(subject, "person", ""))
    evidence = command.evidence if isinstance(command, accountability.ProposeCase) else ()
    orders = tuple(dict.fromkeys(each for each in evidence if each in around.orders))
    named = [around.things.get(f"violation/{each}") for each in dict.fromkeys(evidence)]
    cases = (each for each in around.things.values() if isinstance(each, case.CaseFile))
    return case.Known(
        parents={name: unit.parent for name, unit in around.units.items() if unit.parent},
        orders={each: each for each in orders},
        reminders=sum(around.orders[each].reminders for each in orders)
        + sum(each.reminders for each in named if isinstance(each, violation.Violation)),
        decisions=tuple(
            each.decided_at
            for each in cases
            if each.decided_at is not None and not each.is_revoked and (each.unit, each.person) == who
        ),
        is_same=getattr(command, "person", "") in ("", state.person),
        named_on=_named_on(around, *who),
        pending={each: each for each in state.pending},
        rosterless=_rosterless(around),
    )


def _case_acts(state: case.CaseFile, command: Any, around: Around, rules: Rules) -> Actor | None:
    return Actor.parse(state.addressee) if isinstance(command, accountability.DecideAppeal) else None


def _named_on(around: Around, unit: str, person: str) -> tuple[date, ...]:
    """Return the days on which a person's violations count, one a missed deadline (JY-22b)."""
    found = {
        each.clock or each.id: each.counted
        for each in around.things.values()
        if isinstance(each, violation.Violation) and each.counts and not each.is_hidden
        if (each.party, each.person) == (unit, person)
    }
    return tuple(day for day in found.values() if day is not None) if person else ()


def _violation_known(around: Around, state: violation.Violation, command: Any) -> violation.Known:
    named = {each: each for each in getattr(command, "evidence", ()) if each in around.orders}
    few = any(around.orders[each].status in (RESTRICTED, REFERRED) for each in named)
    return violation.Known(orders=named, restricted=few, rosterless=_rosterless(around))


def _violation_acts(state: violation.Violation, command: Any, around: Around, rules: Rules) -> Actor | None:
    rule = rules.monitoring_rules.get(state.code or getattr(command, "code", ""))
    creates = state.creates or (rule.creates if rule is not None else ())
    may = [role for role in violation.CYCLE.row(type(command)).who if role in creates]
    return Actor(may[0]) if may else None


def _violation_hears(state: violation.Violation, around: Around) -> Any:
    if state.status != violation.RAISED:
        return None
    for each in around.things.values():
        if isinstance(each, dossier.Dossier) and state.id in each.violations:
            return monitoring.MarkTransferred(dossier=each.id.partition("/")[2])
    return None


def _dossier_known(around: Around, state: dossier.Dossier, command: Any) -> dossier.Known:
    named = ((each, around.things.get(f"violation/{each}")) for each in getattr(command, "violations", ()))
    return dossier.Known({name: each for name, each in named if isinstance(each, violation.Violation)})


def _meeting_known(around: Around, state: meeting.Meeting, command: Any) -> meeting.Known:
    standing = {name: order.status for name, order in around.orders.items()}
    return meeting.Known({name: name for name in standing}, standing, _rosterless(around))


def _meeting_acts(state: meeting.Meeting, command: Any, around: Around, rules: Rules) -> Actor | None:
    role = rules.coordination_convener
    return Actor(role) if role in meeting.CYCLE.row(type(command)).who else None


def _meeting_fires(state: meeting.Meeting, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
    return meeting.fire(state, clock, rules, roster=around.units[clock.unit].roster)


def _rosterless(around: Around) -> frozenset[str]:
    return frozenset(name for name, unit in around.units.items() if not unit.roster)


def _sanction_known(around: Around, state: sanction.Sanction, command: Any) -> sanction.Known:
    unit = getattr(command, "unit", "") or state.unit
    named = {each: each for each in getattr(command, "orders", ()) if each in around.orders}
    held = {name: around.orders[name] for name in named or state.orders}
    grounds = {name: grounds_of(order) for name, order in held.items() if order.responsible_unit == unit}
    text = "\n".join((getattr(command, "text", ""), *getattr(command, "recipients", ())))
    apart = any(around.orders[name].is_internal for name in state.orders)
    return sanction.Known(named, grounds, covered(text) != text, _rosterless(around), is_apart=apart)


def _review_known(around: Around, state: review.Review, command: Any) -> review.Known:
    number = getattr(command, "source_no", "")
    received = (each for each in around.things.values() if isinstance(each, review.Review))
    return review.Known(_rosterless(around), bool(number) and any(each.source_no == number for each in received))


def _review_fires(state: review.Review, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
    return review.fire(state, clock, rules, roster=around.units[state.unit].roster)


def _question_fires(state: question.Question, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
    return question.fire(state, clock, rules, roster=around.units[state.unit].roster)


def _question_begins(command: Any, facts: Sequence[Fact], rules: Rules) -> tuple[Onward, ...]:
    if not isinstance(command, question.ConvertQuestion) or command.to != question.ORDER:
        return ()
    asked = facts[0].event
    assert isinstance(asked, question.QuestionAsked)
    appeal = question.appeal_of(command, channel=rules.web_channel, content=asked.content)
    return (Onward(command.order, appeal, SYSTEM),)


def _sanction_acts(state: sanction.Sanction, command: Any, around: Around, rules: Rules) -> Actor | None:
    issuers = [role for role in rules.supervision_issuer if role in sanction.CYCLE.row(type(command)).who]
    return Actor(issuers[0]) if issuers else None


def _register_known(around: Around, state: Standing, command: Any) -> shared.Known:
    number = getattr(command, "number", "")
    papers = (each for each in around.things.values() if isinstance(each, paper.Paper))
    return shared.Known(
        _rosterless(around), bool(number) and any(shared.same_number(number, each.number) for each in papers)
    )


def _merit(around: Around, unit: str, year: int) -> Merit:
    """Return what the orders of a year say of a unit; of people a story knows names alone."""
    orders = around.orders.values()
    closed = [
        each for each in orders if each.lead == unit and each.closed_at is not None and each.closed_at.year == year
    ]
    late = [
        breach
        for each in orders
        for breach in each.breaches
        if (breach.code, breach.party) == ("late_sign", unit) and breach.due is not None and breach.due.year == year
    ]
    judged = [each for each in closed if each.satisfied is not None]
    return Merit(unit, len(closed), len(late), len(judged), sum(each.satisfied is True for each in judged))


def _roll_known(around: Around, state: roll.Roll, command: Any) -> roll.Known:
    named = [name for name in getattr(command, "names", ()) if name in around.units]
    rolls = (each for each in around.things.values() if isinstance(each, roll.Roll) and each.status != roll.WITHDRAWN)
    return roll.Known(
        merits={name: _merit(around, name, getattr(command, "year", None) or 0) for name in named},
        parents={name: around.units[name].parent or "" for name in named},
        listed=frozenset((each.unit, each.year) for each in rolls),
    )


def _award_known(around: Around, state: award.Award, command: Any) -> award.Known:
    name = getattr(command, "unit", "")
    found = {name: _merit(around, name, getattr(command, "year", None) or 0)} if name in around.units else {}
    return award.Known(found, _rosterless(around))


def _bylaw_known(around: Around, state: bylaw.Bylaw, command: Any) -> bylaw.Known:
    filed = (each for each in around.things.values() if isinstance(each, bylaw.Bylaw))
    return bylaw.Known(frozenset(bylaw.limits(filed)), _rosterless(around))


def _study_known(around: Around, state: study.Study, command: Any) -> study.Known:
    standing = {name: (order.status, order.responsible_unit or "") for name, order in around.orders.items()}
    held = {name.partition("/")[2]: each for name, each in around.things.items() if isinstance(each, meeting.Meeting)}
    text = "\n".join(getattr(command, name, "") for name in ("title", "course", "lessons"))
    return study.Known(
        {name: name for name in standing},
        standing,
        {name: each.orders for name, each in held.items()},
        covered(text) != text,
        _rosterless(around),
    )


def _remedy_known(around: Around, state: remedy.Remedy, command: Any) -> remedy.Known:
    title = getattr(command, "title", "")
    return remedy.Known({name: name for name in around.orders}, _rosterless(around), covered(title) != title)


def _remedy_fires(state: remedy.Remedy, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
    return remedy.fire(state, clock, rules, roster=not clock.unit or around.units[clock.unit].roster)


def _collected(around: Around, state: programme.Programme) -> dict[str, programme.Collected]:
    name = state.id.partition("/")[2]
    return {
        order.id: programme.Collected(order.status, order.submitted_at is not None)
        for order in around.orders.values()
        if order.programme == name
    }


def _programme_known(around: Around, state: programme.Programme, command: Any) -> programme.Known:
    return programme.Known(_collected(around, state), getattr(command, "order", ""), _rosterless(around))


def _programme_hears(state: programme.Programme, around: Around) -> Any:
    over = state.status == programme.CLOSED and programme.is_over(_collected(around, state))
    return programme.FollowUp() if over else None


def _call_known(around: Around, state: call.MysteryCall, command: Any) -> call.Known:
    of = around.things.get(f"campaign/{getattr(command, 'campaign', '')}")
    is_open = isinstance(of, campaign.Campaign) and of.status == campaign.OPEN
    units = frozenset(of.units) if isinstance(of, campaign.Campaign) and is_open else frozenset()
    # A story has no accounts: whoever it names calls.
    return call.Known(units, frozenset({getattr(command, "caller", "")}))


def _campaign_known(around: Around, state: campaign.Campaign, command: Any) -> campaign.Known:
    name = state.id.partition("/")[2]
    of = {
        stream.partition("/")[2]: each
        for stream, each in around.things.items()
        if isinstance(each, call.MysteryCall) and each.campaign == name
    }
    callers = frozenset(each.caller for each in of.values())
    # Any unit that a story names is there.
    units = frozenset((*getattr(command, "units", ()), *getattr(command, "told_units", ())))
    return campaign.Known(of, seed=name, callers=callers, units=units)


def _survey_known(around: Around, state: survey.Survey, command: Any) -> survey.Known:
    closed = [each for each in around.orders.values() if each.status == CLOSED and each.reason in HANDLED_REASONS]
    population = {"": tuple(each.id for each in closed)} if closed else {}
    return survey.Known(population, seed=state.id)


def _article_known(around: Around, state: article.Article, command: Any) -> article.Known:
    unit = getattr(command, "unit", "") or state.unit
    documents = {
        each.number: name.partition("/")[2]
        for name, each in around.things.items()
        if isinstance(each, basis.Basis) and each.status == basis.IN_FORCE
    }
    # A story has no tree of regions, and no list of categories.
    return article.Known(
        around.units[unit].level if unit else "city",
        documents,
        frozenset({getattr(command, "category", "")}),
        {named: named for named in (getattr(command, "region", ""),)},
        rosterless=_rosterless(around),
    )


def _basis_known(around: Around, state: basis.Basis, command: Any) -> basis.Known:
    number = getattr(command, "number", "")
    held = (each for each in around.things.values() if isinstance(each, basis.Basis))
    return basis.Known(bool(number) and any(shared.same_number(number, each.number) for each in held))


def _duty_fires(state: duty.Duty, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
    return duty.fire(state, clock, rules, roster=around.units[state.unit].roster)


def _thread_known(around: Around, state: threads.Thread, command: Any) -> threads.Known:
    order = around.orders.get(getattr(command, "order", "") or state.joined)
    return threads.Known(threads.hotline(order) if order is not None else None, rosterless=_rosterless(around))


def _thread_acts(state: threads.Thread, command: Any, around: Around, rules: Rules) -> Actor | None:
    if isinstance(command, forum.Measure):
        return Actor(rules.supervision_issuer[0])
    if isinstance(command, forum.AnswerRequest) and state.request is not None:
        return Actor("officer", state.request.unit)
    return Actor("officer", state.unit) if isinstance(command, forum.AskUnit) else None


def _thread_hears(state: threads.Thread, around: Around) -> Any:
    order = around.orders.get(state.joined)
    return threads.next_of_order(state, threads.hotline(order) if order is not None else None)


def _thread_begins(command: Any, facts: Sequence[Fact], rules: Rules) -> tuple[Onward, ...]:
    event = facts[-1].event
    if not isinstance(event, joining.OrderJoined) or not event.submits:
        return ()
    return (Onward(event.order, watching.appeal_of_thread(command, content=event.content), SYSTEM),)


def _thread_fires(state: threads.Thread, clock: Timer, rules: Rules, around: Around) -> tuple[Fact, ...]:
    return thread.fire(state, clock, rules, rosterless=_rosterless(around))


_CYCLES: Final[tuple[Played[Any], ...]] = (
    Played(contact.CYCLE, fires=_contact_fires),
    Played(report.CYCLE, known=lambda *_: report.APPROVERS),
    Played(inquiry.CYCLE, known=lambda around, *_: inquiry.Known(_rosterless(around))),
    Played(sanction.CYCLE, known=_sanction_known, acts=_sanction_acts),
    Played(paper.CYCLE, known=_register_known),
    Played(training.CYCLE, known=_register_known),
    Played(mechanism.CYCLE, known=_register_known),
    Played(plan.CYCLE, known=_register_known),
    Played(incident.CYCLE, known=_register_known),
    Played(bylaw.CYCLE, known=_bylaw_known),
    Played(roll.CYCLE, known=_roll_known),
    Played(award.CYCLE, known=_award_known),
    Played(check.CYCLE, known=_check_known),
    Played(lookback.CYCLE, known=_lookback_known),
    Played(call.CYCLE, known=_call_known),
    Played(campaign.CYCLE, known=_campaign_known),
    Played(survey.CYCLE, known=_survey_known),
    Played(case.CYCLE, known=_case_known, acts=_case_acts, flags=case.flags),
    Played(
        violation.CYCLE,
        known=_violation_known,
        acts=_violation_acts,
        flags=violation.flags,
        counts=lambda state, around: {"reminders": state.reminders},
        hears=_violation_hears,
    ),
    Played(dossier.CYCLE, known=_dossier_known, flags=dossier.flags),
    Played(meeting.CYCLE, known=_meeting_known, acts=_meeting_acts, fires=_meeting_fires, flags=meeting.flags),
    Played(review.CYCLE, known=_review_known, fires=_review_fires, flags=review.flags),
    Played(
        incoming.CYCLE,
        known=lambda around, _, command: incoming.Known(
            named if (named := getattr(command, "number", "")) in around.orders else ""
        ),
    ),
    Played(study.CYCLE, known=_study_known),
    Played(remedy.CYCLE, known=_remedy_known, fires=_remedy_fires),
    Played(article.CYCLE, known=_article_known),
    Played(basis.CYCLE, known=_basis_known),
    Played(
        duty.CYCLE,
        known=lambda around, *_: duty.Known(rosterless=_rosterless(around)),
        fires=_duty_fires,
        flags=duty.flags,
    ),
    Played(
        question.CYCLE,
        known=lambda around, *_: question.Known(rosterless=_rosterless(around)),
        fires=_question_fires,
        flags=question.flags,
        begins=_question_begins,
    ),
    Played(
        thread.CYCLE,
        known=_thread_known,
        acts=_thread_acts,
        fires=_thread_fires,
        flags=threads.flags,
        counts=lambda state, around: {"comments": state.comments},
        hears=_thread_hears,
        begins=_thread_begins,
    ),
    Played(
        programme.CYCLE,
        known=_programme_known,
        flags=programme.flags,
        counts=lambda state, around: programme.tally(state, _collected(around, state)),
        hears=_programme_hears,
    ),
)
PLAYED: Final[Mapping[str, Played[Any]]] = MappingProxyType({each.cycle.name: each for each in _CYCLES})
# What an expectation may name of things: their flags and counts, whatever life cycle they are of.
FLAGS: Final = (
    "special", "class", "sealed", "joined", "co_units", "request_pending", "rectification", "reported", "verdict",
    "investigating", "measure", "aggravating", "handed_over", "self_criticized", "attending", "lead", "escalated",
    "suspended",
)  # fmt: skip
COUNTS: Final = ("comments", "received", "answered_on_air", "followed_up", "reminders")
