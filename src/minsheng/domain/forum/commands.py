"""What may be asked about a thread of the forum: by citizens, units, the administrator; the names are a contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from minsheng.domain.orders import fields
from minsheng.domain.orders.commands.shape import GRADES, TYPES

CO, TRANSFER = "co", "transfer"
COMMON, INSTRUCTED = "common", "instructed"
SMALL, MEDIUM, MAJOR = "small", "medium", "major"
CLASSES: Final = (SMALL, MEDIUM, MAJOR)
DIRECT, FINAL = "direct", "final"
# Where a thread is answered (网诉网复). Source: SZ-21.
FORUM: Final = "forum"
# The organs that may ask who a poster is, exactly these. Source: SZ-26.
ORGANS: Final = ("公安机关", "国家安全机关", "监察机关", "审判机关", "检察机关")
MEASURES: Final = ("interview", "notice", "special_report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Post a thread under a free name; `account`: the member who posts, `verified`: with a real name behind it."""

    name: ClassVar[str] = "post"
    account: str = fields.text()
    verified: bool | None = fields.flag()
    board: str = fields.text()
    title: str = fields.text()
    content: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawPost:
    """Withdraw one's own thread while nobody has read it."""

    name: ClassVar[str] = "withdraw_post"
    account: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovePost:
    """Let a thread in; `title`, `content`: its words with some of them covered, empty as they were typed."""

    name: ClassVar[str] = "approve_post"
    title: str = fields.text()
    content: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusePost:
    """Not let a thread in."""

    name: ClassVar[str] = "refuse_post"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """Write below a thread."""

    name: ClassVar[str] = "comment"
    account: str = fields.text()
    verified: bool | None = fields.flag()
    content: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveComment:
    """Let a comment in: the oldest that waits where none is named; `content`: its words with some covered."""

    name: ClassVar[str] = "approve_comment"
    number: int | None = fields.count(most=999_999)
    content: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseComment:
    """Not let a comment in."""

    name: ClassVar[str] = "refuse_comment"
    number: int | None = fields.count(most=999_999)
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Take a thread up for the own unit (领办)."""

    name: ClassVar[str] = "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """Give a thread that nobody claimed to a unit, or decide on a request that was refused or not answered."""

    name: ClassVar[str] = "assign"
    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskUnit:
    """Ask another unit to take the thread over, or a part in it."""

    name: ClassVar[str] = "ask_unit"
    unit: str = fields.text()
    kind: str = fields.text(offers=(CO, TRANSFER))
    reason: str = fields.text(long=True)
    basis: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """Accept what another unit asks for, or refuse it."""

    name: ClassVar[str] = "answer_request"
    accept: bool | None = fields.flag(asked=True)
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attend:
    """Show in public that the unit sees to it (关注)."""

    name: ClassVar[str] = "attend"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveAnswer:
    """Approve what the unit says next. `seen`: the digest of the draft that was seen, empty where nothing says so."""

    name: ClassVar[str] = "approve_answer"
    seen: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """Say in public what the unit is going to do (表态性回复)."""

    name: ClassVar[str] = "stance"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPost:
    """Answer the thread; final where no kind is named, in the thread where no channel is."""

    name: ClassVar[str] = "answer_post"
    text: str = fields.text(long=True)
    kind: str = fields.text(offers=(DIRECT, FINAL))
    channel: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformAnswer:
    """Answer for the platform what no unit should, or what a leader wants answered by it."""

    name: ClassVar[str] = "platform_answer"
    ground: str = fields.text(offers=(COMMON, INSTRUCTED))
    reference: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendPost:
    """Ask for more time; `text`: the follow-up that tells the public why and until when."""

    name: ClassVar[str] = "extend_post"
    by_workdays: int | None = fields.count()
    until: datetime | None = fields.moment()
    reason: str = fields.text(long=True)
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveExtension:
    """Grant more time: the follow-up is published with it."""

    name: ClassVar[str] = "approve_extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseExtension:
    """Grant no more time."""

    name: ClassVar[str] = "refuse_extension"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePost:
    """Rate the answer, once, as the account that posted the thread."""

    name: ClassVar[str] = "rate_post"
    account: str = fields.text()
    satisfied: str = fields.kind_of("grade", "", values=GRADES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagSpecial:
    """Say that a thread is sensitive and wants to be seen to at once."""

    name: ClassVar[str] = "flag_special"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classify:
    """Say how great a matter it is (小事·中事·大事), or that it is not answered in public, and why not."""

    name: ClassVar[str] = "classify"
    class_: str = fields.text(offers=CLASSES, spelled="class")
    sealed: bool | None = fields.flag()
    ground: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide:
    """Hide a thread from the public."""

    name: ClassVar[str] = "hide"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhide:
    """Show it again."""

    name: ClassVar[str] = "unhide"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """Keep that hidden content was reported to an authority, with its receipt."""

    name: ClassVar[str] = "report_content"
    authority: str = fields.text()
    receipt: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclose:
    """Keep that an organ which may ask for it was told who the poster is, by which instrument."""

    name: ClassVar[str] = "disclose"
    organ: str = fields.text(offers=ORGANS)
    document: str = fields.text()
    purpose: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectify:
    """Order the unit to put right what it did not do as it should (限时整改)."""

    name: ClassVar[str] = "rectify"
    ground: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRectified:
    """Report what was put right."""

    name: ClassVar[str] = "report_rectified"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRectified:
    """Agree that it is put right, or not; silence agrees."""

    name: ClassVar[str] = "accept_rectified"
    accepted: bool | None = fields.flag(asked=True)
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Take a measure against a unit that did not put it right."""

    name: ClassVar[str] = "measure"
    kind: str = fields.text(offers=MEASURES)
    ground: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinOrder:
    """Join the thread to the hotline's order of the same matter; an order that there is not yet is submitted."""

    name: ClassVar[str] = "join_order"
    order: str = fields.text()
    type: str = fields.code(*TYPES)
    matter: str = fields.text()
    place: str = fields.text()
    target_unit: str = fields.text()
    publish: str = fields.choice("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveOrder:
    """Let the thread go its own way again."""

    name: ClassVar[str] = "leave_order"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferAnswer:
    """The order's answer has passed its audit and may be given in the thread: given by the platform itself."""

    name: ClassVar[str] = "offer_answer"
