"""The room's name, under which its templates are found."""

from __future__ import annotations

from django.apps import AppConfig


class Encyclopaedia(AppConfig):
    """The hotline's encyclopaedia."""

    name = "minsheng.public.encyclopaedia"
    label = "encyclopaedia"
