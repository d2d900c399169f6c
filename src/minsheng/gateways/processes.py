"""Who a process is, and safe ways to watch and stop it: a pid alone is never enough, numbers are used again.

Linux only: it reads /proc.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

# Loaded before any fork: a child between fork and exec must not load libraries.
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Process:
    """A process beyond doubt: its number, and the clock tick since boot at which it started."""

    pid: int
    started: int


def identify(pid: int) -> Process | None:
    """Return the living process of that number, or None; a zombie does not live."""
    fields = _stat(pid)
    if fields is None or fields[0] in "ZX":
        return None
    return Process(pid=pid, started=int(fields[19]))


def alive(process: Process) -> bool:
    """Tell whether this very process still runs."""
    return identify(process.pid) == process


def send(process: Process, signal_number: int, *, group: bool = False) -> None:
    """Signal the process, or the group that it leads; do nothing where it is gone or its number belongs to another."""
    if not alive(process):
        return
    with contextlib.suppress(ProcessLookupError):
        if group and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal_number)
        else:
            os.kill(process.pid, signal_number)


def reap(pid: int) -> None:
    """Take a dead child out of the process table; do nothing where it lives or is not our child."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def wait_gone(process: Process, *, seconds: float) -> bool:
    """Wait until the process is gone; return whether it is."""
    return wait_until(lambda: not alive(process), seconds=seconds)


def wait_until(condition: Callable[[], bool], *, seconds: float, pause: float = 0.05) -> bool:
    """Ask again and again until the condition holds or the seconds are over; return whether it held."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True


def all_processes() -> Iterator[Process]:
    """Yield every living process that /proc shows."""
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (process := identify(int(entry))) is not None:
            yield process


def working_folder_of(process: Process) -> Path | None:
    """Return the folder the process works in, or None where it cannot be read."""
    try:
        return Path(os.readlink(f"/proc/{process.pid}/cwd"))
    except OSError:
        return None


def program_of(process: Process) -> str:
    """Return the path of the program that runs, empty where it cannot be read."""
    try:
        return os.readlink(f"/proc/{process.pid}/exe").removesuffix(" (deleted)")
    except OSError:
        return ""


def parent_of(process: Process) -> Process | None:
    """Return the parent, or None where there is none that lives."""
    fields = _stat(process.pid)
    return identify(int(fields[1])) if fields else None


def group_of(process: Process) -> tuple[Process, ...]:
    """Return the living members of the process group that bears the process's number."""
    return tuple(other for other in all_processes() if _group(other.pid) == process.pid)


def dies_with_parent(signal_number: int = signal.SIGTERM) -> Callable[[], None]:
    """Return what a child calls between fork and exec so that the kernel signals it when its parent dies.

    The signal goes out when the *thread* that forked ends: start such children from the main thread.
    """
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os.kill(os.getpid(), signal_number)

    return prepare


def adopt_descendants() -> None:
    """Make orphans of our children ours, so that a killed master's workers can be reaped here."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def note(path: Path, process: Process) -> None:
    """Write down which process plays a part, whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    draft.write_text(json.dumps(asdict(process)) + "\n", encoding="ascii")
    draft.replace(path)


def noted(path: Path) -> Process | None:
    """Return the process that was written down there if it is still that one and lives."""
    try:
        written = json.loads(path.read_text(encoding="ascii"))
        process = Process(pid=int(written["pid"]), started=int(written["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return process if alive(process) else None


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name in brackets may hold blanks and brackets itself.
    return text.rpartition(")")[2].split()


def _group(pid: int) -> int | None:
    fields = _stat(pid)
    return int(fields[2]) if fields else None
