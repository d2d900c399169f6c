"""What threads are called where people see them, and which of their facts who reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe

from minsheng import wording
from minsheng.cases.forum.answers import answer_of
from minsheng.cases.forum.models import WAITING, Post
from minsheng.cases.forum.readers import APPROVING
from minsheng.cases.orders.reading import finding
from minsheng.core.drafts import texts
from minsheng.core.lifecycles.kinds import Labels
from minsheng.core.people import queries as people
from minsheng.core.words import queries as words
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.approval import NO_TEXT
from minsheng.domain.covering import covered
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum.shared import ADMIN
from minsheng.domain.forum.state import WORKED

EVENTS: Final = {
    "Posted": "发帖", "PostWithdrawn": "撤回", "PostApproved": "审核通过", "PostRefused": "审核不通过",
    "Commented": "跟帖", "CommentApproved": "跟帖审核通过", "CommentRefused": "跟帖审核不通过", "Claimed": "领办",
    "Assigned": "指派", "UnitAsked": "请求转交或共同办理", "RequestAccepted": "接受请求",
    "RequestRefused": "不接受请求",
    "RequestUnanswered": "逾期未回应请求", "ThreadUnclaimed": "逾期无单位领办", "Attended": "关注",
    "AnswerApproved": "审定回复", "StanceGiven": "表态性回复", "PostAnswered": "答复", "PlatformAnswered": "平台答复",
    "ExtensionAsked": "申请延时", "ExtensionApproved": "同意延时", "ExtensionRefused": "不同意延时",
    "PostRated": "网民评价", "RatingExpired": "逾期未评价", "SpecialFlagged": "标为特殊事项", "Classified": "分类",
    "ThreadHidden": "屏蔽", "ThreadUnhidden": "恢复显示", "ContentReported": "报告主管部门",
    "IdentityDisclosed": "依法调取", "RectificationOrdered": "责成限时整改", "RectificationDropped": "撤销整改",
    "RectificationReported": "报告整改情况", "RectificationAccepted": "整改通过", "RectificationSentBack": "整改退回",
    "RectificationFailed": "整改逾期未落实", "UnitMeasured": "约谈、通报、专报", "OrderJoined": "并入工单",
    "OrderLeft": "与工单分开", "AnswerOffered": "工单答复可用", "ThreadOverdue": "超期",
    "ThreadRecomputed": "年历载入，重算时限",
}  # fmt: skip
# What a text of a unit is to be said as, by the command that says it.
_AS: Final = {cmd.Stance.name: "拟作表态性回复", cmd.AnswerPost.name: "拟作答复"}
# What the administrator alone reads: words as they were typed, what was not let in, and who asked for the poster.
_MODERATION: Final = frozenset((
    "Posted", "PostWithdrawn", "PostRefused", "Commented", "CommentApproved", "CommentRefused", "ContentReported",
    "IdentityDisclosed",
))  # fmt: skip


def heading(row: Any) -> str:
    """Return what a thread is about, as everybody reads it."""
    return str(row.title)


def tells(row: Any, actor: Actor, event: str) -> bool:
    """Return whether somebody reads an event of a thread: the log of moderation is the administrator's (SZ-17b)."""
    return actor.role == ADMIN or event not in _MODERATION


def _own_text(row: Any, actor: Actor) -> Any:
    """Return the text that the actor's unit is going to give, if it has the thread; to its leader what was sent."""
    if (
        row.status not in WORKED
        or actor.role not in UNIT_ROLES
        or row.target_unit not in people.known_as(actor.unit or "")
    ):
        return None
    kept = texts.of(f"thread/{row.pk}", unit=row.target_unit)
    is_for_all = kept is not None and (kept.submitted_at is not None or kept.approved is not None)
    return kept if is_for_all or actor.role == "officer" else None


def reading(row: Any, actor: Actor) -> str:
    """Return what waits for the leader, or what the unit has written."""
    kept = _own_text(row, actor)
    if kept is None:
        return ""
    said = f"{_AS[kept.purpose]}：\n\n{kept.text}" if kept.purpose in _AS else kept.text
    return mark_safe(linebreaks(said, autoescape=True))  # noqa: S308 - escaped here


def fills(row: Any, command: str) -> Mapping[str, object]:
    """Return what forms begin with: the author's words with persons covered, the comment that waits longest, the
    approved text, and the digest of what the leader reads.
    """
    stream = f"thread/{row.pk}"
    kept = texts.of(stream, unit=row.target_unit) if row.target_unit else None
    match command:
        case "approve_post":
            said = words.of_fact(stream, 1)
            return {name: covered(said.get(name, "")) for name in ("title", "content")}
        case "approve_comment" | "refuse_comment":
            return _comment(row, command)
        case "answer_post" if row.state["offered"]:
            return {"text": answer_of(row.order)}
        case "stance" | "answer_post":
            is_it = kept is not None and kept.approved is not None and kept.purpose in ("", command)
            return {"text": kept.text if kept is not None and is_it else ""}
        case "approve_answer":
            return {"seen": kept.digest if kept is not None else NO_TEXT}
        case _:
            return {}


def _comment(row: Any, command: str) -> Mapping[str, object]:
    post = Post.objects.filter(thread=row, kind="comment", standing=WAITING).order_by("number").first()
    if post is None:
        return {}
    if command == "refuse_comment":
        return {"number": post.number}
    said = words.of_fact(f"thread/{row.pk}", post.version).get("content", "")
    return {"number": post.number, "content": covered(said)}


def leads(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    """Return the way to write what the unit says next."""
    if actor.role != "officer" or row.status not in WORKED or row.target_unit not in people.known_as(actor.unit or ""):
        return ()
    return ((wording.tr("拟写回复"), reverse("desks:forum_text", args=(row.pk,))),)


def beside(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    """Return the way to send back what waits for the leader, and the order that the thread is joined to."""
    links = []
    kept = _own_text(row, actor) if actor.role in APPROVING else None
    if kept is not None and kept.submitted_at is not None:
        links.append((wording.tr("把待审内容退回修改"), reverse("desks:forum_text", args=(row.pk,))))
    found = finding.of_ids(actor, city=row.city_id, ids=[row.order]) if row.order else ()
    return [*links, *((order.number, reverse("desks:order", args=(order.id,))) for order in found)]


# Without a label, and so on the public's own pages alone: what a citizen does, whose account nobody else may name.
LABELS: Final = Labels(
    name="网帖",
    states={
        "PENDING": "待审核", "REFUSED": "审核不通过", "WITHDRAWN": "已撤回", "OPEN": "待领办", "CLAIMED": "待关注",
        "ATTENDED": "已关注", "STANCE": "已表态", "ANSWERED": "已答复，待评价", "RATED": "已评价", "UNRATED": "未评价",
        "HIDDEN": "已屏蔽",
    },
    commands={
        "approve_post": "审核通过", "refuse_post": "审核不通过",
        "approve_comment": "跟帖审核通过", "refuse_comment": "跟帖审核不通过", "claim": "领办",
        "assign": "指派", "ask_unit": "请求转交或共同办理", "answer_request": "回应请求", "attend": "关注",
        "approve_answer": "审定回复", "stance": "表态性回复", "answer_post": "答复", "platform_answer": "平台答复",
        "extend_post": "申请延时", "approve_extension": "同意延时", "refuse_extension": "不同意延时",
        "flag_special": "标为特殊事项", "classify": "分类、不公开答复", "hide": "屏蔽",
        "unhide": "恢复显示", "report_content": "登记向主管部门报告",
        "rectify": "责成限时整改", "report_rectified": "报告整改情况", "accept_rectified": "核查整改",
        "measure": "约谈、通报、专报", "join_order": "并入工单", "leave_order": "与工单分开",
        "offer_answer": "工单答复可用",
    },
    fields={
        "account": "账号", "verified": "已实名", "board": "版块", "title": "标题", "content": "内容",
        "number": "跟帖序号", "reason": "理由", "unit": "单位", "kind": "类型", "basis": "依据", "accept": "是否接受",
        "text": "内容", "channel": "答复渠道", "ground": "依据的情形", "reference": "领导批示",
        "by_workdays": "延长的工作日", "until": "延至", "length": "延长", "satisfied": "评价", "grade": "评价",
        "class_": "事项大小", "sealed": "不公开答复", "authority": "主管部门", "receipt": "回执", "organ": "调取机关",
        "document": "法律文书", "purpose": "用途", "wanted": "文书要求提供的信息",
        "accepted": "是否通过", "order": "工单编号（没有的留空，另立工单）",
        "type": "诉求类型", "matter": "同一事项标识", "place": "地点", "target_unit": "被反映单位",
        "publish": "诉求是否公开", "clock": "时限", "is_public": "公开", "is_late": "曾超期", "year": "年份",
    },
    choices={
        "kind": {
            cmd.CO: "共同办理", cmd.TRANSFER: "转交办理", cmd.DIRECT: "直接答复", cmd.FINAL: "最终答复",
            "interview": "约谈", "notice": "通报", "special_report": "专报",
        },
        "ground": {cmd.COMMON: "共性问题", cmd.INSTRUCTED: "领导批示"},
        "class_": {cmd.SMALL: "小事", cmd.MEDIUM: "中事", cmd.MAJOR: "大事"},
        "organ": {each: each for each in cmd.ORGANS},
        "publish": {"yes": "公开", "no": "不公开"},
        "clock": {"attention": "网帖关注", "stance": "表态性回复", "final": "网帖答复"},
    },
    clocks={
        "attention": "网帖关注", "stance": "表态性回复", "final": "网帖答复", "request_answer": "回应转交或共同办理",
        "rating": "网民评价", "rectification": "限时整改", "claim_limit": "网帖领办",
    },
    unasked=("account", "verified"),
    carried=("seen",),
    untold=("account", "paused", "submits", "is_late", "order"),
    heading=heading,
    tells=tells,
    reading=reading,
    fills=fills,
    leads=leads,
    beside=beside,
)  # fmt: skip
