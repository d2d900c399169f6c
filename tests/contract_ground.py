"""The names of the contract (scenarios/FORMAT.md), written down once more so that a test can hold the code to them."""

from __future__ import annotations

# FORMAT.md: these two can only be met on the platform.
ON_THE_PLATFORM = {"is_emergency_number", "self_approval"}
# Refusals outside the scenarios: those of reports.
BESIDE_THE_SCENARIOS = {
    "report_not_now",
    "report_own_approval",
    "report_period_empty",
    "report_figures_broken",
    "report_no_recipient",
    "report_received_already",
}
REFUSALS = [
    "not_allowed_now",
    "not_your_role",
    "not_your_unit",
    "field_missing",
    "return_too_late",
    "no_more_return",
    "extension_too_early",
    "extension_too_late",
    "extension_over_cap",
    "leader_consent_missing",
    "citizen_not_informed",
    "upper_limit",
    "reply_not_approved",
    "leader_follow_up_missing",
    "wrong_channel",
    "document_missing",
    "attempts_missing",
    "redo_exhausted",
    "reason_missing",
    "evidence_missing",
    "unit_without_contact",
    "unit_not_joined",
    "new_facts_present",
    "not_yet_enough_answers",
    "exception_needs_basis",
    "never_public",
    "urge_too_soon",
    "call_not_just_now",
    "is_emergency_number",
    "wrong_authority",
    "receipts_missing",
    "reminders_missing",
    "self_approval",
    "calendar_malformed",
    "not_found",
    "direct_answer_expired",
    "code_not_in_pack",
    "branch_mismatch",
]
VIOLATIONS = [
    "late_dispatch",
    "late_sign",
    "late_handle",
    "not_handled",
    "late_audit",
    "late_callback",
    "three_late_signs",
    "late_contact",
    "lead_failed",
    "co_failed",
    "late_emergency_dispatch",
    "late_response",
    "late_emergency_result",
    "late_supervision",
    "no_roster",
]
# Breaches that come of a finding, not of a clock; `tests/rehearsals/findings.yaml` tells them.
OF_FINDINGS = ["careless_handling", "false_report"]
REASONS = [
    "online",
    "rejected",
    "emergency_referral",
    "not_accepted",
    "linked",
    "not_redispatched",
    "satisfied",
    "no_objection",
    "unreached",
    "no_reply",
    "decision",
    "internal",
    "children_closed",
]
