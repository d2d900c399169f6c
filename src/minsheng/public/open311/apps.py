"""The room's name in the database is older than its name here."""

from __future__ import annotations

from django.apps import AppConfig


class Open311(AppConfig):
    """Open311. Its tables, addresses and templates keep the name that they were made under."""

    name = "minsheng.public.open311"
    label = "exchange"
