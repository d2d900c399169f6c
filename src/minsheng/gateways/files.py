"""Where files are kept, by the SHA-256 of their content: the same file twice is stored once, and a name says nothing.

A file is written under a draft name and then renamed, so a process that is killed leaves no half file behind.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Protocol

_CHUNK: Final = 256 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
# A draft of a process that was killed is personal data that nobody knows of: the next writer removes it.
_DRAFT_KEPT_SECONDS: Final = 24 * 3600


class NoSuchFile(Exception):
    """The store has no file of that digest."""


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
        """Open a file for reading; the caller closes it. Raises: NoSuchFile."""

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
        """Open a file for reading. Raises: NoSuchFile."""
        try:
            return self._place(digest).open("rb")
        except FileNotFoundError as fault:
            raise NoSuchFile(digest) from fault

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
        """Open a file for reading. Raises: NoSuchFile."""
        try:
            return io.BytesIO(self.kept[digest])
        except KeyError as fault:
            raise NoSuchFile(digest) from fault

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
