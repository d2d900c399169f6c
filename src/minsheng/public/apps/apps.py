"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class PublicApps(AppConfig):
    """Programs of others for citizens."""

    name = "minsheng.public.apps"
    label = "public_apps"
