"""The room's name in the database."""

from __future__ import annotations

from django.apps import AppConfig


class Registers(AppConfig):
    """The registers."""

    name = "minsheng.cases.registers"
    label = "registers"
