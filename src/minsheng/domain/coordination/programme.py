"""A programme in which units answer in public: planned, invited, on air, closed, followed up.

What it collects is answered on the spot or becomes an order, exactly one of both; it is followed up when every one of
them is closed. Source: AR-1.3, JY-15, SQ-6.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from minsheng.domain import lifecycle
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.coordination.meeting import ConfirmAttendance, not_past, says_why_not
from minsheng.domain.covering import covered
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Onward, Row, Standing, at_stage, hold_to_list, needs, require
from minsheng.domain.orders import commands as orders
from minsheng.domain.orders import fields
from minsheng.domain.orders.order import CLOSED as ORDER_CLOSED
from minsheng.domain.orders.order import DRAFT
from minsheng.domain.rejected import Rejected

PLANNED, INVITED, ON_AIR, CLOSED, FOLLOWED_UP = "PLANNED", "INVITED", "ON_AIR", "CLOSED", "FOLLOWED_UP"
VERDICTS = ("on_air", "later", "off")
Case = lifecycle.Case["Programme"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSession:
    """Plan a session of one of the pack's kinds of programme."""

    name: ClassVar[str] = "plan_session"
    kind: str = fields.text()
    when: datetime | None = fields.moment()
    topic: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Invite units; more of them may follow."""

    name: ClassVar[str] = "invite"
    units: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOnAir:
    """Begin."""

    name: ClassVar[str] = "go_on_air"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOnAir:
    """Answer an appeal that the session has collected, on the spot."""

    name: ClassVar[str] = "answer_on_air"
    order: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenAppeal:
    """Say whether an appeal that waits goes on air now, later, or not, with a note for the studio."""

    name: ClassVar[str] = "screen_appeal"
    order: str = fields.text()
    verdict: str = fields.text(offers=VERDICTS)
    note: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSession:
    """End it, once everything that it collected was answered or became an order."""

    name: ClassVar[str] = "close_session"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSession:
    """Publish what came of it: hot topics, policy questions with their answers, where it can be seen again."""

    name: ClassVar[str] = "publish_session"
    topics: tuple[str, ...] = fields.names()
    answers: tuple[str, ...] = fields.names()
    replay: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Every order that came of it is closed: given by the platform itself."""

    name: ClassVar[str] = "follow_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeEvent(Event):
    """Something that happened to a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlanned(ProgrammeEvent):
    kind: str
    when: datetime
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsInvited(ProgrammeEvent):
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestConfirmed(ProgrammeEvent):
    unit: str
    attends: bool
    rank: str = ""
    substitute: str = words(name=True)
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class WentOnAir(ProgrammeEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredOnAir(ProgrammeEvent):
    order: str
    unit: str = ""
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealScreened(ProgrammeEvent):
    order: str
    verdict: str
    note: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionClosed(ProgrammeEvent):
    """`received`, `answered`, `followed_up`: how many appeals it collected and what became of them."""

    received: int
    answered: int
    followed_up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPublished(ProgrammeEvent):
    """`topics` and `answers`: one a line; `counts`: how many of each."""

    counts: tuple[int, int]
    replay: str = ""
    topics: str = words()
    answers: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFollowedUp(ProgrammeEvent):
    pass


@dataclass(frozen=True, slots=True)
class Programme(Standing):
    """A session as the facts up to now make it. `heads`: the attending units that send their first head.

    `topics`, `answers`: how many hot topics and policy answers were published of it; `screened`: the verdict on each
    appeal that was screened, by its id.
    """

    kind: str = ""
    when: datetime | None = None
    topic: str = ""
    units: tuple[str, ...] = ()
    attending: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    aired_at: datetime | None = None
    topics: int = 0
    answers: int = 0
    screened: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collected:
    """An appeal that a session has collected: where it stands, whether it became an order, whether it counts."""

    status: str
    is_submitted: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the orders that the session has collected, by id.

    `named`: the id of the order that the command names, empty where there is none; `rosterless`: units without duty.
    """

    collected: Mapping[str, Collected] = field(default_factory=dict)
    named: str = ""
    rosterless: frozenset[str] = frozenset()


def evolve(programme: Programme, fact: Fact) -> Programme:
    """Return the session after one more fact."""
    event = fact.event
    match event:
        case SessionPlanned():
            programme = replace(programme, kind=event.kind, when=event.when, topic=event.topic)
        case UnitsInvited():
            programme = replace(programme, units=tuple(dict.fromkeys((*programme.units, *event.units))))
        case GuestConfirmed(unit=unit):
            attending = tuple(each for each in programme.attending if each != unit)
            declined = tuple(each for each in programme.declined if each != unit)
            heads = tuple(each for each in programme.heads if each != unit)
            if event.attends:
                attending, heads = (*attending, unit), (*heads, unit) if event.rank == "head" else heads
            else:
                declined = (*declined, unit)
            programme = replace(programme, attending=attending, declined=declined, heads=heads)
        case WentOnAir():
            programme = replace(programme, aired_at=fact.at)
        case SessionPublished(counts=(topics, answers)):
            programme = replace(programme, topics=topics, answers=answers)
        case AppealScreened(order=order, verdict=verdict):
            programme = replace(programme, screened={**programme.screened, order: verdict})
        case AnsweredOnAir():
            programme = replace(programme, answered=(*programme.answered, event.order))
        case _:
            pass
    return lifecycle.enveloped(programme, fact)


def tally(programme: Programme, collected: Mapping[str, Collected]) -> dict[str, int]:
    """Return how many appeals a session has received, answered on the spot and followed up.

    What was neither answered on air nor became an order is received while it waits; refused, it was none (AR-1.3).
    """
    collected = {id: each for id, each in collected.items() if each.counts}
    answered = sum(each in collected for each in programme.answered)
    submitted = sum(each.is_submitted for each in collected.values())
    waiting = sum(each.status == DRAFT and not each.is_submitted for each in collected.values())
    return {"received": answered + submitted + waiting, "answered_on_air": answered, "followed_up": submitted}


def is_over(collected: Mapping[str, Collected]) -> bool:
    """Return whether everything that a session collected is closed."""
    return all(each.status == ORDER_CLOSED for each in collected.values())


@at_stage("fields")
def _kind_listed(case: Case) -> None:
    hold_to_list(case.command.kind, case.rules.program_kinds)
    if covered(case.command.topic) != case.command.topic:
        raise Rejected("title_names_somebody")


@at_stage("fields", wants=("attends",))
def _says_why_not(case: Case) -> None:
    says_why_not(case)
    hold_to_list(case.command.rank, ("head", "leader"))


@at_stage("fields")
def _waits_for_answer(case: Case) -> None:
    """Refuse to screen, or to answer on air, what the session has not collected, or what is an order already."""
    named = case.facts.collected.get(case.facts.named)
    if named is None or named.status != DRAFT:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields", wants=("verdict",))
def _verdict_given(case: Case) -> None:
    require(case, ("verdict",))
    hold_to_list(case.command.verdict, VERDICTS)


@at_stage("bar")
def _nothing_left_over(case: Case) -> None:
    """Refuse to end a session while an appeal is neither answered nor an order (AR-1.3: 898 = 282 + 616)."""
    if any(each.status == DRAFT for each in case.facts.collected.values()):
        raise Rejected("not_allowed_now", status=case.state.status)


def _plan(case: Case) -> None:
    form = case.command
    case.record(SessionPlanned(kind=form.kind, when=form.when, topic=form.topic))


def _invite(case: Case) -> None:
    units = tuple(dict.fromkeys(case.command.units))
    for unit in units:
        if unit not in case.state.units:
            case.tell_unit("programme_invited", unit)
    case.record(UnitsInvited(units=units))


def _confirm(case: Case) -> None:
    form, attends = case.command, bool(case.command.attends)
    case.tell("attendance_confirmed" if attends else "attendance_declined", "office")
    case.record(GuestConfirmed(
        unit=case.by.unit or "", attends=attends, rank=form.rank if attends else "",
        substitute=form.substitute if attends else "", reason="" if attends else form.reason,
    ))  # fmt: skip


def _go_on_air(case: Case) -> None:
    case.record(WentOnAir())


def _answer(case: Case) -> None:
    case.record(AnsweredOnAir(order=case.facts.named, unit=case.by.unit or "", text=case.command.text))


def _screen(case: Case) -> None:
    form = case.command
    case.record(AppealScreened(order=case.facts.named, verdict=form.verdict, note=form.note))


def _publish(case: Case) -> None:
    """Put on record what is published of it; a later press replaces what was published before."""
    form = case.command
    case.record(SessionPublished(
        counts=(len(form.topics), len(form.answers)), replay=form.replay, topics="\n".join(form.topics),
        answers="\n".join(form.answers),
    ))  # fmt: skip


@at_stage("fields", wants=("topics",))
def _something_published(case: Case) -> None:
    form = case.command
    if not (form.topics or form.answers or form.replay):
        raise Rejected("field_missing", fields=("topics",), command=form.name)
    if any(covered(each) != each for each in (*form.topics, *form.answers)):
        raise Rejected("text_names_somebody")


def _close(case: Case) -> None:
    counts = tally(case.state, case.facts.collected)
    over = is_over(case.facts.collected)
    event = SessionClosed(
        received=counts["received"], answered=counts["answered_on_air"], followed_up=counts["followed_up"]
    )
    case.record(event, status=FOLLOWED_UP if over else CLOSED)


def _follow_up(case: Case) -> None:
    case.record(SessionFollowedUp())


def _onward(programme: Programme, fact: Fact) -> tuple[Onward, ...]:
    """Close the appeal that was answered on air: the seat's own act, or the platform's after a unit's answer."""
    event = fact.event
    if not isinstance(event, AnsweredOnAir):
        return ()
    by = fact.by if fact.by.role == "seat" else SYSTEM
    return (Onward(event.order, orders.Answer(no_article=True, text=event.text), by),)


def flags(programme: Programme) -> Mapping[str, object]:
    """Return the flags of a session by the names of the contract."""
    return {"attending": programme.attending}


def _owns(programme: Programme, by: Actor, relation: str) -> bool:
    return relation != "invited" or by.unit is None or by.unit in programme.units


CYCLE = LifeCycle(
    name="programme",
    states=(PLANNED, INVITED, ON_AIR, CLOSED, FOLLOWED_UP),
    rows=(
        Row("G01", PlanSession, (NEW,), (PLANNED,), ("office",), _plan, ("AR-1.3", "JY-15"),
            guards=(needs("kind", "when", "topic"), _kind_listed, not_past)),
        Row("G02", Invite, (PLANNED, INVITED), (INVITED,), ("office",), _invite, ("JY-15",), guards=(needs("units"),),
            awaits={PLANNED: ()}),
        Row("G03", ConfirmAttendance, (INVITED,), ("=",), ("officer",), _confirm, ("JY-15",),
            unit="invited", guards=(_says_why_not,), awaits={INVITED: ()}),
        Row("G04", GoOnAir, (INVITED,), (ON_AIR,), ("office",), _go_on_air, ("AR-1.3",), awaits={INVITED: ()}),
        Row("G05", AnswerOnAir, (ON_AIR,), ("=",), ("officer", "seat"), _answer, ("AR-1.3", "JY-15"), unit="invited",
            guards=(needs("order", "text"), _waits_for_answer)),
        Row("G05a", ScreenAppeal, (INVITED, ON_AIR), ("=",), ("seat", "office"), _screen, ("JY-15",),
            guards=(needs("order"), _verdict_given, _waits_for_answer)),
        Row("G06", CloseSession, (ON_AIR,), (CLOSED, FOLLOWED_UP), ("office",), _close, ("AR-1.3",),
            guards=(_nothing_left_over,), awaits={ON_AIR: ()}),
        Row("G08", PublishSession, (CLOSED, FOLLOWED_UP), ("=",), ("office",), _publish, ("AR-1.3", "AR-2.2.1"),
            guards=(_something_published,)),
        Row("G07", FollowUp, (CLOSED,), (FOLLOWED_UP,), (SYSTEM.role,), _follow_up, ("AR-1.3",)),
    ),
    events=tuple(ProgrammeEvent.__subclasses__()),
    start=Programme,
    evolve=evolve,
    ends=(FOLLOWED_UP,),
    owns=_owns,
    onward=_onward,
)  # fmt: skip
