"""The store, the scanner and the limits that the settings name."""

from __future__ import annotations

from django.conf import settings

from minsheng.gateways import antivirus
from minsheng.gateways.antivirus import Scanner
from minsheng.gateways.files import FileStore, LocalFiles
from minsheng.gateways.media.filetypes import Limits


def store() -> FileStore:
    """Return the store that the settings name."""
    return LocalFiles(settings.FILES_FOLDER)


def scanner() -> Scanner:
    """Return the scanner that the settings name; with none named, one that lets nothing in."""
    return antivirus.configured(
        settings.CLAMD, switched_off=settings.ANTIVIRUS_OFF, demonstration=settings.DEMO or settings.DEBUG
    )


def limits() -> Limits:
    """Return how large files may be."""
    return Limits(**settings.UPLOAD_LIMITS)
