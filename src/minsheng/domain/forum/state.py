"""A thread as its facts make it, and what a decision on it needs to know from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from minsheng.domain import lifecycle
from minsheng.domain.approval import Draft
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Fact
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import events as ev
from minsheng.domain.lifecycle import Standing
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED, HANDLED_REASONS, Order

PENDING, REFUSED, WITHDRAWN, OPEN, CLAIMED = "PENDING", "REFUSED", "WITHDRAWN", "OPEN", "CLAIMED"
ATTENDED, STANCE, ANSWERED, RATED, UNRATED, HIDDEN = "ATTENDED", "STANCE", "ANSWERED", "RATED", "UNRATED", "HIDDEN"
STATES: Final = (
    PENDING, REFUSED, WITHDRAWN, OPEN, CLAIMED, ATTENDED, STANCE, ANSWERED, RATED, UNRATED, HIDDEN,
)  # fmt: skip
WORKED: Final = (CLAIMED, ATTENDED, STANCE)
UNANSWERED: Final = (OPEN, *WORKED)
SHOWN: Final = (*UNANSWERED, ANSWERED, RATED, UNRATED)

# The clocks, in the order in which those that run out together fire (FORMAT.md); the last one is no timer of the
# contract: it says from when the administrator may assign what nobody has claimed.
ATTENTION, STANCE_CLOCK, FINAL, REQUEST, RATING, RECTIFICATION, CLAIM = (
    "attention", "stance", "final", "request_answer", "rating", "rectification", "claim_limit",
)  # fmt: skip
CLOCKS: Final = (ATTENTION, STANCE_CLOCK, FINAL, REQUEST, RATING, RECTIFICATION, CLAIM)
# Missing one of these makes a thread late.
WORK: Final = (ATTENTION, STANCE_CLOCK, FINAL)

ASKED, DECLINED, SILENT = "asked", "declined", "silent"
ORDERED, REPORTED, ACCEPTED, FAILED = "ordered", "reported", "accepted", "failed"


@dataclass(frozen=True, slots=True)
class Request:
    """What one unit asks of another; `standing`: asked, declined, or silent, when the administrator decides."""

    by: str
    unit: str
    kind: str
    standing: str = ASKED


@dataclass(frozen=True, slots=True)
class Extension:
    """More time that a unit asks for: until when, and the length that is counted from the due moment in force.

    `version`: of the fact that asked, whose words tell the public why.
    """

    until: datetime
    length: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Thread(Standing):
    """A thread as the facts up to now make it.

    `unit`: the responsible one; `co_units`: others with a part of their own. `approved`: the unit's leader has approved
    what it says next. `comments`: how many are let in; `written`: how many there are; `waiting`: the numbers of those
    that nobody has decided on, the oldest first; `decided`: the last decided on. `was`, `paused`: where a hidden thread
    stood, and which clocks stopped. `rectified_for`: the missed clock that an order to rectify comes from; `to_accept`:
    a report waits; `has_failed`: an order to rectify was not kept. `joined`: the order it is joined to; `held`: its
    final clock as it stood then; `offered`: the order's answer may be given. `satisfied`: what the author says.
    """

    account: str = ""
    board: str = ""
    title: str = ""
    content: str = ""
    unit: str = ""
    co_units: tuple[str, ...] = ()
    request: Request | None = None
    approved: bool = False
    extension: Extension | None = None
    in_extension: bool = False
    comments: int = 0
    written: int = 0
    waiting: tuple[int, ...] = ()
    decided: int = 0
    special: bool = False
    class_: str = ""
    sealed: bool = False
    reported: bool = False
    was: str = ""
    paused: tuple[str, ...] = ()
    rectification: str = ""
    rectified_for: str = ""
    to_accept: bool = False
    has_failed: bool = False
    joined: str = ""
    held: Timer | None = None
    offered: bool = False
    satisfied: bool | None = None
    disclosures: int = 0
    posted_at: datetime | None = None
    approved_at: datetime | None = None
    claimed_by: str = ""
    attended_at: datetime | None = None
    stance_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def published(self) -> bool:
        """Whether everybody may read it."""
        return self.status in SHOWN

    @property
    def is_late(self) -> bool:
        """Whether a clock of its handling was missed (SZ-27b)."""
        return any(self.is_missed(name) for name in WORK)

    @property
    def rectifies(self) -> bool:
        """Whether an order to rectify is open."""
        return self.rectification in (ORDERED, REPORTED)

    def is_missed(self, name: str) -> bool:
        """Return whether a clock was missed."""
        timer = self.timers.get(name)
        return timer is not None and timer.status == "missed"


@dataclass(frozen=True, slots=True)
class Hotline:
    """An order as a thread needs to know it: whether it is open, whether it can be rated, whether its answer passed."""

    id: str
    is_open: bool = True
    can_be_rated: bool = False
    has_answer: bool = False


def hotline(order: Order) -> Hotline:
    """Return an order as a thread needs to know it."""
    is_open = order.status != CLOSED
    has_answer = order.status in (CALLBACK, CALLBACK_MANUAL) or (not is_open and order.reason in HANDLED_REASONS)
    return Hotline(order.id, is_open, order.status == CALLBACK, has_answer)


def next_of_order(thread: Thread, order: Hotline | None) -> cmd.OfferAnswer | cmd.LeaveOrder | None:
    """Return what the platform does about a thread as its order stands: offer the answer, leave it, or nothing."""
    if order is None or thread.offered or thread.status not in UNANSWERED:
        return None
    if order.has_answer:
        return cmd.OfferAnswer()
    return None if order.is_open else cmd.LeaveOrder()


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `order`: the order that the command names, or that the thread is joined to; None where there is none, and `fresh`
    is the id of one that begins then. `title`, `content`: words that were written before, opened: what is let in as it
    was typed, the follow-up of more time, the order's answer, a thread for such an order. `issuers`: the
    pack's, where no rules are at hand; `banned`: the account may not write now; `draft`: of the acting unit;
    `officer`: a member of the unit's staff whom the words name; `rosterless`: units without duty.
    """

    order: Hotline | None = None
    fresh: str = ""
    title: str = ""
    content: str = ""
    unit_known: bool = True
    banned: bool = False
    issuers: tuple[str, ...] = ()
    draft: Draft | None = None
    officer: str = ""
    rosterless: frozenset[str] = field(default_factory=frozenset)


def evolve(thread: Thread, fact: Fact) -> Thread:
    """Return the thread after one more fact."""
    for follow in (_posted, _handled, _answered, _judged):
        if (found := follow(thread, fact)) is not None:
            return lifecycle.enveloped(found, fact)
    return lifecycle.enveloped(thread, fact)


def _posted(thread: Thread, fact: Fact) -> Thread | None:
    """Follow what is written, let in and shown."""
    event = fact.event
    match event:
        case ev.Posted():
            return replace(
                thread, account=event.account, board=event.board, title=event.title, content=event.content,
                posted_at=fact.at,
            )  # fmt: skip
        case ev.PostApproved():
            title, content = event.title or thread.title, event.content or thread.content
            return replace(thread, title=title, content=content, approved_at=fact.at)
        case ev.Commented(number=number):
            return replace(thread, written=number, waiting=(*thread.waiting, number))
        case ev.CommentApproved(number=number):
            waiting = _without(thread.waiting, number)
            return replace(thread, comments=thread.comments + 1, waiting=waiting, decided=number)
        case ev.CommentRefused(number=number):
            return replace(thread, waiting=_without(thread.waiting, number), decided=number)
        case ev.SpecialFlagged():
            return replace(thread, special=True)
        case ev.Classified():
            sealed = thread.sealed if event.sealed is None else event.sealed
            return replace(thread, class_=event.class_ or thread.class_, sealed=sealed)
        case ev.ThreadHidden(paused=paused):
            return replace(thread, was=thread.status, paused=paused)
        case ev.ThreadUnhidden():
            return replace(thread, was="", paused=())
        case ev.ContentReported():
            return replace(thread, reported=True)
        case ev.IdentityDisclosed():
            return replace(thread, disclosures=thread.disclosures + 1)
        case _:
            return None


def _without(numbers: tuple[int, ...], number: int) -> tuple[int, ...]:
    return tuple(each for each in numbers if each != number)


def _handled(thread: Thread, fact: Fact) -> Thread | None:
    """Follow who has it."""
    event = fact.event
    match event:
        case ev.Claimed(unit=unit):
            return replace(thread, unit=unit, claimed_by="claim")
        case ev.Assigned(unit=unit, kind=""):
            return replace(thread, unit=unit, claimed_by="assign")
        case ev.Assigned(unit=unit, kind=kind) | ev.RequestAccepted(unit=unit, kind=kind):
            return _decided(thread, unit, kind)
        case ev.UnitAsked():
            return replace(thread, request=Request(thread.unit, event.unit, event.kind))
        case ev.RequestRefused():
            return replace(thread, request=_standing(thread, DECLINED))
        case ev.RequestUnanswered():
            return replace(thread, request=_standing(thread, SILENT))
        case ev.ExtensionAsked():
            return replace(thread, extension=Extension(event.until, event.length, thread.version + 1))
        case ev.ExtensionApproved():
            return replace(thread, extension=None, in_extension=True)
        case ev.ExtensionRefused():
            return replace(thread, extension=None)
        case ev.OrderJoined(order=order):
            held = thread.timers.get(FINAL)
            return replace(thread, joined=order, held=held, extension=None, offered=False)
        case ev.OrderLeft():
            return replace(thread, joined="", held=None, offered=False)
        case ev.AnswerOffered():
            return replace(thread, offered=True)
        case _:
            return None


def _standing(thread: Thread, standing: str) -> Request | None:
    return replace(thread.request, standing=standing) if thread.request is not None else None


def _decided(thread: Thread, unit: str, kind: str) -> Thread:
    """Let a request have its effect: the asker itself keeps what it has (FORMAT.md, Requests)."""
    thread = replace(thread, request=None)
    if unit == thread.unit:
        return thread
    if kind == cmd.CO:
        return replace(thread, co_units=tuple(dict.fromkeys((*thread.co_units, unit))))
    others = tuple(each for each in thread.co_units if each != unit)
    return replace(thread, unit=unit, co_units=others, approved=False, claimed_by=cmd.TRANSFER)


def _answered(thread: Thread, fact: Fact) -> Thread | None:
    """Follow what units and the platform say."""
    match fact.event:
        case ev.Attended():
            return replace(thread, attended_at=fact.at)
        case ev.AnswerApproved():
            return replace(thread, approved=True)
        case ev.StanceGiven():
            return replace(thread, approved=False, stance_at=fact.at)
        case ev.PostAnswered() | ev.PlatformAnswered():
            return replace(thread, approved=False, extension=None, request=None, answered_at=fact.at)
        case _:
            return None


def _judged(thread: Thread, fact: Fact) -> Thread | None:
    """Follow what is said of the answer, and of what was late."""
    event = fact.event
    match event:
        case ev.PostRated():
            return replace(thread, satisfied=event.satisfied)
        case ev.RectificationOrdered():
            return replace(thread, rectification=ORDERED, rectified_for=event.clock, to_accept=False)
        case ev.RectificationDropped():
            return replace(thread, rectification="", rectified_for="", to_accept=False)
        case ev.RectificationReported():
            kept = thread.rectification if thread.rectification == FAILED else REPORTED
            return replace(thread, rectification=kept, to_accept=True)
        case ev.RectificationAccepted():
            kept = thread.rectification if thread.rectification == FAILED else ACCEPTED
            return replace(thread, rectification=kept, to_accept=False)
        case ev.RectificationSentBack():
            kept = thread.rectification if thread.rectification == FAILED else ORDERED
            return replace(thread, rectification=kept, to_accept=False)
        case ev.RectificationFailed():
            return replace(thread, rectification=FAILED, has_failed=True)
        case _:
            return None


def flags(thread: Thread) -> Mapping[str, Any]:
    """Return the flags of a thread by the names of the contract."""
    return {
        "published": thread.published,
        "responsible_unit": thread.unit or None,
        "co_units": thread.co_units,
        "request_pending": thread.request is not None and thread.request.standing == ASKED,
        "extension_pending": thread.extension is not None,
        "in_extension": thread.in_extension,
        "special": thread.special,
        "class": thread.class_ or None,
        "sealed": thread.sealed,
        "reported": thread.reported,
        "rectification": thread.rectification or None,
        "joined": thread.joined or None,
        "satisfied": thread.satisfied,
    }
