"""What is done for drafts beside the desks."""

from __future__ import annotations

from datetime import datetime

from minsheng.core.drafts import texts, unsent


def forget(now: datetime) -> None:
    """Delete what nobody has come back to hand in, and texts of what has ended."""
    unsent.forget(now)
    texts.forget(now)
