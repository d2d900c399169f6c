"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Snippets(AppConfig):
    """Words that people write again and again."""

    name = "minsheng.core.snippets"
    label = "snippets"
