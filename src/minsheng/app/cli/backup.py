"""`minsheng backup`: base copies, the database's log as it is written, and the files, in one folder; `run` does it all.

`minsheng serve` runs it where MINSHENG_BACKUP names a folder. Restoring is `minsheng restore`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import psycopg

from minsheng.app.cli import installation, mishaps, numbers, sentences
from minsheng.app.cli.database import settings_of
from minsheng.gateways import clock, database, secrets_file
from minsheng.gateways.postgres import backups
from minsheng.gateways.postgres.backups import Backups, Tools
from minsheng.gateways.postgres.faults import DatabaseFault

VARIABLE: Final = "MINSHENG_BACKUP"
DAYS_VARIABLE: Final = "MINSHENG_BACKUP_DAYS"
KEYS_VARIABLE: Final = "MINSHENG_BACKUP_KEYS"
_DAYS: Final = "14"
_FILES_EVERY: Final = 60.0
_LOOK_EVERY: Final = 2.0
_SLOT: Final = b"SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s"
# The official clock may be a test's; a backup's name and age go by the office's time of day.
_ZONE: Final = ZoneInfo("Asia/Shanghai")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare `run`, `make` and `list`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="run|make|list")
    for name, says in (
        ("run", "持续备份：实时接收数据库日志，每天两点做一次基础备份，每分钟复制新附件，清理过期备份"),
        ("make", "现在做一次基础备份，并复制新附件"),
        ("list", "列出已有的备份和最近一次恢复演练"),
    ):
        action = actions.add_parser(name, help=says, description=says)
        add_folder(action)
        if name != "list":
            action.add_argument(
                "--days", type=numbers.whole(1, 3650), default=os.environ.get(DAYS_VARIABLE) or _DAYS,
                help="保留多少天的备份，默认 14；最近两份总是保留",
            )  # fmt: skip
            action.add_argument(
                "--keys", type=Path, default=os.environ.get(KEYS_VARIABLE) or None, metavar="目录",
                help="把密钥文件也复制到这个目录；它不能在备份目录之内",
            )  # fmt: skip


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Declare the folder of the backups, for restoring too."""
    named = os.environ.get(VARIABLE)
    parser.add_argument(
        "--folder", type=Path, default=named or None, required=not named, metavar="目录",
        help=f"备份所在的目录；也可用环境变量 {VARIABLE} 指定。应在另一块磁盘或另一台机器上",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Do it. Raises: DatabaseFault."""
    kept = Backups(args.folder.resolve())
    if args.action == "list":
        return _list(kept)
    if args.keys is not None and args.keys.resolve().is_relative_to(kept.folder):
        raise DatabaseFault("BACKUP_KEYS_INSIDE", path=args.keys)
    # Asked before the database is had: from then on the environment names it.
    tools = Tools({**os.environ, **settings_of("backup")})
    with database.ready():
        if args.action == "run":
            return installation.run_until_stopped(lambda stop: _run(kept, tools, stop, args))
        _make(kept, tools, args)
    return 0


def _run(kept: Backups, tools: Tools, stop: threading.Event, args: argparse.Namespace) -> None:
    """Receive the log until told to stop; the rest is done beside it, and tried again when it fails."""
    files_at, has_gap = 0.0, False
    receiver: subprocess.Popen[bytes] | None = None
    try:
        while not stop.is_set():
            try:
                if receiver is None or receiver.poll() is not None:
                    has_gap = _starts_anew(kept, tools)
                    receiver = kept.receive(tools, now=clock.now().astimezone(_ZONE), anew=has_gap)
                newest = None if has_gap else next(iter(kept.bases()), None)
                if backups.is_due(newest, now=clock.now().astimezone(_ZONE)):
                    _make(kept, tools, args)
                    has_gap = False
                elif time.monotonic() - files_at > _FILES_EVERY:
                    kept.copy_files(_store())
                    files_at = time.monotonic()
                stop.wait(_LOOK_EVERY)
            except (DatabaseFault, psycopg.Error, OSError) as fault:
                mishap = mishaps.named(fault)
                said = sentences.say(*mishap) if mishap is not None else str(fault)
                print(f"{said}（一分钟后重试）", file=sys.stderr, flush=True)
                stop.wait(60.0)
    finally:
        if receiver is not None:
            receiver.terminate()
            receiver.wait()


def _starts_anew(kept: Backups, tools: Tools) -> bool:
    """Tell whether the log that comes now does not follow on what was received: then a copy is wanted at once.

    A server that kept log for too long has given its slot up; another is made.
    """
    with psycopg.connect(database.current().app, connect_timeout=5) as connection:
        row = connection.execute(_SLOT, (backups.SLOT,)).fetchone()
    if row is not None and row[0] == "lost":
        kept.give_up_slot(tools)
    return row is None or row[0] == "lost"


def _make(kept: Backups, tools: Tools, args: argparse.Namespace) -> None:
    base = kept.take(tools, now=clock.now().astimezone(_ZONE))
    count = kept.copy_files(_store())
    before = base.began - timedelta(days=args.days)
    forgotten, gone = kept.forget(before=before), kept.forget_files(_store(), before=before)
    cleaned = f"清理过期备份 {forgotten} 份、已删除的附件 {gone} 个"
    print(f"已完成备份 {base.name}，新复制附件 {count} 个，{cleaned}。", flush=True)
    _keep_keys(args.keys)


def _keep_keys(folder: Path | None) -> None:
    source = secrets_file.path_in(database.var_folder())
    if folder is None:
        print("密钥不在备份之内：请另行保管（--keys 可复制到另一个目录）。", flush=True)
    elif source.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / source.name
        shutil.copy2(source, target)
        target.chmod(0o600)
    else:
        print("本机没有密钥文件（密钥由环境变量传入），请自行保管。", flush=True)


def _list(kept: Backups) -> int:
    for base in kept.bases():
        print(f"{base.name}  起于 {base.began:%Y-%m-%d %H:%M:%S}，所需日志自 {base.first_segment} 起")
    if not kept.bases():
        print("还没有备份。")
    drill = kept.last_drill()
    said = "还没有做过恢复演练，请运行 minsheng restore drill。"
    print(said if drill is None else f"最近一次恢复演练：{drill['at']}，{drill['says']}")
    return 0 if kept.bases() else 1


def _store() -> Path:
    return database.var_folder() / "files"
