"""What surveys do beside the desks: answers of days that are over are mixed, and count."""

from __future__ import annotations

from datetime import datetime

from minsheng.cases.surveys import actions
from minsheng.core.policies import queries as policies


def take_answers(now: datetime) -> None:
    """Let the answers that wait count, in every city; those of a survey that was given up go."""
    policies.in_each_city(lambda city: actions.take(city.code, now=now))
    actions.forget()
