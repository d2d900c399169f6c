"""What runs without a person: drafts that nobody filed go, with their files."""

from __future__ import annotations

from datetime import datetime

from minsheng.public.portal import filings


def forget(now: datetime) -> None:
    """Delete drafts that are no longer good."""
    filings.forget(now=now)
