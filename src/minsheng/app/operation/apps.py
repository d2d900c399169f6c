"""The room's start: faults are reported from every process of the platform."""

from __future__ import annotations

from importlib import metadata

from django.apps import AppConfig
from django.conf import settings

from minsheng.app.operation import faults


class Operation(AppConfig):
    """The room of operation."""

    name = "minsheng.app.operation"

    def ready(self) -> None:
        """Report faults where the settings name a tracker."""
        release = f"minsheng@{metadata.version('minsheng')}"
        faults.report_to(settings.FAULTS_DSN, release=release, environment=settings.FAULTS_ENVIRONMENT)
