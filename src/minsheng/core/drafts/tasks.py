"""What is done for drafts beside the desks."""

from __future__ import annotations

from datetime import datetime

from minsheng.core.drafts import unsent


def forget(now: datetime) -> None:
    """Delete what nobody has come back to hand in."""
    unsent.forget(now)
