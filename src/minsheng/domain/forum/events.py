"""What has happened to a thread. What people wrote is `words`: kept sealed, told by digest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.domain.facts import Event, words


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEvent(Event):
    """Something that happened to a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted(ThreadEvent):
    """`account`: the member who posts, a name in a story; who that is stands nowhere in the ledger (SZ-26)."""

    account: str
    board: str = ""
    title: str = words()
    content: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostWithdrawn(ThreadEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class PostApproved(ThreadEvent):
    """`title`, `content`: the words that are shown; empty in a story that covers none."""

    title: str = words()
    content: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRefused(ThreadEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commented(ThreadEvent):
    number: int
    account: str
    content: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentApproved(ThreadEvent):
    number: int
    content: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRefused(ThreadEvent):
    number: int
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(ThreadEvent):
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned(ThreadEvent):
    """`kind`: of the request that is decided so, empty where nobody had claimed the thread."""

    unit: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAsked(ThreadEvent):
    unit: str
    kind: str
    reason: str = words()
    basis: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAccepted(ThreadEvent):
    unit: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefused(ThreadEvent):
    unit: str
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestUnanswered(ThreadEvent):
    """The asked unit kept silent: the administrator decides. Source: SZ-20b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadUnclaimed(ThreadEvent):
    """Nobody claimed it in time: the administrator may assign it. Source: SZ-20a."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended(ThreadEvent):
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerApproved(ThreadEvent):
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceGiven(ThreadEvent):
    unit: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAnswered(ThreadEvent):
    """`is_public`: shown in the thread."""

    unit: str
    kind: str
    channel: str
    is_public: bool = True
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformAnswered(ThreadEvent):
    ground: str
    reference: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionAsked(ThreadEvent):
    """`length`: an amount, or `until` for a moment; `text`: the follow-up to the public."""

    unit: str
    until: datetime
    length: str
    reason: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionApproved(ThreadEvent):
    """`text`: the follow-up to the public, which is read with it."""

    unit: str
    until: datetime
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRefused(ThreadEvent):
    unit: str
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRated(ThreadEvent):
    """`order`: the joined order that is rated with it, empty where none waits; `is_late`: a clock was missed."""

    grade: str
    satisfied: bool
    is_late: bool = False
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingExpired(ThreadEvent):
    """The author rated nothing in time. Source: SZ-24."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialFlagged(ThreadEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified(ThreadEvent):
    """Both stay as they were where they are empty and None."""

    class_: str = ""
    sealed: bool | None = None
    ground: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadHidden(ThreadEvent):
    """`paused`: the clocks that stopped with it."""

    paused: tuple[str, ...] = ()
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadUnhidden(ThreadEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentReported(ThreadEvent):
    authority: str
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDisclosed(ThreadEvent):
    organ: str
    document: str = words()
    purpose: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationOrdered(ThreadEvent):
    """`clock`: the missed one that it comes from, empty where it was ordered by hand."""

    unit: str
    clock: str = ""
    ground: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationDropped(ThreadEvent):
    """The miss that it came from does not stand under a newly loaded calendar. Source: A-48."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReported(ThreadEvent):
    unit: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationAccepted(ThreadEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationSentBack(ThreadEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationFailed(ThreadEvent):
    """It was not put right in time: a notice of criticism is drafted. Source: SZ-25b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMeasured(ThreadEvent):
    kind: str
    ground: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderJoined(ThreadEvent):
    """`submits`: the order begins with it, with these words of the thread."""

    order: str
    submits: bool = False
    content: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLeft(ThreadEvent):
    order: str
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffered(ThreadEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadOverdue(ThreadEvent):
    """A clock of the unit was missed; it is no breach. Source: SZ-25b."""

    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRecomputed(ThreadEvent):
    year: int
