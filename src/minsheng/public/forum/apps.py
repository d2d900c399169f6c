"""The room's name among the applications; its tables are those of `cases.forum`."""

from __future__ import annotations

from django.apps import AppConfig


class PublicForum(AppConfig):
    """The forum's public pages."""

    name = "minsheng.public.forum"
    label = "public_forum"
