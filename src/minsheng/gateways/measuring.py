"""Measures of several processes in files (prometheus_client) that a full disk does no harm to.

The library maps sparse files into memory; where the disk has no block left for a page that is written first, the kernel
ends the process (SIGBUS). Here the blocks are had before: without room a measure is refused with an OSError, and the
first page lies in memory, where no other process finds it. Import this before a measure is made.
"""

from __future__ import annotations

import os
from mmap import mmap
from typing import Final

from prometheus_client import values
from prometheus_client.mmap_dict import MmapedDict

_FIRST: Final = 1 << 16
# What the library writes beside a key: its length, padding, two numbers.
_BESIDE: Final = 4 + 8 + 16


class AllocatedDict(MmapedDict):
    """The library's file of measures, with every block allocated before it is mapped."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        place = filename if read_mode else _allocated(filename)
        super().__init__(place, read_mode)  # type: ignore[no-untyped-call]

    def _init_value(self, key: str) -> None:
        """Have room for a new key first. Raises: OSError when there is none."""
        while self._used + len(key.encode()) + _BESIDE > self._capacity:
            os.posix_fallocate(self._f.fileno(), self._capacity, self._capacity)
            self._capacity *= 2
            self._m = mmap(self._f.fileno(), self._capacity)
        super()._init_value(key)  # type: ignore[no-untyped-call]


def _allocated(filename: str) -> str:
    try:
        with open(filename, "a+b") as file:
            if os.fstat(file.fileno()).st_size == 0:
                os.posix_fallocate(file.fileno(), 0, _FIRST)
        return filename
    except OSError:
        return f"/proc/self/fd/{os.memfd_create('measures')}"


values.MmapedDict = AllocatedDict  # type: ignore[attr-defined]
