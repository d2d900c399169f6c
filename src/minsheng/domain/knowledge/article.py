"""An article of the knowledge base: written by a unit's editor, approved by its leader, valid for a time.

Every version stands for ever in the facts; one is published, a next one may wait beside it. A unit's article is
changed by that unit alone: the center flags, it never edits. Source: SZ-8b, SZ-10, SZ-30a, JY-9.1a, JY-17.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.knowledge.content import (
    ArticleFields,
    Content,
    content_of,
    names_nobody,
    rests_on_known,
    well_formed,
)
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

DRAFT, REVIEW, PUBLISHED = "DRAFT", "REVIEW", "PUBLISHED"
TO_VERIFY, EXPIRED, WITHDRAWN = "TO_VERIFY", "EXPIRED", "WITHDRAWN"
SCHEDULED: Final = "SCHEDULED"  # of a next version: approved, published at a moment of its own
VALID, CHECK, PUBLISH = "article_valid", "article_check", "article_publish"
_KEY: Final = "knowledge_approval"
Case = lifecycle.Case["Article"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftArticle(ArticleFields):
    """Write an article of the own unit."""

    name: ClassVar[str] = "draft_article"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseArticle(ArticleFields):
    """Write the next version; what is published stays until that one is approved."""

    name: ClassVar[str] = "revise_article"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitArticle:
    """Ask for the approval of what is written."""

    name: ClassVar[str] = "submit_article"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveArticle:
    """Approve it word for word; `publish_at`: when it is published, at once where empty."""

    name: ClassVar[str] = "approve_article"
    publish_at: datetime | None = fields.moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBackArticle:
    """Not approve it; the editor writes anew. Also takes back what waits for its moment."""

    name: ClassVar[str] = "send_back_article"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagArticle:
    """Mark it as to be verified; `duty`: the overdue duty that says so, of the platform's own mark."""

    name: ClassVar[str] = "flag_article"
    reason: str = fields.text(long=True)
    duty: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmArticle:
    """Say that it was checked and still holds."""

    name: ClassVar[str] = "confirm_article"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawArticle:
    """Take it out of the knowledge base."""

    name: ClassVar[str] = "withdraw_article"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveArticle:
    """Give it to another unit, whose work it has become."""

    name: ClassVar[str] = "move_article"
    unit: str = fields.text()
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleEvent(Event):
    """Something that happened to an article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDrafted(ArticleEvent):
    unit: str
    level: str
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRevised(ArticleEvent):
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSubmitted(ArticleEvent):
    """Sent for approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleApproved(ArticleEvent):
    """Approved, to be published at a moment."""

    publish_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePublished(ArticleEvent):
    """`edition`: the version that is published from now on."""

    edition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleSentBack(ArticleEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFlagged(ArticleEvent):
    duty: str = ""
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleConfirmed(ArticleEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleExpired(ArticleEvent):
    """The last day of its validity is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCheckDue(ArticleEvent):
    """The day came on which it is to be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleWithdrawn(ArticleEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleMoved(ArticleEvent):
    unit: str
    level: str
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Article(Standing):
    """An article as the facts up to now make it.

    `latest`: how many versions there are, the last is `draft`'s while one waits; `edition`: the published one's number;
    `pending`: how the waiting one stands; `duty`: the duty because of which it is to be verified; `checked_at`: when
    somebody last said that it holds.
    """

    unit: str = ""
    level: str = ""
    latest: int = 0
    edition: int = 0
    draft: Content | None = None
    content: Content | None = None
    pending: str = ""
    writers: tuple[str, ...] = ()
    duty: str = ""
    checked_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `level`: of the unit that writes, or to which the article goes, empty where the city has no such unit; `basis`: the
    id of each document in force that was typed; `categories`: the codes that the city has of it; `regions`: the code of
    the region that was typed; `approval`: who approves, as the rules of the city say; `ended`: the numbers of documents
    that are no longer in force, by id, of those that the waiting version rests on.
    """

    level: str = "city"
    basis: Mapping[str, str] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    regions: Mapping[str, str] = field(default_factory=dict)
    approval: str = "leader"
    ended: Mapping[str, str] = field(default_factory=dict)
    rosterless: frozenset[str] = frozenset()


def evolve(article: Article, fact: Fact) -> Article:
    """Return the article after one more fact."""
    event, writer = fact.event, (fact.by.person,) if fact.by.person else ()
    match event:
        case ArticleDrafted(unit=unit, level=level, content=content):
            article = replace(
                article, unit=unit, level=level, draft=content, latest=1, pending=DRAFT, writers=writer
            )  # fmt: skip
        case ArticleRevised(content=content):
            article = replace(article, draft=content, latest=article.latest + 1, pending=DRAFT, writers=writer)
        case ArticleSubmitted():
            article = replace(article, pending=REVIEW)
        case ArticleApproved():
            article = replace(article, pending=SCHEDULED)
        case ArticleSentBack():
            article = replace(article, pending=DRAFT)
        case ArticlePublished(edition=edition):
            article = replace(
                article, edition=edition, content=article.draft, draft=None, pending="", duty="", checked_at=fact.at,
                published_at=fact.at,
            )  # fmt: skip
        case ArticleFlagged(duty=duty):
            article = replace(article, duty=duty)
        case ArticleConfirmed():
            article = replace(article, duty="", checked_at=fact.at)
        case ArticleMoved(unit=unit, level=level):
            # What the former unit has approved is not the new one's.
            pending = DRAFT if article.pending else ""
            article = replace(article, unit=unit, level=level, pending=pending)
        case _:
            pass
    return lifecycle.enveloped(article, fact)


@at_stage("bar")
def _is_drafted(case: Case) -> None:
    _waits_as(case, DRAFT)


@at_stage("bar")
def _is_submitted(case: Case) -> None:
    _waits_as(case, REVIEW)


@at_stage("bar")
def _is_with_the_leader(case: Case) -> None:
    _waits_as(case, REVIEW, SCHEDULED)


def _waits_as(case: Case, *pending: str) -> None:
    if case.state.pending not in pending:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("bar")
def _may_approve(case: Case) -> None:
    """Refuse whoever the pack does not let approve, and who wrote it."""
    approval = case.rules.knowledge_approval if case.rules is not None else case.facts.approval
    if approval == "head" and case.by.role != "head":
        raise Rejected("wrong_authority")
    if case.by.person is not None and case.by.person in case.state.writers:
        raise Rejected("self_approval")


@at_stage("bar")
def _may_be_flagged(case: Case) -> None:
    """Refuse to mark twice; an overdue duty takes over a mark that was set by hand."""
    if case.state.status == TO_VERIFY and (case.by.role != SYSTEM.role or case.state.duty):
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("bar")
def _no_duty_holds_it(case: Case) -> None:
    """Refuse to lift by hand what an overdue duty marked: the duty is to be done."""
    if case.state.duty and case.by.role != SYSTEM.role:
        raise Rejected("article_duty_open")


@at_stage("bar")
def _unit_is_there(case: Case) -> None:
    """Refuse to write for no unit."""
    if not case.by.unit:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("fields")
def _unit_known(case: Case) -> None:
    if not case.facts.level:
        raise Rejected("unit_unknown", unit=case.command.unit)


@at_stage("fields")
def _rests_on_law(case: Case) -> None:
    """Refuse what rests on a document that has ended since it was written."""
    draft = case.state.draft
    assert draft is not None
    for id in draft.basis:
        if id in case.facts.ended:
            raise Rejected("basis_unknown", value=case.facts.ended[id])


@at_stage("window")
def _still_to_come(case: Case) -> None:
    """Refuse to publish what is no longer valid by then."""
    draft, moment = case.state.draft, _moment(case)
    assert draft is not None
    if draft.valid_to is not None and draft.valid_to < moment.date():
        raise Rejected("validity_over")


def _moment(case: Case) -> datetime:
    """Return when an approved version is published."""
    wanted: datetime | None = case.command.publish_at
    return max(wanted.astimezone(case.rules.worktime.zone), case.now) if wanted is not None else case.now


def _draft(case: Case) -> None:
    content = _content(case)
    case.record(ArticleDrafted(unit=case.by.unit or "", level=case.facts.level, content=content))


def _revise(case: Case) -> None:
    case.cancel(PUBLISH)
    status = case.state.status if case.state.edition else DRAFT
    case.record(ArticleRevised(content=_content(case)), status=status)


def _content(case: Case) -> Content:
    form, known = case.command, case.facts
    basis = tuple(dict.fromkeys(known.basis[each] for each in form.basis))
    return content_of(form, basis=basis, region=known.regions[form.region] if form.region else "")


def _submit(case: Case) -> None:
    approval = case.rules.knowledge_approval
    case.tell("article_submitted", f"{approval}@{case.state.unit}")
    case.record(ArticleSubmitted(), status=case.state.status if case.state.edition else REVIEW)


def _approve(case: Case) -> None:
    moment = _moment(case)
    if moment > case.now:
        case.start(PUBLISH, Amount(1, "CD"), key=_KEY, until=moment)
        case.record(ArticleApproved(publish_at=moment), status=case.state.status)
    else:
        _publish(case)


def _publish(case: Case) -> None:
    """Let the waiting version be the published one, and wind its clocks."""
    content = case.state.draft
    assert content is not None
    for clock in (VALID, CHECK):
        case.cancel(clock)
    if content.valid_to is not None:
        last = datetime.combine(content.valid_to, time(23, 59, 59), case.now.tzinfo)
        case.start(VALID, Amount(1, "CD"), key=_KEY, until=last)
    _wind_check(case, content)
    case.record(ArticlePublished(edition=case.state.latest), status=PUBLISHED)


def _wind_check(case: Case, content: Content) -> None:
    if content.review_months:
        _ring_after(case, content.review_months)


def _ring_after(case: Case, months: int) -> None:
    """Let the clock of the next check run out at the end of the day before the same one so many months later."""
    day = months_after(case.now.date(), months)
    moment = datetime.combine(day, time(0), case.now.tzinfo) - timedelta(seconds=1)
    case.start(CHECK, Amount(1, "CD"), key=_KEY, until=moment)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _send_back(case: Case) -> None:
    case.cancel(PUBLISH)
    case.tell_unit("article_sent_back", case.state.unit)
    status = case.state.status if case.state.edition else DRAFT
    case.record(ArticleSentBack(reason=case.command.reason), status=status)


def _flag(case: Case) -> None:
    case.tell_unit("article_flagged", case.state.unit)
    duty = case.command.duty if case.by.role == SYSTEM.role else ""
    case.record(ArticleFlagged(duty=duty, reason=case.command.reason))


def _confirm(case: Case) -> None:
    assert case.state.content is not None
    case.cancel(CHECK)
    _wind_check(case, case.state.content)
    case.record(ArticleConfirmed())


def _withdraw(case: Case) -> None:
    for clock in (VALID, CHECK, PUBLISH):
        case.cancel(clock)
    case.record(ArticleWithdrawn(reason=case.command.reason))


def _move(case: Case) -> None:
    form = case.command
    case.cancel(PUBLISH)
    case.tell_unit("article_moved", form.unit)
    status = case.state.status if case.state.edition else DRAFT
    case.record(ArticleMoved(unit=form.unit, level=case.facts.level, reason=form.reason), status=status)


def fire(article: Article, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return the fact of its moment: published, expired at the end of its last day, or to be looked at again."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, article, clock.due, rules=rules)
    case.put(replace(clock, status="met"))
    if clock.name == PUBLISH:
        _publish(case)
    elif clock.name == VALID:
        case.cancel(CHECK)
        case.tell("article_expired", f"officer@{article.unit}")
        case.record(ArticleExpired(), status=EXPIRED)
    else:
        case.tell("article_check_due", f"officer@{article.unit}")
        # Told again each month, until somebody says that it holds or writes it anew.
        _ring_after(case, 1)
        case.record(ArticleCheckDue())
    return tuple(case.out)


def _owns(article: Article, by: Actor, relation: str) -> bool:
    return relation != "own" or article.status == NEW or by.role == SYSTEM.role or article.unit == by.unit


_SHOWN: Final = (PUBLISHED, TO_VERIFY, EXPIRED)
_WHOLE: Final = (needs("kind", "title", "body"), well_formed, names_nobody, rests_on_known)
CYCLE = LifeCycle(
    name="article",
    states=(DRAFT, REVIEW, PUBLISHED, TO_VERIFY, EXPIRED, WITHDRAWN),
    rows=(
        Row("K11", DraftArticle, (NEW,), (DRAFT,), ("officer", SYSTEM.role), _draft,
            ("SZ-8b", "SZ-10", "JY-17"), unit="own", guards=(_unit_is_there, *_WHOLE)),
        Row("K12", ReviseArticle, (DRAFT, REVIEW, *_SHOWN), ("=", DRAFT), ("officer",), _revise,
            ("SZ-8b", "JY-17"), unit="own", guards=_WHOLE, stops=(PUBLISH,), awaits={TO_VERIFY: (), EXPIRED: ()}),
        Row("K13", SubmitArticle, (DRAFT, *_SHOWN), ("=", REVIEW), ("officer",), _submit, ("SZ-8b", "JY-17"),
            unit="own", guards=(_is_drafted,), awaits={DRAFT: ()}),
        Row("K14", ApproveArticle, (REVIEW, *_SHOWN), ("=", PUBLISHED), ("leader", "head"), _approve,
            ("SZ-8b", "JY-17"), unit="own", guards=(_is_submitted, _may_approve, _still_to_come, _rests_on_law),
            starts=(PUBLISH, VALID, CHECK), stops=(VALID, CHECK), awaits={REVIEW: ()}, reads=(ArticleRevised,)),
        Row("K15", SendBackArticle, (REVIEW, *_SHOWN), ("=", DRAFT), ("leader", "head", SYSTEM.role), _send_back,
            ("SZ-8b", "JY-17"), unit="own", guards=(_is_with_the_leader, needs_reason), stops=(PUBLISH,)),
        Row("K16", FlagArticle, (PUBLISHED, TO_VERIFY), (TO_VERIFY,), ("office", "supervisor", SYSTEM.role), _flag,
            ("SZ-30a", "JY-17"), guards=(_may_be_flagged, needs_reason)),
        Row("K17", ConfirmArticle, (PUBLISHED, TO_VERIFY), (PUBLISHED,), ("leader", "head", SYSTEM.role), _confirm,
            ("SZ-30a", "JY-17"), unit="own", guards=(_no_duty_holds_it,), starts=(CHECK,), stops=(CHECK,),
            awaits={TO_VERIFY: ()}),
        Row("K18", WithdrawArticle, (DRAFT, REVIEW, *_SHOWN), (WITHDRAWN,), ("leader", "head"), _withdraw,
            ("SZ-8b", "JY-17"), unit="own", guards=(needs_reason,), stops=(VALID, CHECK, PUBLISH)),
        Row("K19", MoveArticle, (DRAFT, REVIEW, *_SHOWN), ("=", DRAFT), ("office",), _move, ("SZ-8b",),
            guards=(needs("unit"), needs_reason, _unit_known), stops=(PUBLISH,)),
    ),
    events=tuple(ArticleEvent.__subclasses__()),
    start=Article,
    evolve=evolve,
    fire=fire,
    clocks=(VALID, CHECK, PUBLISH),
    ends=(WITHDRAWN,),
    owns=_owns,
    by_the_clock=((REVIEW, PUBLISHED), (PUBLISHED, EXPIRED), (TO_VERIFY, EXPIRED)),
)  # fmt: skip
