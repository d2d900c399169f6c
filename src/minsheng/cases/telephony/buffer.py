"""What could not be written while the database was away: a file of this machine, in order, written again once.

A line is a batch. The file goes when all of it is in the database; what is written twice is there once, since
every line of a timeline has its number, and rows are written as they stand after it. What is of an earlier turn than
the city's when it is written is left out.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from minsheng.cases.telephony.values import Batch, unpacked

_log = logging.getLogger(__name__)


class Buffer:
    """The file of a city. Only the active controller has it."""

    def __init__(self, folder: Path, city: str) -> None:
        self._path = folder / f"telephony-{city}.jsonl"

    def is_empty(self) -> bool:
        """Tell whether nothing waits."""
        return not self._path.exists()

    def put(self, batch: Batch) -> None:
        """Keep a batch; it survives the process, and a power cut. Raises: OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, batch.packed() + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def waiting(self) -> Iterator[Batch]:
        """Give what waits, the oldest first; a line that was not written to its end is passed over, and told."""
        try:
            lines = self._path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            try:
                yield unpacked(line)
            except msgspec.MsgspecError:
                _log.warning("telephony: a line of the buffer cannot be read; it is left out")

    def clear(self) -> None:
        """Forget what was written."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
