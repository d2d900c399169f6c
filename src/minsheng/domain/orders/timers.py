"""The clocks of an order: which there are, what missing one means, which fires first. See `domain.clocks`."""

from __future__ import annotations

from datetime import datetime

from minsheng.domain.clocks import Timer
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules

OFFICE = "office"

# The order of the list decides which of two clocks with the same due moment fires first.
NAMES = (
    "acceptance",
    "dispatch",
    "sign",
    "return",
    "direct_answer",
    "handle",
    "return_review",
    "ext_review",
    "audit",
    "callback",
    "sms",
    "redo",
    "leader_follow_up",
    "opinion",
    "opinion_review",
    "report",
    "decision",
    "emergency_dispatch",
    "initial_response",
    "emergency_result",
    "referral_notice",
    "supervision",
    "sync",
    "emergency_open",
    "overdue_watch",
    "contact_change",
)
WORK = ("handle", "redo", "direct_answer")
# Reminders of our own beside the clocks of the contract; nobody waits for them.
UNTOLD = frozenset(("emergency_open", "overdue_watch", "claim_limit"))
# Missing one of these is a breach (FORMAT.md, violation codes); of the others it is not.
BREACHES = {
    "dispatch": "late_dispatch",
    "sign": "late_sign",
    "handle": "not_handled",
    "redo": "not_handled",
    "direct_answer": "not_handled",
    "audit": "late_audit",
    "callback": "late_callback",
    "emergency_dispatch": "late_emergency_dispatch",
    "initial_response": "late_response",
    "emergency_result": "late_emergency_result",
    "supervision": "late_supervision",
}


def is_suspended(order: Order, timer: Timer, rules: Rules) -> bool:
    """Return whether a pending request for more time keeps the clock from being missed (A-61)."""
    pending = order.extension
    return (
        pending is not None
        and rules.ext_pending_suspends_miss
        and timer.name == pending.timer
        and timer.unit == pending.unit
    )


def next_due(order: Order, rules: Rules) -> Timer | None:
    """Return the running clock that runs out first; of equals the first in the list, the lead before co-units."""
    running = [
        timer
        for timer in order.timers.values()
        if timer.status == "running" and timer.due is not None and not is_suspended(order, timer, rules)
    ]
    return min(running, key=lambda timer: firing_rank(order, timer), default=None)


def firing_rank(order: Order, timer: Timer) -> tuple[datetime, int, bool, int]:
    """Return what decides which clock fires first: due moment, place in the list, lead, order of the units."""
    units = [part.unit for part in order.parts]
    place = units.index(timer.unit) if timer.unit in units else len(units)
    assert timer.due is not None
    return (timer.due, NAMES.index(timer.name), timer.unit not in ("", order.lead), place)
