"""How the jobs stand: how many wait, run and failed, and how many workers are alive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from minsheng.core.features.values import Gauge
from minsheng.core.jobs import queries

_SILENT = timedelta(seconds=60)
_STATES = {"todo": "waiting", "doing": "running", "failed": "failed"}


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give counts by state, and the workers; none when no sign of life has come for a while."""
    counts = queries.counts()
    for status, name in _STATES.items():
        yield Gauge("minsheng_jobs", "Jobs by state.", counts.get(status, 0), {"state": name})
    workers, last = queries.workers()
    alive = workers if last is not None and now - last < _SILENT else 0
    yield Gauge("minsheng_job_workers", "Workers that are alive.", alive)
