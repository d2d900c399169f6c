"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class IncomingTexts(AppConfig):
    """Text messages that people send."""

    name = "minsheng.cases.incoming"
    label = "incoming"
