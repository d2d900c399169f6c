"""What runs without a person: what is no longer good is forgotten."""

from __future__ import annotations

from datetime import datetime

from minsheng.public.citizens import captcha, codes, limits, links


def forget(now: datetime) -> None:
    """Delete codes, questions, counts and links that are no longer good."""
    codes.forget(now=now)
    captcha.forget(now=now)
    limits.forget(now=now)
    links.forget(now=now)
