"""A case study of the library: what hard orders came to, how they were handled, what others learn from it.

It rests on orders that are closed, may begin from a coordination meeting, names nobody, and is published by somebody
else than its writer. Source: AR-3.2, SZ-37.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.orders.order import CLOSED
from minsheng.domain.rejected import Rejected

DRAFTED, PUBLISHED, WITHDRAWN = "DRAFTED", "PUBLISHED", "WITHDRAWN"
Case = lifecycle.Case["Study"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStudy:
    """Write a case study of closed orders; `meeting`: the number of the meeting that coordinated them."""

    name: ClassVar[str] = "draft_study"
    title: str = fields.text()
    orders: tuple[str, ...] = fields.names()
    meeting: str = fields.text()
    course: str = fields.text(long=True)
    lessons: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseStudy:
    """Write it anew; what is published is looked at once more."""

    name: ClassVar[str] = "revise_study"
    title: str = fields.text()
    course: str = fields.text(long=True)
    lessons: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishStudy:
    """Put it into the library as it stands."""

    name: ClassVar[str] = "publish_study"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawStudy:
    """Take it out of the library."""

    name: ClassVar[str] = "withdraw_study"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEvent(Event):
    """Something that happened to a case study."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDrafted(StudyEvent):
    title: str
    course: str
    lessons: str
    orders: tuple[str, ...]
    units: tuple[str, ...] = ()
    meeting: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyRevised(StudyEvent):
    title: str
    course: str
    lessons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPublished(StudyEvent):
    """Published as it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyWithdrawn(StudyEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Study(Standing):
    """A case study as the facts up to now make it; `writers`: who wrote what stands there."""

    title: str = ""
    course: str = ""
    lessons: str = ""
    orders: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    meeting: str = ""
    writers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `orders`: the order's id by the name that was typed; `standing`: state and unit of each, by id; `meetings`: the
    meeting's orders by its number; `names`: the words name somebody;
    `rosterless`: units without duty. Orders that only few may read are in none of it.
    """

    orders: Mapping[str, str] = field(default_factory=dict)
    standing: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    meetings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: bool = False
    rosterless: frozenset[str] = frozenset()


def evolve(study: Study, fact: Fact) -> Study:
    """Return the case study after one more fact."""
    event, writer = fact.event, (fact.by.person,) if fact.by.person else ()
    match event:
        case StudyDrafted():
            study = replace(
                study, title=event.title, course=event.course, lessons=event.lessons, orders=event.orders,
                units=event.units, meeting=event.meeting, writers=writer,
            )  # fmt: skip
        case StudyRevised():
            study = replace(study, title=event.title, course=event.course, lessons=event.lessons, writers=writer)
        case _:
            pass
    return lifecycle.enveloped(study, fact)


@at_stage("bar")
def _not_own(case: Case) -> None:
    """Refuse to publish one's own."""
    if case.by.person is not None and case.by.person in case.state.writers:
        raise Rejected("self_approval")


def _named(case: Case) -> tuple[str, ...]:
    """Return the orders that the form names, with those of its meeting. Raises: Rejected."""
    form, known = case.command, case.facts
    for each in form.orders:
        if each not in known.orders:
            raise Rejected("order_unknown", number=each)
    if form.meeting and form.meeting not in known.meetings:
        raise Rejected("meeting_unknown", number=form.meeting)
    of_meeting = known.meetings.get(form.meeting, ())
    return tuple(dict.fromkeys((*(known.orders[each] for each in form.orders), *of_meeting)))


@at_stage("fields")
def _rests_on_closed(case: Case) -> None:
    """Refuse a case study without an order, or of one that is open."""
    named = _named(case)
    if not named:
        raise Rejected("field_missing", fields=("orders",), command=case.command.name)
    for each in named:
        if case.facts.standing[each][0] != CLOSED:
            raise Rejected("order_not_closed")


@at_stage("fields")
def _names_nobody(case: Case) -> None:
    """Refuse words that tell who complained, or hold personal data: the whole house reads them."""
    if case.facts.names:
        raise Rejected("text_names_somebody")


def _draft(case: Case) -> None:
    form, named = case.command, _named(case)
    units = tuple(dict.fromkeys(case.facts.standing[each][1] for each in named if case.facts.standing[each][1]))
    case.record(StudyDrafted(
        title=form.title, course=form.course, lessons=form.lessons, orders=named, units=units, meeting=form.meeting
    ))  # fmt: skip


def _revise(case: Case) -> None:
    form = case.command
    case.record(StudyRevised(title=form.title, course=form.course, lessons=form.lessons))


def _publish(case: Case) -> None:
    for unit in case.state.units:
        case.tell_unit("study_published", unit)
    case.record(StudyPublished())


def _withdraw(case: Case) -> None:
    case.record(StudyWithdrawn(reason=case.command.reason))


_KEEPERS: Final = ("office", "supervisor")
_WHOLE: Final = needs("title", "course", "lessons")
CYCLE = LifeCycle(
    name="study",
    states=(DRAFTED, PUBLISHED, WITHDRAWN),
    rows=(
        Row("L01", DraftStudy, (NEW,), (DRAFTED,), _KEEPERS, _draft, ("AR-3.2",),
            guards=(_WHOLE, _rests_on_closed, _names_nobody)),
        Row("L02", ReviseStudy, (DRAFTED, PUBLISHED), (DRAFTED,), _KEEPERS, _revise, ("AR-3.2",),
            guards=(_WHOLE, _names_nobody)),
        Row("L03", PublishStudy, (DRAFTED,), (PUBLISHED,), _KEEPERS, _publish, ("AR-3.2",),
            guards=(_not_own,), awaits={DRAFTED: ()}),
        Row("L04", WithdrawStudy, (DRAFTED, PUBLISHED), (WITHDRAWN,), _KEEPERS, _withdraw, ("AR-3.2",),
            guards=(needs_reason,)),
    ),
    events=tuple(StudyEvent.__subclasses__()),
    start=Study,
    evolve=evolve,
    ends=(WITHDRAWN,),
)  # fmt: skip
