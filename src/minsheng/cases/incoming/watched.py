"""The folder into which scanners put piles of letters: taken, and moved to `done` or `refused` beside them.

A file that can't be read becomes an entry for a seat, so that nobody has to look into the folder.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from minsheng.cases.incoming import actions, bulk
from minsheng.cases.incoming.values import Arrived
from minsheng.core.ledger.values import ZONE
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import SYSTEM
from minsheng.domain.rejected import Rejected
from minsheng.gateways.antivirus import ScannerAway

_log = logging.getLogger(__name__)

# A scanner may still write what was changed so lately.
_QUIET: Final = timedelta(minutes=1)
_KINDS: Final = (".pdf", ".tif", ".tiff", ".jpg", ".jpeg", ".png")
_AT_ONCE: Final = 20


def look(now: datetime) -> None:
    """Take what scanners have put into the folders of the cities."""
    if not settings.SCANS_FOLDER:
        return
    for city in policies.cities():
        folder = Path(settings.SCANS_FOLDER) / city.code
        if folder.is_dir():
            for path in _ready(folder, now)[:_AT_ONCE]:
                _take(path, city=city.code, now=now)


def _ready(folder: Path, now: datetime) -> list[Path]:
    found = (each for each in folder.iterdir() if each.suffix.lower() in _KINDS)
    before = (now - _QUIET).timestamp()
    return sorted(each for each in found if each.is_file() and not each.is_symlink() and each.stat().st_mtime < before)


def _take(path: Path, *, city: str, now: datetime) -> None:
    too_large = path.stat().st_size > settings.UPLOAD_LIMITS["order"]
    content = b"" if too_large else path.read_bytes()
    source = bulk.source_of(content or path.name.encode())
    try:
        if too_large:
            raise Rejected("files_too_large", most=settings.UPLOAD_LIMITS["order"] // 1_048_576)
        bulk.receive(content, city=city, by=SYSTEM, arrived_on=now.astimezone(ZONE).date(), now=now)
    except ScannerAway:
        return  # the file stays, and is looked at again
    except Rejected as refused:
        _log.warning("a scan was refused: %s", refused.code)
        # Its name alone tells a person which one it is; it may name somebody, so it is sealed like words.
        text = f"{path.name}（refused/{_name(path, source)}）"
        said = Arrived(source_no=f"{source} refused", channel="letter", text=text, note="unreadable")
        actions.take(said, city=city, now=now)
        _move(path, "refused", source)
    else:
        _move(path, "done", source)


def _move(path: Path, name: str, source: str) -> None:
    """Move a file that is done with; by its content's name, so that none takes another's place."""
    folder = path.parent / name
    folder.mkdir(exist_ok=True)
    path.rename(folder / _name(path, source))


def _name(path: Path, source: str) -> str:
    return f"{source.removeprefix('scan ')}{path.suffix.lower()}"
