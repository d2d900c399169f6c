"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Library(AppConfig):
    """Case studies and remedies."""

    name = "minsheng.cases.library"
    label = "library"
