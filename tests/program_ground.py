"""A whole running program for fault tests: `minsheng serve` in a folder of its own, on loopback."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from tests import cluster_ground
from tests.run_ground import free_port

from minsheng.app.cli import children
from minsheng.gateways import database, processes
from minsheng.gateways.postgres import layout, server

READY_WITHIN = 240.0  # seconds; half a minute on a quiet machine, the first start with its demonstration a minute


class Program:
    """`minsheng serve` on a free port, with its embedded database."""

    def __init__(
        self, var: Path, *, port: int, words: tuple[str, ...] = (), given: Mapping[str, str] | None = None
    ) -> None:
        self.var = var
        self.port = port
        self.live_port = free_port()
        self._words = words
        self._given = given or {}
        self._log = var / "serve.log"
        self.started: subprocess.Popen[bytes] | None = None

    @property
    def urls(self) -> database.Urls:
        """How its database is reached."""
        return database.embedded(self.var)

    def rekey(self, given: Mapping[str, str]) -> None:
        """Give other settings to whatever is started from now on."""
        self._given = {**self._given, **given}

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        assert self.wait_ready(), self.said()

    def launch(self) -> subprocess.Popen[bytes]:
        """Start it without waiting."""
        command = [sys.executable, "-m", "minsheng.app.cli.main", "serve", "--port", str(self.port), *self._words]
        with self._log.open("ab") as log:
            self.started = subprocess.Popen(
                command, env=self.environment(), stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        return self.started

    def environment(self) -> dict[str, str]:
        """Return the environment of the program and of commands for it."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "DJANGO_"))}
        own = {"MINSHENG_VAR": str(self.var), "MINSHENG_LIVE_PORT": str(self.live_port)}
        return {**environment, **own, **self._given}

    def said(self) -> str:
        """Return what the program has printed so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def ready(self) -> bool:
        """Tell whether the program answers that requests can be served."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
            try:
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def listens(self) -> bool:
        """Tell whether the event streams hear the database."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.live_port, timeout=2)) as connection:
            try:
                connection.request("GET", "/livez")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def wait_ready(self) -> bool:
        """Wait until it answers."""
        return processes.wait_until(self.ready, seconds=READY_WITHIN)

    def part(self, name: str) -> processes.Process:
        """Return the living process that plays a part: serve, web, live, worker, sweeper, lake or postgres."""
        found: list[processes.Process] = []

        def look() -> bool:
            process = server.find_running(self.var) if name == "postgres" else processes.noted(self._note(name))
            found[:] = [process] if process else []
            return bool(found)

        assert processes.wait_until(look, seconds=READY_WITHIN), f"{name}: {self.said()}"
        return found[0]

    def web_workers(self) -> tuple[processes.Process, ...]:
        """Return the processes that answer requests."""
        master = self.part("web")
        return tuple(member for member in processes.group_of(master) if member != master)

    def kill(self, process: processes.Process) -> None:
        """Kill one process the hard way and wait until it is gone."""
        processes.send(process, signal.SIGKILL)
        assert processes.wait_gone(process, seconds=10)

    def wait_replaced(self, name: str, former: processes.Process) -> bool:
        """Wait until another process plays the part."""
        return processes.wait_until(lambda: self.part(name) != former, seconds=READY_WITHIN)

    def remains(self) -> tuple[processes.Process, ...]:
        """Return every process that the program started and that still lives."""
        master = server.find_running(self.var)
        return (*children.orphans(self.var), *server.orphans(self.var), *((master,) if master else ()))

    def stop(self) -> None:
        """Ask it to stop, and leave nothing behind whatever happened before."""
        if self.started is not None:
            self.started.terminate()
            try:
                self.started.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.started.kill()
                self.started.wait()
        children.end_orphans(self.var)
        if (master := server.find_running(self.var)) is not None:
            server.stop_process(master)
        layout.remove_socket_folder(layout.plan(self.var))

    def _note(self, name: str) -> Path:
        return self.var / "run" / f"{name}.pid"


@contextmanager
def program(*words: str, is_first: bool = False, **given: str) -> Iterator[Program]:
    """Have a program that is not started yet, in a folder that is removed afterwards.

    Its database has its tables already, unless the very first start is what a test is about.
    """
    with tempfile.TemporaryDirectory(prefix="ms-run-") as folder:
        var = Path(folder)
        var.chmod(0o755)  # as root another user runs the database
        if not is_first and "DATABASE_URL" not in given:
            cluster_ground.lay_out(var)
        running = Program(var, port=free_port(), words=words, given=given)
        try:
            yield running
        finally:
            running.stop()
