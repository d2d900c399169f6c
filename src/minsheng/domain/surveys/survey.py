"""A survey: drafted, open until its day, closed, published; a sample of closed orders is drawn by a seed.

Answers come in heaps, shuffled, without anybody and without the hour: the facts say how many came, and their digest.
Source: SZ-7b.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.clocks import Timer
from minsheng.domain.covering import covered
from minsheng.domain.duties.lookback import digest_of, sample
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
from minsheng.domain.rules import Rules
from minsheng.domain.surveys import questions
from minsheng.domain.surveys.questions import Question, QuestionLine
from minsheng.domain.surveys.results import LEAST
from minsheng.domain.worktime import Amount

DRAFT, OPEN, CLOSED, PUBLISHED, CANCELLED = "DRAFT", "OPEN", "CLOSED", "PUBLISHED", "CANCELLED"
CLOCK: Final = "survey"
CLAUSE: Final = "SZ-7b"
# By a message to a sample, by a link for everybody, by telephone to a sample.
MESSAGE, LINK, TELEPHONE = WAYS = ("message", "link", "telephone")
Case = lifecycle.Case["Survey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSurvey:
    """Write a survey: what is asked, by which ways, of whom, until when.

    `since`, `until`: days on which the orders were closed of whose appellants `percent` in a hundred are asked.
    """

    name: ClassVar[str] = "draft_survey"
    title: str = fields.text()
    purpose: str = fields.text(long=True)
    questions: tuple[QuestionLine, ...] = fields.maps_of(QuestionLine)
    ways: tuple[str, ...] = fields.names(offers=WAYS)
    since: date | None = fields.day()
    until: date | None = fields.day()
    percent: int | None = fields.count(most=100)
    ends: date | None = fields.day()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSurvey:
    """Open it for answers; its sample is drawn now, and its questions stay as they are."""

    name: ClassVar[str] = "open_survey"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAnswers:
    """Put on record that answers came: how many, and the digest of what they say."""

    name: ClassVar[str] = "take_answers"
    count: int | None = fields.count(most=999_999)
    digest: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseSurvey:
    """End it before its day."""

    name: ClassVar[str] = "close_survey"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSurvey:
    """Publish the results on the public side."""

    name: ClassVar[str] = "publish_survey"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSurvey:
    """Give it up."""

    name: ClassVar[str] = "cancel_survey"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyEvent(Event):
    """Something that happened to a survey."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDrafted(SurveyEvent):
    title: str
    purpose: str
    questions: tuple[Question, ...]
    ways: tuple[str, ...]
    ends: date
    since: date | None = None
    until: date | None = None
    percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOpened(SurveyEvent):
    """`digest`: of the numbers of all orders drawn of; `shares`: how many of these lie in each district."""

    seed: str = ""
    digest: str = ""
    orders: tuple[str, ...] = ()
    shares: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersTaken(SurveyEvent):
    count: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyClosed(SurveyEvent):
    """Nobody answers any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPublished(SurveyEvent):
    """Everybody reads the results."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyCancelled(SurveyEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Survey(Standing):
    """A survey as the facts up to now make it; `answers`: how many have been taken."""

    title: str = ""
    purpose: str = ""
    questions: tuple[Question, ...] = ()
    ways: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    percent: int = 0
    ends: date | None = None
    seed: str = ""
    digest: str = ""
    orders: tuple[str, ...] = ()
    shares: Mapping[str, int] = field(default_factory=dict)
    answers: int = 0
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the numbers of the orders that may be drawn, by district; a fresh seed.

    `waiting`: answers that have come and are not taken yet.
    """

    population: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seed: str = ""
    waiting: int = 0


def evolve(survey: Survey, fact: Fact) -> Survey:
    """Return the survey after one more fact."""
    match event := fact.event:
        case SurveyDrafted():
            survey = replace(
                survey, title=event.title, purpose=event.purpose, questions=event.questions, ways=event.ways,
                since=event.since, until=event.until, percent=event.percent, ends=event.ends,
            )  # fmt: skip
        case SurveyOpened():
            survey = replace(survey, seed=event.seed, digest=event.digest, orders=event.orders, shares=event.shares)
        case AnswersTaken(count=count):
            survey = replace(survey, answers=survey.answers + count)
        case SurveyClosed():
            survey = replace(survey, closed_at=fact.at)
        case _:
            pass
    return lifecycle.enveloped(survey, fact)


def fire(survey: Survey, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return what the end of the survey's day leads to: it is closed."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, survey, clock.due, rules=rules)
    case.put(replace(clock, status="met"))
    case.tell("survey_closed", "office")
    case.record(SurveyClosed(), status=CLOSED)
    return tuple(case.out)


@at_stage("fields")
def _is_whole(case: Case) -> None:
    form = case.command
    for each in form.ways:
        hold_to_list(each, WAYS)
    if any(covered(text) != text for text in (form.title, form.purpose, *(each.text for each in form.questions))):
        raise Rejected("title_names_somebody")
    questions.read(form.questions)
    if form.ends < case.rules.worktime.local_day(case.now):
        raise Rejected("moment_passed")
    if is_sampled(form.ways):
        require(case, ("since", "until", "percent"))
        if form.until < form.since:
            raise Rejected("days_reversed")
        if form.percent < 1:
            raise Rejected("share_malformed")


def is_sampled(ways: tuple[str, ...]) -> bool:
    """Tell whether a survey asks those who are drawn."""
    return MESSAGE in ways or TELEPHONE in ways


@at_stage("window")
def _still_to_come(case: Case) -> None:
    assert case.state.ends is not None  # as a draft wants it
    if case.state.ends < case.rules.worktime.local_day(case.now):
        raise Rejected("moment_passed")


@at_stage("window")
def _somebody_to_ask(case: Case) -> None:
    if is_sampled(case.state.ways) and not any(case.facts.population.values()):
        raise Rejected("nobody_to_ask")


@at_stage("window")
def _answers_taken(case: Case) -> None:
    if case.facts.waiting:
        raise Rejected("answers_waiting")
    if case.state.answers < LEAST:
        raise Rejected("answers_too_few", least=LEAST)


def _draft(case: Case) -> None:
    form = case.command
    sampled = is_sampled(form.ways)
    case.record(SurveyDrafted(
        title=form.title, purpose=form.purpose, questions=questions.read(form.questions),
        ways=tuple(dict.fromkeys(form.ways)), ends=form.ends, since=form.since if sampled else None,
        until=form.until if sampled else None, percent=form.percent if sampled else 0,
    ))  # fmt: skip


def _open(case: Case) -> None:
    state, known = case.state, case.facts
    assert state.ends is not None  # as a draft wants it
    end = datetime.combine(state.ends + timedelta(days=1), time(), tzinfo=case.now.tzinfo)
    case.start(CLOCK, Amount(1, "CD"), key=CLOCK, until=end)
    clock = case.timer(CLOCK)
    assert clock is not None  # it was started just now
    # No pack says how long a survey lasts: its own day does, and surveys are SZ-7b's.
    case.put(replace(clock, basis=replace(clock.basis, clause=CLAUSE)))
    if not is_sampled(state.ways):
        case.record(SurveyOpened())
        return
    numbers = [number for each in known.population.values() for number in each]
    drawn = sample(numbers, seed=known.seed, percent=state.percent)
    shares = {district: len(each) for district, each in sorted(known.population.items()) if district}
    case.record(SurveyOpened(seed=known.seed, digest=digest_of(numbers), orders=drawn, shares=shares))


def _take(case: Case) -> None:
    case.record(AnswersTaken(count=case.command.count, digest=case.command.digest))


def _close(case: Case) -> None:
    case.meet(CLOCK)
    case.record(SurveyClosed())


def _publish(case: Case) -> None:
    case.record(SurveyPublished())


def _cancel(case: Case) -> None:
    case.cancel(CLOCK)
    case.record(SurveyCancelled(reason=case.command.reason))


CYCLE: Final = LifeCycle(
    name="survey",
    states=(DRAFT, OPEN, CLOSED, PUBLISHED, CANCELLED),
    rows=(
        Row("SV1", DraftSurvey, (NEW, DRAFT), (DRAFT,), ("office",), _draft, ("SZ-7b",),
            guards=(needs("title", "questions", "ways", "ends"), _is_whole)),
        Row("SV2", OpenSurvey, (DRAFT,), (OPEN,), ("office",), _open, ("SZ-7b",),
            guards=(_still_to_come, _somebody_to_ask), starts=(CLOCK,)),
        Row("SV3", TakeAnswers, (OPEN, CLOSED), ("=",), ("system",), _take, ("SZ-7b",),
            guards=(needs("count", "digest"),)),
        Row("SV4", CloseSurvey, (OPEN,), (CLOSED,), ("office",), _close, ("SZ-7b",), stops=(CLOCK,)),
        Row("SV5", PublishSurvey, (CLOSED,), (PUBLISHED,), ("office",), _publish, ("SZ-7b",),
            guards=(_answers_taken,)),
        Row("SV6", CancelSurvey, (DRAFT, OPEN, CLOSED), (CANCELLED,), ("office",), _cancel, ("SZ-7b",),
            guards=(needs_reason,), stops=(CLOCK,)),
    ),
    events=(SurveyDrafted, SurveyOpened, AnswersTaken, SurveyClosed, SurveyPublished, SurveyCancelled),
    start=Survey,
    evolve=evolve,
    fire=fire,
    clocks=(CLOCK,),
    ends=(PUBLISHED, CANCELLED),
    by_the_clock=((OPEN, CLOSED),),
)  # fmt: skip
