"""Who does the jobs: workers of Procrastinate in a process of their own. Any number of processes may run.

A queue has workers of its own, so that a long job keeps no quick one waiting. A worker that is killed leaves a row
that says it runs; another process finds that its heartbeat has stopped, and has the job done again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from django.db import DatabaseError, close_old_connections, connection
from django.utils.module_loading import import_string
from procrastinate import App, JobContext, PsycopgConnector, exceptions
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job, Status

from minsheng.core.jobs import actions, kinds
from minsheng.core.jobs.kinds import BACKOFF, Kind
from minsheng.core.jobs.turns import Turns
from minsheng.gateways import clock, tracing

logger = logging.getLogger(__name__)

# A worker says every ten seconds that it lives; one that has not for thirty is dead.
HEARTBEAT: Final = 10.0
SILENCE: Final = 30.0
_TEND_EVERY: Final = 10.0
_POLL: Final = 1.0
# Seconds for a connection, and for the end once it is wanted: the supervisor waits for twelve.
_CONNECT_WITHIN: Final = 5.0
_END_WITHIN: Final = 8.0
_FAILED_KEPT_HOURS: Final = 30 * 24


class JobFailed(Exception):
    """A job failed; all that Procrastinate, which logs it, is told is what kind of fault it was."""


def work_forever(*, stop: threading.Event) -> None:
    """Do jobs until told to stop; the jobs that run by then are finished."""
    pause = 0.0
    while not stop.wait(pause):
        try:
            asyncio.run(_work(stop))
            if not stop.is_set():
                # Its listener or heartbeat ended; Procrastinate stops a worker then without an exception.
                logger.warning("jobs: the workers stopped; they start again")
            pause = 1.0
        except (exceptions.ConnectorException, DatabaseError, OSError):
            logger.warning("jobs: the database is away; trying again")
            pause = 1.0
        except Exception:
            logger.exception("jobs: the workers stopped; they start again")
            pause = 1.0


def app() -> App:
    """Return Procrastinate's application for a process that does jobs, with every kind that the settings name."""
    params = connector_params()
    connector = PsycopgConnector(kwargs=params, min_size=1, max_size=4, timeout=_CONNECT_WITHIN)
    made = App(connector=connector, periodic_defaults={"max_delay": 24 * 3600.0})
    made.job_manager = turns = Turns(connector)
    turns.known = {kind.name for kind in kinds.all_kinds()}
    for kind in kinds.all_kinds():
        task = made.task(
            name=kind.name,
            queue=kind.queue,
            priority=kind.priority,
            lock=kind.name,
            queueing_lock=kind.name,
            retry=BACKOFF,
            pass_context=True,
        )(_doing(kind))
        if kind.every is not None:
            made.periodic(cron=kind.every)(task)
    return made


async def tend(app: App) -> None:
    """Take over what dead workers had begun, and forget what failed a month ago."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        await _take_over(app, job)
    await app.job_manager.prune_stalled_workers(SILENCE)
    await app.job_manager.delete_old_jobs(
        _FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
    await asyncio.to_thread(_closing, actions.forget_trouble)


async def _take_over(app: App, job: Job) -> None:
    logger.warning("a worker was lost in the middle of a job; it is done again", extra={"job": job.task_name})
    assert job.id is not None  # it was read from its row
    await asyncio.to_thread(_closing, actions.note, job.id, kinds.LOST, now=clock.now())
    decision = BACKOFF.get_retry_decision(exception=JobFailed(kinds.LOST), job=job)
    try:
        if decision is None:
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
        else:
            await app.job_manager.retry_job(job, retry_at=decision.retry_at)
    except exceptions.ConnectorException:
        # Another process was faster, or the worker lived after all.
        logger.debug("a lost job was no longer lost", exc_info=True)


async def _work(stop: threading.Event) -> None:
    """Work until told to stop, or until a part of it ends; also a database that is away doesn't delay the end."""
    threads = ThreadPoolExecutor(sum(kinds.QUEUES.values()) + 1, thread_name_prefix="jobs")
    asyncio.get_running_loop().set_default_executor(threads)
    doing, told = asyncio.create_task(_do_jobs()), asyncio.create_task(_until(stop))
    await asyncio.wait([doing, told], return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.wait([doing], timeout=_END_WITHIN)
    elif fault := doing.exception():
        raise fault


async def _do_jobs() -> None:
    made = app()
    async with made.open_async():
        parts: list[Coroutine[Any, Any, None]] = [_tend_forever(made)]
        parts += [
            made.run_worker_async(
                queues=[queue],
                name=queue,
                concurrency=concurrency,
                fetch_job_polling_interval=_POLL,
                delete_jobs="successful",
                install_signal_handlers=False,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=SILENCE,
            )
            for queue, concurrency in kinds.QUEUES.items()
        ]
        running = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in running:
                each.cancel()
            ended = await asyncio.gather(*running, return_exceptions=True)
    for fault in ended:
        if isinstance(fault, Exception):
            raise fault


async def _until(stop: threading.Event) -> None:
    while not stop.is_set():
        await asyncio.sleep(0.1)


async def _tend_forever(app: App) -> None:
    while True:
        await tend(app)
        await asyncio.sleep(_TEND_EVERY)


def _doing(kind: Kind) -> Callable[..., None]:
    def do(context: JobContext, *, timestamp: int | None = None, **args: str) -> None:
        """Do one job; `timestamp` is when it came by itself."""
        assert context.job.id is not None  # it was read from its row
        close_old_connections()
        with tracing.belonging_to(args.pop(kinds.ORIGIN, "")):
            try:
                import_string(kind.does.replace(":", "."))(clock.now(), **args)
                if context.job.attempts:
                    actions.forget_trouble(context.job.id)
            except Exception as fault:
                _note(context.job.id, kind, fault)
                raise JobFailed(type(fault).__name__) from None
            finally:
                connection.close()

    return do


def _note(job: int, kind: Kind, fault: Exception) -> None:
    logger.exception("a job failed", extra={"job": kind.name})
    try:
        actions.note(job, type(fault).__name__, now=clock.now())
    except DatabaseError:
        # It is the database that is away: then the job's row can't be written either.
        logger.warning("jobs: the database is away; the job is taken over later")


def _closing(work: Callable[..., None], *args: Any, **named: Any) -> None:
    try:
        work(*args, **named)
    finally:
        connection.close()
