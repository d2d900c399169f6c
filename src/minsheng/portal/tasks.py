"""What runs without a person: drafts that nobody filed go, with their files."""

from __future__ import annotations

from datetime import datetime

from minsheng.portal import drafts


def forget(now: datetime) -> None:
    """Delete drafts that are no longer good."""
    drafts.forget(now=now)
