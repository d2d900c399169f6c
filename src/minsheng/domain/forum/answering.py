"""What is said to a thread in public, and what its author says of it. Source: SZ-21 to SZ-24, SZ-27b."""

from __future__ import annotations

from minsheng.domain import approval
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import events as ev
from minsheng.domain.forum.shared import Case, drop, end_request, not_now
from minsheng.domain.forum.state import ATTENTION, FINAL, RATING, STANCE_CLOCK
from minsheng.domain.lifecycle import at_stage, hold_to_list, require
from minsheng.domain.rejected import Rejected


@at_stage("window")
def approving_leader(case: Case) -> None:
    """Keep the approval to those whom the pack names (SZ-22a, A-43)."""
    if case.rules.forum_reply_approval == "leader" and case.by.role != "leader":
        raise Rejected("wrong_authority")


@at_stage("fields")
def text_waits(case: Case) -> None:
    """Refuse to approve what nobody has sent: the leader approves these very words (SZ-22a).

    A story alone, which has neither persons nor programs, has no drafts.
    """
    draft = case.facts.draft
    if case.by.person is not None and (draft is None or not draft.is_sent):
        raise Rejected("draft_missing")


def approve_answer(case: Case) -> None:
    """Approve what the unit says next; that uses it up. Source: SZ-22a."""
    case.record(ev.AnswerApproved(unit=case.state.unit))


@at_stage("window")
def has_stance(case: Case) -> None:
    """Refuse a stance where the pack has none (SQ-4)."""
    if case.rules.forum_stance is None:
        raise not_now(case)


@at_stage("consent")
def answer_approved(case: Case) -> None:
    """Refuse an answer that no leader of the unit has approved; that of the order was approved there (SZ-22a)."""
    if case.rules.forum_reply_approval != "none" and not case.state.approved and not _is_the_orders(case):
        raise Rejected("reply_not_approved")


@at_stage("apart")
def words_approved(case: Case) -> None:
    """Refuse other words than those that were approved, and to say them as something else (SZ-22a)."""
    draft = case.facts.draft
    if case.by.person is None or case.rules.forum_reply_approval == "none" or _is_the_orders(case):
        return
    if draft is None or draft.approved is None:
        raise Rejected("reply_not_approved")
    if draft.approved != approval.digest_of(case.command.text) or draft.purpose not in ("", case.command.name):
        raise Rejected("reply_differs")


def _is_the_orders(case: Case) -> bool:
    """Return whether what is said is the answer of the order that the thread is joined to, which passed its audit."""
    said = getattr(case.command, "text", "")
    return case.state.offered and said in ("", case.facts.content)


def give_stance(case: Case) -> None:
    """Say what the unit is going to do; the final clock goes on. Source: SZ-22b."""
    case.meet(STANCE_CLOCK)
    case.record(ev.StanceGiven(unit=case.state.unit, text=case.command.text))


@at_stage("bar")
def order_answered(case: Case) -> None:
    """Refuse an answer while the order that the thread is joined to has none that passed its audit."""
    if case.state.joined and not case.state.offered:
        raise not_now(case)


@at_stage("fields")
def answer_whole(case: Case) -> None:
    """Ask for the text, unless the order has one; hold kind and channel to what they may be (SZ-21)."""
    form, state = case.command, case.state
    if not state.offered or case.by.person is not None:
        require(case, ("text",))  # whoever reads it first confirms it
    hold_to_list(form.kind, (cmd.DIRECT, cmd.FINAL))
    if form.channel not in ("", cmd.FORUM) and not state.sealed:
        raise Rejected("wrong_channel", channel=cmd.FORUM)


def answer(case: Case) -> None:
    """Answer: the author may rate from now on. Source: SZ-21, SZ-22, SZ-24."""
    form, rules = case.command, case.rules
    channel = form.channel or cmd.FORUM
    case.meet(FINAL)
    case.meet(ATTENTION)
    drop(case, STANCE_CLOCK)
    end_request(case)
    case.start(RATING, rules.forum_rating_window, key="forum_rating_window")
    case.tell("post_answered", "citizen")
    case.record(ev.PostAnswered(
        unit=case.state.unit, kind=form.kind or cmd.FINAL, channel=channel,
        is_public=channel == cmd.FORUM and rules.forum_publish_default is not False,
        text=form.text or case.facts.content,
    ))  # fmt: skip


@at_stage("fields", wants=("ground", "text"))
def platform_may(case: Case) -> None:
    """Hold the ground to the two that there are; an instruction is named (SZ-23)."""
    form = case.command
    require(case, ("ground", "text"))
    hold_to_list(form.ground, (cmd.COMMON, cmd.INSTRUCTED))
    if form.ground == cmd.INSTRUCTED:
        require(case, ("reference",))


def answer_for_platform(case: Case) -> None:
    """Answer in the place of any unit. Source: SZ-23."""
    form = case.command
    case.meet(FINAL)
    drop(case, ATTENTION)
    drop(case, STANCE_CLOCK)
    end_request(case)
    case.start(RATING, case.rules.forum_rating_window, key="forum_rating_window")
    case.tell("post_answered", "citizen")
    case.record(ev.PlatformAnswered(ground=form.ground, reference=form.reference, text=form.text))


@at_stage("fields")
def grade_listed(case: Case) -> None:
    """Hold the grade to the pack's."""
    require(case, ("satisfied",))
    hold_to_list(case.command.satisfied, case.rules.satisfaction_grades)


def rate(case: Case) -> None:
    """Keep what the author says; a bad word on what was late is a lead to accountability. Source: SZ-24, SZ-27b."""
    grade, order, is_late = case.command.satisfied, case.facts.order, case.state.is_late
    satisfied = grade in case.rules.satisfied_grades
    case.meet(RATING)
    if is_late and not satisfied:
        case.tell("accountability_lead", "office")
    rated = order.id if order is not None and order.can_be_rated else ""
    case.record(ev.PostRated(grade=grade, satisfied=satisfied, is_late=is_late, order=rated))
