"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Reviews(AppConfig):
    """Ratings of services."""

    name = "minsheng.cases.reviews"
    label = "reviews"
