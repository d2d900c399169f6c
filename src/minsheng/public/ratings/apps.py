"""The room's name among the applications; its tables are those of `cases.reviews`."""

from __future__ import annotations

from django.apps import AppConfig


class PublicRatings(AppConfig):
    """Ratings of services on the public side."""

    name = "minsheng.public.ratings"
    label = "public_ratings"
