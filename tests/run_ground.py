"""What a whole run of the suite shares, its lanes and their processes: each thing is made once, by who asks first."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import shutil
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

# Names the folder; `scripts/lanes.py` makes it, or the first process of a single run (tests/conftest.py).
RUN_VARIABLE = "MINSHENG_TESTS_RUN"


def made_once(name: str, make: Callable[[Path], None], *, among: Path | None = None) -> Path:
    """Return a folder that `make` fills, once a run; who asks meanwhile waits. Nobody writes into it afterwards.

    `among`: the folder in which it stays for later runs.
    """
    run = among or Path(os.environ[RUN_VARIABLE])
    run.mkdir(parents=True, exist_ok=True)
    made, draft = run / name, run / f"{name}.draft"
    with (run / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(draft, ignore_errors=True)
            make(draft)
            draft.rename(made)
    return made


# The system gives no port below 32768 to who asks for any port: neither to a client nor to a server at port 0.
_SINGLE, _ROWS, ROW = range(10240, 16384), range(16384, 32768), 160


def free_port() -> int:
    """Return a port of loopback that nobody has, for TCP and UDP, and that nobody else in this run is given."""
    return _claimed([[each] for each in _SINGLE])


def free_row() -> tuple[int, int]:
    """Return the first and the last of `ROW` such ports in a row, enough for the voices of forty calls."""
    first = _claimed([range(each, each + ROW) for each in _ROWS[: -ROW + 1 : ROW]])
    return first, first + ROW - 1


def free_ports(count: int) -> list[int]:
    """Return so many ports, one by one."""
    return [free_port() for _ in range(count)]


def _claimed(choices: list[Sequence[int]]) -> int:
    """Return the first port of a choice that nobody claimed and nobody has."""
    marks = Path(os.environ[RUN_VARIABLE]) / "ports"
    marks.mkdir(exist_ok=True)
    random.shuffle(choices)
    for ports in choices:
        with contextlib.suppress(OSError):
            (marks / str(ports[0])).touch(exist_ok=False)
            _hold_once(ports)
            return ports[0]
    raise AssertionError("no port is left")


def _hold_once(ports: Sequence[int]) -> None:
    """Listen at each port for a moment. Raises: OSError, where somebody else has one."""
    for each in ports:
        with socket.create_server(("127.0.0.1", each)), socket.socket(type=socket.SOCK_DGRAM) as udp:
            udp.bind(("127.0.0.1", each))
