"""Who is told what. Decided together with the events, so that nobody is told of what did not happen."""

from __future__ import annotations

from datetime import datetime, timedelta

from minsheng.domain.worktime import WorkTime

# Every kind of notice about an order, by which packs may say who else is told and in which words.
KINDS = frozenset((
    "acceptance_asked", "acceptance_task", "answered", "audit_rejected", "callback_task", "closed",
    "contributed", "coordination_requested", "decision_wanted", "dispatched", "dissatisfied", "due_changed",
    "emergency_decided", "emergency_open", "emergency_reported", "emergency_unit_wanted", "escalated",
    "extension_approved", "extension_informed", "extension_refused", "extension_requested", "filing_copy",
    "finding", "instructed", "joined_dissatisfied", "leader_duty", "material_added", "measure", "no_roster",
    "opinion_given", "overdue", "phone_missing", "published", "pushed", "referral_notice", "referral_proposed",
    "referral_refused", "referred", "rejection_dismissed", "rejection_proposed", "relieved", "reminded",
    "reopened", "replied", "request_escalated", "result_returned", "return_accepted", "return_refused",
    "return_requested", "sms_callback", "step_alert", "supervision", "supervision_answered",
    "supervision_suggested", "sync_lag", "transferred", "undelivered", "urged",
))  # fmt: skip
# What a rule itself owes to somebody can't be turned off (JY-12.4, SZ-15.3c, JY-20.1; a callback by text message).
OWED = frozenset(("referral_notice", "extension_informed", "overdue", "dispatched", "closed", "sms_callback"))
# What the words of a notice may have filled in; those of any other kind nothing.
PLACES = {
    "due_changed": ("timer",),
    "emergency_unit_wanted": ("unit",),
    "extension_informed": ("until",),
    "extension_requested": ("unit",),
    "coordination_requested": ("unit",),
    "no_roster": ("unit",),
    "overdue": ("timer",),
    "phone_missing": ("unit",),
    "referral_notice": ("unit", "phone"),
    "return_requested": ("unit",),
    "step_alert": ("timer",),
    "supervision_suggested": ("category",),
}
CITIZEN = "citizen"
OFFICE = "office"
ONE_SECOND = timedelta(seconds=1)


def unit_recipients(*, unit: str, moment: datetime, worktime: WorkTime, roster: bool) -> tuple[str, ...]:
    """Return who of a unit is told at `moment`: the officer in office hours, whoever is on duty outside.

    At the last second of a shift both are told, since one leaves and the other begins. Without a roster the
    officer and the leader are told, since somebody must be.
    Source: SZ-9b, JY-10.5, SQ-11.
    """
    officer, on_duty = f"officer@{unit}", (f"duty@{unit}",) if roster else (f"officer@{unit}", f"leader@{unit}")
    if not worktime.in_office(moment):
        return on_duty
    if not worktime.in_office(moment + ONE_SECOND):
        return tuple(dict.fromkeys((officer, *on_duty)))
    return (officer,)


def overdue_recipients(*, unit: str, moment: datetime, worktime: WorkTime, roster: bool) -> tuple[str, ...]:
    """Return who is told of a missed clock: the unit's person of the hour, its leader, the office (JY-20.1)."""
    if not unit:
        return (OFFICE,)
    people = unit_recipients(unit=unit, moment=moment, worktime=worktime, roster=roster)
    return tuple(dict.fromkeys((*people, f"leader@{unit}", OFFICE)))
