"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Mystery(AppConfig):
    """Campaigns of mystery calls."""

    name = "minsheng.cases.mystery"
    label = "mystery"
