"""A mystery call: a caller asks a unit or the hotline a planted question, and says how it was answered.

Some are rated again by somebody else, who hears the recording and knows neither the first rating nor whose it is.
Source: SQ-15, SZ-36.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.covering import covered
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import (
    NEW,
    LifeCycle,
    Row,
    Standing,
    at_stage,
    hold_to_list,
    needs,
    needs_reason,
    require,
)
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected

GIVEN, RECORDED, SECOND, RATED, VOID = "GIVEN", "RECORDED", "SECOND", "RATED", "VOID"
CALLER: Final = "mystery_caller"
# Whether what was said agrees with the article that the question is about.
RIGHT, PARTLY, WRONG = ANSWERS = ("right", "partly", "wrong")
# Points of a hundred: reached, done, and at most so many for the answer, the attitude and the wait.
_REACHED, _DONE = 20, 10
_ANSWER: Final[Mapping[str, int]] = {RIGHT: 40, PARTLY: 20, WRONG: 0}
_ATTITUDE, _BEST = 5, 5
# Seconds of waiting up to which there are so many points.
_WAITS: Final = ((20, 10), (60, 5))
# Two ratings that are further apart are counted as differing.
DIFFERING: Final = 10
Case = lifecycle.Case["MysteryCall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCall:
    """Give a caller a task: whom to ask, what, what the right answer rests on, by which day."""

    name: ClassVar[str] = "give_call"
    campaign: str = fields.text()
    unit: str = fields.text()
    caller: str = fields.text()
    question: str = fields.text(long=True)
    article: str = fields.text()
    expected: str = fields.text(long=True)
    until: date | None = fields.day()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOutcome:
    """Say how it went: reached, after how many seconds, answered rightly, with what attitude, and whether it was done.

    `attitude`: of five.
    """

    name: ClassVar[str] = "record_outcome"
    reached: bool | None = fields.flag(asked=True)
    wait_seconds: int | None = fields.count(most=7200)
    answer: str = fields.text(offers=ANSWERS)
    attitude: int | None = fields.count(most=_BEST)
    done: bool | None = fields.flag(asked=True)
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSecond:
    """Have a call that was drawn rated by somebody else."""

    name: ClassVar[str] = "ask_second"
    rater: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateAgain:
    """Rate what the recording says, without knowing the first rating."""

    name: ClassVar[str] = "rate_again"
    answer: str = fields.text(offers=ANSWERS)
    attitude: int | None = fields.count(most=_BEST)
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidCall:
    """Take a task out of the campaign: it counts for nothing."""

    name: ClassVar[str] = "void_call"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent(Event):
    """Something that happened to a mystery call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallGiven(CallEvent):
    """`article`: what the answer rests on, by number or title."""

    campaign: str
    unit: str
    caller: str
    until: date
    article: str = ""
    question: str = words()
    expected: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRecorded(CallEvent):
    reached: bool
    wait_seconds: int = 0
    answer: str = ""
    attitude: int = 0
    done: bool = False
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondAsked(CallEvent):
    rater: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedAgain(CallEvent):
    answer: str
    attitude: int
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallVoided(CallEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Rating:
    """What one of the two raters says of the answer and of the attitude."""

    answer: str
    attitude: int


@dataclass(frozen=True, slots=True)
class MysteryCall(Standing):
    """A call as the facts up to now make it; `caller` and `rater` are accounts."""

    campaign: str = ""
    unit: str = ""
    caller: str = ""
    rater: str = ""
    until: date | None = None
    article: str = ""
    reached: bool = False
    wait_seconds: int = 0
    done: bool = False
    made_at: datetime | None = None
    first: Rating | None = None
    second: Rating | None = None

    @property
    def counts(self) -> bool:
        """Whether it was made and is rated as far as it is to be."""
        return self.status in (RECORDED, RATED)

    @property
    def differs(self) -> bool:
        """Whether its two ratings are far apart."""
        if self.second is None:
            return False
        return abs(self._points(self.first) - self._points(self.second)) > DIFFERING

    @property
    def tenths(self) -> int:
        """Its score in tenths of a point of a hundred: of the ratings that there are, the mean."""
        given = [each for each in (self.first, self.second) if each is not None]
        return sum(self._points(each) for each in given) * 10 // len(given) if given else 0

    def _points(self, rating: Rating | None) -> int:
        if rating is None or not self.reached:
            return 0
        waited = next((points for seconds, points in _WAITS if self.wait_seconds <= seconds), 0)
        attitude = (rating.attitude - 1) * _ATTITUDE
        return _REACHED + waited + _ANSWER[rating.answer] + attitude + (_DONE if self.done else 0)


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: units that may be called in the campaign, and who calls.

    `units`: of the campaign while it is open, none once it is not; `callers`: accounts that hold the role today.
    """

    units: frozenset[str] = frozenset()
    callers: frozenset[str] = frozenset()


def evolve(call: MysteryCall, fact: Fact) -> MysteryCall:
    """Return the call after one more fact."""
    match event := fact.event:
        case CallGiven():
            call = replace(
                call, campaign=event.campaign, unit=event.unit, caller=event.caller, until=event.until,
                article=event.article,
            )  # fmt: skip
        case OutcomeRecorded():
            call = replace(
                call, reached=event.reached, wait_seconds=event.wait_seconds, done=event.done,
                made_at=fact.at, first=Rating(event.answer, event.attitude),
            )  # fmt: skip
        case SecondAsked(rater=rater):
            call = replace(call, rater=rater)
        case RatedAgain(answer=answer, attitude=attitude):
            call = replace(call, second=Rating(answer, attitude))
        case _:
            pass
    return lifecycle.enveloped(call, fact)


@at_stage("fields")
def _fits_the_campaign(case: Case) -> None:
    form, known = case.command, case.facts
    if not known.units:
        raise Rejected("campaign_not_open")
    if form.unit not in known.units:
        raise Rejected("unit_not_in_campaign", unit=form.unit)
    if form.caller not in known.callers:
        raise Rejected("caller_unknown")
    if form.until < case.rules.worktime.local_day(case.now):
        raise Rejected("moment_passed")
    if any(covered(text) != text for text in (form.question, form.article, form.expected)):
        raise Rejected("text_names_somebody")


@at_stage("unit")
def _own_task(case: Case) -> None:
    """Keep a task to its caller, and a second rating to its rater; programs and stories have no person."""
    mine = case.state.rater if case.state.status == SECOND else case.state.caller
    if case.by.person is not None and case.by.person != mine:
        raise Rejected("not_found", status="")


@at_stage("fields", wants=("reached",))
def _is_whole(case: Case) -> None:
    require(case, ("reached",))
    if case.command.reached:
        require(case, ("wait_seconds", "answer", "attitude", "done"))
        _rated(case)


@at_stage("fields", wants=("answer", "attitude"))
def _is_rated(case: Case) -> None:
    require(case, ("answer", "attitude"))
    _rated(case)


def _rated(case: Case) -> None:
    hold_to_list(case.command.answer, ANSWERS)
    if case.command.attitude < 1:
        raise Rejected("attitude_out_of_range")


def _told(person: str) -> str:
    """Return to whom a task is told: its person, or in a story the role."""
    return person if person.startswith("staff:") else CALLER


def _give(case: Case) -> None:
    form = case.command
    case.tell("call_given", _told(form.caller))
    case.record(CallGiven(
        campaign=form.campaign, unit=form.unit, caller=form.caller, until=form.until, article=form.article,
        question=form.question, expected=form.expected,
    ))  # fmt: skip


def _record(case: Case) -> None:
    form = case.command
    if not form.reached:
        case.record(OutcomeRecorded(reached=False, text=form.text))
        return
    case.record(OutcomeRecorded(
        reached=True, wait_seconds=form.wait_seconds, answer=form.answer, attitude=form.attitude, done=form.done,
        text=form.text,
    ))  # fmt: skip


def _ask(case: Case) -> None:
    case.tell("call_to_rate", _told(case.command.rater))
    case.record(SecondAsked(rater=case.command.rater))


def _rate(case: Case) -> None:
    form = case.command
    case.record(RatedAgain(answer=form.answer, attitude=form.attitude, text=form.text))


def _void(case: Case) -> None:
    case.record(CallVoided(reason=case.command.reason))


CYCLE: Final = LifeCycle(
    name="mystery_call",
    states=(GIVEN, RECORDED, SECOND, RATED, VOID),
    rows=(
        Row("MC1", GiveCall, (NEW,), (GIVEN,), ("office",), _give, ("SQ-15", "SZ-36"),
            guards=(needs("campaign", "unit", "caller", "question", "until"), _fits_the_campaign)),
        Row("MC2", RecordOutcome, (GIVEN,), (RECORDED,), (CALLER,), _record, ("SQ-15",),
            guards=(_own_task, _is_whole), awaits={GIVEN: ()}),
        Row("MC3", AskSecond, (RECORDED,), (SECOND,), ("system",), _ask, ("SQ-15",), guards=(needs("rater"),)),
        Row("MC4", RateAgain, (SECOND,), (RATED,), (CALLER,), _rate, ("SQ-15",), guards=(_own_task, _is_rated),
            awaits={SECOND: ()}),
        Row("MC5", VoidCall, (GIVEN, RECORDED, SECOND), (VOID,), ("office",), _void, ("SQ-15",),
            guards=(needs_reason,)),
    ),
    events=(CallGiven, OutcomeRecorded, SecondAsked, RatedAgain, CallVoided),
    start=MysteryCall,
    evolve=evolve,
    ends=(RATED, VOID),
)  # fmt: skip
