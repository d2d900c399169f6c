"""The whole program is hit: whatever is killed is up again without a hand, and nothing stays behind."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.program_ground import READY_WITHIN, Program, program
from tests.watching_ground import asked, prometheus

from minsheng.gateways import processes


@pytest.fixture(scope="module")
def running() -> Iterator[Program]:
    with program() as started:
        started.start()
        yield started


@pytest.mark.parametrize("part", ["web", "live", "worker", "jobs", "sweeper", "lake", "postgres"])
def test_killed_part_is_started_again(running: Program, part: str) -> None:
    former = running.part(part)

    running.kill(former)

    assert running.wait_replaced(part, former), running.said()
    assert running.wait_ready(), running.said()


def test_prometheus_reads_the_measures_and_knows_the_alerts(running: Program, tmp_path: Path) -> None:
    assert running.wait_ready(), running.said()

    with prometheus(tmp_path, target=running.port) as port:

        def measured() -> dict[str, float]:
            found = asked(port, 'query?query={__name__=~"minsheng_.*"}')["result"]
            return {each["metric"]["__name__"]: float(each["value"][1]) for each in found}

        wanted = {"minsheng_outbox_waiting", "minsheng_job_workers", "minsheng_request_seconds_count",
                  "minsheng_live_streams", "minsheng_database_up"}  # fmt: skip
        assert processes.wait_until(lambda: wanted <= measured().keys(), seconds=60), measured()
        assert measured()["minsheng_database_up"] == 1
        assert asked(port, 'query?query=up{job="minsheng"}')["result"][0]["value"][1] == "1"
        rules = asked(port, "rules")["groups"][0]["rules"]
        assert {rule["name"] for rule in rules} >= {"DatabaseAway", "RelayLate", "DiskShort"}
        assert all(rule["health"] != "err" for rule in rules)


def test_streams_listen_again_after_the_database_was_killed(running: Program) -> None:
    assert processes.wait_until(running.listens, seconds=30), running.said()

    former = running.part("postgres")

    running.kill(former)

    assert running.wait_replaced("postgres", former), running.said()
    assert running.wait_ready(), running.said()

    def listens_anew() -> bool:
        """Tell whether the new server knows the connection that listens."""
        with psycopg.connect(running.urls.owner) as connection:
            found = connection.execute("select from pg_stat_activity where application_name = 'minsheng-live'")
            return found.fetchone() is not None and running.listens()

    assert processes.wait_until(listens_anew, seconds=30), running.said()


def test_killed_web_worker_is_started_again(running: Program) -> None:
    former = running.web_workers()

    running.kill(former[0])

    def replaced() -> bool:
        now = running.web_workers()
        return len(now) == len(former) and former[0] not in now

    assert processes.wait_until(replaced, seconds=30), running.said()
    assert running.wait_ready()


def test_workers_of_a_killed_web_master_do_not_stay(running: Program) -> None:
    workers = running.web_workers()
    master = running.part("web")

    running.kill(master)

    assert running.wait_replaced("web", master)
    assert all(processes.wait_gone(worker, seconds=10) for worker in workers)
    assert running.wait_ready()


def test_killed_backend_costs_a_moment_and_no_restart_by_hand(running: Program) -> None:
    with psycopg.connect(running.urls.owner) as connection:
        backend = processes.identify(connection.info.backend_pid)
        assert backend is not None

        running.kill(backend)

    assert running.wait_ready(), running.said()


def test_second_program_on_the_same_folder_is_refused(running: Program) -> None:
    second = Program(running.var, port=running.port)

    status = second.launch().wait(timeout=30)

    assert status == 1
    assert "已在运行" in running.said()
    assert running.ready()


def test_sigterm_stops_everything_and_the_next_start_keeps_the_data() -> None:
    with program() as running:
        running.start()
        with psycopg.connect(running.urls.owner, autocommit=True) as connection:
            connection.execute("create table kept (id int)")
        parts = [
            running.part(name) for name in ("serve", "web", "live", "worker", "jobs", "sweeper", "lake", "postgres")
        ]
        assert running.started is not None

        running.started.terminate()
        status = running.started.wait(timeout=30)

        assert status == 0, running.said()
        assert not any(map(processes.alive, parts))
        assert running.remains() == ()
        running.start()
        with psycopg.connect(running.urls.owner) as connection:
            connection.execute("select * from kept")


def test_start_after_a_killed_supervisor_stops_the_orphans() -> None:
    with program() as running:
        running.start()
        # Stopped processes cannot obey the kernel's signal at their parent's death: they stay as orphans.
        orphans = [running.part("worker"), *running.web_workers()]
        for orphan in orphans:
            processes.send(orphan, signal.SIGSTOP)
        assert running.started is not None
        running.started.kill()
        running.started.wait()

        running.start()

        left = [each for each in orphans if not processes.wait_gone(each, seconds=READY_WITHIN)]
        assert left == [], running.said()
        assert len(running.web_workers()) >= 1


def test_killed_supervisor_takes_its_children_with_it() -> None:
    with program() as running:
        running.start()
        assert running.started is not None

        running.started.kill()
        running.started.wait()

        assert processes.wait_until(lambda: running.remains() == (), seconds=20), running.remains()


def test_taken_port_is_named_and_nothing_is_left() -> None:
    with program() as running, socket.socket() as other:
        other.bind(("127.0.0.1", running.port))
        other.listen()

        status = running.launch().wait(timeout=30)

        assert status == 1
        assert f"端口 {running.port} 已被其他程序占用" in running.said()
        assert running.remains() == ()


def test_sigterm_during_the_first_preparations_leaves_nothing() -> None:
    with program() as running:
        started = running.launch()
        assert processes.wait_until(lambda: "正在启动内嵌数据库" in running.said(), seconds=20)

        started.terminate()

        assert started.wait(timeout=30) == 0, running.said()
        assert processes.wait_until(lambda: running.remains() == (), seconds=20), running.remains()
