"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Coordination(AppConfig):
    """Meetings and programmes."""

    name = "minsheng.cases.coordination"
    label = "coordination"
