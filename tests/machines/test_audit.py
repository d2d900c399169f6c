"""Debian's rsyslog keeps the audit over TLS; the copy fits the ledger, and what is rewritten in the ledger is found."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from tests import cluster_ground
from tests.certificates_ground import Certified, certified
from tests.run_ground import free_port

from minsheng.gateways import database, processes
from minsheng.gateways.postgres import layout, server

_SETTINGS = """
global(workDirectory="{folder}" defaultNetstreamDriverCAFile="{authority}"
    defaultNetstreamDriverCertFile="{certificate}" defaultNetstreamDriverKeyFile="{key}")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="anon")
input(type="imtcp" port="{port}" address="127.0.0.1")
template(name="whole" type="string" string="%rawmsg%\\n")
action(type="omfile" file="{kept}" template="whole" asyncWriting="off" flushOnTXEnd="on")
"""


@dataclass
class Collected:
    """A platform's folder with its server, and a collector beside it."""

    folder: Path
    certified: Certified
    port: int = field(default_factory=free_port)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def kept(self) -> Path:
        return self.folder / "kept.log"

    def environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "MINSHENG_"))}
        own = {"MINSHENG_VAR": str(self.folder / "var"), "MINSHENG_AUDIT_CA": str(self.certified.authority),
               "MINSHENG_AUDIT_SYSLOG": f"tls://localhost:{self.port}"}  # fmt: skip
        return {**given, **own}

    def call(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "minsheng.app.cli.main", *words]

    def do(self, *words: str, status: int = 0) -> str:
        done = subprocess.run(
            self.call(*words), env=self.environment(), capture_output=True, text=True, check=False, cwd=self.folder
        )
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout + done.stderr

    def collect(self) -> subprocess.Popen[bytes]:
        settings = self.folder / "rsyslog.conf"
        made = self.certified
        settings.write_text(
            _SETTINGS.format(folder=self.folder, authority=made.authority, certificate=made.certificate, key=made.key,
                             port=self.port, kept=self.kept),
            encoding="utf-8",
        )  # fmt: skip
        return self._start(["rsyslogd", "-n", "-f", str(settings), "-i", str(self.folder / "rsyslog.pid")])

    def send(self) -> subprocess.Popen[bytes]:
        return self._start(self.call("audit", "send"))

    def holds(self, words: str) -> bool:
        return self.kept.exists() and words in self.kept.read_text(encoding="utf-8", errors="replace")

    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def _start(self, call: list[str]) -> subprocess.Popen[bytes]:
        path = os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin"
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(call, env={**self.environment(), "PATH": path}, stdout=log, stderr=log)
        self.started.append(process)
        return process


@pytest.fixture(scope="module")
def collected() -> Iterator[Collected]:
    with tempfile.TemporaryDirectory(prefix="ms-audit-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "var").mkdir(mode=0o755)
        made = Collected(folder, certified(folder))
        cluster_ground.lay_out(folder / "var")
        running = server.start(folder / "var")
        try:
            made.do("migrate")
            yield made
        finally:
            for each in reversed(made.started):
                each.terminate()
                each.wait(timeout=60)
            server.stop_process(running.process)
            layout.remove_socket_folder(layout.plan(folder / "var"))


def test_copy_fits_also_after_the_collector_was_away_and_tampering_is_found(collected: Collected) -> None:
    collector = collected.collect()
    collected.send()
    worker = collected._start(collected.call("work"))
    collected.do("city", "open", "first", "--name", "甲市", "--pack", "jiangyin")
    assert processes.wait_until(lambda: collected.holds('city="first"'), seconds=60), collected.said()

    collector.terminate()
    collector.wait(timeout=60)
    collected.do("city", "open", "second", "--name", "乙市", "--pack", "jiangyin")
    collected.collect()
    assert processes.wait_until(lambda: collected.holds('city="second"'), seconds=90), collected.said()
    assert processes.wait_until(lambda: collected.holds("[seal@32473"), seconds=60), collected.said()

    fits = collected.do("audit", "compare", str(collected.kept))
    assert "比对一致的事实" in fits
    assert "不一致" not in fits
    assert "缺" not in fits

    worker.terminate()
    worker.wait(timeout=60)
    with psycopg.connect(database.embedded(collected.folder / "var").owner) as connection:
        connection.execute("ALTER TABLE ledger_event DISABLE TRIGGER ALL")
        rewritten = "UPDATE ledger_event SET hash = sha256('rewritten') WHERE city = 'first' RETURNING position"
        positions = [row[0] for row in connection.execute(rewritten).fetchall()]
    found = collected.do("audit", "compare", str(collected.kept), status=1)
    assert "与总账不一致的事实" in found
    assert str(positions[0]) in found
    assert "没有本平台的事实" in collected.do("audit", "compare", str(collected.folder / "rsyslog.conf"), status=1)
