"""Reads of what people sent."""

from __future__ import annotations

from minsheng.cases.incoming.models import Incoming


def came_by_letter(order: str) -> bool:
    """Tell whether a letter of paper was registered as an appeal, or added to it."""
    return Incoming.objects.filter(order=order, channel="letter").exists()
