"""What is done for people beside the desks."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore

from minsheng.core.people import drafts


def forget(now: datetime) -> None:
    """Delete sessions that nobody can use any more, staff's and citizens', and what nobody came back to hand in."""
    SessionStore.clear_expired()
    drafts.forget(now)
