"""Looking at a platform from outside: one request, and the file of looks, one JSON line each."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import httpx

from minsheng.domain.availability import Look

_OK: Final = range(200, 400)


class Unreadable(ValueError):
    """A line of the file is no look."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def look(address: str, *, at: datetime, patience: float) -> Look:
    """Ask the address once and return what came of it; `patience`: seconds until it counts as no answer."""
    begun = time.monotonic()
    try:
        answer = httpx.get(address, timeout=patience, follow_redirects=True, headers={"User-Agent": "minsheng-probe"})
    except (httpx.HTTPError, httpx.InvalidURL) as fault:
        return Look(at, False, _since(begun), type(fault).__name__)
    took = _since(begun)
    return Look(at, True, took) if answer.status_code in _OK else Look(at, False, took, str(answer.status_code))


def _since(begun: float) -> int:
    return int((time.monotonic() - begun) * 1000)


def keep(file: Path, seen: Look) -> None:
    """Add a look to the file; what was written before is never touched."""
    line = {"at": seen.at.isoformat(), "up": seen.is_up, "ms": seen.milliseconds, "fault": seen.fault}
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")


def read(file: Path) -> Iterator[Look]:
    """Give the looks of a file; a last line that was cut off is none. Raises: OSError, Unreadable."""
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, line in enumerate(lines[:-1], start=1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            at = datetime.fromisoformat(said["at"])
            if at.tzinfo is None:
                raise ValueError(said["at"])
            yield Look(at, bool(said["up"]), int(said.get("ms", 0)), str(said.get("fault", "")))
        except (ValueError, TypeError, KeyError) as fault:
            raise Unreadable(number) from fault
