"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Talks(AppConfig):
    """Talks with people in accounts."""

    name = "minsheng.public.talks"
    label = "talks"
