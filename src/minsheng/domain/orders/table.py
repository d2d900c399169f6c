"""The life cycles of an order as one table: orders (B.1), internal referral (B.3), emergency (B.4), supervision (B.5).

One row a way a command may go. Who may do it, from which states, where it may lead, under which checks, which
clocks it starts and stops, and by which clauses. `lint` holds the table together; a test runs it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from minsheng.domain import approval, lifecycle
from minsheng.domain.actors import SYSTEM
from minsheng.domain.lifecycle import Shape, needs, needs_reason
from minsheng.domain.orders import (
    apart,
    calling,
    checking,
    closing,
    conferring,
    dispatching,
    emergency,
    escalation,
    extension,
    handling,
    intake,
    joining,
    referral,
    restraint,
    succession,
    supervision,
)
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Row
from minsheng.domain.orders.order import (
    CALLBACK,
    CALLBACK_MANUAL,
    CLOSED,
    DECISION,
    DETERMINE,
    DISPATCHED,
    DRAFT,
    EMERGENCY,
    HANDLING,
    NEW,
    OPEN_STATES,
    REDO,
    REFERRED,
    REPLIED,
    RESEARCH,
    RESTRICTED,
    RETURN_REQUESTED,
    STATES,
    SUBMITTED,
    SUPPLEMENT,
    WAIT_SYNC,
)
from minsheng.domain.orders.timers import NAMES

SAME = ("=",)  # the state stays
WORK = ("handle", "redo", "direct_answer")
# Which of them the pack names: `ext_approver`, `close_after_redo`.
APPROVERS = ("auditor", "dispatcher", "supervisor", "office")
CLOSERS = ("supervisor", "office", "joint_meeting")
ENDS = ("*",)  # closing stops whatever runs
ANY = ("*",)  # whatever runs goes on under another unit's name
UNIT_CLOCKS = ("sign", "return", *WORK, "leader_follow_up")
WITH_UNIT = (DISPATCHED, HANDLING, RETURN_REQUESTED, REPLIED, SUPPLEMENT, WAIT_SYNC)
CALLS = (CALLBACK, CALLBACK_MANUAL)
# An order may be on its way before its call is over, and the talk is recorded then.
IN_TALKS = (DRAFT, SUBMITTED, DISPATCHED, HANDLING)
AFTER_AUDIT = (CALLBACK, CALLBACK_MANUAL, RESEARCH, REDO, DECISION, CLOSED)
# Where an answer leads: to its audit, or where the pack has none, to the callback or the end.
ANSWERED = (REPLIED, CALLBACK, CLOSED)
AFTER_CALL = (CLOSED, REDO, RESEARCH, DECISION)

_ROWS: tuple[Row, ...] = (
    # --- intake
    Row("T01", cmd.Register, (NEW,), (DRAFT, EMERGENCY), ("seat", "citizen"), intake.register,
        ("SZ-15.1", "JY-9.1a", "SQ-10.1", "JY-35a"),
        guards=(intake.taken_by_the_hotline, intake.emergency_track_on, intake.registrable, intake.session_collects,
                intake.call_has_an_id, intake.emergency_grounded,
                intake.complete_when_filed),
        starts=("report", "acceptance", "emergency_dispatch")),
    Row("T02", cmd.Answer, (DRAFT,), (CLOSED,), ("seat", "specialist", SYSTEM.role), intake.answer,
        ("SZ-14a", "SZ-15.2", "JY-9.1a", "SQ-8a", "SQ-10.2"),
        guards=(conferring.not_taken_by_a_unit, intake.article_or_none), stops=ENDS,
        awaits={DRAFT: ()}),
    Row("T03", cmd.ThreeWay, IN_TALKS, SAME, ("seat",), conferring.three_way,
        ("SZ-15.2", "JY-9.1b", "JY-13.5", "SQ-10.2"), guards=(conferring.talk_complete, intake.call_has_an_id)),
    Row("T03a", cmd.TransferCall, IN_TALKS, SAME, ("seat",), conferring.transfer_call, ("SZ-15.2", "JY-9.1b"),
        guards=(conferring.receiver_known, intake.call_has_an_id)),
    Row("T04", cmd.ReferEmergency, (DRAFT,), (CLOSED,), ("seat",), intake.refer_emergency,
        ("SZ-13.6", "JY-6.2", "JY-34b", "SQ-7.5", "SQ-9b"),
        guards=(needs("number"), intake.emergency_number), stops=ENDS),
    Row("T05", cmd.Reject, (DRAFT,), (CLOSED,), ("seat", "supervisor"), intake.reject,
        ("SZ-13.1", "SZ-13.2", "SZ-13.4", "SZ-13.5", "SZ-13.7", "SZ-14b", "JY-6.1", "JY-6.4", "JY-6.5", "JY-6.8",
         "JY-6.9", "JY-7", "SQ-7.1", "SQ-7.2", "SQ-7.4", "SQ-7.6"),
        guards=(intake.rejecting_authority, intake.rejecting_code, apart.somebody_else), stops=ENDS),
    Row("T05a", cmd.ProposeRejection, (DRAFT,), SAME, ("seat",), intake.propose_rejection, ("SZ-13.7", "SQ-7.6"),
        guards=(intake.rejection_open, needs("explanation"))),
    Row("T05b", cmd.DismissRejection, (DRAFT,), SAME, ("supervisor",), intake.dismiss_rejection,
        ("SZ-13.7", "SQ-7.6"), guards=(intake.rejection_waits, needs_reason, apart.somebody_else)),
    Row("T06", cmd.AskAcceptance, (DRAFT,), (DETERMINE, DRAFT), ("seat",), intake.ask_acceptance,
        ("SZ-14c", "JY-7", "SQ-8b"), guards=(intake.acceptance_unit,), starts=("sign", "opinion"),
        stops=("acceptance",)),
    Row("T06a", cmd.GiveOpinion, (DETERMINE,), SAME, ("officer",), intake.give_opinion, ("SZ-14c",), unit="part",
        guards=(intake.opinion_wanted, intake.opinion_proven),
        starts=("opinion_review",), stops=("sign", "opinion"), awaits={DETERMINE: ("opinion",)}),
    Row("T07", cmd.ConfirmOpinion, (DETERMINE,), (CLOSED,), ("supervisor",), intake.confirm_opinion, ("SZ-14c",),
        guards=(intake.opinion_waits,), stops=ENDS, awaits={DETERMINE: ("opinion_review",)}),
    Row("T08", cmd.RefuseOpinion, (DETERMINE,), (SUBMITTED,), ("supervisor",), intake.refuse_opinion, ("SZ-14c",),
        guards=(intake.opinion_waits, needs_reason), starts=("dispatch",), stops=("opinion_review",)),
    Row("T09", cmd.Submit, (NEW, DRAFT), (SUBMITTED,), ("seat", SYSTEM.role), intake.submit,
        ("SZ-15.3a", "JY-10.1a", "JY-10.1b", "SQ-10.3"),
        guards=(intake.submittable, intake.session_collects, intake.call_has_an_id),
        starts=("dispatch",), stops=("acceptance",), awaits={DRAFT: ()}),
    Row("T10", cmd.Link, (SUBMITTED,), (CLOSED,), ("dispatcher",), intake.link, ("JY-6.6", "SQ-19a"),
        guards=(intake.link_target_open,), starts=("leader_follow_up",), stops=ENDS),
    Row("T11", cmd.MarkRepeat, (SUBMITTED, DISPATCHED, HANDLING), SAME, ("dispatcher",), intake.mark_repeat,
        ("SQ-19a",), starts=("leader_follow_up",)),
    Row("T11a", cmd.UnmarkRepeat, (SUBMITTED, DISPATCHED, HANDLING), SAME, ("dispatcher",), intake.unmark_repeat,
        ("SQ-19a",), stops=("leader_follow_up",)),
    Row("T12", cmd.DeclineDispatch, (SUBMITTED,), (CLOSED,), ("dispatcher",), intake.decline_dispatch,
        ("SZ-13.5", "SZ-14c", "JY-13.4"),
        guards=(intake.enough_answers, needs("explanation"), intake.no_new_facts), stops=ENDS),
    # --- dispatch
    Row("T15", cmd.Dispatch, (SUBMITTED, EMERGENCY, DISPATCHED, HANDLING), (DISPATCHED, HANDLING), ("dispatcher",),
        conferring.dispatch,
        ("SZ-15.3a", "JY-8a", "JY-9.2", "JY-10.1a", "JY-13.2a", "JY-13.3", "JY-13.5", "JY-35d", "SQ-10.3a", "SQ-20b"),
        guards=(dispatching.dispatchable, dispatching.units_named, dispatching.classified),
        starts=(*UNIT_CLOCKS, "initial_response", "emergency_open"), stops=("dispatch", "emergency_dispatch", "sign"),
        awaits={SUBMITTED: ("dispatch",), EMERGENCY: ("emergency_dispatch",)}),
    Row("T18", cmd.Sign, (DISPATCHED, HANDLING, DETERMINE, RETURN_REQUESTED, REPLIED, SUPPLEMENT, *CALLS),
        (HANDLING, "="), ("officer",), handling.sign, ("SZ-15.3a", "JY-10.2a", "SQ-10.3a", "SQ-10.3b"), unit="part",
        guards=(handling.unsigned, handling.investigation_in_time),
        starts=("handle",), stops=("sign", "direct_answer", "ext_review"), awaits={DISPATCHED: ("sign",)}),
    Row("T19", cmd.RequestReturn, (DISPATCHED, HANDLING, RETURN_REQUESTED, REPLIED, SUPPLEMENT),
        (RETURN_REQUESTED, "="), ("officer",), handling.request_return, ("SZ-43.3", "JY-10.2b", "SQ-10.4b"),
        unit="part",
        guards=(handling.may_hand_back, handling.return_not_barred, handling.return_in_time,
                handling.return_explained),
        starts=("return_review",), stops=("sign", "return", *WORK)),
    Row("T20", cmd.AcceptReturn, WITH_UNIT, (SUBMITTED, "="), ("dispatcher",), handling.accept_return,
        ("JY-10.2c", "SQ-10.4b", "JS-2.4a"), guards=(handling.return_waits, apart.somebody_else),
        starts=("dispatch",), stops=("return_review", *UNIT_CLOCKS, "ext_review", "*"),
        awaits={RETURN_REQUESTED: ("return_review",)}),
    Row("T21", cmd.RefuseReturn, WITH_UNIT, (HANDLING, DISPATCHED, "="), ("dispatcher",), handling.refuse_return,
        ("JY-10.2c", "SQ-10.4b"), guards=(handling.return_waits, needs_reason, apart.somebody_else),
        starts=WORK, stops=("return_review",)),
    Row("T26", cmd.RequestCoordination, (DISPATCHED, HANDLING), SAME, ("officer",), handling.request_coordination,
        ("SZ-41b", "JY-13.2a", "SQ-20b"), unit="part", guards=(needs("question"),)),
    Row("T27", cmd.NameLead, (SUBMITTED, DISPATCHED, HANDLING), (DISPATCHED,), ("office", "joint_meeting"),
        dispatching.name_lead, ("SZ-41b", "JY-13.2a", "SQ-20b"),
        guards=(dispatching.convener, dispatching.ordinary, dispatching.lead_usable),
        starts=UNIT_CLOCKS, stops=("dispatch", "sign", "return", "return_review", "ext_review", *WORK)),
    Row("T28", cmd.Escalate, (HANDLING, SUPPLEMENT), SAME, ("officer",), escalation.escalate,
        ("SZ-41c", "JY-13.2b", "SQ-21a"), unit="lead",
        guards=(escalation.lead_was_named, escalation.summary_given, needs("addressee"))),
    Row("T28a", cmd.Instruct, (HANDLING, SUPPLEMENT), SAME, ("office",), escalation.instruct, ("JY-13.2b",),
        guards=(escalation.was_escalated, needs("text", "source")), starts=WORK, stops=WORK),
    # --- handling
    Row("T22", cmd.RequestExtension, (HANDLING,), SAME, ("officer",), extension.request_extension,
        ("SZ-15.3c", "JY-11a", "JY-11b", "JY-11c", "SQ-10.3d"), unit="lead",
        guards=(escalation.not_suspended, extension.may_ask_for_time, extension.no_upper_limit, extension.window_open,
                extension.extension_explained, extension.extension_agreed, extension.extension_capped),
        starts=("ext_review",)),
    Row("T23", cmd.ApproveExtension, OPEN_STATES, SAME, APPROVERS, extension.approve_extension,
        ("SZ-15.3c", "JY-11c", "SQ-10.3d"),
        guards=(extension.approving_authority, extension.extension_waits, apart.somebody_else),
        starts=WORK, stops=("ext_review",)),
    Row("T23a", cmd.RefuseExtension, OPEN_STATES, SAME, APPROVERS, extension.refuse_extension,
        ("SZ-15.3c", "JY-11c", "SQ-10.3d"),
        guards=(extension.approving_authority, extension.extension_waits, needs_reason, apart.somebody_else),
        starts=("overdue_watch",), stops=("ext_review",)),
    Row("T25", cmd.Contribute, (DISPATCHED, HANDLING, REPLIED, SUPPLEMENT, RETURN_REQUESTED, *CALLS), SAME,
        ("officer",), handling.contribute, ("SZ-43.4", "JY-13.2a"), unit="part",
        guards=(handling.co_unit_handles, needs("text")), stops=(*WORK, "return"),
        awaits={RETURN_REQUESTED: (), REPLIED: ()}),
    Row("T29a", cmd.ApproveReply, (HANDLING, SUPPLEMENT, REFERRED, *CALLS), SAME, ("leader",),
        handling.approve_reply, ("JY-13.1c", "SZ-22a"), unit="part",
        guards=(approval.as_seen("seen"), approval.somebody_elses_draft),
        awaits={HANDLING: (), SUPPLEMENT: (), REFERRED: ()}),
    Row("T29", cmd.Reply, handling.REPLY_SOURCES, (*ANSWERED, "="), ("officer",), handling.reply,
        ("SZ-15.3b", "SZ-15.5a", "JY-9.4", "JY-13.1c", "JY-36b", "SQ-10.3a", "SQ-10.3c"), unit="part",
        guards=(handling.lead_answers, escalation.not_suspended, handling.may_reply, handling.reply_complete,
                handling.reply_agreed, approval.as_approved("text"), apart.somebody_else),
        starts=("audit", "callback", "sms"),
        stops=(*WORK, "sign", "return", "emergency_result", "emergency_open", "ext_review", "*"),
        awaits={HANDLING: (*WORK, "emergency_result"), SUPPLEMENT: WORK}),
    Row("T30", cmd.SyncClosed, (*WITH_UNIT, *AFTER_AUDIT), (WAIT_SYNC, *ANSWERED, "="), ("connector",),
        checking.sync_closed, ("JS-2.1c",), guards=(checking.handled_elsewhere, checking.message_named),
        starts=("sync", "audit", "callback", "sms"),
        stops=("sign", "sync", "return", "emergency_open", *WORK, "*"),
        awaits={DISPATCHED: (), HANDLING: (), WAIT_SYNC: ("sync",)}),
    Row("T30a", cmd.SyncResult, (*WITH_UNIT, *AFTER_AUDIT), (*ANSWERED, "="), ("connector",), checking.sync_result,
        ("JS-2.1c",), guards=(checking.handled_elsewhere, checking.message_named),
        starts=("audit", "callback", "sms"), stops=("sign", "sync", "return", "emergency_open", *WORK, "*")),
    Row("T44", cmd.LeaderFollowUp, (DISPATCHED, HANDLING, RETURN_REQUESTED, SUPPLEMENT), SAME, ("leader", "head"),
        handling.leader_follow_up, ("SQ-19b",), unit="responsible",
        guards=(handling.leader_of_rank, needs("text")), stops=("leader_follow_up",),
        awaits={HANDLING: (), SUPPLEMENT: ()}),
    # --- checking
    Row("T31", cmd.RejectAudit, (REPLIED,), (SUPPLEMENT,), ("auditor",), checking.reject_audit,
        ("SZ-15.4", "JY-9.5", "SQ-10.4a"), guards=(needs("defect", "comment"), apart.somebody_else),
        starts=WORK, stops=("audit",)),
    Row("T33", cmd.PassAudit, (REPLIED,), (CALLBACK, CLOSED), ("auditor",), checking.pass_audit,
        ("SZ-15.4", "SZ-15.5a", "JY-9.5", "JY-9.6", "SQ-10.4a", "SQ-10.5a"),
        guards=(apart.somebody_else,), starts=("callback", "sms"), stops=("audit", "ext_review", *WORK, "*"),
        awaits={REPLIED: ("audit",)}),
    Row("T34", cmd.AnswerSms, (CALLBACK,), (CLOSED, CALLBACK_MANUAL), ("citizen",), checking.answer_sms,
        ("SQ-10.5a", "SQ-10.5b"), guards=(checking.sms_waits, checking.result_given, checking.document_given),
        starts=("callback",), stops=("sms", "*")),
    Row("T35", cmd.Rate, CALLS, AFTER_CALL, ("citizen",), checking.rate, ("JY-9.6", "JY-9.7a", "SZ-15.5a"),
        guards=(checking.rating_possible, checking.result_given, checking.document_given), stops=("callback", "*")),
    Row("T35a", cmd.Callback, CALLS, (*AFTER_CALL, "="), ("callback_agent",), checking.callback,
        ("JY-9.6", "JY-9.7a", "JY-9.7b", "JY-9.7c", "JY-13.5", "SZ-15.5a", "SQ-10.5b", "SQ-10.5c"),
        guards=(checking.call_answered, checking.document_given, apart.somebody_else), stops=("callback", "sms", "*"),
        awaits={CALLBACK: ("callback",), CALLBACK_MANUAL: ("callback",)}),
    Row("T35b", cmd.RateJoined, (*CALLS, CLOSED), SAME, ("citizen",), joining.rate_joined, ("JY-6.6", "JY-9.6"),
        guards=(joining.joined_here, joining.result_stands, needs("joined", "satisfied"))),
    Row("T36", cmd.CloseUnreached, CALLS, (CLOSED,), ("callback_agent",), checking.close_unreached, ("JY-9.7a",),
        guards=(checking.enough_attempts, checking.document_given, apart.somebody_else), stops=ENDS),
    Row("T38", cmd.Judge, (RESEARCH,), (REDO, DECISION), ("supervisor",), checking.judge, ("JS-2.4b",),
        guards=(needs("verdict"),), awaits={RESEARCH: ()}),
    Row("T39", cmd.Redispatch, (REDO, DECISION), (DISPATCHED,), ("dispatcher",), dispatching.redispatch,
        ("SZ-15.5a", "JY-9.7b", "SQ-10.5c"), guards=(dispatching.another_round, dispatching.next_unit),
        starts=UNIT_CLOCKS, stops=ENDS, awaits={REDO: ()}),
    Row("T39a", cmd.SendBack, (REDO, DECISION), (DISPATCHED,), ("dispatcher",), dispatching.send_back,
        ("JY-9.7b",), guards=(dispatching.another_round, needs("lacking"), dispatching.next_unit),
        starts=UNIT_CLOCKS, stops=ENDS),
    Row("T41", cmd.Close, (DECISION,), (CLOSED,), CLOSERS, checking.close_by_decision,
        ("SZ-41a", "JY-9.7c", "SQ-20a"),
        guards=(checking.closing_authority, needs_reason, checking.document_given), stops=ENDS, awaits={DECISION: ()}),
    Row("T47", cmd.Reopen, (CLOSED,), (HANDLING,), ("supervisor",), closing.reopen,
        ("SZ-41a", "SQ-20a", "JS-2.4c"), guards=(closing.has_unit, needs("finding")), starts=("redo",)),
    # --- publication
    Row("T46", cmd.Publish, (*AFTER_AUDIT, RESTRICTED, REFERRED), SAME, ("auditor",), closing.decide_publication,
        ("JY-9.8a", "JY-9.8.1", "JY-9.8.2", "JY-9.8.3"),
        guards=(closing.has_result, closing.publishable, closing.exception_named)),
    Row("T46a", cmd.Withdraw, AFTER_AUDIT, SAME, ("auditor",), closing.decide_publication,
        ("JY-9.8.3", "JY-9.8.4"),
        guards=(closing.has_result, closing.exception_for_withdrawal, closing.exception_named)),
    Row("T46b", cmd.SetPublish, STATES, SAME, ("citizen",), restraint.set_publish, ("JY-9.8.2",),
        guards=(closing.choice_possible, needs("publish"))),
    # --- adding, urging and supervision (B.5)
    Row("T42a", cmd.AddMaterial, OPEN_STATES, SAME, ("citizen",), supervision.add_material,
        ("JY-9.1a", "SQ-10.1"), guards=(joining.joined_here, supervision.material_given)),
    Row("T42", cmd.Urge, OPEN_STATES, SAME, ("citizen", "office"), supervision.urge, ("SZ-39", "SQ-18.0", "JY-20.0"),
        guards=(joining.joined_here, supervision.urge_not_too_soon, supervision.unit_not_flooded)),
    Row("T49", cmd.NoteUndelivered, STATES, SAME, (SYSTEM.role,), calling.note_undelivered,
        ("JY-9.4", "JY-12.4", "SZ-15.3c"), guards=(needs("kind"),)),
    Row("T49a", cmd.CallInstead, (CALLBACK,), (CALLBACK_MANUAL,), (SYSTEM.role,), calling.call_instead,
        ("SQ-10.5a", "SQ-10.5b"), guards=(calling.asked_by_message, calling.channels_tried),
        starts=("callback",), stops=("sms",)),
    Row("T50", cmd.ToldByPhone, STATES, SAME,
        ("callback_agent", "seat", "supervisor", "duty_leader", "office"), calling.told_by_phone,
        ("JY-9.4", "JY-12.4"), guards=(calling.not_yet_called, needs("text"))),
    Row("D10", cmd.RecordFinding, STATES, SAME, ("supervisor", "office"), supervision.record_finding,
        ("JY-20.8", "SZ-41a", "SQ-20a", "SQ-21b"), guards=(supervision.examinable, supervision.finding_complete)),
    Row("D11", cmd.FilePush, STATES, SAME, ("office",), supervision.file_push, ("SQ-21b", "JY-20.0"),
        guards=(supervision.push_waits,)),
    Row("D01", cmd.Tag, OPEN_STATES, SAME, ("dispatcher", "seat", "supervisor", "office"), supervision.tag,
        ("SZ-12.5", "SZ-40.1", "SZ-40.3", "SQ-6.9", "SQ-18.1", "SQ-18.3"),
        guards=(supervision.not_tagged_yet, supervision.tag_complete)),
    Row("D02", cmd.Supervise, OPEN_STATES, SAME, ("supervisor", "joint_meeting"), supervision.supervise,
        ("SZ-39", "SZ-41a", "SQ-18.0", "SQ-18.2", "SQ-18.3", "SQ-18.4", "SQ-18.5", "SQ-20a", "JY-20.8"),
        guards=(supervision.issuer, supervision.none_open, needs("category")), starts=("supervision",)),
    Row("D01a", cmd.DismissSuggestion, STATES, SAME, ("supervisor", "joint_meeting"), supervision.dismiss_suggestion,
        ("SZ-40.1", "SZ-40.2", "SZ-40.3", "SZ-40.4", "SZ-40.5", "SQ-18.1", "SQ-18.2", "SQ-18.3", "SQ-18.4", "SQ-18.5"),
        guards=(supervision.issuer, supervision.suggestion_waits, needs("category", "ground"), needs_reason)),
    Row("D09", cmd.RaiseSupervision, STATES, SAME, ("supervisor", "joint_meeting"), supervision.raise_supervision,
        ("SZ-41c", "SQ-21a"), guards=(supervision.issuer, supervision.unanswered_in_time), starts=("supervision",)),
    Row("D03a", cmd.ApproveFeedback, STATES, SAME, ("leader", "head"), supervision.approve_feedback, ("JY-13.1c",),
        guards=(supervision.supervised_unit, supervision.approval_wanted, approval.as_seen("seen"),
                approval.somebody_elses_draft)),
    Row("D03", cmd.FeedBack, STATES, SAME, ("officer",), supervision.feed_back, ("SZ-41a", "SQ-20a"),
        guards=(supervision.supervised_unit, supervision.answer_wanted, supervision.feedback_agreed,
                approval.as_approved("text")), asks=("text",), stops=("supervision",)),
    Row("D04", cmd.AcceptFeedback, STATES, SAME, ("supervisor", "joint_meeting"), supervision.accept_feedback,
        ("SZ-41a", "SQ-20a"), guards=(supervision.issuer, supervision.answer_waits)),
    Row("D05", cmd.RejectFeedback, STATES, SAME, ("supervisor", "joint_meeting"), supervision.reject_feedback,
        ("SZ-41c", "SQ-21a"), guards=(supervision.issuer, supervision.answer_waits, needs("finding")),
        starts=("supervision",)),
    Row("D07", cmd.Measure, STATES, SAME, ("supervisor", "joint_meeting"), supervision.measure,
        ("SZ-41c", "SQ-21a"),
        guards=(supervision.issuer, supervision.ground_for_measure, needs("kind", "ground"))),
    Row("D08a", cmd.Remind, STATES, SAME, ("office",), supervision.remind, ("JY-20.0",), awaits={WAIT_SYNC: ()}),
    Row("D08", cmd.TransferToDiscipline, STATES, SAME, ("office",), supervision.transfer_to_discipline,
        ("JY-20.0", "SQ-21b"), guards=(supervision.enough_reminders, supervision.receivers_known),
        asks=("receivers", "ground")),
    # --- emergency (B.4)
    Row("E02", cmd.Report, (EMERGENCY,), SAME, ("seat",), emergency.report, ("JY-35b",),
        guards=(emergency.in_stage("REGISTERED"),), starts=("decision",), stops=("report",),
        awaits={EMERGENCY: ("report",)}),
    Row("E03", cmd.AskDecision, (EMERGENCY,), SAME, ("duty_leader",), emergency.ask_decision, ("JY-35b", "JY-35c"),
        guards=(emergency.in_stage("REPORTED"),), starts=("decision",), awaits={EMERGENCY: ()}),
    Row("E04", cmd.Decide, (EMERGENCY,), (SUBMITTED, "="), ("office", "command"), emergency.decide,
        ("JY-33", "JY-35b", "JY-35c"),
        guards=(emergency.deciding_authority, emergency.in_stage("PENDING"), emergency.answer_given),
        starts=("emergency_dispatch", "dispatch"), stops=("decision",), awaits={EMERGENCY: ("decision",)}),
    Row("E05", cmd.PhoneUnit, (EMERGENCY, DISPATCHED, HANDLING), SAME, ("seat",), emergency.phone_unit,
        ("SZ-15.3b", "JY-35d"), guards=(emergency.on_the_track, needs("unit"))),
    Row("E06", cmd.Respond, (DISPATCHED, HANDLING), (HANDLING,), ("officer", "seat", "duty_leader"),
        emergency.respond, ("JY-36a",),
        guards=(emergency.of_the_unit, emergency.on_the_track, emergency.told_just_now, emergency.response_complete),
        stops=("initial_response",),
        awaits={DISPATCHED: ("initial_response",), HANDLING: ("initial_response",)}, of=("officer",)),
    Row("E07", cmd.Relieve, (DISPATCHED, HANDLING), SAME, ("office",), emergency.relieve, ("JY-36a",),
        guards=(emergency.on_the_track, needs("unit")), stops=("initial_response", "handle", "emergency_result")),
    Row("E08", cmd.Handled, (HANDLING,), SAME, ("officer",), emergency.handled, ("JY-36b",), unit="part",
        guards=(emergency.has_responded,), starts=("emergency_result",), stops=("handle",)),
    # --- units that change
    Row("U01", cmd.Succeed, STATES, SAME, ("admin",), succession.succeed, ("SZ-3", "SZ-8a"),
        guards=(succession.concerned, needs("unit", "successor"), succession.successor_stands),
        starts=ANY, stops=ENDS),
    # --- internal referral (B.3)
    Row("R01", cmd.ProposeReferral, (SUBMITTED, DISPATCHED, HANDLING), (RESTRICTED,), ("dispatcher", "officer"),
        referral.propose_referral, ("JY-8c", "JY-12.0"),
        guards=(referral.proposer_has_it, referral.referral_enabled, referral.proposers_turn), stops=ENDS),
    Row("R01a", cmd.RefuseReferral, (RESTRICTED,), (SUBMITTED, DISPATCHED, HANDLING), ("designated_officer",),
        referral.refuse_referral, ("JY-8c",), guards=(needs_reason,), starts=ANY, awaits={RESTRICTED: ()}),
    Row("R02", cmd.Refer, (RESTRICTED,), (REFERRED,), ("designated_officer",), referral.refer,
        ("JY-12.1", "JY-12.2a", "JY-12.2c", "JY-12.3"), guards=(referral.branch_agrees,),
        starts=("handle", "referral_notice"), stops=("dispatch", "*"), awaits={RESTRICTED: ("dispatch",)}),
    Row("R06", cmd.NotifyAppellant, (REFERRED,), SAME, ("designated_officer",), referral.notify_appellant,
        ("JY-12.4",), guards=(referral.handler_reachable,), stops=("referral_notice",),
        awaits={REFERRED: ("referral_notice",)}),
    Row("R07", cmd.ReturnResult, (REFERRED,), SAME, ("officer",), referral.return_result, ("JY-12.2b",),
        unit="handler", guards=(needs("to"), referral.result_agreed), asks=("text",), stops=("handle",),
        awaits={REFERRED: ("handle",)}),
    Row("R08", cmd.CloseReferral, (REFERRED,), (CLOSED,), ("designated_officer",), referral.close_referral,
        ("JY-12.2b", "JY-9.8.1"), guards=(referral.receipts_complete,), stops=ENDS),
)  # fmt: skip


def _held_by_claims(row: Row) -> Row:
    """Return the row with the guard that every step of a shared desk has."""
    if apart.SHARED_DESKS.isdisjoint(row.who):
        return row
    return replace(row, guards=(*row.guards, apart.unclaimed))


TABLE: tuple[Row, ...] = tuple(_held_by_claims(row) for row in _ROWS)
BY_COMMAND: dict[type[cmd.Command], Row] = {row.command: row for row in TABLE}

# What the clocks do by themselves (T34, T45, T49): from state, to state.
BY_THE_CLOCK = ((CALLBACK, CLOSED), (CALLBACK, CALLBACK_MANUAL))


SHAPE = Shape(
    states=STATES,
    ends=(CLOSED,),
    commands=frozenset(cmd.BY_NAME.values()),
    clocks=NAMES,
    by_the_clock=BY_THE_CLOCK,
    wound=("overdue_watch", "emergency_open"),
)


def lint(table: Iterable[Row] = TABLE) -> list[str]:
    """Return what is wrong with a table of orders."""
    return lifecycle.lint(table, SHAPE)
