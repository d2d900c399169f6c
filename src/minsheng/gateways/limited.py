"""Running a program on what came from outside: bounded in time, memory, size and files, with an empty environment.

Linux only. What the program may do beyond that is for its own arguments to say.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

# A program of its own sets the limits and becomes the one that is wanted: code between fork and exec must not run
# Python in a process that has threads.
_BECOME: Final = """
import os, resource, sys
for name, value in zip(("AS", "CPU", "FSIZE", "NOFILE", "CORE"), (*map(int, sys.argv[1].split(",")), 0)):
    resource.setrlimit(getattr(resource, "RLIMIT_" + name), (value, value))
os.execve(sys.argv[2], sys.argv[2:], {})
"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may use: bytes of memory, seconds of a processor, bytes in a file, open files."""

    memory: int
    processor_seconds: int
    file_size: int
    files: int = 32


def run(program: str, arguments: Sequence[str], *, folder: Path, said: Path, bounds: Bounds, seconds: float) -> bool:
    """Run a program in a folder, what it says in a file; return whether it ended well within its bounds.

    What still runs after `seconds` is killed, with all that it has started.
    """
    limits = ",".join(map(str, astuple(bounds)))
    with said.open("wb") as out:
        started = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _BECOME, limits, program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            # What a program says of a file may hold what the file says.
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={},
            start_new_session=True,
        )
        try:
            return started.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            # Until it is waited for, its number is its own; its group has nobody else's process.
            if started.returncode is None:
                os.killpg(started.pid, signal.SIGKILL)
                started.wait()
