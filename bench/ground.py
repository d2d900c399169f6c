"""What the measurements share: a city with units, CPU clocks, tables, and the goals that they say they have reached."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from minsheng.gateways.ids import uuid7

CITY = "bench"
SINCE = datetime.fromisoformat("2020-12-01T00:00:00+08:00")
MONDAY = datetime.fromisoformat("2026-09-07T10:00:00+08:00")
UNITS = 871


@dataclass(frozen=True, slots=True)
class Goal:
    """What a measurement wants, and what it found; `is_count`: how many things it set out to do, and did."""

    what: str
    goal: str
    figure: str
    met: bool
    is_count: bool = False


GOALS: list[Goal] = []


def goal(what: str, figure: float, unit: str, *, under: float | None = None, least: float | None = None) -> None:
    """Say a goal, `under` so much or at `least` so much, and the figure that was found."""
    wanted = f"< {under:,g} {unit}" if under is not None else f"≥ {least:,g} {unit}"
    met = figure < under if under is not None else least is not None and figure >= least
    GOALS.append(Goal(what, wanted, f"{figure:,.2f} {unit}", met))


def counted(what: str, done: int, meant: int) -> None:
    """Say how many things were to be done, and how many were; the measurement fails when they differ."""
    GOALS.append(Goal(what, f"{meant:,}", f"{done:,}", done == meant, is_count=True))


def sized(count: int) -> int:
    """Return a size as `BENCH_SHARE` wants it: 0.01 tries a measurement out, 1 measures."""
    return max(1, round(count * float(os.environ.get("BENCH_SHARE", "1"))))


def unit_name(number: int) -> str:
    """Return the name of one of the city's 871 units."""
    return f"承办单位{number:03d}"


def open_city(code: str = CITY, *, pack: str = "jiangyin", units: int = UNITS) -> str:
    """Open a city with units, contacts and rosters, once; return its code."""
    from minsheng.core.people.models import Roster, Unit, UnitContact
    from minsheng.core.policies.models import City

    if City.objects.filter(code=code).exists():
        return code
    City.objects.create(code=code, name="测量市", pack=pack, opened_at=SINCE)
    rows = Unit.objects.bulk_create(
        Unit(
            city_id=code,
            name=unit_name(number),
            kind="government",
            level="city",
            phone="12345",
            joined_on=date(2020, 1, 1),
        )
        for number in range(1, units + 1)
    )
    UnitContact.objects.bulk_create(
        UnitContact(id=uuid7(SINCE), unit=row, post="经办人", name="测量", effective_on=SINCE.date(), filed_at=SINCE)
        for row in rows
    )
    Roster.objects.bulk_create(
        Roster(id=uuid7(SINCE), unit=row, starts_at=SINCE, ends_at=SINCE + timedelta(days=9000), person="测量")
        for row in rows
    )
    return code


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table with its title."""
    texts = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(_width(row[place]) for row in texts) for place in range(len(head))]
    print(f"\n{title}")
    for number, row in enumerate(texts):
        print("  " + "  ".join(cell + " " * (widths[place] - _width(cell)) for place, cell in enumerate(row)).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def children_cpu(pids: Sequence[int]) -> float:
    """Return the CPU seconds that processes and their descendants have used so far, ended children included."""
    total = 0.0
    for pid in with_descendants(pids):
        try:
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(parts[place]) for place in (11, 12, 13, 14))
    return total / os.sysconf("SC_CLK_TCK")


def with_descendants(pids: Sequence[int]) -> set[int]:
    """Return the processes and all that they started, as far as they live."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
    found = set(pids)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
