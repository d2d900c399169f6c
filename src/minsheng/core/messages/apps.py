"""The room's name in the database: `messages` alone is Django's own."""

from __future__ import annotations

from django.apps import AppConfig


class Messages(AppConfig):
    """Messages to people."""

    name = "minsheng.core.messages"
    label = "core_messages"
