"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Surveys(AppConfig):
    """Surveys and their answers."""

    name = "minsheng.cases.surveys"
    label = "surveys"
