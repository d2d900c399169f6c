"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Reach(AppConfig):
    """Addresses and wishes of people who are told something."""

    name = "minsheng.core.reach"
    label = "core_reach"
