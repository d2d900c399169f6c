"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Inquiries(AppConfig):
    """Inquiries from outside."""

    name = "minsheng.cases.inquiries"
    label = "inquiries"
