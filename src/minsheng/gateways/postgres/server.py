"""The life of the embedded server: start, adopt, watch, stop.

`start` leaves exactly one server running on the data, whatever a killed program left behind.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from minsheng.gateways import processes
from minsheng.gateways.postgres import binaries as programs
from minsheng.gateways.postgres import cluster
from minsheng.gateways.postgres import layout as folders
from minsheng.gateways.postgres.binaries import Binaries
from minsheng.gateways.postgres.faults import DatabaseFault
from minsheng.gateways.postgres.layout import PORT, Layout, Owner

# Orphaned backends of a killed server hold the shared memory for a moment.
START_WITHIN = 10.0
# A server that replays its log answers "not yet": it is given longer, since it is at work.
RECOVER_WITHIN = 180.0
STOP_WITHIN = 30.0

_LOG_LIMIT = 16 * 1024 * 1024


@dataclass(slots=True)
class Server:
    """A running server, started by us (`child`) or found running (`child` is None)."""

    layout: Layout
    binaries: Binaries
    owner: Owner
    process: processes.Process
    child: subprocess.Popen[bytes] | None

    def alive(self) -> bool:
        """Tell whether the server's master process still runs."""
        if self.child is not None:
            self.child.poll()  # reaps it
        return processes.alive(self.process)

    def stop(self) -> None:
        """Stop the server in the fast way (open transactions roll back), and at once where it does not obey."""
        stop_process(self.process)
        if self.child is not None:
            self.child.wait()
        folders.remove_socket_folder(self.layout)


def start(var: Path, *, recover_within: float = RECOVER_WITHIN) -> Server:
    """Return the running server of this `var`, made and started when needed.

    A server of ours that still answers is adopted; a dying one is waited for; backends whose master was killed are
    ended. The calling thread must outlive the server: the kernel stops it (fast) when that thread ends.
    `recover_within`: seconds that it may take to replay its log.
    Raises: DatabaseFault.
    """
    owner = folders.find_owner()
    layout = folders.make(var, owner=owner)
    with _alone(layout):
        binaries = programs.find(layout, owner=owner)
        cluster.create(layout, binaries=binaries, owner=owner)
        server = _adopt(layout, binaries=binaries, owner=owner)
        if server is None:
            cluster.configure(layout, owner=owner)
            server = _start(layout, binaries=binaries, owner=owner, recover_within=recover_within)
        try:
            cluster.provision(layout, binaries=binaries, owner=owner)
        except DatabaseFault:
            if server.child is not None:
                server.stop()
            raise
        return server


def find_running(var: Path) -> processes.Process | None:
    """Return the master process of this `var`'s server, if one runs; it may not answer yet."""
    return _master(folders.plan(var))


def orphans(var: Path) -> tuple[processes.Process, ...]:
    """Return server processes of this `var` that run without a master."""
    layout = folders.plan(var)
    return () if _master(layout) else tuple(_members(layout))


def stop_process(process: processes.Process) -> None:
    """Stop a server by its master process: fast, then immediate, then hard."""
    for signal_number, seconds in ((signal.SIGINT, STOP_WITHIN), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0)):
        processes.send(process, signal_number)
        if processes.wait_gone(process, seconds=seconds):
            return


def _adopt(layout: Layout, *, binaries: Binaries, owner: Owner) -> Server | None:
    """Take over a server that runs on these data, or wait until a dying one is gone."""
    master = _master(layout)
    if master is None:
        return None
    end = time.monotonic() + RECOVER_WITHIN
    silent_since = time.monotonic()
    while processes.alive(master) and time.monotonic() < end:
        answer = _answer(layout, binaries=binaries, owner=owner)
        if answer == _READY:
            return Server(layout=layout, binaries=binaries, owner=owner, process=master, child=None)
        if answer == _REJECTING:
            silent_since = time.monotonic()
        elif time.monotonic() - silent_since > START_WITHIN:
            break  # it neither answers nor says that it is busy
        time.sleep(0.05)
    stop_process(master)
    return None


def _start(layout: Layout, *, binaries: Binaries, owner: Owner, recover_within: float) -> Server:
    end = time.monotonic() + START_WITHIN
    while True:
        _end_orphans(layout)
        _forget_dead_master(layout)
        child = _launch(layout, binaries=binaries, owner=owner)
        if _await_ready(child, layout=layout, binaries=binaries, owner=owner, seconds=recover_within):
            process = processes.identify(child.pid)
            if process is not None:
                return Server(layout=layout, binaries=binaries, owner=owner, process=process, child=child)
        if time.monotonic() >= end:
            raise DatabaseFault("SERVER_WILL_NOT_START", log=str(layout.log), why=_last_words(layout))
        time.sleep(0.2)


def _launch(layout: Layout, *, binaries: Binaries, owner: Owner) -> subprocess.Popen[bytes]:
    if layout.log.exists() and layout.log.stat().st_size > _LOG_LIMIT:
        layout.log.replace(layout.log.with_name("server.log.1"))
    with layout.log.open("ab") as log:
        return subprocess.Popen(
            [binaries.program("postgres"), "-D", str(layout.data)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=layout.home,
            env=owner.environment(),
            start_new_session=True,
            preexec_fn=processes.dies_with_parent(signal.SIGINT),
            **owner.identity(),
        )


def _await_ready(
    child: subprocess.Popen[bytes], *, layout: Layout, binaries: Binaries, owner: Owner, seconds: float
) -> bool:
    end = time.monotonic() + seconds
    while child.poll() is None:
        # The master must be ours: an answer of another one on the same data would prove nothing.
        master = _master(layout)
        ours = master is not None and master.pid == child.pid
        if ours and _answer(layout, binaries=binaries, owner=owner) == _READY:
            return True
        if time.monotonic() >= end:
            child.send_signal(signal.SIGQUIT)
            child.wait()
            return False
        time.sleep(0.03)
    return False


_READY = 0
_REJECTING = 1


def _answer(layout: Layout, *, binaries: Binaries, owner: Owner) -> int:
    arguments = [binaries.program("pg_isready"), "-q", "-h", str(layout.socket), "-p", str(PORT), "-t", "3"]
    return owner.run(arguments, seconds=10).returncode


def _master(layout: Layout) -> processes.Process | None:
    """Return the process that postmaster.pid names, if it truly is a server on these data."""
    try:
        first = (layout.data / "postmaster.pid").read_text(encoding="ascii", errors="replace").split("\n", 1)[0]
        process = processes.identify(int(first))
    except (OSError, ValueError):
        return None
    return process if process is not None and _serves(process, layout) else None


def _members(layout: Layout) -> Iterator[processes.Process]:
    return (process for process in processes.all_processes() if _serves(process, layout))


def _serves(process: processes.Process, layout: Layout) -> bool:
    # Every server process works in the data folder; the name keeps a shell that stands there out of it.
    return (
        processes.working_folder_of(process) == layout.data and Path(processes.program_of(process)).name == "postgres"
    )


def _end_orphans(layout: Layout) -> None:
    """End backends whose master is gone; they end by themselves unless they are deep in a query."""
    for signal_number, seconds in ((0, 2.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0)):
        for orphan in _members(layout):
            processes.send(orphan, signal_number)
        if processes.wait_until(lambda: not any(_members(layout)), seconds=seconds):
            return


def _forget_dead_master(layout: Layout) -> None:
    """Remove a postmaster.pid whose number is now a corpse's or a stranger's: PostgreSQL takes either for a server."""
    path = layout.data / "postmaster.pid"
    try:
        pid = int(path.read_text(encoding="ascii", errors="replace").split("\n", 1)[0])
    except (OSError, ValueError):
        return
    processes.reap(pid)
    if _master(layout) is None and Path(f"/proc/{pid}").exists():
        path.unlink(missing_ok=True)


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """Hold the lock of this `var`; two programs that start at once make one server."""
    descriptor = os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _last_words(layout: Layout) -> str:
    try:
        lines = layout.log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return " | ".join(line.strip() for line in lines[-3:])
