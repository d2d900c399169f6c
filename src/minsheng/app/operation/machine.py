"""How the machine stands: free disk, connections to the database, and which version runs."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata

from django.conf import settings
from django.db import connection

from minsheng.core.features.values import Gauge

_CONNECTIONS = """
    SELECT coalesce(state, 'unknown'), count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1
"""


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give the free bytes of the folders that are written to, connections by state, and how many there may be."""
    for name, folder in (("data", settings.VAR), ("files", settings.FILES_FOLDER), ("lake", settings.LAKE_FOLDER)):
        present = next(each for each in (folder, *folder.parents) if each.exists())
        free = shutil.disk_usage(present).free
        yield Gauge("minsheng_disk_free_bytes", "Free disk.", free, {"folder": name})
    used = 0
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTIONS)
        for state, count in cursor.fetchall():
            used += count
            yield Gauge("minsheng_database_connections", "Connections to the database.", count, {"state": state})
        cursor.execute("SELECT setting::int FROM pg_settings WHERE name = 'max_connections'")
        (most,) = cursor.fetchone() or (0,)
    ratio = used / most if most else 0
    yield Gauge("minsheng_database_connections_ratio", "Connections of those that the database lets in.", ratio)
    yield Gauge("minsheng_machine_load", "Processes that run or wait for a processor.", os.getloadavg()[0])
    yield Gauge("minsheng_version", "1, with the version that runs.", 1, {"version": metadata.version("minsheng")})
