"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Accountability(AppConfig):
    """Cases of accountability."""

    name = "minsheng.cases.accountability"
    label = "accountability"
