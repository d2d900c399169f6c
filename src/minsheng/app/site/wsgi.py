"""The WSGI door: `granian --interface wsgi minsheng.app.site.wsgi:application`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.app.site.settings")
os.environ.setdefault("MINSHENG_PATIENCE", "15")
_pages = get_wsgi_application()

from django.db import DatabaseError, InterfaceError, connection  # noqa: E402 - Django is set up first

from minsheng.core.people import vault_keys  # noqa: E402

_held = False


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request, after making sure once that the keys are the database's.

    At the first request and not before: the database may be away while the process starts, and the pages say so then.
    Raises: SecretsFault KEYS_DO_NOT_FIT, at every request.
    """
    global _held
    if not _held:
        try:
            vault_keys.hold()
            _held = True
        except (DatabaseError, InterfaceError):
            connection.close()
    return _pages(environ, start_response)
