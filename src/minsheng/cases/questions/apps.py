"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Questions(AppConfig):
    """The question desk."""

    name = "minsheng.cases.questions"
    label = "questions"
