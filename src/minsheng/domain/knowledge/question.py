"""A question of a citizen to the question desk (晓苏): answered from an article or by a unit, then perhaps converted.

A unit's answer waits for its leader's approval in every pack. What was answered by a unit becomes a draft of an
article once; what asks for action becomes an order, with the asker's consent. Source: SZ-31a, AR-2.2.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from minsheng.domain import lifecycle, personal
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.approval import digest_of
from minsheng.domain.clocks import Timer
from minsheng.domain.covering import is_cover_of
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.knowledge.content import LONGEST_TITLE, NEVER
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs, needs_reason
from minsheng.domain.notices import CITIZEN, OFFICE, overdue_recipients
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

OPEN, ANSWERED, CONVERTED = "OPEN", "ANSWERED", "CONVERTED"
CLOCK: Final = "question"
ARTICLE, ORDER = CONVERSIONS = ("article", "order")
QUOTE, UNIT = "quote", "unit"
Case = lifecycle.Case["Question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask; `account`: the asker's pseudonym; `unit`: whom they think it concerns; `agrees`: an order may be made of it.

    `verified`: the real name is known; `seen`: articles that were shown first and did not help.
    """

    name: ClassVar[str] = "ask"
    account: str = fields.text()
    content: str = fields.text(long=True)
    unit: str = fields.text()
    agrees: bool | None = fields.flag()
    verified: bool | None = fields.flag()
    seen: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteAnswer:
    """Answer by an article."""

    name: ClassVar[str] = "quote_answer"
    article: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAnswer:
    """Write the unit's answer, for its leader's approval; what was approved before is void."""

    name: ClassVar[str] = "draft_answer"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveAnswer:
    """Approve the unit's answer, word for word."""

    name: ClassVar[str] = "approve_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """Give the approved answer."""

    name: ClassVar[str] = "answer_question"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassQuestion:
    """Give the question to a unit, or to another one."""

    name: ClassVar[str] = "pass_question"
    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertQuestion(cmd.AppealFields):
    """Make a draft article of a unit's answer, or an order of what asks for action; then `order` is its id."""

    name: ClassVar[str] = "convert_question"
    to: str = fields.text(offers=CONVERSIONS)
    consent: bool | None = fields.flag()
    order: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishQuestion:
    """Let everybody read question and answer, in words that name nobody."""

    name: ClassVar[str] = "publish_question"
    title: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpublishQuestion:
    """Take a published question back."""

    name: ClassVar[str] = "unpublish_question"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendQuestion:
    """Let a published question stand first, or no longer."""

    name: ClassVar[str] = "recommend_question"
    recommended: bool | None = fields.flag(asked=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionEvent(Event):
    """Something that happened to a question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(QuestionEvent):
    account: str
    unit: str = ""
    agrees: bool = False
    verified: bool = False
    seen: tuple[str, ...] = ()
    content: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionQuoted(QuestionEvent):
    """`article`: its number and version, as an answer keeps them."""

    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPassed(QuestionEvent):
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDrafted(QuestionEvent):
    digest: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerApproved(QuestionEvent):
    unit: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(QuestionEvent):
    unit: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionConverted(QuestionEvent):
    """`made`: the id of the article or the order that it became."""

    to: str
    made: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPublished(QuestionEvent):
    """`title`, `text`: question and answer as everybody reads them."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionUnpublished(QuestionEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecommended(QuestionEvent):
    recommended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionOverdue(QuestionEvent):
    """Nobody answered in time; no breach follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRecomputed(QuestionEvent):
    year: int


@dataclass(frozen=True, slots=True)
class Question(Standing):
    """A question as the facts up to now make it.

    `unit`: the one asked, then the one that answered. `draft`: digest of the unit's draft, `drafted_by` who wrote it;
    `approved`: the unit whose leader approved, `approved_text` the digest of what was approved, empty where a story
    approves without words. `answered_by`: quote or unit. `title`, `text`: as published, empty where it is not.
    """

    account: str = ""
    unit: str = ""
    agrees: bool = False
    verified: bool = False
    draft: str = ""
    drafted_by: str = ""
    approved: str = ""
    approved_text: str = ""
    answered_by: str = ""
    article: str = ""
    converted_to: str = ""
    made: str = ""
    title: str = ""
    text: str = ""
    recommended: bool = False
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `citation`: number and version of the article that was typed; `citation_fault`: why it may not be cited; `unknown`:
    a unit that was typed and that the city does not have; `made`: the id for what it is converted to; `answer`: what
    the unit has answered, opened.
    """

    citation: str = ""
    citation_fault: str = ""
    unknown: str = ""
    made: str = ""
    answer: str = ""
    rosterless: frozenset[str] = frozenset()


def evolve(question: Question, fact: Fact) -> Question:
    """Return the question after one more fact."""
    event = fact.event
    match event:
        case QuestionAsked():
            question = replace(
                question, account=event.account, unit=event.unit, agrees=event.agrees, verified=event.verified,
                asked_at=fact.at,
            )  # fmt: skip
        case QuestionPassed(unit=unit):
            question = replace(question, unit=unit, draft="", drafted_by="", approved="", approved_text="")
        case QuestionQuoted(article=article):
            question = replace(question, answered_by=QUOTE, article=article, answered_at=fact.at)
        case AnswerDrafted(digest=digest):
            question = replace(
                question, draft=digest, drafted_by=fact.by.person or "", approved="", approved_text=""
            )  # fmt: skip
        case AnswerApproved(unit=unit, digest=digest):
            question = replace(question, approved=unit, approved_text=digest)
        case QuestionAnswered(unit=unit):
            question = replace(question, answered_by=UNIT, unit=unit, answered_at=fact.at)
        case QuestionConverted(to=to, made=made):
            question = replace(question, converted_to=to, made=made)
        case QuestionPublished(title=title, text=text):
            question = replace(question, title=title, text=text, published_at=fact.at)
        case QuestionUnpublished():
            question = replace(question, title="", text="", recommended=False, published_at=None)
        case QuestionRecommended(recommended=recommended):
            question = replace(question, recommended=recommended)
        case _:
            pass
    return lifecycle.enveloped(question, fact)


@at_stage("bar")
def _convertible(case: Case) -> None:
    """Refuse what is quoted from an article already, and each way that does not begin where the question stands."""
    state, form = case.state, case.command
    wanted = OPEN if form is not None and form.to == ORDER else ANSWERED
    fits = state.status == wanted if form is not None else True
    if not fits or (state.status == ANSWERED and state.answered_by == QUOTE):
        raise Rejected("not_allowed_now", status=state.status)


@at_stage("bar")
def _has_draft(case: Case) -> None:
    """Refuse to a person the approval of words that nobody has written, and of the person's own."""
    if case.by.person is None:
        return  # a story has no drafts
    if not case.state.draft:
        raise Rejected("not_allowed_now", status=case.state.status)
    if case.state.drafted_by == case.by.person:
        raise Rejected("self_approval")


@at_stage("bar")
def _answered_here(case: Case) -> None:
    """Refuse to publish what became an order."""
    if case.state.converted_to == ORDER:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("bar")
def _is_published(case: Case) -> None:
    if case.state.published_at is None:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields")
def _unit_known(case: Case) -> None:
    if case.facts.unknown:
        raise Rejected("unit_unknown", unit=case.facts.unknown)


@at_stage("fields")
def _citable(case: Case) -> None:
    if case.facts.citation_fault:
        raise Rejected(case.facts.citation_fault, value=case.command.article)


@at_stage("fields")
def _consented(case: Case) -> None:
    """Refuse an order that the asker has not agreed to."""
    form = case.command
    hold_to_list(form.to, CONVERSIONS)
    if form.to == ORDER and not form.consent:
        raise Rejected("field_missing", fields=("consent",), command=form.name)
    if form.to == ORDER and case.by.person is not None and not case.state.agrees:
        raise Rejected("asker_has_not_agreed")  # nobody agrees in the asker's place


@at_stage("fields")
def _says_something(case: Case) -> None:
    """Refuse a question of signs alone."""
    if not any(letter.isalnum() for letter in case.command.content):
        raise Rejected("post_says_nothing")


@at_stage("fields")
def _the_units_words(case: Case) -> None:
    """Refuse other words in the unit's name than those that it answered: letters may be covered, nothing else."""
    if case.facts.answer and not is_cover_of(case.command.text, case.facts.answer):
        raise Rejected("not_the_units_words")


@at_stage("fields")
def _names_nobody(case: Case) -> None:
    """Refuse what names somebody, or is too long for a heading: everybody reads it (JY-8d)."""
    form = case.command
    if len(form.title) > LONGEST_TITLE:
        raise Rejected("article_title_too_long", most=LONGEST_TITLE)
    if any(span.kind in NEVER for span in personal.find(f"{form.title}\n{form.text}")):
        raise Rejected("article_names_somebody")


@at_stage("consent")
def _approved(case: Case) -> None:
    """Refuse an answer that the leader of the same unit has not approved, or other words than those."""
    state, form = case.state, case.command
    if not state.approved or state.approved != case.by.unit:
        raise Rejected("reply_not_approved")
    if state.approved_text and state.approved_text != digest_of(form.text).hex():
        raise Rejected("reply_differs")


def _ask(case: Case) -> None:
    form = case.command
    case.start(CLOCK, case.rules.question_limit, key="question_limit")
    case.tell("question_asked", OFFICE)
    if form.unit:
        case.tell_unit("question_asked", form.unit)
    event = QuestionAsked(
        account=form.account, unit=form.unit, agrees=bool(form.agrees), verified=bool(form.verified), seen=form.seen,
        content=form.content,
    )  # fmt: skip
    case.record(event)


def _pass(case: Case) -> None:
    case.tell_unit("question_asked", case.command.unit)
    case.record(QuestionPassed(unit=case.command.unit), status=case.state.status)


def _quote(case: Case) -> None:
    case.meet(CLOCK)
    case.tell("question_answered", CITIZEN)
    case.record(QuestionQuoted(article=case.facts.citation or case.command.article))


def _draft(case: Case) -> None:
    text = case.command.text
    case.tell("answer_drafted", f"leader@{case.by.unit}")
    case.record(AnswerDrafted(digest=digest_of(text).hex(), text=text), status=case.state.status)


def _approve(case: Case) -> None:
    case.tell_unit("answer_approved", case.by.unit or "")
    case.record(AnswerApproved(unit=case.by.unit or "", digest=case.state.draft), status=case.state.status)


def _answer(case: Case) -> None:
    case.meet(CLOCK)
    case.tell("question_answered", CITIZEN)
    case.record(QuestionAnswered(unit=case.by.unit or "", text=case.command.text))


def _convert(case: Case) -> None:
    form = case.command
    if form.to == ORDER:
        case.cancel(CLOCK)
        case.tell("question_became_order", CITIZEN)
        case.record(QuestionConverted(to=ORDER, made=case.facts.made or form.order))
        return
    case.tell_unit("question_became_article", case.state.unit)
    case.record(QuestionConverted(to=ARTICLE, made=case.facts.made))


def _publish(case: Case) -> None:
    form = case.command
    case.record(QuestionPublished(title=form.title, text=form.text), status=case.state.status)


def _unpublish(case: Case) -> None:
    case.record(QuestionUnpublished(reason=case.command.reason), status=case.state.status)


def _recommend(case: Case) -> None:
    case.record(QuestionRecommended(recommended=case.command.recommended is not False), status=case.state.status)


def appeal_of(form: ConvertQuestion, *, channel: str, content: str = "") -> cmd.Submit:
    """Return the order that a conversion asks for: what its form says, by the channel of what comes over the web."""
    given = {name: getattr(form, name) for name in cmd.fields_of(cmd.Submit)}
    return cmd.Submit(**{**given, "channel": channel, "content": form.content or content})


def fire(question: Question, clock: Timer, rules: Rules, *, roster: bool = True) -> tuple[Fact, ...]:
    """Return the fact that nobody answered in time: told, and no breach."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, question, clock.due, rules=rules)
    worktime = rules.worktime_of(question.unit)
    for to in overdue_recipients(unit=question.unit, moment=case.now, worktime=worktime, roster=roster):
        case.tell("overdue", to, timer=clock.name)
    case.put(replace(clock, status="missed"))
    case.record(QuestionOverdue(), status=question.status)
    return tuple(case.out)


def recompute(question: Question, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to its clock (A-48)."""
    case = lifecycle.by_system(evolve, question, now, rules=rules)
    return lifecycle.recomputed(case, QuestionRecomputed(year=year), year=year)


def flags(question: Question) -> Mapping[str, Any]:
    """Return the flags of a question by the names of the contract."""
    return {"responsible_unit": question.unit or None}


def _owns(question: Question, by: Actor, relation: str) -> bool:
    """Tell whether the actor's unit was asked: any unit where none was."""
    return relation != "asked" or by.role == SYSTEM.role or question.unit in ("", by.unit)


_CLAUSES: Final = ("SZ-31a", "AR-2.2.4")
CYCLE = LifeCycle(
    name="question",
    states=(OPEN, ANSWERED, CONVERTED),
    rows=(
        Row("N01", Ask, (NEW,), (OPEN,), (CITIZEN,), _ask, _CLAUSES,
            guards=(needs("account", "content"), _says_something, _unit_known), starts=(CLOCK,)),
        Row("N02", QuoteAnswer, (OPEN,), (ANSWERED,), ("seat", "specialist"), _quote, _CLAUSES,
            guards=(needs("article"), _citable), stops=(CLOCK,), awaits={OPEN: (CLOCK,)}),
        Row("N03", PassQuestion, (OPEN,), ("=",), ("seat", "office"), _pass, _CLAUSES,
            guards=(needs("unit"), _unit_known)),
        Row("N04", DraftAnswer, (OPEN,), ("=",), ("officer",), _draft, _CLAUSES, unit="asked",
            guards=(needs("text"),)),
        Row("N05", ApproveAnswer, (OPEN,), ("=",), ("leader", "head"), _approve, _CLAUSES, unit="asked",
            guards=(_has_draft,), reads=(AnswerDrafted, QuestionPassed)),
        Row("N06", AnswerQuestion, (OPEN,), (ANSWERED,), ("officer",), _answer, _CLAUSES, unit="asked",
            guards=(needs("text"), _approved), stops=(CLOCK,), awaits={OPEN: (CLOCK,)}),
        Row("N07", ConvertQuestion, (OPEN, ANSWERED), (CONVERTED,), (OFFICE,), _convert, _CLAUSES,
            guards=(_convertible, _consented), stops=(CLOCK,), asks=("to",)),
        Row("N08", PublishQuestion, (ANSWERED, CONVERTED), ("=",), (OFFICE,), _publish, _CLAUSES,
            guards=(_answered_here, needs("title", "text"), _names_nobody, _the_units_words), awaits={ANSWERED: ()}),
        Row("N09", UnpublishQuestion, (ANSWERED, CONVERTED), ("=",), (OFFICE,), _unpublish, _CLAUSES,
            guards=(_is_published, needs_reason)),
        Row("N10", RecommendQuestion, (ANSWERED, CONVERTED), ("=",), (OFFICE,), _recommend, _CLAUSES,
            guards=(_is_published,)),
    ),
    events=tuple(QuestionEvent.__subclasses__()),
    start=Question,
    evolve=evolve,
    fire=lambda question, clock, rules: fire(question, clock, rules),
    recompute=recompute,
    clocks=(CLOCK,),
    ends=(CONVERTED,),
    owns=_owns,
)  # fmt: skip
