"""Jobs: asked for with the fact, done beside the relay, tried again, taken over; none holds up what others wait for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate import exceptions
from procrastinate.connector import BaseAsyncConnector
from procrastinate.jobs import Job, Status
from tests.jobs_ground import run, standing, waiting_for, working

from minsheng import wording
from minsheng.core.features import queries as features
from minsheng.core.features import values
from minsheng.core.jobs import actions, kinds, queries, tasks, turns
from minsheng.core.jobs.models import Trouble
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger import tasks as ledger
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock, tracing
from minsheng.public.publication import tasks as publication
from minsheng.public.publication.models import Figures

NOW = datetime.fromisoformat("2026-09-18T16:40:00+08:00")

done: list[str] = []
begun = threading.Event()
may_end = threading.Event()
faults: list[Exception] = []


def noting(now: datetime, *, about: str = "") -> None:
    """Note what it was asked for."""
    done.append(about)


def tracing_back(now: datetime) -> None:
    """Note for which request it works."""
    done.append(tracing.current())


def holding(now: datetime) -> None:
    """Say that it has begun, and stay until it may end."""
    begun.set()
    assert may_end.wait(60)
    done.append("held")


def failing(now: datetime) -> None:
    """Fail as often as there are faults left."""
    done.append("tried")
    if faults:
        raise faults.pop()


def held_failing(now: datetime) -> None:
    """Fail as often as there are faults left, but not before it may end."""
    begun.set()
    assert may_end.wait(60)
    failing(now)


@pytest.fixture(autouse=True)
def own_kinds(settings: Any) -> Iterator[None]:
    """Have kinds of the tests' own, and none that come by themselves."""
    done.clear()
    faults.clear()
    begun.clear()
    may_end.clear()
    own = {
        "noting": values.Job(f"{__name__}:noting", "usual"),
        "tracing": values.Job(f"{__name__}:tracing_back", "usual"),
        "holding": values.Job(f"{__name__}:holding", "usual"),
        "holding_long": values.Job(f"{__name__}:holding", "long"),
        "failing": values.Job(f"{__name__}:failing", "urgent"),
        "held_failing": values.Job(f"{__name__}:held_failing", "usual"),
    }
    settings.FEATURES = [values.Feature(name="own", jobs=own)]
    yield
    may_end.set()


def test_job_is_rolled_back_with_the_fact_that_wanted_it(db: None) -> None:
    with transaction.atomic():
        actions.defer("noting", about="a")
        transaction.set_rollback(True)

    assert standing() == []


def test_job_asked_for_twice_under_one_key_waits_once(db: None) -> None:
    actions.defer("noting", key="a", about="a")
    actions.defer("noting", key="a", about="a")
    actions.defer("noting", key="b", about="b")

    assert standing() == [("noting", "todo", 0), ("noting", "todo", 0)]


def test_unknown_kind_is_a_fault_at_once(db: None) -> None:
    with pytest.raises(KeyError):
        actions.defer("nothing")


@pytest.mark.django_db(transaction=True)
def test_job_is_not_taken_until_the_fact_that_joined_it_is_committed() -> None:
    """Else it would run before the fact is there, and nobody would run again for it."""
    actions.defer("noting", about="both")
    with transaction.atomic():
        actions.defer("noting", about="both")

        assert _taken_by_another() is None

    assert _taken_by_another() is not None


def _taken_by_another() -> int | None:
    """Ask for a job as a worker does, over a connection of its own, and let it go again."""
    found: list[int | None] = []

    def ask() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['quick']::varchar[], NULL)")
            found.append(cursor.fetchone()[0])
            transaction.set_rollback(True)
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(20)
    return found[0]


@contextmanager
def relaying() -> Iterator[None]:
    """Have a relay beside, which ends with the block however it ends: one that went on would write into other tests."""
    stop = threading.Event()
    relay = threading.Thread(target=ledger.relay_forever, kwargs={"stop": stop})
    relay.start()
    try:
        yield
    finally:
        stop.set()
        relay.join(20)


@pytest.mark.django_db(transaction=True)
def test_slow_job_holds_up_neither_the_relay_nor_other_jobs(settings: Any, test_clock: Any) -> None:
    from tests import town_ground as towns

    town = towns.build("jiangyin", test_clock)
    actions.defer("holding_long")
    actions.defer("holding")
    with working():
        assert begun.wait(30)
        with relaying():
            town.register()
            actions.defer("noting", about="beside")

            assert waiting_for(lambda: ledger_queries.waiting()[0] == 0)
            assert waiting_for(lambda: done == ["beside"])
            # What has noted is written down as done a moment after it has noted.
            assert waiting_for(lambda: [each[1] for each in standing()].count("doing") == 2)
            may_end.set()
            assert waiting_for(lambda: not [each for each in standing() if each[1] == "doing"])


@pytest.mark.django_db(transaction=True)
def test_failed_job_is_tried_again_and_its_fault_is_named_and_not_told(caplog: pytest.LogCaptureFixture) -> None:
    faults.append(RuntimeError("13800138000"))
    actions.defer("failing", key="a")

    with working():
        assert waiting_for(lambda: Trouble.objects.exists())
        assert Trouble.objects.get().error == "RuntimeError"
        assert waiting_for(lambda: standing() == [])

    assert done == ["tried", "tried"]
    assert not Trouble.objects.exists()
    assert [each.name for each in caplog.records if each.levelname == "ERROR"] == ["minsheng.core.jobs.tasks"]


@pytest.mark.django_db(transaction=True)
def test_job_that_failed_for_the_last_time_waits_for_the_administrator() -> None:
    faults.append(RuntimeError())
    actions.defer("failing", key="a")
    run("UPDATE procrastinate_jobs SET attempts = 7")

    with working():
        assert waiting_for(lambda: standing() == [("failing", "failed", 8)])
        (failed,) = queries.jobs()
        assert (failed.kind, failed.status, failed.tries, failed.error) == ("failing", "failed", 8, "RuntimeError")
        actions.run_again(failed.id, now=clock.now())
        assert waiting_for(lambda: standing() == [])

    assert done == ["tried", "tried"]


@pytest.mark.django_db(transaction=True)
def test_job_of_a_kind_that_only_a_newer_version_knows_is_left_to_it() -> None:
    actions.defer("noting", key="a")
    actions.defer("noting", key="b")
    run("UPDATE procrastinate_jobs SET task_name = 'newer'")
    run("UPDATE procrastinate_jobs SET attempts = %s WHERE lock = 'noting/b'", turns.STRANGE_TRIES)

    with working():
        assert waiting_for(lambda: standing() == [("newer", "todo", 1), ("newer", "failed", turns.STRANGE_TRIES + 1)])
    run("UPDATE procrastinate_jobs SET task_name = 'noting', scheduled_at = NULL WHERE status = 'todo'")
    with working():
        assert waiting_for(lambda: len(standing()) == 1)

    assert done == [""]


@pytest.mark.django_db(transaction=True)
def test_failed_job_joins_the_one_that_was_asked_for_meanwhile() -> None:
    """Else two would wait under one key, and the first be left as running for ever."""
    faults.append(RuntimeError())
    actions.defer("held_failing")

    with working():
        assert begun.wait(30)
        actions.defer("held_failing")
        may_end.set()
        assert waiting_for(lambda: standing() == [])

    assert done == ["tried", "tried"]


class Away(BaseAsyncConnector):
    """A database that is away for the first few writings."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.written = 0

    async def execute_query_async(self, query: str, **arguments: Any) -> None:
        """Fail as often as there are faults left."""
        if self.faults:
            raise self.faults.pop() from psycopg.OperationalError()
        self.written += 1


def test_end_of_a_job_is_written_once_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would be left as running, with a worker that lives, and nobody would take it over."""
    monkeypatch.setattr(turns, "PAUSE", 0)
    job = Job(id=1, queue="quick", lock=None, queueing_lock=None, task_name="noting")
    finishing, putting_back = Away(*[exceptions.ConnectorException()] * 3), Away(exceptions.ConnectorException())

    asyncio.run(turns.Turns(finishing).finish_job(job, Status.SUCCEEDED, delete_job=True))
    asyncio.run(turns.Turns(putting_back).retry_job(job))

    assert (finishing.written, putting_back.written) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_job_of_a_lost_worker_is_done_by_another() -> None:
    actions.defer("noting", about="a")
    run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '31 seconds')")
    run("UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)")

    with working():
        assert waiting_for(lambda: done == ["a"])
        assert waiting_for(lambda: standing() == [])


@pytest.mark.django_db(transaction=True)
def test_job_that_loses_its_worker_each_time_is_not_tried_for_ever() -> None:
    actions.defer("noting", key="a", about="a")
    run("UPDATE procrastinate_jobs SET attempts = 7, status = 'doing'")

    with working():
        assert waiting_for(lambda: standing() == [("noting", "failed", 8)])

    assert queries.jobs()[0].error == kinds.LOST
    assert done == []


@pytest.mark.django_db(transaction=True)
def test_workers_live_through_the_loss_of_their_connections() -> None:
    with working():
        assert waiting_for(lambda: queries.workers()[0] == 2)
        run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )

        actions.defer("noting", about="after")

        assert waiting_for(lambda: done == ["after"])


def test_workers_end_when_told_to_though_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a platform whose database died first keeps a process."""
    nowhere = {"host": "127.0.0.1", "port": 1, "dbname": "none"}
    asked = threading.Event()
    monkeypatch.setattr(tasks, "connector_params", lambda: asked.set() or nowhere)
    stop = threading.Event()
    worker = threading.Thread(target=tasks.work_forever, kwargs={"stop": stop})
    worker.start()
    assert asked.wait(10)

    stop.set()

    worker.join(15)
    assert not worker.is_alive()


@pytest.mark.django_db(transaction=True)
def test_what_comes_by_itself_comes_with_the_first_worker(settings: Any) -> None:
    settings.FEATURES = [
        values.Feature(name="own", jobs={"noting": values.Job(f"{__name__}:noting", "usual", "0 * * * *")})
    ]

    with working():
        assert waiting_for(lambda: done == [""])
    with working():
        assert waiting_for(lambda: queries.workers()[0] == 2)

    assert done == [""]


def test_job_that_waits_or_failed_is_given_up_and_one_that_runs_is_not(db: None) -> None:
    actions.defer("noting", key="a")
    actions.defer("noting", key="b")
    waiting, running = (each.id for each in queries.jobs())
    run("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", running)

    actions.give_up(waiting)

    with pytest.raises(Rejected) as refused:
        actions.give_up(running)
    assert refused.value.code == "job_runs"
    with pytest.raises(Rejected) as gone:
        actions.run_again(waiting, now=NOW)
    assert gone.value.code == "job_gone"


def test_failed_job_is_not_run_again_beside_one_that_waits(db: None) -> None:
    actions.defer("noting")
    run("UPDATE procrastinate_jobs SET status = 'failed'")
    (failed,) = queries.jobs()
    actions.defer("noting")

    with pytest.raises(Rejected) as refused:
        actions.run_again(failed.id, now=NOW)

    assert refused.value.code == "job_waits_already"


@pytest.mark.django_db
def test_every_job_of_a_feature_exists_has_a_name_and_does_no_harm_twice(
    settings: Any, test_clock: Callable[[datetime], None]
) -> None:
    from django.utils.module_loading import import_string
    from tests import town_ground as towns

    from minsheng.app.site import settings as written

    settings.FEATURES = written.FEATURES
    towns.build("jiangyin", test_clock)

    for kind in kinds.all_kinds() * 2:
        import_string(kind.does.replace(":", "."))(NOW)

    assert Figures.objects.count() == 1
    assert set(features.jobs()) == set(wording.JOBS)
    assert set(tasks.app().tasks) >= set(features.jobs())


def test_figures_are_counted_once_an_hour(db: None, test_clock: Callable[[datetime], None]) -> None:
    from tests import town_ground as towns

    towns.build("jiangyin", test_clock)
    publication.count(NOW)
    publication.count(NOW + timedelta(minutes=59))
    first = Figures.objects.get().counted_at

    publication.count(NOW + timedelta(minutes=61))

    assert first == NOW
    assert Figures.objects.get().counted_at == NOW + timedelta(minutes=61)


@pytest.mark.django_db(transaction=True)
def test_job_works_for_the_request_that_wants_it() -> None:
    with tracing.belonging_to("request-of-a-seat"):
        actions.defer("tracing")

    with working():
        assert waiting_for(lambda: done)

    assert done == ["request-of-a-seat"]
