"""Looking through a ZIP archive and the archives inside it, within one budget for the whole tree; nothing is written.

The budget is of bytes that come out, of entries, and of time. What an archive says of itself may be a lie: bytes are
counted as they come.
"""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Callable
from typing import BinaryIO, Final

_CHUNK: Final = 64 * 1024
# Of what an office document may unpack to, all that is inside of it included: more is a bomb, whatever it claims to be.
_UNPACKED_AT_MOST: Final = 256 * 1024 * 1024
_RATIO_AT_MOST: Final = 200
_RATIO_FROM: Final = 4 * 1024 * 1024
_ENTRIES_AT_MOST: Final = 5_000
_SECONDS_AT_MOST: Final = 10.0
_EMBEDDED_AT_MOST: Final = 20 * 1024 * 1024
# The list of contents is read whole before its entries are counted.
_DIRECTORY_AT_MOST: Final = 4 * 1024 * 1024
_ARCHIVES: Final = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
# Office documents know no other packing; LZMA may ask for gigabytes of memory.
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END: Final = b"PK\x05\x06"
_END_AT_MOST: Final = 22 + 0xFFFF


class OverBudget(Exception):
    """More comes out of the archive than may."""


class HoldsArchive(Exception):
    """An archive stands where none may, or one level too deep."""


class Budget:
    """What may still come out of one uploaded archive and of everything inside it."""

    def __init__(self, packed: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.bytes_left = min(_UNPACKED_AT_MOST, max(_RATIO_FROM, _RATIO_AT_MOST * packed))
        self.entries_left = _ENTRIES_AT_MOST
        self._clock = clock
        self._until = clock() + _SECONDS_AT_MOST

    def can(self, size: int) -> None:
        """Refuse beforehand what says of itself that it is too large. Raises: OverBudget."""
        if size > self.bytes_left:
            raise OverBudget

    def spend(self, size: int) -> None:
        """Count bytes that came out. Raises: OverBudget."""
        self.bytes_left -= size
        if self.bytes_left < 0 or self._clock() > self._until:
            raise OverBudget

    def enter(self, entries: int) -> None:
        """Count the entries of one archive of the tree. Raises: OverBudget."""
        self.entries_left -= entries
        if self.entries_left < 0:
            raise OverBudget


def opened(stream: BinaryIO) -> zipfile.ZipFile:
    """Open an archive whose list of contents is of a sensible length. Raises: OverBudget, zipfile.BadZipFile."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_AT_MOST))
    tail = stream.read()
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        raise zipfile.BadZipFile("no end of the list of contents")
    # Lists of four gigabytes say so elsewhere and have 0xFFFFFFFF here; those are too long as well.
    (length,) = struct.unpack_from("<I", tail, place + 12)
    if length > _DIRECTORY_AT_MOST:
        raise OverBudget
    stream.seek(0)
    return zipfile.ZipFile(stream)


def look_through(archive: zipfile.ZipFile, budget: Budget, *, embedded: bool = False) -> None:
    """Read every entry once, within the budget of the whole tree.

    The table behind a chart is an office document within the document; any other archive inside, or one more level, is
    refused: no scanner looks into them without end.
    Raises: OverBudget, HoldsArchive, zipfile.BadZipFile.
    """
    entries = archive.infolist()
    budget.enter(len(entries))
    budget.can(sum(entry.file_size for entry in entries))
    for entry in entries:
        if entry.compress_type not in _PACKINGS:
            raise zipfile.BadZipFile("a packing that office documents do not know")
        with archive.open(entry) as content:
            first = content.read(8)
            budget.spend(len(first))
            if first.startswith(_ARCHIVES):
                if embedded or "/embeddings/" not in entry.filename or entry.file_size > _EMBEDDED_AT_MOST:
                    raise HoldsArchive
                inner = io.BytesIO(first)
                inner.seek(0, io.SEEK_END)
                while piece := content.read(_CHUNK):
                    budget.spend(len(piece))
                    inner.write(piece)
                with opened(inner) as within:
                    look_through(within, budget, embedded=True)
            while piece := content.read(_CHUNK):
                budget.spend(len(piece))
