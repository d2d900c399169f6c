"""The room's name among the applications; its tables are those of `cases.questions`."""

from __future__ import annotations

from django.apps import AppConfig


class PublicQuestions(AppConfig):
    """The question desk's public pages."""

    name = "minsheng.public.questions"
    label = "public_questions"
