"""Where files are kept, by the SHA-256 of their content: the same file twice is stored once, and a name says nothing.

A file is written under a draft name and then renamed, so a process that is killed leaves no half file behind.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar, Final, Protocol

_CHUNK: Final = 256 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
# A draft of a process that was killed is personal data that nobody knows of: the next writer removes it.
_DRAFT_KEPT_SECONDS: Final = 24 * 3600
_FITTING_KEPT: Final = 4096
_SETTLED_SECONDS: Final = 2


class NoSuchFile(Exception):
    """The store has no file of that digest."""


class FileAltered(Exception):
    """What the store has under a digest is not what was put there: somebody or something has changed it."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the store: its address and its length in bytes."""

    digest: str
    size: int


class FileStore(Protocol):
    """A place for files whose address is the SHA-256 of their content."""

    def put(self, stream: BinaryIO) -> Stored:
        """Keep what the stream gives from its start on, unless it is already there; return its address."""

    def open(self, digest: str) -> BinaryIO:
        """Open a file for reading after comparing its content with its digest; the caller closes it.

        Raises: NoSuchFile, FileAltered.
        """

    def delete(self, digest: str) -> None:
        """Remove a file; one that is not there is no fault."""


def chunks(stream: BinaryIO, part: range | None = None) -> Iterator[bytes]:
    """Give the stream from its start on, or only the bytes of `part`, in pieces that fit into memory."""
    stream.seek(part.start if part is not None else 0)
    left = len(part) if part is not None else None
    while piece := stream.read(_CHUNK if left is None else min(_CHUNK, left)):
        left = left - len(piece) if left is not None else None
        yield piece


def digest_of(stream: BinaryIO) -> Stored:
    """Return address and length that the stream's content would have in a store."""
    total = hashlib.sha256()
    size = 0
    for piece in chunks(stream):
        total.update(piece)
        size += len(piece)
    return Stored(total.hexdigest(), size)


class LocalFiles:
    """Files in a folder of this machine, two levels deep, readable by the program's user alone."""

    # Contents that fitted their digest, by place and what the file system says of them; the moment of the last change
    # (ctime) can't be set back. A film is played by hundreds of parts, and is not read whole for each.
    _fitting: ClassVar[OrderedDict[tuple[str, int, int, int, int], None]] = OrderedDict()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: BinaryIO) -> Stored:
        """Keep the stream's content; it is on the disk, whole, when this returns."""
        drafts = self._folder / "drafts"
        drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
        total = hashlib.sha256()
        size = 0
        handle, name = tempfile.mkstemp(dir=drafts)
        draft = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in chunks(stream):
                    total.update(piece)
                    size += len(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            _clear_old(drafts, written=draft.stat().st_mtime)
            digest = total.hexdigest()
            place = self._place(digest)
            if not place.exists():
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                draft.rename(place)
                _sync(place.parent)
        finally:
            draft.unlink(missing_ok=True)
        return Stored(digest, size)

    def open(self, digest: str) -> BinaryIO:
        """Open a file for reading after comparing its content with its digest. Raises: NoSuchFile, FileAltered."""
        try:
            stream = self._place(digest).open("rb")
        except FileNotFoundError as fault:
            raise NoSuchFile(digest) from fault
        found = os.fstat(stream.fileno())
        # An inode is given again to another file; size and moments tell them apart.
        seen = (digest, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if seen not in self._fitting:
            if digest_of(stream).digest != digest:
                stream.close()
                raise FileAltered(digest)
            # A change in the same tick of the file system's clock would leave no mark.
            if time.time() - found.st_ctime > _SETTLED_SECONDS:
                self._fitting[seen] = None
                while len(self._fitting) > _FITTING_KEPT:
                    self._fitting.popitem(last=False)
            stream.seek(0)
        return stream

    def delete(self, digest: str) -> None:
        """Remove a file."""
        self._place(digest).unlink(missing_ok=True)

    def _place(self, digest: str) -> Path:
        """Return where a digest's file stands; what is no digest never becomes a path."""
        if not _DIGEST.fullmatch(digest):
            raise NoSuchFile(digest)
        return self._folder / digest[:2] / digest[2:4] / digest


class MemoryFiles:
    """Files in memory, for tests."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.writes = 0

    def put(self, stream: BinaryIO) -> Stored:
        """Keep the stream's content."""
        content = b"".join(chunks(stream))
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self.kept:
            self.kept[digest] = content
            self.writes += 1
        return Stored(digest, len(content))

    def open(self, digest: str) -> BinaryIO:
        """Open a file for reading after comparing its content with its digest. Raises: NoSuchFile, FileAltered."""
        try:
            content = self.kept[digest]
        except KeyError as fault:
            raise NoSuchFile(digest) from fault
        if hashlib.sha256(content).hexdigest() != digest:
            raise FileAltered(digest)
        return io.BytesIO(content)

    def delete(self, digest: str) -> None:
        """Remove a file."""
        self.kept.pop(digest, None)


def _clear_old(drafts: Path, *, written: float) -> None:
    """Remove drafts that are a day older than one that was just `written`, in the file system's own time."""
    for entry in os.scandir(drafts):
        try:
            if written - entry.stat().st_mtime > _DRAFT_KEPT_SECONDS:
                Path(entry.path).unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another writer has finished with it meanwhile


def _sync(folder: Path) -> None:
    """Let the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
