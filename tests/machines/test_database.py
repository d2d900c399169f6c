"""`minsheng database`: PostgreSQL's own tools find the database; a backup can be restored and is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from minsheng.gateways import database
from minsheng.gateways.postgres import layout, server


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ms-db-") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
        for var in (path / "old", path / "new"):
            if (running := server.find_running(var)) is not None:
                server.stop_process(running)
            layout.remove_socket_folder(layout.plan(var))


def minsheng(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return command(var, "database", *words)


def command(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the program for the embedded database in a folder."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")}
    environment["MINSHENG_VAR"] = str(var)
    call = [sys.executable, "-m", "minsheng.app.cli.main", *words]
    return subprocess.run(call, env=environment, capture_output=True, text=True, check=False, cwd=var.parent)


def test_settings_are_refused_with_advice_when_the_embedded_server_does_not_run(folder: Path) -> None:
    done = minsheng(folder / "old")

    assert done.returncode == 1
    assert "没有在运行" in done.stderr


def test_settings_lead_the_tools_to_the_running_server(folder: Path) -> None:
    running = server.start(folder / "old")

    settings = minsheng(folder / "old", "--role", "app").stdout

    assert "export PGUSER=minsheng_app" in settings
    assert f"export PGHOST={running.layout.socket}" in settings


def test_tool_that_is_not_there_is_named(folder: Path) -> None:
    server.start(folder / "old")
    done = minsheng(folder / "old", "--", "no_such_tool")

    assert done.returncode == 1
    assert "no_such_tool" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("database", "--", "pg_dump"),
        ("ledger", "verify"),
        ("city", "list"),
        ("keys", "rotate"),
        ("lake", "export"),
        ("sweep",),
        ("work",),
    ],
)
def test_no_command_makes_a_cluster_where_there_is_none(folder: Path, words: tuple[str, ...]) -> None:
    done = command(folder / "old", *words)

    assert (done.returncode, done.stdout) == (1, "")
    assert f"{folder / 'old'} 中没有内嵌数据库" in done.stderr
    assert not (folder / "old").exists()


def test_logical_backup_restores_every_row_into_an_empty_database(folder: Path) -> None:
    _fill(folder / "old")
    dumped = minsheng(
        folder / "old", "--", "pg_dump", "--format=custom", "--exclude-extension=pg_trgm", "--file=minsheng.dump"
    )

    made = command(folder / "new", "migrate", "--empty")
    restored = minsheng(folder / "new", "--", "pg_restore", "--exit-on-error", "--dbname=minsheng", "minsheng.dump")

    assert made.returncode == 0, made.stderr
    for done, name in ((dumped, "old"), (restored, "new")):
        assert (done.returncode, done.stderr) == (0, f"使用内嵌数据库：{folder / name / 'postgres'}\n")
    assert minsheng(folder / "new", "--", "psql", "-Atc", "select count(*) from fact").stdout == "500\n"


def test_physical_backup_is_verified_and_starts_as_it_stood(folder: Path) -> None:
    _fill(folder / "old")
    backup = folder / "new" / "postgres" / "data"
    backup.parent.mkdir(parents=True)

    taken = minsheng(
        folder / "old", "--role", "backup", "--", "pg_basebackup", "--checkpoint=fast", f"--pgdata={backup}"
    )
    verified = minsheng(folder / "old", "--", "pg_verifybackup", str(backup))

    assert taken.returncode == 0, taken.stderr
    assert verified.returncode == 0, verified.stderr
    owner = layout.find_owner()
    for path in (backup, *backup.rglob("*")):
        os.chown(path, owner.uid, owner.gid)
    assert minsheng(folder / "new", "--", "psql", "-Atc", "select count(*) from fact").stdout == "500\n"


def _fill(var: Path) -> None:
    server.start(var)
    with psycopg.connect(database.embedded(var).owner) as connection:
        connection.execute("create table fact as select generate_series(1, 500) as id")
