"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Knowledge(AppConfig):
    """The knowledge base."""

    name = "minsheng.cases.knowledge"
    label = "knowledge"
