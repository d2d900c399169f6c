"""Children of `minsheng serve`: started, watched, started again, stopped; orphans are found by their mark.

Whoever holds the lock of a `var` is its only supervisor: any process with that mark that is not its child is an orphan.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from minsheng.gateways import processes
from minsheng.gateways.postgres.faults import DatabaseFault
from minsheng.gateways.postgres.server import Server

MARK = "MINSHENG_SUPERVISED_IN"

_STOP_WITHIN = 12.0
_OBEYS_WITHIN = 5.0
# A killed process is gone at once, or hangs in the kernel: on a machine with too much to do it waits for its turn.
_GONE_WITHIN = 30.0
_LONGEST_PAUSE = 10.0
_STEADY_AFTER = 30.0


class SupervisionFault(Exception):
    """The supervisor cannot do its work here."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(slots=True)
class Backoff:
    """How long to wait before the next start: at once after a long life, then longer and longer."""

    failures: int = 0
    started_at: float = field(default_factory=time.monotonic)
    not_before: float = 0.0

    def started(self) -> None:
        """Note a start."""
        self.started_at = time.monotonic()

    def ended(self) -> None:
        """Note an end and set the moment of the next start."""
        now = time.monotonic()
        if now - self.started_at > _STEADY_AFTER:
            self.failures = 0
        pause = 0.0 if self.failures == 0 else min(0.5 * 2 ** (self.failures - 1), _LONGEST_PAUSE)
        self.failures += 1
        self.not_before = now + pause

    def over(self) -> bool:
        """Tell whether the wait is over."""
        return time.monotonic() >= self.not_before


@dataclass(slots=True)
class Child:
    """One process that has to run, the leader of a group of its own."""

    name: str
    label: str
    command: Sequence[str]
    run_folder: Path
    process: processes.Process | None = None
    backoff: Backoff = field(default_factory=Backoff)

    def watch(self, say: Callable[[str], None]) -> None:
        """Start the child again if it has died; members of its group that outlived it are ended first."""
        if self.process is not None:
            if processes.alive(self.process):
                return
            say(f"{self.label}已退出，正在重新启动。")
            self._end_group(self.process)
            self.process = None
            self.backoff.ended()
        if self.backoff.over():
            self.start()

    def start(self) -> None:
        """Start the child; call from the main thread, at whose end the kernel signals it."""
        started = subprocess.Popen(
            list(self.command),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=processes.dies_with_parent(signal.SIGTERM),
        )
        # The supervisor reaps every child itself; Popen must not complain that it never saw the end of this one.
        started.returncode = 0
        self.process = processes.identify(started.pid)
        self.backoff.started()
        if self.process is not None:
            # On a full disk the note is missing; the mark in its environment tells whose the process is.
            with contextlib.suppress(OSError):
                processes.note(self._note_path, self.process)

    def ask_to_stop(self) -> None:
        """Ask the child to finish what it is doing and end."""
        if self.process is not None:
            processes.send(self.process, signal.SIGTERM)

    def end(self, *, seconds: float) -> None:
        """Wait for the child's end, then end by force what is left of its group."""
        if self.process is not None:
            processes.wait_until(self._ended, seconds=seconds)
            self._end_group(self.process)
            self.process = None
        self._note_path.unlink(missing_ok=True)

    @property
    def _note_path(self) -> Path:
        return self.run_folder / f"{self.name}.pid"

    def _ended(self) -> bool:
        reap_all()
        return self.process is None or not processes.alive(self.process)

    @staticmethod
    def _end_group(leader: processes.Process) -> None:
        # Started by us and not yet gone, the group keeps its number from being used again.
        if processes.group_of(leader):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(leader.pid, signal.SIGKILL)


@dataclass(slots=True)
class Database:
    """The embedded server as one more thing that has to run."""

    start: Callable[[], Server]
    server: Server
    backoff: Backoff = field(default_factory=Backoff)

    def watch(self, say: Callable[[str], None]) -> None:
        """Start the server again if it has died."""
        if self.server.alive():
            return
        if not self.backoff.over():
            return
        say("数据库已退出，正在重新启动。")
        self.backoff.ended()
        try:
            self.server = self.start()
        except DatabaseFault as fault:
            say(f"数据库暂时启动不了（{fault.code}），稍后再试。")
        else:
            self.backoff.started()


def command(*words: str) -> list[str]:
    """Return the command line of another `minsheng` command in this very environment."""
    return [sys.executable, "-m", "minsheng.app.cli.main", *words]


def reap_all() -> None:
    """Take every dead child out of the process table, also those that were handed down to us."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass


def orphans(var: Path) -> tuple[processes.Process, ...]:
    """Return processes of this `var`'s supervisors, living ones and dead ones'."""
    mark = os.fsencode(f"{MARK}={var}")
    return tuple(
        process for process in processes.all_processes() if process.pid != os.getpid() and _bears(process, mark)
    )


def end_orphans(var: Path) -> int:
    """End what a killed supervisor left behind; return how many there were. Only the holder of the lock may call it.

    Raises: SupervisionFault ORPHANS_REMAIN, where the kernel does not let one go (it waits for a disk, for instance).
    """
    found = orphans(var)
    for process in found:
        processes.send(process, signal.SIGTERM)
    if not processes.wait_until(lambda: not orphans(var), seconds=_OBEYS_WITHIN):
        for process in orphans(var):
            processes.send(process, signal.SIGKILL)
        if not processes.wait_until(lambda: not orphans(var), seconds=_GONE_WITHIN):
            remaining = "、".join(str(process.pid) for process in orphans(var))
            raise SupervisionFault("ORPHANS_REMAIN", pids=remaining)
    return len(found)


@contextmanager
def alone(var: Path) -> Iterator[Path]:
    """Be the only supervisor of this `var`; yield its folder for notes about processes.

    Raises: SupervisionFault ALREADY_SERVING, with the other's number.
    """
    folder = var / "run"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    note = folder / "serve.pid"
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            other = processes.noted(note)
            raise SupervisionFault("ALREADY_SERVING", var=var, pid=other.pid if other else "?") from held
        own = processes.identify(os.getpid())
        if own is not None:
            processes.note(note, own)
        yield folder
        note.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def supervisor(var: Path) -> processes.Process | None:
    """Return the supervisor of this `var`, if one runs."""
    return processes.noted(var / "run" / "serve.pid")


def stop_all(children: Sequence[Child]) -> None:
    """Stop the children together, then by force those that did not obey."""
    for child in children:
        child.ask_to_stop()
    end = time.monotonic() + _STOP_WITHIN
    for child in children:
        child.end(seconds=max(0.0, end - time.monotonic()))
    reap_all()


def _bears(process: processes.Process, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
