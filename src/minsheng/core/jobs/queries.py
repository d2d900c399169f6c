"""What jobs there are now, for the administrator's page: kinds, tries, moments; never what a job is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

_EACH_AT_MOST = 100
_JOBS = """
    SELECT id, task_name, status, attempts, next_at, since, error FROM (
        SELECT j.id, j.task_name, j.status::text, j.attempts,
            CASE WHEN j.status = 'todo' THEN j.scheduled_at END AS next_at,
            (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type <> 'scheduled') AS since,
            t.error, row_number() OVER (PARTITION BY j.status ORDER BY j.id DESC) AS place
        FROM procrastinate_jobs j LEFT JOIN jobs_trouble t ON t.job = j.id
        WHERE j.status IN ('todo', 'doing', 'failed')
    ) AS found WHERE place <= %s
    ORDER BY array_position(ARRAY['failed', 'doing', 'todo'], status), next_at NULLS FIRST, id
"""
_COUNTS = """
    SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Listed:
    """A job in the list. `tries`: how often it was tried; `since`: when it came to stand as it does."""

    id: int
    kind: str
    status: str
    tries: int
    next_at: datetime | None
    since: datetime | None
    error: str | None


def jobs() -> list[Listed]:
    """Return the jobs that failed, run and wait, the newest hundred of each."""
    with connection.cursor() as cursor:
        cursor.execute(_JOBS, (_EACH_AT_MOST,))
        return [Listed(*row) for row in cursor.fetchall()]


def counts() -> dict[str, int]:
    """Return how many jobs wait, run and failed."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return dict(cursor.fetchall())


def workers() -> tuple[int, datetime | None]:
    """Return how many workers have their names down, and the last sign of life of any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(last_heartbeat) FROM procrastinate_workers")
        count, last = cursor.fetchone() or (0, None)
        return count, last
