"""Procrastinate's manager of jobs, for two cases that would leave a job as running for ever, with a worker that lives.

While a job runs, another may be asked for under its key. When the first is then to be tried again, both would wait
under one key, which the database refuses. And the database may be away at the moment when the end is to be written.

A third case: while machines are upgraded one after the other, a worker takes a job of a kind that only a newer version
knows. Procrastinate would call it failed for good; here it is put back, for a newer worker.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Final, LiteralString

import psycopg
from procrastinate import exceptions, utils
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

_log = logging.getLogger(__name__)

# An hour for the other machines to be upgraded; a kind that nobody knows by then is for the administrator.
STRANGE_TRIES: Final = 120
STRANGE_PAUSE: Final = timedelta(seconds=30)
# A minute; a database that is away for longer ends the worker, and another takes the job over.
TRIES = 60
PAUSE = 1.0

# The twin does it for both: it takes over how often it was tried, and when it is tried next.
_JOIN: LiteralString = """
    WITH gone AS (
        DELETE FROM procrastinate_jobs WHERE id = %(job)s AND status = 'doing' RETURNING queueing_lock, attempts
    ), twin AS (
        UPDATE procrastinate_jobs j SET attempts = gone.attempts + 1, scheduled_at = %(at)s
        FROM gone WHERE j.queueing_lock = gone.queueing_lock AND j.status = 'todo' RETURNING j.id
    )
    UPDATE jobs_trouble t SET job = twin.id FROM twin
    WHERE t.job = %(job)s AND NOT EXISTS (SELECT 1 FROM jobs_trouble o WHERE o.job = twin.id)
"""


class Turns(JobManager):
    """A manager that sees to it that the end of each job is written; `known`: the kinds of this version, if not all."""

    known: Collection[str] | None = None

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Write that a job is done, or failed for the last time."""
        is_strange = self.known is not None and job.task_name not in self.known
        if is_strange and status is Status.FAILED and job.attempts < STRANGE_TRIES:
            _log.warning("a job of a kind that this version does not know is left to another", extra={"job": job.id})
            await self.retry_job(job, retry_at=utils.utcnow() + STRANGE_PAUSE)
            return
        finish = super().finish_job
        await _surely(lambda: finish(job, status, delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Put a job back to be tried again, or let its twin do it."""
        back = super().retry_job
        try:
            await _surely(lambda: back(job, retry_at=retry_at, priority=priority, queue=queue, lock=lock))
        except exceptions.UniqueViolation:
            at = retry_at or utils.utcnow()
            await _surely(lambda: self.connector.execute_query_async(query=_JOIN, job=job.id, at=at))


async def _surely(write: Callable[[], Awaitable[None]]) -> None:
    for _ in range(TRIES - 1):
        try:
            await write()
            return
        except exceptions.ConnectorException as fault:
            if not isinstance(fault.__cause__, psycopg.OperationalError):
                raise
        await asyncio.sleep(PAUSE)
    await write()
