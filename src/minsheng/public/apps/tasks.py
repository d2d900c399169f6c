"""What runs without a person: tokens that are no longer good are forgotten."""

from __future__ import annotations

from datetime import datetime

from minsheng.public.apps import actions


def forget(now: datetime) -> None:
    """Delete tokens that are no longer good."""
    actions.forget(now=now)
