"""The names of commands and events, which files, the API and the ledger hold: they may grow, and never change."""

from __future__ import annotations

from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev

# As they stood when commands and events were parted by topic; a new one may be added here, none may leave.
COMMANDS = """
    accept_feedback accept_return add_material answer answer_sms approve_extension approve_feedback approve_reply
    ask_acceptance ask_decision call_instead callback close close_referral close_unreached confirm_opinion
    contribute decide decline_dispatch dismiss_rejection dismiss_suggestion dispatch escalate feed_back file_push
    give_opinion handled instruct judge leader_follow_up link mark_repeat measure name_lead note_undelivered
    notify_appellant pass_audit phone_unit propose_referral propose_rejection publish raise_supervision rate
    rate_joined record_finding redispatch refer refer_emergency refuse_extension refuse_opinion refuse_referral
    refuse_return register reject reject_audit reject_feedback relieve remind reopen reply report
    request_coordination request_extension request_return respond return_result send_back set_publish sign submit
    succeed supervise sync_closed sync_result tag three_way told_by_phone transfer_call transfer_to_discipline
    unmark_repeat urge withdraw
"""
EVENTS = """
    AcceptanceAsked Answered AppellantCalled AppellantNotified AuditPassed AuditRejected AuditWaived CalledBack
    CallTransferred ChoiceChanged Closed ClosedElsewhere Completed Contributed CoordinationRequested DeadlineRecomputed
    DecisionAsked DisciplineInformed DispatchDeclined Dispatched Dissatisfied DocumentSupplied EmergencyHandled
    EmergencyReferred EmergencyReported Escalated ExtensionApproved ExtensionRefused ExtensionRequested
    FeedbackApproved FindingRecorded Instructed JoinedRated Judged LeadNamed LeaderDutyGiven LeaderFollowedUp
    LinkReceived Linked ManualCallbackWanted MaterialAdded MeasureTaken MessageUndelivered NotAccepted
    OpinionDecided OpinionGiven OverdueWatched ProgressReported PublicationDecided Published PushReceived
    ReferralProposed ReferralRefused Referred Registered RejectionDismissed RejectionProposed Reminded Reopened
    RepeatMarked RepeatUnmarked Replied ReplyApproved Responded ResponseDecided Restrained ResultReturned
    ReturnAccepted ReturnRefused ReturnRequested RosterMissing Signed SmsAnswered Split Submitted
    SuggestionDismissed SupervisionAnswered SupervisionDecided SupervisionIssued SupervisionRaised
    SupervisionSuggested SyncNoted Tagged ThreeWayHeld TimerMissed UnitAdded UnitPhoned UnitRelieved
    UnitSucceeded Urged Withdrawn
"""


def test_commands_keep_their_names_however_they_are_filed() -> None:
    assert set(cmd.BY_NAME) == set(COMMANDS.split())
    assert all(shape.name == name for name, shape in cmd.BY_NAME.items())


def test_events_keep_their_names_however_they_are_filed() -> None:
    assert set(ev.BY_NAME) == set(EVENTS.split())
    assert all(event.__name__ == name for name, event in ev.BY_NAME.items())


def test_every_command_and_event_is_in_the_one_public_place() -> None:
    assert {shape.__name__ for shape in cmd.BY_NAME.values()} <= set(cmd.__all__)
    assert {event.__name__ for event in ev.BY_NAME.values()} <= set(ev.__all__)
