"""The ASGI door, for event streams; pages are served through `wsgi`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.site.settings")
application = get_asgi_application()
