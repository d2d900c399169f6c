"""The lake as files: immutable Parquet files, and one manifest that says which of them count.

A commit writes its files under names of their own, syncs them, and then replaces `manifest.json` by a rename: the
switch is the commit. Who is killed before it has changed nothing; who reads holds one manifest and its files.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import schema
from minsheng.gateways import database

VARIABLE = "MINSHENG_LAKE"
FORMAT = 1
_MANIFEST = "manifest.json"
_LOCK = ".writing"
_CHUNK = 1 << 20
_OURS = re.compile(r"(empty|\d{4}-\d{2})-[0-9a-f]{16}\.(parquet|partial)")
# Row groups small enough that a month's can be skipped, large enough that two processors have work.
_GROUP = 250_000


@dataclass(frozen=True, slots=True)
class File:
    """One file that counts. `month` is `YYYY-MM`, empty for the file without rows that every dataset has."""

    dataset: str
    city: str
    month: str
    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which files make the lake. `marks`: how far each writer has come, committed with what it wrote."""

    files: tuple[File, ...] = ()
    generation: int = 0
    marks: Mapping[str, Any] = field(default_factory=dict)

    def of(self, dataset: str, *, city: str | None = None, months: Iterable[str] | None = None) -> list[File]:
        """Return the dataset's files, the one without rows included."""
        wanted = set(months) if months is not None else None
        return [
            each
            for each in self.files
            if each.dataset == dataset
            and (not each.month or city is None or each.city == city)
            and (not each.month or wanted is None or each.month in wanted)
        ]

    def partition(self, dataset: str, city: str, month: str) -> File | None:
        """Return the file of one partition, if it has rows."""
        return next((each for each in self.of(dataset, city=city) if (each.city, each.month) == (city, month)), None)

    def cities(self) -> list[str]:
        """Return the cities that have anything in the lake."""
        return sorted({each.city for each in self.files if each.city})


@dataclass(frozen=True, slots=True)
class Partition:
    """New content for one partition; an empty table takes it away."""

    dataset: str
    city: str
    month: str
    table: pa.Table


@dataclass(frozen=True, slots=True)
class Store:
    """A lake in a folder."""

    folder: Path

    def read(self) -> Manifest:
        """Return the manifest that counts now.

        Raises: Rejected no_lake where there is none, lake_unreadable for one that is broken or of a later format.
        """
        try:
            plain = json.loads((self.folder / _MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise Rejected("no_lake", path=str(self.folder)) from None
        except (OSError, ValueError) as fault:
            raise Rejected("lake_unreadable", path=str(self.folder), why=str(fault)) from None
        if plain.get("format") != FORMAT:
            raise Rejected("lake_unreadable", path=str(self.folder), why=f"格式 {plain.get('format')}")
        return Manifest(tuple(File(**each) for each in plain["files"]), plain["generation"], plain["marks"])

    def paths(self, files: Iterable[File]) -> list[str]:
        """Return where files lie."""
        return [str(self.folder / each.path) for each in files]

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Be the only writer for a while; begin the lake if there is none.

        Raises: Rejected lake_busy when another process writes.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Rejected("lake_busy", path=str(self.folder)) from None
            writer = Writer(self)
            if not (self.folder / _MANIFEST).exists():
                writer.begin()
            writer.clean()
            yield writer

    def verify(self) -> list[str]:
        """Return the paths of files that are missing or don't have the checksum that the manifest gives."""
        wrong = []
        for each in self.read().files:
            path = self.folder / each.path
            if not path.is_file() or path.stat().st_size != each.bytes or _digest(path) != each.sha256:
                wrong.append(each.path)
        return wrong

    def rows(self, file: File, *, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a file's rows."""
        kind = schema.DATASETS[file.dataset].schema
        wanted = pa.schema([kind.field(name) for name in columns]) if columns is not None else kind
        return pq.ParquetFile(self.folder / file.path).read(columns=wanted.names).cast(wanted)


class Writer:
    """The one process that may commit. Files are written as they come, and count from `commit` on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pending: dict[tuple[str, str, str], File | None] = {}

    def begin(self) -> None:
        """Make a lake without rows: every dataset has one empty file, so that every engine knows its columns."""
        for name, dataset in schema.DATASETS.items():
            self._pending[name, "", ""] = self._write(name, "", "", dataset.schema.empty_table())
        self._switch(Manifest(), {})

    def put(self, partition: Partition) -> None:
        """Write a partition's new content beside the old; it counts from the next commit on."""
        place = (partition.dataset, partition.city, partition.month)
        if partition.table.num_rows == 0:
            self._pending[place] = None
        else:
            self._pending[place] = self._write(*place, partition.table)

    def commit(self, marks: Mapping[str, Any]) -> Manifest:
        """Let everything that was put count from now on, together with how far the writer has come."""
        return self._switch(self._store.read(), marks)

    def clean(self) -> int:
        """Remove files that no manifest names: leavings of a killed writer, and what was replaced before the last
        commit. Return how many.

        A reader that still holds the manifest before last would miss its files; it reads the manifest again.
        """
        manifest = self._store.read()
        named = {each.path for each in manifest.files} | set(manifest.marks.get("_replaced", ()))
        removed = 0
        for dataset in schema.DATASETS:
            for path in (self._store.folder / dataset).glob("**/*"):
                # Only what has a name of ours: the folder may be shared with others by mistake.
                if _OURS.fullmatch(path.name) and str(path.relative_to(self._store.folder)) not in named:
                    path.unlink()
                    removed += 1
        return removed

    def _switch(self, before: Manifest, marks: Mapping[str, Any]) -> Manifest:
        files = {(each.dataset, each.city, each.month): each for each in before.files}
        replaced = [files[place].path for place in self._pending if place in files]
        for place, fresh in self._pending.items():
            if fresh is None:
                files.pop(place, None)
            else:
                files[place] = fresh
        after = Manifest(
            tuple(files[place] for place in sorted(files)),
            before.generation + 1,
            # A commit that replaces nothing takes nothing away from who still reads what the last one replaced.
            {**before.marks, **marks, "_replaced": replaced or before.marks.get("_replaced", [])},
        )
        self._save(after)
        self._pending.clear()
        return after

    def _save(self, manifest: Manifest) -> None:
        folder = self._store.folder
        plain = {
            "format": FORMAT,
            "generation": manifest.generation,
            "marks": manifest.marks,
            "files": [{name: getattr(each, name) for name in File.__slots__} for each in manifest.files],
        }
        text = json.dumps(plain, ensure_ascii=False, indent=1)
        write_whole(folder / _MANIFEST, text.encode())

    def _write(self, dataset: str, city: str, month: str, rows: pa.Table) -> File:
        where = Path(dataset, city, month) if month else Path(dataset)
        (self._store.folder / where).mkdir(parents=True, exist_ok=True)
        name = f"{month or 'empty'}-{secrets.token_hex(8)}.parquet"
        path = self._store.folder / where / name
        temporary = path.with_suffix(".partial")
        words = [each.name for each in rows.schema if pa.types.is_dictionary(each.type)]
        pq.write_table(
            rows, temporary, compression="zstd", row_group_size=_GROUP, use_dictionary=words, store_schema=False
        )
        _sync(temporary)
        temporary.rename(path)
        _sync(path.parent)
        size = path.stat().st_size
        return File(dataset, city, month, str(where / name), rows.num_rows, size, _digest(path))


def standing() -> Store:
    """Return the platform's own lake: the folder that MINSHENG_LAKE names, or `lake` in the program's folder."""
    return Store(Path(os.environ.get(VARIABLE) or database.var_folder() / "lake"))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that its name shows the whole of it or what it was before."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    temporary.rename(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()
