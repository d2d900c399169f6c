"""A primary with a synchronous standby is lost amid registrations: the promoted standby has each acknowledged one.

PostgreSQL itself streams and promotes; the platform finds the server that takes writes by the address it was given.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests import cluster_ground
from tests.load_ground import Load, client_of_a_city, command
from tests.program_ground import Program, program

from minsheng.gateways import processes
from minsheng.gateways.postgres import binaries, cluster, layout, server
from minsheng.gateways.postgres.layout import PORT, Layout, Owner

WANTED = 600
LOST_AT = 200
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary and its standby, on sockets of this machine."""

    primary: Layout
    standby: Layout
    owner: Owner
    programs: binaries.Binaries

    def url(self, role: str) -> str:
        """Return an address of both, of which the one that takes writes is wanted."""
        places = f"host={self.primary.socket},{self.standby.socket}&port={PORT},{PORT}"
        return f"postgresql://{role}@/{cluster.DATABASE}?{places}&target_session_attrs=read-write"

    def promote(self) -> None:
        """Make the standby take writes, as whoever watches over the pair does."""
        done = self.owner.run([self.programs.program("pg_ctl"), "promote", "-w", "-D", str(self.standby.data)])
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with tempfile.TemporaryDirectory(prefix="ms-pair-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        first, second = folder / "first", folder / "second"
        cluster_ground.lay_out(first)
        running = server.start(first)
        owner, primary = running.owner, running.layout
        standby = layout.make(second, owner=owner)
        made = Pair(primary, standby, owner, binaries.find(primary, owner=owner))
        try:
            with _streaming(made):
                yield made
        finally:
            for var in (first, second):
                if (left := server.find_running(var)) is not None:
                    server.stop_process(left)
                layout.remove_socket_folder(layout.plan(var))


@contextmanager
def _streaming(pair: Pair) -> Iterator[None]:
    """Have the standby stream, and the primary wait for it with every commit."""
    copy = [pair.programs.program("pg_basebackup"), "-h", str(pair.primary.socket), "-U", cluster.BACKUP_ROLE]
    pair.standby.data.mkdir(mode=0o700)
    os.chown(pair.standby.data, pair.owner.uid, pair.owner.gid)
    copied = pair.owner.run([*copy, "-D", str(pair.standby.data), "--checkpoint=fast", "--write-recovery-conf"])
    assert copied.returncode == 0, copied.stderr
    source = f"host={pair.primary.socket} port={PORT} user={cluster.BACKUP_ROLE} application_name=standby"
    settings = pair.standby.data / "postgresql.auto.conf"
    own = f"primary_conninfo = '{source}'\nunix_socket_directories = '{pair.standby.socket}'\n"
    settings.write_text(settings.read_text(encoding="utf-8") + own, encoding="utf-8")
    log = (pair.standby.home / "standby.log").open("ab")
    process = subprocess.Popen(
        [pair.programs.program("postgres"), "-D", str(pair.standby.data)],
        stdout=log, stderr=log, env=pair.owner.environment(), cwd="/",
        preexec_fn=processes.dies_with_parent(signal.SIGINT), **pair.owner.identity(),
    )  # fmt: skip
    (pair.primary.data / "local.conf").write_text("synchronous_standby_names = 'standby'\n", encoding="utf-8")
    reloaded = pair.owner.run([pair.programs.program("pg_ctl"), "reload", "-D", str(pair.primary.data)])
    assert reloaded.returncode == 0, reloaded.stderr
    try:
        assert processes.wait_until(lambda: _is_synchronous(pair), seconds=60)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        log.close()


def _is_synchronous(pair: Pair) -> bool:
    said = pair.owner.run(
        [pair.programs.program("psql"), "-XqAt", "-h", str(pair.primary.socket), "-U", cluster.SUPERUSER, "-c",
         "SELECT sync_state FROM pg_stat_replication", "postgres"]
    )  # fmt: skip
    return said.stdout.strip() == "sync"


@pytest.fixture(scope="module")
def running(pair: Pair) -> Iterator[Program]:
    owner, app = pair.url(cluster.OWNER_ROLE), pair.url(cluster.APP_ROLE)
    with program(DATABASE_URL=app, DATABASE_OWNER_URL=owner) as started:
        started.start()
        yield started


def test_promoted_standby_has_every_acknowledged_registration_once(pair: Pair, running: Program) -> None:
    load = Load(f"http://127.0.0.1:{running.port}", client_of_a_city(running), WANTED)
    callers = load.start()
    try:
        reached = processes.wait_until(lambda: len(load.acknowledged) >= LOST_AT, seconds=PATIENCE)
        assert reached, running.said()
        lost = server.find_running(pair.primary.var)
        assert lost is not None
        began = time.monotonic()
        processes.send(lost, signal.SIGKILL)
        pair.promote()
        at_the_loss = len(load.acknowledged)
        assert processes.wait_until(lambda: len(load.acknowledged) > at_the_loss + 1, seconds=PATIENCE), running.said()
        served_after = time.monotonic() - began
        done = processes.wait_until(lambda: not any(map(threading.Thread.is_alive, callers)), seconds=PATIENCE)
    finally:
        load.stop()

    assert done, f"{len(load.acknowledged)} acknowledged, {load.retries} retries; {running.said()}"
    assert load.odd == []
    with psycopg.connect(pair.url(cluster.OWNER_ROLE)) as connection:
        kept: dict[str, list[str]] = {}
        for title, order in connection.execute("SELECT title, id FROM orders_order WHERE city_id = 'faults'"):
            kept.setdefault(title, []).append(order)
    assert kept == {f"路灯{number}": ids for number, ids in load.acknowledged.items()}
    assert len(kept) == WANTED
    verified = command(running, "ledger", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(f"RPO 0 of {WANTED}; RTO {served_after:.1f} s until the next acknowledged registration")
