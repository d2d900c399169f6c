"""`minsheng restore`: bring a backup to life; `drill` tries it in a folder of its own, and says what would be lost.

RPO: the facts that were acknowledged before the moment and are not there afterwards. RTO: the time until the restored
platform's ledger, words and files are verified.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg

from minsheng.app.cli import backup, children
from minsheng.gateways import database, secrets_file
from minsheng.gateways.postgres import layout, restoring
from minsheng.gateways.postgres.backups import Backups, Base
from minsheng.gateways.postgres.faults import DatabaseFault

# So many of the last facts before the moment are looked for; what came before lies before the copy.
_LOOKED_FOR: Final = 10_000
_LAST: Final = b"""
    SELECT position, hash FROM ledger_event WHERE recorded_at <= %s ORDER BY position DESC LIMIT %s
"""
_THERE: Final = b"SELECT position, hash FROM ledger_event WHERE position = ANY(%s)"
_NEWEST: Final = b"SELECT max(recorded_at) FROM ledger_event"


@dataclass(frozen=True, slots=True)
class Drill:
    """What came of it: seconds until the database and until everything stood, facts looked for and lost."""

    base: str
    until: str
    database_seconds: float
    seconds: float
    newest: str
    looked_for: int
    lost: int
    verified: bool
    compared: bool

    @property
    def held(self) -> bool:
        """Whether nothing is missing and nothing differs."""
        return self.verified and self.lost == 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `to` and `drill`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="to|drill")
    for name, says in (
        ("to", "把备份恢复到一个空的数据目录，供平台以后在那里启动"),
        ("drill", "恢复演练：恢复到临时目录，核验总账、原文和附件，报告会丢失多少、要用多久，并留下记录"),
    ):
        action = actions.add_parser(name, help=says, description=says)
        backup.add_folder(action)
        if name == "to":
            action.add_argument("var", type=Path, metavar="数据目录", help="新的 MINSHENG_VAR，里面不能已有数据库")
        else:
            action.add_argument("--work", type=Path, metavar="目录", help="在哪个目录下演练，默认系统的临时目录")
        action.add_argument("--base", metavar="名称", help="用哪一份备份（minsheng backup list），默认最合适的一份")
        action.add_argument("--at", metavar="时刻", help="恢复到这个时刻，例如 2026-11-30T09:15:00+08:00；默认到最后")
        action.add_argument("--keys", type=Path, metavar="文件", help="密钥文件；默认用本机现有的密钥")


def run(args: argparse.Namespace) -> int:
    """Restore, or try it. Raises: DatabaseFault."""
    kept = Backups(args.folder.resolve())
    until = _moment(args.at)
    base = _chosen(kept, name=args.base, until=until)
    if args.action == "to":
        return _restore(kept, base, args.var.resolve(), until=until, keys=args.keys)
    return _drill(kept, base, until=until, keys=args.keys, work=args.work)


def _restore(kept: Backups, base: Base, var: Path, *, until: datetime | None, keys: Path | None) -> int:
    running = restoring.restore(kept, base, var, until=until)
    try:
        _bring_keys(var, keys)
        print(f"已恢复到 {var}，备份 {base.name}。", flush=True)
        good = _verify(var)
    finally:
        running.stop()
    if not good:
        print("核验没有通过，见上面各行；请先处理，再启动平台。", file=sys.stderr)
        return 1
    print(f"核验通过。请用 MINSHENG_VAR={var} 启动平台，并另指定一个备份目录（{backup.VARIABLE}）。")
    return 0


def _drill(kept: Backups, base: Base, *, until: datetime | None, keys: Path | None, work: Path | None) -> int:
    began, moment = time.monotonic(), datetime.now(UTC)
    wanted = _facts(until or moment)
    with _folder(work) as var:
        running = restoring.restore(kept, base, var, until=until)
        try:
            database_seconds = time.monotonic() - began
            _bring_keys(var, keys)
            newest, there = _found(var, [position for position, _ in wanted])
            verified = _verify(var)
        finally:
            running.stop()
            layout.remove_socket_folder(layout.plan(var))
    lost = [position for position, hash in wanted if there.get(position) != hash]
    drill = Drill(
        base=base.name,
        until=until.isoformat() if until else "",
        database_seconds=round(database_seconds, 1),
        seconds=round(time.monotonic() - began, 1),
        newest=newest.isoformat() if newest else "",
        looked_for=len(wanted),
        lost=len(lost),
        verified=verified,
        compared=bool(wanted),
    )
    said = _said(drill)
    print(said, flush=True)
    kept.record({"at": moment.isoformat(timespec="seconds"), "held": drill.held, "says": said, **_plain(drill)})
    return 0 if drill.held else 1


def _said(drill: Drill) -> str:
    until = f"恢复到 {drill.until}" if drill.until else "恢复到最后"
    if not drill.compared:
        loss = f"现用数据库不可用，无法比对；备份中最后一条事实记于 {drill.newest}"
    elif drill.lost:
        loss = f"RPO：最近 {drill.looked_for} 条已确认的事实中丢失 {drill.lost} 条"
    else:
        loss = f"RPO：最近 {drill.looked_for} 条已确认的事实一条未丢"
    checked = "总账、原文和附件核验通过" if drill.verified else "核验没有通过（见上面各行）"
    took = f"RTO：{drill.seconds} 秒（其中数据库 {drill.database_seconds} 秒）"
    return f"备份 {drill.base} {until}。{loss}。{took}。{checked}。"


def _plain(drill: Drill) -> dict[str, Any]:
    return {name: getattr(drill, name) for name in Drill.__slots__}


def _facts(until: datetime) -> list[tuple[int, bytes]]:
    """Return place and hash of the last facts of the running platform before a moment; none when it can't be asked."""
    try:
        with psycopg.connect(database.current().app, connect_timeout=5) as connection:
            return [(row[0], bytes(row[1])) for row in connection.execute(_LAST, (until, _LOOKED_FOR)).fetchall()]
    except psycopg.Error:
        return []


def _found(var: Path, positions: list[int]) -> tuple[datetime | None, dict[int, bytes]]:
    with psycopg.connect(database.embedded(var).app) as connection:
        there = {row[0]: bytes(row[1]) for row in connection.execute(_THERE, (positions,)).fetchall()}
        newest = connection.execute(_NEWEST).fetchone()
    return (newest[0] if newest else None), there


def _verify(var: Path) -> bool:
    """Verify ledger, words and files of the restored platform by the command that everybody uses."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    environment[database.VAR_VARIABLE] = str(var)
    return subprocess.run(children.command("ledger", "verify"), env=environment, check=False).returncode == 0


def _bring_keys(var: Path, keys: Path | None) -> None:
    own = secrets_file.path_in(database.var_folder())
    source = keys if keys is not None else own
    if source.exists():
        shutil.copy2(source, secrets_file.path_in(var))
        secrets_file.path_in(var).chmod(0o600)
    elif keys is not None:
        raise DatabaseFault("RESTORE_NO_KEYS", path=keys)


def _chosen(kept: Backups, *, name: str | None, until: datetime | None) -> Base:
    fitting = [base for base in kept.bases() if name in (None, base.name) and (until is None or base.began < until)]
    if not fitting:
        raise DatabaseFault("RESTORE_NO_BASE", path=kept.folder)
    return fitting[0]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    with suppress(ValueError):
        found = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text.strip()))
        if found.tzinfo is not None:
            return found
    raise DatabaseFault("RESTORE_MOMENT", text=text)


@contextmanager
def _folder(work: Path | None) -> Iterator[Path]:
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ms-drill-", dir=work) as name:
        var = Path(name)
        # As root another user runs the database.
        var.chmod(0o755)
        yield var
