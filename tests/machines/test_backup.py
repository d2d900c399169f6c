"""Backups are tried: what was acknowledged before the primary was lost is there after restoring, with words and files.

The log is received as it is written, so nothing of it is missing; a drill says RPO and RTO and keeps the record.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests import cluster_ground

from minsheng.gateways import database, processes, secrets_file
from minsheng.gateways.postgres import binaries, layout, server
from minsheng.gateways.postgres.backups import Backups


@dataclass
class Office:
    """A platform's folder with its server, and the folder of its backups."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def log(self) -> Path:
        return self.folder / "backup.log"

    @property
    def kept(self) -> Backups:
        return Backups(self.folder / "backup")

    def call(self, *words: str, var: Path | None = None) -> list[str]:
        return [sys.executable, "-m", "minsheng.app.cli.main", *words]

    def environment(self, var: Path | None = None) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "MINSHENG_"))}
        return {**given, "MINSHENG_VAR": str(var or self.var), "MINSHENG_BACKUP": str(self.kept.folder)}

    def do(self, *words: str, var: Path | None = None, status: int = 0) -> str:
        """Run a command of the program and return what it said."""
        done = subprocess.run(
            self.call(*words), env=self.environment(var), capture_output=True, text=True, check=False, cwd=self.folder
        )
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def open_city(self, code: str) -> None:
        """Have facts that are acknowledged when this returns."""
        self.do("city", "open", code, "--name", f"{code}市", "--pack", "jiangyin")

    def cities(self, var: Path | None = None) -> set[str]:
        with psycopg.connect(database.embedded(var or self.var).app) as connection:
            return {row[0] for row in connection.execute("SELECT code FROM policies_city").fetchall()}

    def receive(self) -> None:
        """Have `backup run` at work, with a copy made and the log being received."""
        with self.log.open("ab") as log:
            call, environment = self.call("backup", "run"), self.environment()
            self.started.append(subprocess.Popen(call, env=environment, cwd=self.folder, stdout=log, stderr=log))
        assert processes.wait_until(lambda: bool(self.kept.bases()), seconds=120), self.log.read_text()
        assert processes.wait_until(self.is_received, seconds=60), self.log.read_text()

    def is_received(self) -> bool:
        with psycopg.connect(database.embedded(self.var).app) as connection:
            row = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = 'minsheng_backup'")
            return row.fetchone() == (True,)

    def end(self) -> None:
        for each in self.started:
            each.terminate()
            each.wait(timeout=60)
        for var in (self.var, self.folder / "new"):
            if (running := server.find_running(var)) is not None:
                server.stop_process(running)
            layout.remove_socket_folder(layout.plan(var))


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with tempfile.TemporaryDirectory(prefix="ms-backup-") as name:
        made = Office(Path(name))
        made.folder.chmod(0o755)
        made.var.mkdir(mode=0o755)
        cluster_ground.lay_out(made.var)
        running = server.start(made.var)
        try:
            made.do("migrate")
            made.open_city("before")
            files = made.var / "files" / "ab" / "cd"
            files.mkdir(parents=True)
            (files / "kept").write_bytes(b"x" * 1000)
            made.receive()
            yield made
        finally:
            made.end()
            assert running is not None


def drills(office: Office) -> list[dict[str, Any]]:
    return [json.loads(line) for line in office.kept.drills.read_text(encoding="utf-8").splitlines()]


def test_drill_finds_everything_and_plays_to_a_moment(office: Office) -> None:
    office.open_city("first")
    moment = datetime.now(UTC)
    office.open_city("second")

    to_the_end = office.do("restore", "drill")
    to_a_moment = office.do("restore", "drill", "--at", moment.isoformat(), "--work", str(office.folder / "drills"))

    assert "一条未丢" in to_the_end
    assert "RTO：" in to_the_end
    assert "核验通过" in to_the_end
    assert moment.isoformat() in to_a_moment
    last = drills(office)
    assert [each["held"] for each in last[-2:]] == [True, True]
    assert last[-2]["looked_for"] > last[-1]["looked_for"] > 0
    assert "最近一次恢复演练" in office.do("backup", "list")


def test_backup_beside_the_platform_knows_the_embedded_server(office: Office) -> None:
    """`serve` names the embedded server to its children, as if it were somebody else's."""
    urls = database.embedded(office.var)
    environment = office.environment() | {"DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner}
    environment["MINSHENG_BACKUP"] = str(office.folder / "beside")

    done = subprocess.run(
        office.call("backup", "make"), env=environment, capture_output=True, text=True, check=False, timeout=120
    )

    assert done.returncode == 0, done.stderr
    assert "已完成备份" in done.stdout


def test_moment_that_the_backup_does_not_hold_is_refused_and_nothing_stays(office: Office) -> None:
    early = office.do("restore", "drill", "--at", "2020-01-01T00:00:00+08:00", status=1)
    late = office.do("restore", "drill", "--at", "2199-01-01T00:00:00+08:00", status=1)
    naive = office.do("restore", "drill", "--at", "2026-11-30 09:00", status=1)

    assert "没有可用的备份" in early
    assert "备份的日志没有到" in late
    assert "不是带时区的时刻" in naive
    assert not list(Path(tempfile.gettempdir()).glob("ms-drill-*/postgres"))


def test_keys_inside_the_backup_are_refused(office: Office) -> None:
    said = office.do("backup", "make", "--keys", str(office.kept.folder / "keys"), status=1)

    assert "密钥目录" in said
    assert len(office.kept.bases()) == 1


def test_server_that_gave_up_the_slot_is_copied_anew(office: Office) -> None:
    (before,) = office.kept.bases()
    assert office.started
    office.started.pop().terminate()
    assert processes.wait_until(lambda: not office.is_received(), seconds=60)
    owner = layout.find_owner()
    programs = binaries.find(layout.plan(office.var), owner=owner)
    for statement in (
        "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'",
        "SELECT pg_reload_conf()",
        *["SELECT pg_switch_wal() FROM pg_logical_emit_message(true, '', repeat('x', 9000000))"] * 6,
        "CHECKPOINT",
        "ALTER SYSTEM RESET max_slot_wal_keep_size",
        "SELECT pg_reload_conf()",
    ):
        words = [programs.program("psql"), "-XqAt", "-h", str(layout.plan(office.var).socket), "-U", "postgres"]
        done = owner.run([*words, "-c", statement, "minsheng"])
        assert done.returncode == 0, done.stderr

    office.receive()

    assert processes.wait_until(lambda: len(office.kept.bases()) == 2, seconds=120)
    assert office.kept.bases()[0].first_segment > before.first_segment
    office.open_city("after_the_gap")
    assert "一条未丢" in office.do("restore", "drill")


def test_lost_primary_comes_back_whole_in_another_folder(office: Office) -> None:
    office.open_city("last")
    office.do("backup", "list")
    wanted = office.cities()
    keys = office.folder / "elsewhere"
    keys.mkdir()
    (keys / "secrets.env").write_bytes(secrets_file.path_in(office.var).read_bytes())
    lost = server.find_running(office.var)
    assert lost is not None
    processes.send(lost, signal.SIGKILL)
    assert processes.wait_gone(lost, seconds=10)

    new = office.folder / "new"
    said = office.do("restore", "to", str(new), "--keys", str(keys / "secrets.env"))
    again = office.do("restore", "to", str(new), status=1)

    assert "核验通过" in said
    assert "里已有数据库" in again
    server.start(new)
    assert office.cities(new) == wanted >= {"before", "first", "second", "last"}
    assert (new / "files" / "ab" / "cd" / "kept").read_bytes() == b"x" * 1000
    assert "minsheng: restoring" not in (layout.plan(new).data / "postgresql.auto.conf").read_text()
