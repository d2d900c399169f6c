"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Monitoring(AppConfig):
    """Violations, the dossiers that hand them on, and what is counted."""

    name = "minsheng.cases.monitoring"
    label = "monitoring"
