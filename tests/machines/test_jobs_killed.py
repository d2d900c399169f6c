"""The process that does jobs is killed in the middle of one: another does it, without a hand."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import psycopg
from tests.program_ground import Program, program

from minsheng.gateways import processes

_ASK = b"""
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock)
    VALUES ('long', 'figures', 'figures/killed', 'figures/killed') RETURNING id
"""
_WAITS = b"""
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%publication_figures%'
"""
# The last sign of life of whoever has the job, as if half a minute had gone by.
_SILENT = b"""
    UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'
    WHERE id = (SELECT worker_id FROM procrastinate_jobs WHERE id = %s)
"""


def one(connection: psycopg.Connection, query: bytes, *values: object) -> Any:
    row = connection.execute(query, values or None).fetchone()
    return row[0] if row else None


def opened_city(running: Program) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "DJANGO_"))}
    environment["MINSHENG_VAR"] = str(running.var)
    words = ["city", "open", "faults", "--name", "故障演练市", "--pack", "suqian"]
    subprocess.run([sys.executable, "-m", "minsheng.app.cli.main", *words], env=environment, check=True)


def test_job_of_a_killed_worker_is_taken_over() -> None:
    with program() as running:
        running.start()
        opened_city(running)
        with psycopg.connect(running.urls.owner, autocommit=True) as watching:
            with psycopg.connect(running.urls.owner) as holding:
                holding.execute("LOCK TABLE publication_figures IN ACCESS EXCLUSIVE MODE")
                job = one(watching, _ASK)
                assert processes.wait_until(
                    lambda: (
                        one(watching, b"SELECT status FROM procrastinate_jobs WHERE id = %s", job) == "doing"
                        and one(watching, _WAITS) > 0
                    ),
                    seconds=60,
                ), running.said()
                former = running.part("jobs")

                running.kill(former)

                watching.execute(_SILENT, (job,))
            assert running.wait_replaced("jobs", former), running.said()
            # Only a job that was done is gone.
            assert processes.wait_until(
                lambda: one(watching, b"SELECT count(*) FROM procrastinate_jobs WHERE id = %s", job) == 0, seconds=60
            ), running.said()
            assert one(watching, b"SELECT count(*) FROM publication_figures") == 1
