"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Honors(AppConfig):
    """Rolls and commendations."""

    name = "minsheng.cases.honors"
    label = "honors"
