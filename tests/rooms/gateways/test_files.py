"""Keeping files by digest: once each, whole or not at all, and nowhere outside the folder."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from minsheng.gateways.files import FileStore, LocalFiles, MemoryFiles, NoSuchFile, digest_of

CONTENT = b"a picture of a pothole" * 1000


@pytest.fixture(params=[LocalFiles, lambda folder: MemoryFiles()], ids=["local", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    make: Callable[[Path], FileStore] = request.param
    return make(tmp_path / "files")


def test_a_file_is_found_under_its_digest(store: FileStore) -> None:
    stored = store.put(io.BytesIO(CONTENT))

    with store.open(stored.digest) as file:
        assert file.read() == CONTENT
    assert stored == digest_of(io.BytesIO(CONTENT))
    assert stored.digest == hashlib.sha256(CONTENT).hexdigest()


def test_a_stream_that_was_read_before_is_kept_from_its_start(store: FileStore) -> None:
    stream = io.BytesIO(CONTENT)
    stream.read()

    assert store.put(stream).size == len(CONTENT)


def test_deleting_removes_and_is_harmless_twice(store: FileStore) -> None:
    digest = store.put(io.BytesIO(CONTENT)).digest

    store.delete(digest)
    store.delete(digest)

    with pytest.raises(NoSuchFile):
        store.open(digest)


def test_the_same_content_is_stored_once_and_readable_by_the_owner_alone(tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)

    digests = {store.put(io.BytesIO(CONTENT)).digest for _ in range(3)}

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(digests) == len(files) == 1
    assert files[0].relative_to(tmp_path).parts[:2] == (files[0].name[:2], files[0].name[2:4])
    assert files[0].stat().st_mode & 0o077 == 0
    assert (tmp_path / "drafts").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("address", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "/.."])
def test_what_is_no_digest_never_becomes_a_path(address: str, tmp_path: Path) -> None:
    store = LocalFiles(tmp_path)

    for act in (store.open, store.delete):
        with pytest.raises(NoSuchFile):
            act(address)


def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    class Breaks(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError("the line is gone")
            return super().read(10)

    stream: BinaryIO = Breaks(CONTENT)

    with pytest.raises(OSError, match="gone"):
        LocalFiles(tmp_path).put(stream)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_kill_in_the_middle_leaves_no_half_file_and_its_draft_is_cleared_a_day_later(tmp_path: Path) -> None:
    program = (
        "import io, os, signal, sys; from pathlib import Path\n"
        "from minsheng.gateways.files import LocalFiles\n"
        "class Killed(io.BytesIO):\n"
        "    def read(self, size=-1, /):\n"
        "        if self.tell(): os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return super().read(10)\n"
        "LocalFiles(Path(sys.argv[1])).put(Killed(b'x' * 100))\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    drafts = list((tmp_path / "drafts").iterdir())
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    long_ago = drafts[0].stat().st_mtime - 100_000
    os.utime(drafts[0], (long_ago, long_ago))

    stored = LocalFiles(tmp_path).put(io.BytesIO(CONTENT))

    assert killed.returncode == -signal.SIGKILL
    assert kept == drafts
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [stored.digest]
