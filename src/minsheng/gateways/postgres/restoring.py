"""A backup brought to life in a folder of its own, up to the end of the log that was received, or up to a moment."""

from __future__ import annotations

import os
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from minsheng.gateways.postgres import layout as folders
from minsheng.gateways.postgres import server
from minsheng.gateways.postgres.backups import Backups, Base, segments
from minsheng.gateways.postgres.faults import DatabaseFault
from minsheng.gateways.postgres.layout import Layout, Owner

# A day's log of a large city is played in minutes; a disk that is slow must not end it.
PLAYS_WITHIN: Final = 6 * 3600.0
# What the server says when the log ends first.
_SHORT: Final = "recovery ended before configured recovery target was reached"
_BEGIN, _END = "# minsheng: restoring", "# minsheng: end"
_OURS: Final = re.compile(f"{_BEGIN}.*?{_END}\n", re.DOTALL)


def restore(backups: Backups, base: Base, var: Path, *, until: datetime | None = None) -> server.Server:
    """Put a copy and its log into a folder, play the log, and return the running server; the files come, too.

    Raises: DatabaseFault RESTORE_OCCUPIED where the folder has a database, RESTORE_TOO_EARLY for a moment before the
    copy, RESTORE_TOO_LATE for one that the log does not reach, and what `server.start` raises.
    """
    if folders.plan(var).data.exists():
        raise DatabaseFault("RESTORE_OCCUPIED", path=str(var))
    if until is not None and until <= base.began:
        raise DatabaseFault("RESTORE_TOO_EARLY", base=base.name)
    owner = folders.find_owner()
    layout = folders.make(var, owner=owner)
    shutil.copytree(base.folder, layout.data, symlinks=True)
    replayed = layout.home / "replayed-log"
    replayed.mkdir(mode=0o700)
    if (log := backups.log_of(base)) is not None:
        for name, path in segments(log, first=base.first_segment).items():
            shutil.copy2(path, replayed / name)
    _prepare(layout, replayed=replayed, until=until)
    _give(layout.data, owner=owner)
    _give(replayed, owner=owner)
    if backups.files.exists():
        shutil.copytree(backups.files, var / "files", symlinks=True, dirs_exist_ok=True)
    try:
        running = server.start(var, recover_within=PLAYS_WITHIN)
    except DatabaseFault as fault:
        if until is not None and _SHORT in layout.log.read_text(encoding="utf-8", errors="replace"):
            raise DatabaseFault("RESTORE_TOO_LATE", until=until.isoformat()) from fault
        raise
    _settle(layout)
    shutil.rmtree(replayed)
    return running


def _prepare(layout: Layout, *, replayed: Path, until: datetime | None) -> None:
    """Have the server play the log before it lets anybody in, and wait for nobody else's confirmation then."""
    lines = [
        _BEGIN,
        f'restore_command = \'cp "{replayed}/%f" "%p"\'',
        "recovery_target_action = 'promote'",
        "recovery_target_timeline = 'latest'",
        "hot_standby = off",
        "synchronous_standby_names = ''",
        "primary_conninfo = ''",
        "archive_mode = off",
    ]
    if until is not None:
        lines.append(f"recovery_target_time = '{until.isoformat()}'")
    # This file is read last, and wins over whatever the copy's own settings say.
    settings = layout.data / "postgresql.auto.conf"
    before = settings.read_text(encoding="utf-8") if settings.exists() else ""
    settings.write_text("\n".join([before.rstrip("\n"), *lines, _END, ""]), encoding="utf-8")
    (layout.data / "recovery.signal").touch()


def _settle(layout: Layout) -> None:
    settings = layout.data / "postgresql.auto.conf"
    settings.write_text(_OURS.sub("", settings.read_text(encoding="utf-8")), encoding="utf-8")


def _give(tree: Path, *, owner: Owner) -> None:
    for place, _, names in os.walk(tree):
        for each in (Path(place), *(Path(place, name) for name in names)):
            os.chown(each, owner.uid, owner.gid, follow_symlinks=False)
    tree.chmod(0o700)
