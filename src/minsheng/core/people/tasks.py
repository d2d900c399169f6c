"""What is done for people beside the desks."""

from __future__ import annotations

from datetime import datetime

from minsheng.core.people import dormant, experts, factors, forgotten, limits, passes, shifts
from minsheng.core.people.sessions import SessionStore
from minsheng.core.policies import queries as policies


def forget(now: datetime) -> None:
    """Delete sessions, codes and counts that nobody can use any more, staff's and citizens'."""
    SessionStore.clear_expired()
    passes.forget(now)
    factors.forget(now)
    forgotten.forget(now)
    limits.forget(now=now)


def end_dormant(now: datetime) -> None:
    """End the accounts that nobody has used for long, once a day. Source: GB/T 22239-2019 8.1.4.2 c."""
    policies.in_each_city(lambda city: dormant.end(city.code, now=now))


def watch_desks(now: datetime) -> None:
    """Tell the duty leader and the supervisor of every hour ahead at which a desk has nobody, once a gap and day."""
    policies.in_each_city(
        lambda city: shifts.tell_of_gaps(city.code, rules=policies.rules_for(city.code, now=now), now=now)
    )


def remind_of_experts(now: datetime) -> None:
    """Tell offices and units of experts' terms that end within ten working days, once a term. Source: JS-2.2d."""
    policies.in_each_city(lambda city: experts.remind(city.code, rules=policies.rules_for(city.code, now=now), now=now))
