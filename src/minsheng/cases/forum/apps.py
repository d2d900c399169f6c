"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Forum(AppConfig):
    """The forum."""

    name = "minsheng.cases.forum"
    label = "forum"
