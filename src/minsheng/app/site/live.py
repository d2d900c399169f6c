"""The door of event streams: `granian --interface asgi --workers 1 minsheng.app.site.live:application`."""

from __future__ import annotations

import os
import resource

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.app.site.settings")
os.environ.setdefault("MINSHENG_PATIENCE", "15")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first

from minsheng.cases.live.stream import Streams  # noqa: E402

# Each open browser is a file to the kernel; a shell's usual 1024 would be the end of the thousandth.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = 65_536 if _hard == resource.RLIM_INFINITY else min(_hard, 65_536)
if _soft != resource.RLIM_INFINITY and _soft < _wanted:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_wanted, _hard))

application = Streams(settings.URLS.app)
