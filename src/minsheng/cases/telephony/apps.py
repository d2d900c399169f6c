"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Telephony(AppConfig):
    """Calls."""

    name = "minsheng.cases.telephony"
    label = "telephony"
