"""The room's name among the applications; its tables are those of `cases.surveys`."""

from __future__ import annotations

from django.apps import AppConfig


class PublicSurveys(AppConfig):
    """Surveys on the public side."""

    name = "minsheng.public.surveys"
    label = "public_surveys"
