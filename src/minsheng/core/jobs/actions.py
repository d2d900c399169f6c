"""Asking for a job in the transaction of what wants it; and what the administrator does with one that failed."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.manager import JobManager
from procrastinate.tasks import configure_task

from minsheng.core.jobs import kinds
from minsheng.core.jobs.models import Trouble
from minsheng.domain.rejected import Rejected
from minsheng.gateways import tracing

# Holding the row that waits keeps workers from taking it (they skip locked rows) until this transaction commits: else
# the job could run before the fact is there, and nobody would run again for it. Others may hold it too.
_HOLD = "SELECT id FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo' FOR KEY SHARE"
_LOCK = "SELECT status FROM procrastinate_jobs WHERE id = %s FOR UPDATE"
_AT_ONCE = "UPDATE procrastinate_jobs SET scheduled_at = %s WHERE id = %s"
_DELETE = "DELETE FROM procrastinate_jobs WHERE id = %s"


def defer(name: str, *, key: str = "", **args: str) -> None:
    """Have a job done once this transaction commits; one that waits already under the same key does it for both.

    `args` are ids: they stand in a table that the administrator's tools show. A job must do no harm when done twice.
    """
    kind, unique = kinds.named(name), kinds.unique(name, key)
    asked = configure_task(
        name=name,
        job_manager=_manager(),
        lock=unique,
        queueing_lock=unique,
        queue=kind.queue,
        priority=kind.priority,
    )
    with transaction.atomic():
        while not _held(unique):
            try:
                with transaction.atomic():
                    asked.defer(**args, **_origin())
                return
            except AlreadyEnqueued:
                # Somebody else's has just been committed.
                continue


def _origin() -> dict[str, str]:
    """Return the request that wants the job, where one does."""
    request = tracing.current()
    return {kinds.ORIGIN: request} if request else {}


def run_again(job: int, *, now: datetime) -> None:
    """Have a job done now that failed, or waits for its next try. Raises: Rejected when it runs, or is no more."""
    with transaction.atomic():
        if _status(job) == "todo":
            _run(_AT_ONCE, (now, job))
            return
        try:
            with transaction.atomic():
                _manager().retry_job_by_id(job, retry_at=now)
        except UniqueViolation:
            raise Rejected("job_waits_already") from None


def give_up(job: int) -> None:
    """Forget a job that failed or waits. Raises: Rejected when it runs, or is no more."""
    with transaction.atomic():
        _status(job)
        _run(_DELETE, (job,))
        Trouble.objects.filter(pk=job).delete()


def note(job: int, error: str, *, now: datetime) -> None:
    """Note why a job failed."""
    Trouble.objects.update_or_create(pk=job, defaults={"error": error, "at": now})


def forget_trouble(job: int | None = None) -> None:
    """Forget why a job failed once it is done; without one, of all jobs that are no more."""
    if job is not None:
        Trouble.objects.filter(pk=job).delete()
        return
    _run("DELETE FROM jobs_trouble t WHERE NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.id = t.job)", ())


def _status(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, (job,))
        found = cursor.fetchone()
    if found is None or found[0] not in ("todo", "doing", "failed"):
        raise Rejected("job_gone")
    if found[0] == "doing":
        raise Rejected("job_runs")
    return str(found[0])


def _manager() -> JobManager:
    # By Django's own connection: what is asked for is committed or rolled back with what asks for it.
    return JobManager(DjangoConnector())


def _held(unique: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, (unique,))
        return cursor.fetchone() is not None


def _run(statement: str, values: tuple[datetime | int, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
