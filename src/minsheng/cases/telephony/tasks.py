"""Clearing what desks asked the controller for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from minsheng.cases.telephony import actions

_KEPT: Final = timedelta(days=2)


def forget_asks(now: datetime) -> None:
    """Delete what was asked and done two days ago."""
    actions.forget_asks(now - _KEPT)
