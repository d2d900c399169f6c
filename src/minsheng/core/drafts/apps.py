"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Drafts(AppConfig):
    """Words that nobody has handed in yet."""

    name = "minsheng.core.drafts"
    label = "core_drafts"
