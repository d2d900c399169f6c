"""The embedded server: start, adopt, kill, stop, rights. Every server here lives in a folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from minsheng.gateways import database, processes
from minsheng.gateways.postgres import binaries, cluster, layout, server
from minsheng.gateways.postgres.faults import DatabaseFault


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ms-pg-") as folder:
        path = Path(folder)
        path.chmod(0o755)  # as root another user runs the server
        yield path
        if (running := server.find_running(path)) is not None:
            server.stop_process(running)
        layout.remove_socket_folder(layout.plan(path))


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def test_start_gives_both_roles_a_durable_server_that_sees_chinese(var: Path) -> None:
    server.start(var)
    urls = database.embedded(var)

    assert one(urls.app, "select current_user") == cluster.APP_ROLE
    assert one(urls.owner, "select current_user") == cluster.OWNER_ROLE
    assert one(urls.app, "select cardinality(show_trgm('噪音扰民')) > 0") is True
    for setting, wanted in {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "server_encoding": "UTF8",
    }.items():
        assert one(urls.app, f"show {setting}") == wanted, setting


def test_application_role_has_no_rights_of_the_owner(var: Path) -> None:
    server.start(var)
    urls = database.embedded(var)
    with psycopg.connect(urls.owner) as connection:
        connection.execute("create table fact (id bigint generated always as identity primary key, what text)")

    with psycopg.connect(urls.app, autocommit=True) as connection:
        connection.execute("insert into fact (what) values ('a')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table mine ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("truncate fact")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("set role minsheng_owner")


def test_superuser_is_closed_to_callers_that_are_not_the_servers_user(var: Path) -> None:
    running = server.start(var)
    place = database.embedded(var).app.replace(cluster.APP_ROLE, cluster.SUPERUSER)

    if running.owner.uid == os.geteuid():
        assert one(place, "select current_user") == cluster.SUPERUSER
    else:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(place)


def test_start_adopts_a_server_that_answers(var: Path) -> None:
    first = server.start(var)

    second = server.start(var)

    assert second.process == first.process
    assert second.child is None


def test_acknowledged_rows_survive_when_the_master_is_killed(var: Path) -> None:
    first = server.start(var)
    urls = database.embedded(var)
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        connection.execute("create table fact (id int)")
        connection.execute("insert into fact select generate_series(1, 100)")
        os.kill(first.process.pid, signal.SIGKILL)

        second = server.start(var)

    assert second.process != first.process
    assert not first.alive()
    assert one(urls.app, "select count(*) from fact") == 100


def test_start_ends_backends_whose_master_was_killed_in_a_long_query(var: Path) -> None:
    first = server.start(var)
    urls = database.embedded(var)
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        backend = processes.identify(connection.info.backend_pid)
        sleeper = subprocess.Popen(
            [sys.executable, "-c", _LONG_QUERY, urls.owner],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert sleeper.stdout is not None
        assert sleeper.stdout.readline() == "connected\n"
        os.kill(first.process.pid, signal.SIGKILL)

        server.start(var)

    sleeper.wait(timeout=20)
    sleeper.stdout.close()
    assert backend is not None
    assert not processes.alive(backend)
    assert server.orphans(var) == ()


_LONG_QUERY = """
import sys, psycopg
connection = psycopg.connect(sys.argv[1])
print("connected", flush=True)
connection.execute("select count(*) from generate_series(1, 2000000000)")
"""


def test_start_is_not_misled_by_a_strangers_number_in_the_lock_file(var: Path) -> None:
    first = server.start(var)
    first.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (first.layout.data / "postmaster.pid").write_text(f"{stranger.pid}\n{first.layout.data}\n1\n5432\n\n\n\nready\n")

    second = server.start(var)

    assert second.alive()
    assert stranger.poll() is None
    stranger.communicate(b"\n")


def test_server_ends_when_the_program_that_started_it_is_killed(var: Path) -> None:
    program = subprocess.Popen([sys.executable, "-c", _HOLDER, str(var)], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    assert program.stdout.readline() == "running\n"
    running = server.find_running(var)
    assert running is not None

    program.kill()
    program.wait()
    program.stdout.close()

    assert processes.wait_gone(running, seconds=10)
    assert server.start(var).child is not None


_HOLDER = """
import sys, pathlib
from minsheng.gateways.postgres import server
server.start(pathlib.Path(sys.argv[1]))
print("running", flush=True)
sys.stdin.read()
"""


def test_stop_leaves_nothing_behind(var: Path) -> None:
    running = server.start(var)

    running.stop()

    assert not running.alive()
    assert server.find_running(var) is None
    assert server.orphans(var) == ()
    assert not (running.layout.data / "postmaster.pid").exists()


def test_half_made_cluster_is_made_anew(var: Path) -> None:
    owner = layout.find_owner()
    draft = layout.make(var, owner=owner).home / "data.draft"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")

    running = server.start(var)

    assert running.alive()
    assert not draft.exists()


def test_start_says_why_when_the_server_will_not_start(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "START_WITHIN", 0.0)
    running = server.start(var)
    running.stop()
    (running.layout.data / "local.conf").write_text("shared_buffers = nonsense\n")

    with pytest.raises(DatabaseFault) as fault:
        server.start(var)

    assert fault.value.code == "SERVER_WILL_NOT_START"
    assert "local.conf" in str(fault.value.params["why"])


def test_data_of_another_version_are_refused_and_stay_untouched(var: Path) -> None:
    running = server.start(var)
    running.stop()
    (running.layout.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(DatabaseFault) as fault:
        server.start(var)

    assert fault.value.code == "DATA_OF_OTHER_VERSION"
    assert (running.layout.data / "PG_VERSION").read_text() == "9\n"


def test_socket_path_stays_within_its_limit_when_var_is_deep(var: Path) -> None:
    deep = var / ("long" * 25) / "var"

    running = server.start(deep)

    assert len(os.fsencode(running.layout.socket)) + len("/.s.PGSQL.5432") <= 107
    assert one(database.embedded(deep).app, "select 1") == 1
    running.stop()


def test_programs_are_copied_when_the_owner_cannot_enter_the_environment(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = layout.find_owner()
    folders = layout.make(var, owner=owner)
    real = binaries._version

    def as_if_closed(folder: Path, *, owner: layout.Owner | None) -> str | None:
        closed = owner is not None and not folder.is_relative_to(folders.home)
        return None if closed else real(folder, owner=owner)

    monkeypatch.setattr(binaries, "_version", as_if_closed)

    found = binaries.find(folders, owner=owner)

    assert found.folder.is_relative_to(folders.home)
    assert owner.run([found.program("initdb"), "--version"]).returncode == 0


def test_system_postgresql_serves_when_the_wheel_is_missing(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not list(binaries._SYSTEM_ROOT.glob("*/bin/postgres")):
        # A machine without one of its own: the wheel's programs stand where a system's would.
        owner = layout.find_owner()
        found = binaries.find(layout.make(var, owner=owner), owner=owner)
        (var / "system").mkdir(mode=0o755)
        (var / "system" / str(found.major)).symlink_to(found.folder.parent)
        monkeypatch.setattr(binaries, "_SYSTEM_ROOT", var / "system")
    monkeypatch.setattr(binaries, "_PACKAGE", "no_such_wheel")

    running = server.start(var)

    assert running.binaries.source == "system"
    assert one(database.embedded(var).app, "select cardinality(show_trgm('噪音扰民')) > 0") is True


def test_missing_postgresql_is_a_fault_of_its_own(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_PACKAGE", "no_such_wheel")
    monkeypatch.setattr(binaries, "_SYSTEM_ROOT", var / "nowhere")

    with pytest.raises(DatabaseFault) as fault:
        server.start(var)

    assert fault.value.code == "NO_POSTGRESQL"


def test_named_database_wins_over_the_embedded_one(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(database.VAR_VARIABLE, str(var))
    monkeypatch.setenv(database.APP_VARIABLE, "postgresql://app@db/hotline")
    monkeypatch.delenv(database.OWNER_VARIABLE, raising=False)

    with database.ready() as urls:
        pass

    assert urls == database.Urls(app="postgresql://app@db/hotline", owner="postgresql://app@db/hotline")
    assert list(var.iterdir()) == []
