"""The stories of the demonstration, as a table: which steps lead to which stage, and how long ago the last one was.

One row stands for several appeals, each with its own words, place, units and moments. Read `steps.py` for the steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from minsheng.domain.packs import Rules

_OFF = "register submit dispatch"
_ON = f"{_OFF} sign"
_DONE = f"{_ON} answered pass"
_ALERT = "register report ask_decision respond phone_unit dispatch_now"


@dataclass(frozen=True, slots=True)
class Story:
    """`age`: how long ago the last step was (see `pace.minutes`). `needs`: what the pack must have.

    `options`: what the steps look at: emergency, critical, original, utility, written, enterprise, consult, public,
    withheld (the unit would not have it public),
    clock (around the clock), channel, matter, unit, branch, linked.
    """

    name: str
    path: str
    age: str
    count: int
    needs: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def _with(*words: str) -> dict[str, str]:
    return {name: value for name, _, value in (word.partition("=") for word in words)}


STORIES: tuple[Story, ...] = (
    # --- intake
    Story("draft", "register", "2..25", 3, options=_with("clock")),
    Story("online", "register answer", "0.1d..30d", 8, options=_with("consult")),
    Story("expert", "register expert", "0.2d..25d", 2, options=_with("consult", "enterprise")),
    Story("emergency_number", "register number", "1d..20d", 2, options=_with("clock")),
    Story("rejected", "register reject", "1d..25d", 3),
    Story("rejected_spam", "register propose9 reject9", "2d..20d", 1, needs="R9"),
    Story("rejection_proposed", "register propose9", "10..40", 1, needs="R9", options=_with("clock")),
    Story("opinion_asked", "register ask", "10..60", 2, needs="opinion"),
    Story("opinion_given", "register ask opinion", "10..90", 1, needs="opinion"),
    Story("opinion_confirmed", "register ask opinion confirm", "2d..15d", 2, needs="opinion"),
    Story("opinion_refused", "register ask opinion overrule dispatch sign", "0.2d..1d", 1, needs="opinion"),
    Story("submitted", "register submit", "3..45", 4, options=_with("clock")),
    Story("submitted_late", "register submit", "dispatch*1.4", 1),
    Story("linked", "register submit link", "40..90", 3, options=_with("linked")),
    # --- with the unit
    Story("dispatched", _OFF, "sign*0.1..sign*0.7", 4),
    Story("dispatched_direct", "register submit direct", "sign*0.3", 1, options=_with("consult")),
    Story("sign_missed", _OFF, "sign*1.5", 2),
    Story("handling", _ON, "handle*0.1..handle*0.5", 5),
    Story("handling_progress", f"{_ON} progress", "handle*0.1..handle*0.3", 2),
    Story("due_soon", f"{_OFF} sign:5", "handle*0.85..handle*0.97", 4),
    Story("overdue", f"{_ON}", "handle*1.25", 3),
    Story("overdue_urged", f"{_ON} urge:handle*1.1 urge_office remind", "handle*0.1", 1),
    Story("upper", _ON, "handle*0.2", 2, options=_with("channel=upper")),
    Story("utility", f"{_DONE} phone_satisfied", "1d..9d", 2, options=_with("utility", "unit=tapwater")),
    Story("return_asked", f"{_OFF} return", "5..40", 3),
    Story("return_accepted", f"{_OFF} return accept_return", "4..15", 1),
    Story("return_moved", f"{_OFF} return accept_return dispatch_next", "sign*0.4", 2),
    Story("return_refused", f"{_OFF} return refuse_return sign", "handle*0.3", 2),
    Story("extension_asked", f"{_ON} extend", "3..25", 3),
    Story("extension_granted", f"{_ON} extend grant", "20..90", 2),
    Story("extension_refused", f"{_ON} extend refuse", "3..15", 1),
    Story("extension_closed", f"{_ON} extend grant answered_now pass satisfied", "1d..8d", 2),
    Story("lead_and_co", "register submit_many dispatch_co sign sign_co0 sign_co1 contribute", "handle*0.2", 2),
    Story(
        "lead_and_co_closed",
        "register submit_many dispatch_co sign sign_co0 sign_co1 contribute answered pass satisfied",
        "2d..12d",
        2,
    ),
    Story("split", "register submit_many split sign/1 sign/2 answered/1 pass/1", "20..60", 2),
    Story(
        "split_closed",
        "register submit_many split sign/1 sign/2 answered/1 pass/1 answered/2 pass/2 satisfied/1 satisfied/2",
        "2d..9d",
        2,
    ),
    Story("coordination", f"{_ON} coordinate", "30..200", 1),
    Story("lead_named", f"{_ON} coordinate name_lead sign", "handle*0.3", 1),
    Story("repeat_first", f"{_DONE} satisfied", "9d..11d", 1, needs="leader", options=_with("matter=demo-1")),
    Story("repeat_followed", f"{_ON} chief answered", "10..60", 1, needs="leader", options=_with("matter=demo-1")),
    Story("repeat_marked", "register submit repeat dispatch sign", "handle*0.3", 2),
    # --- late signatures of one unit: the third of a month is a breach of its own (JY-20.2)
    Story("signed_late", f"{_OFF} sign:sign*1.6 answered pass satisfied", "1d..7d", 3, options=_with("unit=ecology")),
    # --- checking
    Story("replied", f"{_ON} answered", "5..60", 4),
    Story("audit_late", f"{_ON} answered", "audit*1.3", 1),
    Story("supplement", f"{_ON} answered send_back", "10..60", 3),
    Story("supplemented", f"{_ON} answered send_back answered_now pass satisfied", "1d..12d", 3),
    Story("wait_sync", f"{_OFF} closed_there", "1..4", 2, options=_with("original")),
    Story("synced", f"{_OFF} closed_there result_there pass satisfied", "1d..10d", 2, options=_with("original")),
    Story("callback", _DONE, "10..120", 4),
    Story("callback_missed", f"{_DONE} missed_call", "10..60", 1),
    Story("manual", f"{_DONE} sms_dissatisfied", "20..200", 2, needs="sms"),
    Story("manual_missed", f"{_DONE} sms_dissatisfied missed_call", "20..90", 1, needs="sms"),
    Story("research", f"{_DONE} dissatisfied", "30..300", 3, needs="panel"),
    Story("research_refused", f"{_DONE} dissatisfied judge_no", "30..200", 1, needs="panel"),
    Story("redo", f"{_DONE} dissatisfied objection", "10..60", 3),
    Story("redo_handling", f"{_DONE} dissatisfied objection again sign", "handle*0.3", 2),
    Story("redo_closed", f"{_DONE} dissatisfied objection again sign answered pass satisfied", "1d..6d", 2),
    Story(
        "decision",
        f"{_DONE} dissatisfied objection again sign answered pass dissatisfied",
        "20..120",
        2,
    ),
    Story(
        "decided",
        f"{_DONE} dissatisfied objection again sign answered pass dissatisfied decide",
        "1d..6d",
        2,
    ),
    Story("reopened", f"{_DONE} satisfied reopen", "handle*0.3", 1),
    # --- closed
    Story("closed", f"{_DONE} satisfied", "0.5d..30d", 10),
    Story("closed_rated", f"{_DONE} rate", "1d..20d", 2, needs="self"),
    Story("closed_no_objection", f"{_DONE} no_objection", "1d..20d", 2, needs="phone"),
    Story("closed_silent", _DONE, "sms*1.2..sms*3", 3, needs="sms"),
    Story(
        "closed_unreached",
        f"{_DONE} missed_call missed_next_day missed_call:60 give_up",
        "1d..8d",
        2,
        needs="phone",
    ),
    Story("closed_written", f"{_DONE} satisfied", "1d..9d", 1, options=_with("written")),
    Story(
        "closed_direct",
        "register submit direct sign answered pass satisfied",
        "1d..9d",
        2,
        options=_with("consult"),
    ),
    Story("published", f"{_DONE} publish satisfied", "1d..15d", 14, options=_with("public")),
    # --- filed by citizens online: waiting for acceptance, with a unit, answered and waiting for their rating
    Story("filed", "file", "20..500", 3, options=_with("clock", "public")),
    Story("filed_handled", "file submit dispatch sign", "handle*0.3", 2, options=_with("public")),
    Story("filed_answered", "file submit dispatch sign answered pass", "30..200", 2, options=_with("public")),
    Story("withdrawn", f"{_DONE} publish satisfied withdraw", "1d..9d", 2, options=_with("public", "withheld")),
    Story("suggested_private", f"{_DONE} satisfied", "1d..5d", 2, options=_with("public", "withheld")),
    Story("made_private", f"{_DONE} publish satisfied keep_private", "1d..9d", 1, options=_with("public")),
    Story("answered_often", f"{_DONE} satisfied", "9d..20d", 4, needs="timely", options=_with("matter=demo-2")),
    Story("declined", "register submit decline", "1d..3d", 1, needs="timely", options=_with("matter=demo-2")),
    Story(
        "final_opinion",
        f"{_ON} answered_finally pass satisfied",
        "9d..20d",
        1,
        needs="final",
        options=_with("matter=demo-3"),
    ),
    Story("declined_finally", "register submit decline", "1d..3d", 1, needs="final", options=_with("matter=demo-3")),
    # --- supervision
    Story("supervised", f"{_ON} supervise:handle*1.2", "60..200", 2),
    Story("supervision_answered", f"{_ON} supervise:handle*1.2 agree feed_back", "20..90", 1),
    Story(
        "supervision_closed",
        f"{_ON} supervise:handle*1.2 agree feed_back accept_feedback answered_now pass satisfied",
        "1d..6d",
        1,
    ),
    Story("measure", f"{_ON} supervise:handle*1.2 agree feed_back reject_feedback measure", "60..200", 1),
    Story("handed_over", f"{_ON} remind:handle*1.2 remind hand_over", "60..200", 1),
    # --- emergencies
    Story("alert", "register", "1..3", 1, options=_with("emergency", "clock")),
    Story("alert_reported", "register report", "1..3", 1, "chain", options=_with("emergency", "clock")),
    Story(
        "alert_pending",
        "register report ask_decision",
        "1..3",
        1,
        "chain",
        options=_with("emergency", "critical", "clock"),
    ),
    Story("alert_decided", "register report ask_decision respond", "3..8", 1, options=_with("emergency", "clock")),
    Story("alert_dispatched", _ALERT, "6..20", 1, options=_with("emergency", "clock")),
    Story("alert_started", f"{_ALERT} started", "30..200", 1, options=_with("emergency", "clock")),
    Story("alert_joint", f"{_ALERT} jointly add_unit", "5..20", 1, options=_with("emergency", "critical", "clock")),
    Story("alert_handled", f"{_ALERT} started handled", "20..90", 1, options=_with("emergency", "clock")),
    Story("alert_replied", f"{_ALERT} started handled answered_now", "10..60", 1, options=_with("emergency", "clock")),
    Story(
        "alert_closed",
        f"{_ALERT} started handled answered_now pass:30 phone_satisfied:60",
        "2d..12d",
        2,
        options=_with("emergency", "clock"),
    ),
    Story(
        "alert_ordinary",
        "register report ask_decision ordinary dispatch:20 sign:20",
        "60..120",
        1,
        "chain",
        options=_with("emergency", "clock"),
    ),
    # --- internal referral
    Story("restricted", "register submit propose", "10..60", 2, options=_with("referral")),
    Story("referred", "register submit propose refer notify", "60..300", 2, options=_with("referral")),
    Story(
        "referred_discipline",
        "register submit propose refer notify",
        "1d",
        1,
        options=_with("referral", "branch=12.1"),
    ),
    Story(
        "referral_closed",
        "register submit propose refer notify approve_result result close_referral",
        "2d..9d",
        2,
        options=_with("referral"),
    ),
)  # fmt: skip


def possible(story: Story, rules: Rules) -> bool:
    """Return whether the pack has what the story needs."""
    by_sms = rules.callback_chain[0] == "sms"
    has = {
        "": True,
        "R9": "R9" in rules.reject_codes,
        "opinion": rules.undecided_acceptance == "unit_written_opinion",
        "sms": by_sms,
        "phone": not by_sms,
        "self": "self" in rules.callback_chain,
        "chain": rules.emergency_track == "full",
        "panel": rules.research_panel,
        "leader": rules.repeat_policy == "escalate_leader",
        "timely": rules.repeat_policy == "timely_count",
        "final": rules.repeat_policy == "final_opinion",
    }
    return has[story.needs]


def wanted(story: Story, scale: float) -> int:
    """Return how many appeals the story gives at a scale: at least two where it has two, and a matter's whole chain."""
    if "matter" in story.options:
        return story.count
    return max(min(2, story.count), round(story.count * scale))
