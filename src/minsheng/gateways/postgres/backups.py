"""Backups of the whole platform: base copies of the database, its log as it is written, and the files.

PostgreSQL's own programs do the work: `pg_basebackup`, `pg_receivewal` (which writes the log down as the server does,
so that no commit is missing), `pg_verifybackup`. A folder of backups:

    base/<moment>/   a copy of the cluster, whole by itself
    wal/<moment>/    the log's segments without a gap from then on; the one being written ends in .partial
    files/           the store of files, which only ever grows between two clean-ups
    drills.jsonl     what came of restoring, a line each time
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from minsheng.gateways.postgres.faults import DatabaseFault

MANIFEST: Final = "backup_manifest"
SLOT: Final = "minsheng_backup"
# Segments of the log as PostgreSQL makes them by default.
_SEGMENT: Final = 16 * 1024 * 1024
_SEGMENT_NAME: Final = re.compile(r"[0-9A-F]{24}")
_STAMP: Final = "%Y%m%dT%H%M%S%z"
# Beside a file that the store has no more: its moment says since when.
_GONE: Final = ".gone"
_SECONDS: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Base:
    """A copy of the cluster: its folder, and when it was begun."""

    folder: Path
    began: datetime

    @property
    def name(self) -> str:
        """How it is called on the command line."""
        return self.folder.name

    @property
    def first_segment(self) -> str:
        """The first segment of the log that it needs, read from its list of files, which is long."""
        manifest = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        span = manifest["WAL-Ranges"][0]
        return _segment(span["Timeline"], span["Start-LSN"])


@dataclass(frozen=True, slots=True)
class Tools:
    """PostgreSQL's programs, with the address of a server in their environment."""

    environment: Mapping[str, str]

    def run(self, *words: str, seconds: float = _SECONDS) -> None:
        """Run one to its end. Raises: DatabaseFault BACKUP_FAILED with its last words, BACKUP_TOOL_MISSING."""
        try:
            done = subprocess.run(
                self._found(words), env=self.environment, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired as fault:
            raise DatabaseFault("BACKUP_FAILED", tool=words[0], why="timeout") from fault
        if done.returncode != 0:
            said = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            raise DatabaseFault("BACKUP_FAILED", tool=words[0], why=said[-1] if said else str(done.returncode))

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start one that goes on by itself; it ends with the calling thread. Raises: DatabaseFault."""
        return subprocess.Popen(self._found(words), env=self.environment, stdin=subprocess.DEVNULL)

    def _found(self, words: Sequence[str]) -> list[str]:
        program = shutil.which(words[0], path=self.environment.get("PATH"))
        if program is None:
            raise DatabaseFault("BACKUP_TOOL_MISSING", tool=words[0])
        return [program, *words[1:]]


@dataclass(frozen=True, slots=True)
class Backups:
    """A folder of backups."""

    folder: Path

    def logs(self) -> list[Path]:
        """Return the folders of the log, the newest first; between two of them there is a gap."""
        return sorted((self.folder / "wal").glob("*"), key=_began, reverse=True)

    def log_of(self, base: Base) -> Path | None:
        """Return the folder in which the log goes on from a copy."""
        return next((each for each in self.logs() if _began(each) <= base.began), None)

    @property
    def files(self) -> Path:
        """Where the files are copied to."""
        return self.folder / "files"

    @property
    def drills(self) -> Path:
        """What came of restoring."""
        return self.folder / "drills.jsonl"

    def make_folders(self) -> None:
        """Make the folders that are missing, for the caller alone."""
        for each in (self.folder, self.folder / "base", self.folder / "wal", self.files):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)

    def bases(self) -> list[Base]:
        """Return the copies that are whole, the newest first."""
        found = [_base(each) for each in (self.folder / "base").glob("*") if not each.name.endswith(".draft")]
        return sorted((each for each in found if each is not None), key=lambda base: base.began, reverse=True)

    def take(self, tools: Tools, *, now: datetime) -> Base:
        """Copy the cluster and compare the copy with its own digests. Raises: DatabaseFault."""
        self.make_folders()
        name = now.strftime(_STAMP)
        draft, made = self.folder / "base" / f"{name}.draft", self.folder / "base" / name
        shutil.rmtree(draft, ignore_errors=True)
        tools.run(
            "pg_basebackup", f"--pgdata={draft}", "--checkpoint=fast", "--wal-method=stream",
            "--manifest-checksums=SHA256", f"--label=minsheng {name}",
        )  # fmt: skip
        tools.run("pg_verifybackup", "--quiet", str(draft))
        draft.rename(made)
        base = _base(made)
        assert base is not None  # it was verified
        return base

    def receive(self, tools: Tools, *, now: datetime, anew: bool) -> subprocess.Popen[bytes]:
        """Write the server's log down as it comes, each commit at once, until the process is ended.

        The server keeps what was not received yet. `anew`: what comes does not follow on what was received.
        Raises: DatabaseFault.
        """
        self.make_folders()
        logs = self.logs()
        if anew or not logs:
            logs.insert(0, self.folder / "wal" / now.strftime(_STAMP))
            logs[0].mkdir(mode=0o700, exist_ok=True)
        where = f"--directory={logs[0]}"
        tools.run("pg_receivewal", f"--slot={SLOT}", "--create-slot", "--if-not-exists", where)
        return tools.start("pg_receivewal", f"--slot={SLOT}", "--synchronous", "--status-interval=5", where)

    def give_up_slot(self, tools: Tools) -> None:
        """Have the server forget what was received; the log from now on does not follow. Raises: DatabaseFault."""
        tools.run("pg_receivewal", f"--slot={SLOT}", "--drop-slot")

    def copy_files(self, store: Path) -> int:
        """Copy what the store of files has and the backup lacks; return how many. A file is its digest: none changes.

        One that was thought gone and is there again stays.
        """
        count = 0
        for place, _, names in os.walk(store):
            if Path(place).name == "drafts":
                continue
            target = self.files / Path(place).relative_to(store)
            for name in names:
                if not (target / name).exists():
                    count += _copy(Path(place, name), target / name)
                (target / f"{name}{_GONE}").unlink(missing_ok=True)
        return count

    def forget_files(self, store: Path, *, before: datetime) -> int:
        """Delete files that were taken out of the store earlier; return how many. What is gone now is marked with now.

        Whoever has a file removed, or a clean-up does, wants it gone from the backups too once these are forgotten.
        """
        count = 0
        for copy in self.files.rglob("*"):
            if not copy.is_file() or copy.suffix or (store / copy.relative_to(self.files)).exists():
                continue
            mark = copy.with_name(f"{copy.name}{_GONE}")
            if not mark.exists():
                mark.touch()
            elif mark.stat().st_mtime < before.timestamp():
                copy.unlink()
                mark.unlink()
                count += 1
        return count

    def forget(self, *, before: datetime) -> int:
        """Delete copies begun earlier, never the newest two, and the log that none needs; return how many copies."""
        bases = self.bases()
        old = [base for base in bases[2:] if base.began < before]
        for base in old:
            shutil.rmtree(base.folder)
        kept = [base for base in bases if base not in old]
        for place, log in enumerate(self.logs()):
            needed = [base.first_segment for base in kept if self.log_of(base) == log]
            if place and not needed:
                shutil.rmtree(log)
                continue
            for segment in log.glob("*"):
                # Timelines stay: they are small, and tell which log goes on from which.
                if needed and _SEGMENT_NAME.match(segment.name) and segment.name[:24] < min(needed):
                    segment.unlink()
        return len(old)

    def record(self, drill: Mapping[str, Any]) -> None:
        """Keep what came of restoring."""
        with self.drills.open("a", encoding="utf-8") as file:
            file.write(json.dumps(drill, ensure_ascii=False, sort_keys=True) + "\n")

    def last_drill(self) -> dict[str, Any] | None:
        """Return what came of the last restoring that went well."""
        try:
            lines = self.drills.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        good = [found for found in map(json.loads, lines) if found["held"]]
        return dict(good[-1]) if good else None


def is_due(base: Base | None, *, now: datetime) -> bool:
    """Tell whether another copy is wanted: there is none of after two in the morning, by the zone of `now`."""
    if base is None:
        return True
    two = now.replace(hour=2, minute=0, second=0, microsecond=0)
    return base.began < (two if two <= now else two - timedelta(days=1))


def segments(log: Path, *, first: str) -> dict[str, Path]:
    """Return the log from a segment on, by the name under which recovery asks for it; what is still written is last."""
    found: dict[str, Path] = {}
    for each in sorted(log.glob("*")):
        if each.name.endswith(".history"):
            found[each.name] = each
        elif _SEGMENT_NAME.match(each.name) and each.name[:24] >= first:
            # A whole segment comes before its own beginning in the order of names.
            found.setdefault(each.name[:24], each)
    return found


def _began(folder: Path) -> datetime:
    return datetime.fromisoformat(folder.name)


def _base(folder: Path) -> Base | None:
    try:
        began = _began(folder)
    except ValueError:
        return None
    return Base(folder, began) if (folder / MANIFEST).exists() else None


def _segment(timeline: int, position: str) -> str:
    high, _, low = position.partition("/")
    number = ((int(high, 16) << 32) + int(low, 16)) // _SEGMENT
    of_file = 0x1_0000_0000 // _SEGMENT
    return f"{timeline:08X}{number // of_file:08X}{number % of_file:08X}"


def _copy(source: Path, target: Path) -> int:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.draft")
    try:
        shutil.copy2(source, draft)
    except FileNotFoundError:
        # It was deleted meanwhile, with the record that named it.
        return 0
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.rename(target)
    return 1
