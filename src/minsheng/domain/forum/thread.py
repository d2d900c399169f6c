"""The life cycle of a thread: the table of B.2 with its clocks. Source: SZ-16 to SZ-28, SQ-4."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from minsheng.domain import approval, lifecycle
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Fact
from minsheng.domain.forum import answering, handling, posting, watching
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import events as ev
from minsheng.domain.forum.shared import ADMIN, miss, names_nobody, unit_known
from minsheng.domain.forum.state import (
    ANSWERED,
    ATTENDED,
    ATTENTION,
    CLAIM,
    CLAIMED,
    CLOCKS,
    FINAL,
    HIDDEN,
    OPEN,
    PENDING,
    RATED,
    RATING,
    RECTIFICATION,
    REFUSED,
    REQUEST,
    SHOWN,
    STANCE,
    STANCE_CLOCK,
    STATES,
    UNANSWERED,
    UNRATED,
    WITHDRAWN,
    WORKED,
    Known,
    Thread,
    evolve,
)  # fmt: skip
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, needs, needs_reason
from minsheng.domain.rules import Rules

_SAME: Final = ("=",)
_LIVE: Final = (PENDING, *SHOWN)
_CLAIMED_ON: Final = (*WORKED, ANSWERED, RATED, UNRATED)
_ISSUERS: Final = ("supervisor", "joint_meeting")


def fire(thread: Thread, clock: Timer, rules: Rules, *, rosterless: frozenset[str] = frozenset()) -> tuple[Fact, ...]:
    """Return the facts of a clock that ran out, dated at its due moment; none of them is a breach (FORMAT.md)."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, thread, clock.due, rules=rules)
    case.facts = Known(rosterless=rosterless)
    if clock.name not in (CLAIM, REQUEST, RATING, RECTIFICATION):
        miss(case, clock)
        return tuple(case.out)
    case.put(replace(clock, status="missed"))
    match clock.name:
        case "claim_limit":
            case.tell("unclaimed", ADMIN)
            case.record(ev.ThreadUnclaimed())
        case "request_answer":
            case.tell("request_escalated", ADMIN)
            case.record(ev.RequestUnanswered())
        case "rating":
            case.record(ev.RatingExpired(), status=UNRATED)
        case _:
            case.tell("criticism_draft", ADMIN)
            case.tell("criticism_draft", f"leader@{thread.unit}")
            case.record(ev.RectificationFailed())
    return tuple(case.out)


def recompute(thread: Thread, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to its clocks; an order to rectify goes with its miss (A-48)."""
    case = lifecycle.by_system(evolve, thread, now, rules=rules)
    told = f"officer@{thread.unit}" if thread.unit else ADMIN
    lifecycle.recomputed(case, ev.ThreadRecomputed(year=year), year=year, told=told)
    state = case.state
    if state.rectifies and state.rectified_for and not state.is_missed(state.rectified_for):
        case.cancel(RECTIFICATION)
        case.record(ev.RectificationDropped())
    return tuple(case.out)


def next_due(thread: Thread) -> Timer | None:
    """Return the running clock that runs out first; while more time is asked for, the final one is not missed."""
    running = [
        timer
        for timer in thread.timers.values()
        if timer.status == "running" and timer.due is not None
        if not (timer.name == FINAL and thread.extension is not None)
    ]
    return min(running, key=lambda each: (each.due, CLOCKS.index(each.name)), default=None)


def _owns(thread: Thread, by: Actor, relation: str) -> bool:
    """Return whether a unit's person stands to the thread as a row wants; the roles of the city have no unit."""
    if by.unit is None or not relation:
        return True
    if relation == "asked":
        return thread.request is None or thread.request.unit == by.unit
    return thread.unit == by.unit


CYCLE = LifeCycle(
    name="thread",
    states=STATES,
    rows=(
        Row("F01", cmd.Post, (NEW,), (PENDING,), ("citizen",), posting.post, ("SZ-17a", "SQ-4"),
            guards=(posting.not_banned, posting.has_forum, posting.real_name, needs("account", "content"),
                    posting.board_open, posting.says_something)),
        Row("F01b", cmd.WithdrawPost, (PENDING,), (WITHDRAWN,), ("citizen",), posting.withdraw, ("SZ-17b",),
            guards=(posting.is_author,)),
        Row("F02", cmd.ApprovePost, (PENDING,), (OPEN,), (ADMIN,), posting.approve, ("SZ-17b", "SZ-18"),
            guards=(posting.only_covers,), starts=(ATTENTION, STANCE_CLOCK, FINAL, CLAIM), awaits={PENDING: ()}),
        Row("F02b", cmd.RefusePost, (PENDING,), (REFUSED,), (ADMIN,), posting.refuse, ("SZ-17b", "SZ-18"),
            guards=(needs_reason,)),
        Row("F02c", cmd.Comment, SHOWN, _SAME, ("citizen",), posting.comment, ("SZ-17a", "SZ-17b"),
            guards=(posting.not_banned, posting.real_name, needs("account", "content"), posting.says_something)),
        Row("F02d", cmd.ApproveComment, SHOWN, _SAME, (ADMIN,), posting.approve_comment, ("SZ-17b",),
            guards=(posting.comment_waits, posting.comment_named, posting.comment_is_open, posting.only_covers)),
        Row("F02e", cmd.RefuseComment, SHOWN, _SAME, (ADMIN,), posting.refuse_comment, ("SZ-17b",),
            guards=(posting.comment_waits, posting.comment_named, posting.comment_is_open, needs_reason)),
        Row("F03", cmd.Claim, (OPEN,), (CLAIMED,), ("officer",), handling.claim, ("SZ-20a",), stops=(CLAIM,),
            awaits={OPEN: (CLAIM,)}),
        Row("F04", cmd.Assign, UNANSWERED, (CLAIMED, "="), (ADMIN,), handling.assign, ("SZ-20a", "SZ-20b", "SZ-25b"),
            guards=(handling.may_assign, needs("unit"), unit_known), stops=(CLAIM, REQUEST)),
        Row("F05", cmd.AskUnit, WORKED, _SAME, ("officer",), handling.ask_unit, ("SZ-20b",), unit="own",
            guards=(handling.may_ask, needs("unit", "kind", "reason", "basis"), handling.kind_of_request, unit_known),
            starts=(REQUEST,)),
        Row("F05b", cmd.AnswerRequest, WORKED, _SAME, ("officer",), handling.answer_request, ("SZ-20b",), unit="asked",
            guards=(handling.request_open, handling.answer_says_why_not), stops=(REQUEST,)),
        Row("F06", cmd.Attend, (CLAIMED,), (ATTENDED,), ("officer",), handling.attend, ("SZ-22a",), unit="own",
            stops=(ATTENTION,), awaits={CLAIMED: (ATTENTION,)}),
        Row("F08a", cmd.ApproveAnswer, WORKED, _SAME, ("leader", "head"), answering.approve_answer, ("SZ-22a",),
            unit="own",
            guards=(answering.approving_leader, answering.text_waits, approval.as_seen("seen"),
                    approval.somebody_elses_draft)),
        Row("F07", cmd.Stance, (ATTENDED,), (STANCE,), ("officer",), answering.give_stance, ("SZ-22b",), unit="own",
            guards=(answering.has_stance, needs("text"), names_nobody, answering.answer_approved,
                    answering.words_approved),
            stops=(STANCE_CLOCK,), awaits={ATTENDED: (STANCE_CLOCK,)}),
        Row("F08", cmd.AnswerPost, WORKED, (ANSWERED,), ("officer",), answering.answer, ("SZ-21", "SZ-22a", "SZ-22b"),
            unit="own",
            guards=(answering.order_answered, answering.answer_whole, names_nobody, answering.answer_approved,
                    answering.words_approved),
            starts=(RATING,), stops=(FINAL, ATTENTION, STANCE_CLOCK, REQUEST, CLAIM),
            awaits={ATTENDED: (FINAL,), STANCE: (FINAL,)}),
        Row("F09", cmd.PlatformAnswer, UNANSWERED, (ANSWERED,), (ADMIN,), answering.answer_for_platform, ("SZ-23",),
            guards=(answering.platform_may, names_nobody), starts=(RATING,),
            stops=(FINAL, ATTENTION, STANCE_CLOCK, REQUEST, CLAIM)),
        Row("F10", cmd.ExtendPost, (ATTENDED, STANCE), _SAME, ("officer",), handling.extend, ("SZ-22c",), unit="own",
            guards=(handling.may_extend, handling.before_due, handling.extension_explained, names_nobody)),
        Row("F10b", cmd.ApproveExtension, (ATTENDED, STANCE), _SAME, (ADMIN,), handling.approve_extension,
            ("SZ-22c",), guards=(handling.extension_waits,)),
        Row("F10c", cmd.RefuseExtension, (ATTENDED, STANCE), _SAME, (ADMIN,), handling.refuse_extension, ("SZ-22c",),
            guards=(handling.extension_waits, needs_reason)),
        Row("F11", cmd.RatePost, (ANSWERED,), (RATED,), ("citizen",), answering.rate, ("SZ-24", "SZ-27b"),
            guards=(posting.is_author, answering.grade_listed), stops=(RATING,)),
        Row("F13", cmd.Rectify, _CLAIMED_ON, _SAME, (ADMIN,), watching.rectify, ("SZ-25b",),
            guards=(watching.none_rectified, watching.has_rectification, needs("ground")), starts=(RECTIFICATION,)),
        Row("F13b", cmd.ReportRectified, _CLAIMED_ON, _SAME, ("officer",), watching.report_rectified, ("SZ-25b",),
            unit="own", guards=(watching.is_to_rectify, needs("text")), stops=(RECTIFICATION,)),
        Row("F13c", cmd.AcceptRectified, _CLAIMED_ON, _SAME, (ADMIN,), watching.accept_rectified, ("SZ-25b",),
            guards=(watching.report_waits, watching.refusal_says_why), starts=(RECTIFICATION,),
            stops=(RECTIFICATION,)),
        Row("F14", cmd.Measure, _CLAIMED_ON, _SAME, _ISSUERS, watching.measure, ("SZ-25b", "SZ-41c"),
            guards=(watching.issuer, watching.was_not_rectified, watching.measure_listed)),
        Row("F15", cmd.Hide, SHOWN, (HIDDEN,), (ADMIN,), posting.hide, ("SZ-18", "SZ-28b"), guards=(needs_reason,),
            stops=CLOCKS),
        Row("F15b", cmd.Unhide, (HIDDEN,), SHOWN, (ADMIN,), posting.unhide, ("SZ-18",), guards=(needs_reason,),
            starts=CLOCKS, awaits={HIDDEN: ()}),
        Row("F15c", cmd.ReportContent, (HIDDEN,), _SAME, (ADMIN,), posting.report_content, ("SZ-18", "SZ-28b"),
            guards=(needs("authority", "receipt"),)),
        Row("F16", cmd.FlagSpecial, _LIVE, _SAME, (ADMIN, "officer"), posting.flag_special, ("SZ-22d",), unit="own",
            guards=(posting.not_special_yet, needs_reason)),
        Row("F16b", cmd.Classify, _LIVE, _SAME, (ADMIN,), posting.classify, ("SZ-16", "SZ-21"),
            guards=(posting.class_given,)),
        Row("F17", cmd.Disclose, STATES, _SAME, (ADMIN,), posting.disclose, ("SZ-26",),
            guards=(posting.lawful_organ,)),
        Row("F18", cmd.JoinOrder, UNANSWERED, _SAME, (ADMIN,), watching.join, ("SZ-16",),
            guards=(watching.not_joined, watching.order_open), stops=(FINAL,)),
        Row("F18b", cmd.LeaveOrder, UNANSWERED, _SAME, (ADMIN, SYSTEM.role), watching.leave, ("SZ-16",),
            guards=(watching.is_joined, watching.leaving_explained), starts=(FINAL, RECTIFICATION)),
        Row("F18c", cmd.OfferAnswer, UNANSWERED, _SAME, (SYSTEM.role,), watching.offer, ("SZ-16", "SZ-21"),
            guards=(watching.not_offered,)),
    ),
    events=tuple(ev.ThreadEvent.__subclasses__()),
    start=Thread,
    evolve=evolve,
    fire=lambda thread, clock, rules: fire(thread, clock, rules),
    recompute=recompute,
    clocks=CLOCKS,
    ends=(REFUSED, WITHDRAWN, RATED, UNRATED),
    next_due=next_due,
    owns=_owns,
    onward=watching.onward,
    by_the_clock=((ANSWERED, UNRATED),),
)  # fmt: skip
