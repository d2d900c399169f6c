"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Words(AppConfig):
    """Sealed words of facts."""

    name = "minsheng.core.words"
    label = "core_words"
