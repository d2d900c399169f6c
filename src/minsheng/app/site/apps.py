"""The site's start: the words of every feature are read in the language of whoever asks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext

from minsheng import wording


class Site(AppConfig):
    """The outermost room."""

    name = "minsheng.app.site"

    def ready(self) -> None:
        """Put gettext in front of the tables of words."""
        wording.translate_with(gettext)
