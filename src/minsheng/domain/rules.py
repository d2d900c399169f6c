"""The rules of one city at one moment: every parameter of its pack as a typed, plain attribute.

What a parameter is called, how it is read from text and which values it may have: `parameters.py`.
Where the rules come from (a pack, its overlays, a rehearsal's settings): `packs.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from minsheng.domain.quiet import QuietHours
from minsheng.domain.worktime import Amount, OfficeHours, UnitHours, WorkdayRule, WorkTime

if TYPE_CHECKING:
    from minsheng.domain.call_queue import Queue
    from minsheng.domain.monitoring_rule import MonitoringRule

ONE_PERIOD: Literal["one_period"] = "one_period"
SILENT = "默认（文件未规定）"

Period = Amount | Literal["one_period"]
StartEvent = Literal["submitted", "dispatched", "signed"]
DispatchStart = Literal["registered", "submitted"]
Source = Literal["phone", "online", "transfer"]
RealName = Literal["optional", "required_online"]
UndecidedAcceptance = Literal["unit_written_opinion", "superior"]
ExtensionWindow = Literal["last_24h", "at_least_24h_before", "any_before"]
ExtensionInform = Literal["guard", "notice", "none"]
Audit = Literal["hotline", "none"]
ReplyApproval = Literal["none", "leader"]
ForumApproval = Literal["none", "leader", "leader_or_head"]
CallbackStep = Literal["sms", "phone", "self"]
CallbackBy = Literal["any", "12345"]
RepeatPolicy = Literal["final_opinion", "timely_count", "escalate_leader"]
EmergencyTrack = Literal["full", "special"]
CountWindow = Literal["calendar", "rolling_30d"]
AggravatingWindow = Literal["rolling_year", "calendar_year"]
UpperExtension = Literal["connector_only", "allowed"]
MeasuredAt = Literal["unit_completed_at", "closed_at"]
UnitOverride = Literal["none", "stricter_only"]
ThirdParty = Literal["none", "third_party", "mystery_call"]
PasswordPolicy = Literal["dengbao3", "asvs"]
KnowledgeApproval = Literal["leader", "head"]
Role = str
Code = str
Labels = Mapping[Code, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rules:
    """One city's rules in force; compared by identity, so that it can key a cache.

    `None` means that the parameter does not apply, or that there is no limit. `clauses` and `reasons` are keyed by the
    names of the attributes below: the register's clause ids, or "默认（文件未规定）" with its reason.
    """

    # where the rules come from
    pack: str
    version: str
    overlays: tuple[str, ...]
    city: str
    title: str
    document: str
    effective_from: date
    basis: tuple[str, ...]
    supersedes: tuple[str, ...]
    interpreter: str
    worktime: WorkTime
    unit_worktimes: Mapping[str, WorkTime]
    clauses: Mapping[str, str]
    reasons: Mapping[str, str]

    # time
    office_hours: OfficeHours
    office_hours_by_unit: Mapping[str, UnitHours]
    workday_rule: WorkdayRule
    calendar: str
    service_hours: str

    # names and intake
    display_name: str
    center_name: str
    unit_term: str
    channels: Labels
    online_channels: tuple[Code, ...]
    channel_sources: Mapping[Code, Source]
    upper_channels: tuple[Code, ...]
    real_name: RealName
    appeal_types: Labels
    submit_fields: tuple[Code, ...]
    reject_codes: tuple[Code, ...] | Labels
    emergency_numbers: tuple[str, ...]
    area_code: str | None
    undecided_acceptance: UndecidedAcceptance
    determine_limit: Amount | None
    opinion_review_limit: Amount
    nonaccept_excluded_from_assessment: bool
    line_modes: Labels
    line_mode_transitions: tuple[str, ...]

    # dispatch and sign
    acceptance_limit: Amount | None
    dispatch_limit: Amount
    dispatch_limit_multi: Amount
    dispatch_starts_at: DispatchStart
    classify_before_dispatch: bool
    sign_limit: Amount
    sign_starts_at: StartEvent

    # handling
    direct_answer_limit: Amount | None
    handle_limit_consult: Amount
    handle_limit_other: Amount
    handle_limit_by_type: Mapping[Code, Amount]
    handle_limit_by_channel: Mapping[Code, Amount]
    handle_starts_at: StartEvent
    limit_measured_at: MeasuredAt
    upper_override: bool
    upper_extension: UpperExtension
    unit_override: UnitOverride

    # return
    return_limit: Amount
    return_fields: tuple[Code, ...]
    return_max_after_refusal: int
    return_pauses_handling: bool
    return_grace: Amount | None
    return_review_limit: Amount

    # extension
    ext_window: ExtensionWindow
    ext_cap: Period
    ext_count: int | None
    ext_fields: tuple[Code, ...]
    ext_unit_leader_consent: bool
    ext_inform_citizen: ExtensionInform
    ext_approver: Role
    ext_review_limit: Amount
    ext_pending_suspends_miss: bool

    # reply and audit
    reply_approval: ReplyApproval
    reply_same_channel: bool
    audit: Audit
    audit_limit: Amount
    audit_pauses_handling: bool

    # callback, redo, closing
    callback_chain: tuple[CallbackStep, ...]
    callback_skip_types: tuple[Code, ...]
    callback_by: CallbackBy
    callback_relay: bool
    callback_limit: Amount
    sms_answer_window: Amount | None
    callback_attempts: int
    callback_attempt_days: int
    satisfaction_grades: Labels
    satisfied_grades: tuple[Code, ...]
    research_panel: bool
    urge_every: Amount | None
    urge_unit_hourly: int | None
    urge_silence: Amount
    redo_max: int
    redo_period: Period
    close_after_redo: Role

    # publication
    publish_default: bool
    publish_exceptions: tuple[int, ...] | Mapping[int, str]

    # internal referral
    internal_referral: bool
    internal_branches: tuple[str, ...]
    internal_notice_limit: Amount | None
    discipline_unit: str

    # repeats
    repeat_policy: RepeatPolicy
    repeat_timely_threshold: int | None
    repeat_month_window: int | None
    repeat_unresolved_after: Amount | None
    repeat_leader: Mapping[str, Role]
    leader_follow_up_limit: Amount | None

    # who is told, and in which words
    notices_words: Mapping[Code, str]
    notices_also: Mapping[Code, tuple[Role, ...]]
    notices_off: tuple[Code, ...]

    # emergency
    emergency_enabled: bool
    emergency_track: EmergencyTrack
    emergency_dispatch_limit: Amount
    emergency_response_limit: Amount
    emergency_handle_limit: Amount | None
    emergency_handle_alert: Amount
    emergency_result_limit: Amount
    emergency_step_alert: Amount
    emergency_phone_confirm: bool
    emergency_grounds: Labels
    emergency_ground_wants: Labels  # by the ground, the field that it rests on: `happening`, `plan`, `reason`

    # supervision and coordination
    supervision_issuer: tuple[Role, ...]
    supervision_limit: Amount
    supervision_auto_rules: tuple[Code, ...]
    severe_organs: tuple[str, ...]
    supervision_overdue_k5: Amount | None
    supervision_rejections_k2: int
    multi_unit_k4: int
    multi_level_k4: int
    supervision_mark: str
    inquiry_reminder_workdays: int
    coordination_convener: Role

    # people and desks
    desks: Labels
    desks_covered: tuple[Code, ...]
    staff_levels: Labels
    specialist_kinds: Labels

    # signing in
    second_factor: tuple[Role, ...]
    second_factor_days: int
    sso_factor: tuple[str, ...]
    password_policy: PasswordPolicy
    dormant_days: int
    step_up_minutes: int
    step_up_openings: int

    # contacts and knowledge
    contact_change_limit: Amount
    kb_update_limit: Amount
    kb_standard_answer_limit: Amount
    knowledge_approval: KnowledgeApproval
    knowledge_gap_count: int
    knowledge_correction_count: int
    question_limit: Amount | None

    # ratings of services
    bad_review_contact: Amount | None
    bad_review_limit: Amount | None

    # what people send, and when nobody is told what can wait
    incoming_chat_limit: Amount | None
    incoming_post_limit: Amount | None
    incoming_advertising: tuple[str, ...]
    quiet_hours: QuietHours | None

    # telephony; lengths in seconds
    telephony_queues: Mapping[Code, Queue]
    telephony_lines: Mapping[str, Code]
    telephony_prefixes: Mapping[str, Code]
    telephony_menu: Mapping[str, Code]
    telephony_greeting: str
    telephony_ring_seconds: int
    telephony_wrap_up_seconds: int
    telephony_callback_after: int | None
    telephony_callback_attempts: int
    telephony_callback_pause: int
    telephony_breaks: Labels
    telephony_tiers: Labels

    # forum
    forum_claim_limit: Amount | None
    forum_attention: Amount | None
    forum_stance: Amount | None
    forum_final: Amount | None
    forum_request_answer: Amount | None
    forum_rating_window: Amount | None
    forum_rectification: Amount | None
    forum_reply_approval: ForumApproval
    forum_publish_default: bool | None
    forum_real_name: bool | None
    forum_moderation_alert: Amount | None
    forum_marked_words: tuple[str, ...]
    forum_boards: Mapping[str, str]
    forum_boards_closed: tuple[str, ...]
    forum_notices: Mapping[str, str]

    # counting, accountability and its appeal
    late_sign_threshold: int
    count_window: CountWindow
    person_month: int | None
    person_quarter: int | None
    reminders_before_transfer: int | None
    transfer_receivers: tuple[str, ...]
    monitoring_rules: Mapping[Code, MonitoringRule]
    accountability_grounds: Labels
    accountability_text_grounds: tuple[str, ...]
    accountability_exemptions: Labels
    accountability_aggravating: Labels
    accountability_severity: Mapping[str, tuple[str, ...]]
    accountability_measures: tuple[str, ...]
    accountability_unit_measures: tuple[str, ...]
    accountability_filings: tuple[str, ...]
    accountability_protects: tuple[str, ...]
    accountability_gaps: tuple[str, ...]
    accountability_self_criticism: bool
    appeal_limit: Amount | None
    appeal_decision_limit: Amount | None
    appeal_roll: bool | None
    aggravating_window: AggravatingWindow | None

    # assessment, reports, data
    assessment_cycle: tuple[Code, ...]
    assessment_publish_due: str
    third_party_assessment: ThirdParty
    assessment_weights: Mapping[Code, int]
    assessment_exports: Mapping[str, Mapping[Code, int]]
    contact_posts: tuple[str, ...]
    officer_conditions: tuple[str, ...]
    honors_proposers: tuple[str, ...]
    honors_recipients: tuple[str, ...]
    bulletin_recipients: tuple[str, ...]
    bulletin_cc: tuple[str, ...]
    reports: Labels
    special_report_period: tuple[Code, ...]
    program_kinds: Labels
    event_threshold: int
    event_window: Amount
    lookback_sample: int
    lookback_limit: Amount
    upload_lag_alert: Amount
    data_share_deidentified: bool
    openings_per_hour: int

    def worktime_of(self, unit: str) -> WorkTime:
        """Return the working time of a unit: its own where the pack names it, else the city's."""
        return self.unit_worktimes.get(unit, self.worktime)

    @property
    def web_channel(self) -> str:
        """Return the channel of what is filed on a page: `web`, or the first online one that the city has."""
        return "web" if "web" in self.channels or not self.online_channels else self.online_channels[0]
