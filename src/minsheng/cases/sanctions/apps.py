"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Sanctions(AppConfig):
    """The ladder of sanctions."""

    name = "minsheng.cases.sanctions"
    label = "sanctions"
