"""How the backups stand: how old the newest is, whether the log is received, when restoring was last tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import psycopg
from django.conf import settings
from django.db import connection

from minsheng.core.features.values import BAD, GOOD, HINT, Finding, Gauge
from minsheng.gateways.postgres.backups import SLOT, Backups

# A copy comes each day at two; one that takes long is no fault.
_OLDEST: Final = timedelta(hours=26)
_TRIED_EVERY: Final = timedelta(days=31)
_SLOT: Final = """
    SELECT active, coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)
    FROM pg_replication_slots WHERE slot_name = %s
"""


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give the age of the newest copy and how far the received log is behind; nothing where nobody backs up here."""
    if settings.BACKUP_FOLDER is None:
        return
    newest = next(iter(Backups(settings.BACKUP_FOLDER).bases()), None)
    if newest is not None:
        age = (now - newest.began).total_seconds()
        yield Gauge("minsheng_backup_age_seconds", "Age of the newest copy of the database.", age)
    with connection.cursor() as cursor:
        cursor.execute(_SLOT, (SLOT,))
        active, behind = cursor.fetchone() or (False, 0)
    yield Gauge("minsheng_backup_receiving", "1 while the database's log is received.", int(active))
    yield Gauge("minsheng_backup_behind_bytes", "Log that was not received yet.", float(behind))


def checks(reached: psycopg.Connection, *, now: datetime) -> list[Finding]:
    """Return whether the platform is backed up, and whether somebody has tried to restore it."""
    if settings.BACKUP_FOLDER is None:
        advice = "用 MINSHENG_BACKUP 指定另一块磁盘上的目录后重新启动，平台即持续备份；已用其他工具备份的可不理会。"
        return [Finding(HINT, "没有设置持续备份", advice)]
    kept = Backups(settings.BACKUP_FOLDER)
    found = [_newest(kept, now=now), _received(reached)]
    return [*found, _tried(kept, now=now)]


def _newest(kept: Backups, *, now: datetime) -> Finding:
    newest = next(iter(kept.bases()), None)
    if newest is None or now - newest.began > _OLDEST:
        said = "还没有基础备份" if newest is None else f"最近的基础备份是 {newest.began:%Y-%m-%d %H:%M} 的"
        return Finding(BAD, said, "请确认 minsheng backup run 在运行，查看它的日志和备份磁盘的空间。")
    return Finding(GOOD, f"最近的基础备份：{newest.began:%Y-%m-%d %H:%M}")


def _received(reached: psycopg.Connection) -> Finding:
    row = reached.execute(_SLOT.encode(), (SLOT,)).fetchone()
    if row is None or not row[0]:
        advice = "请确认 minsheng backup run 在运行（平台未启动时属正常）；停得太久，数据库会丢弃备份还没有收到的日志。"
        return Finding(HINT, "数据库日志没有在接收，此后的事实不在备份里", advice)
    return Finding(GOOD, f"数据库日志正在接收，未收到 {int(row[1]) // 1024} KB")


def _tried(kept: Backups, *, now: datetime) -> Finding:
    drill = kept.last_drill()
    if drill is None or now - datetime.fromisoformat(drill["at"]) > _TRIED_EVERY:
        said = "还没有成功的恢复演练" if drill is None else f"最近一次成功的恢复演练在 {drill['at'][:10]}"
        return Finding(HINT, said, "请运行 minsheng restore drill：没有恢复过的备份靠不住。")
    return Finding(GOOD, f"最近一次恢复演练：{drill['says']}")
