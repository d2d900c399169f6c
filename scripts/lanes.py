"""Run the suite's lanes, all of them even when one fails: `python scripts/lanes.py [lane ...]`; `--expired` only looks.

Lanes start as processors are free. What a lane prints goes to `var/lanes/<lane>.log` and is shown when it ends.
A test that drives a browser and fails is repeated once, alone and with a trace: if it is green then, the run is green
and says so in its last lines and in `tests/unsteady.toml`. Nothing else is repeated.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var" / "lanes"
UNSTEADY = ROOT / "tests" / "unsteady.toml"
# How long a test may stand in the list before it must have been mended.
EXPIRES_AFTER = timedelta(days=14)
# More failures than these are no accident.
MOST_REPEATED = 3
# Names the folder that all processes of a run share.
RUN_VARIABLE = "MINSHENG_TESTS_RUN"
PROCESSORS = min(os.cpu_count() or 1, 4)


@dataclass(frozen=True, slots=True)
class Lane:
    """Commands that run one after the other, and how many processors they keep busy."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    processors: int = 1
    is_repeated: bool = False


@dataclass(slots=True)
class Running:
    """A lane that was started."""

    lane: Lane
    process: subprocess.Popen[bytes]
    began: float = field(default_factory=time.monotonic)


def pytest_of(folder: str, *more: str) -> tuple[str, ...]:
    """Return the command of a lane's tests; what failed is kept in a folder of its own."""
    cache = FOLDER / f"{Path(folder).name}.cache"
    slow = ("--durations=12", "--durations-min=10")
    return (sys.executable, "-m", "pytest", "-q", "-o", f"cache_dir={cache}", *slow, *more, folder)


PARALLEL = ("-n", str(PROCESSORS), "--dist", "worksteal")
LANES = (
    # Programs that start, die and start again: it waits more than it works, so it runs beside the others.
    Lane("machines", (pytest_of("tests/machines"),), processors=0),
    Lane("lint", (("make", "--no-print-directory", "lint"),), processors=0),
    Lane("domain", (("make", "--no-print-directory", "domain"),), PROCESSORS),
    Lane("rooms", (pytest_of("tests/rooms", *PARALLEL),), PROCESSORS),
    Lane("journeys", (pytest_of("tests/journeys", *PARALLEL),), PROCESSORS, is_repeated=True),
)


def main(wanted: Sequence[str]) -> int:
    """Run the lanes that were asked for, or all; return 0 when all are green."""
    if list(wanted) == ["--expired"]:
        return _say_expired(_today())
    unknown = sorted(set(wanted) - {lane.name for lane in LANES})
    if unknown:
        print(f"没有这些测试道：{'、'.join(unknown)}。现有：{'、'.join(lane.name for lane in LANES)}", file=sys.stderr)
        return 2
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    run, before = tempfile.mkdtemp(prefix="ms-run-tests-"), os.environ.get(RUN_VARIABLE)
    os.environ[RUN_VARIABLE] = run
    try:
        return _run([lane for lane in LANES if not wanted or lane.name in wanted])
    finally:
        # A test of this very program is in a run of its own, whose folder it goes on with.
        os.environ.pop(RUN_VARIABLE)
        os.environ |= {RUN_VARIABLE: before} if before is not None else {}
        shutil.rmtree(run, ignore_errors=True)


def _run(waiting: list[Lane]) -> int:
    ended: list[tuple[str, bool, float]] = []
    steadied: list[str] = []
    running: list[Running] = []
    while waiting or running:
        free = PROCESSORS - sum(each.lane.processors for each in running)
        startable = next((lane for lane in waiting if lane.processors <= free), None)
        if startable is not None:
            waiting.remove(startable)
            running.append(_start(startable))
            continue
        done = next((each for each in running if each.process.poll() is not None), None)
        if done is None:
            time.sleep(0.2)
            continue
        running.remove(done)
        _show(done.lane.name)
        is_green = done.process.returncode == 0
        if not is_green and done.lane.is_repeated:
            repeated = _repeat(done.lane)
            is_green = bool(repeated)
            steadied += repeated
        ended.append((done.lane.name, is_green, time.monotonic() - done.began))
    return _sum_up(ended, steadied)


def _start(lane: Lane) -> Running:
    print(f"── {lane.name} …", flush=True)
    script = " && ".join(subprocess.list2cmdline(command) for command in lane.commands)
    with (FOLDER / f"{lane.name}.log").open("wb") as log:
        return Running(lane, subprocess.Popen(["sh", "-c", script], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT))


def _show(name: str) -> None:
    print(f"\n══ {name}", flush=True)
    print((FOLDER / f"{name}.log").read_text(encoding="utf-8", errors="replace"), flush=True)


def _repeat(lane: Lane) -> list[str]:
    """Run what failed once more, test by test; return the tests when all of them are green, else nothing."""
    cache = next(FOLDER.glob(f"{lane.name}.cache/v/cache/lastfailed"), None)
    failed = sorted(json.loads(cache.read_text(encoding="utf-8"))) if cache else []
    # Who hunts a race in the product says so in the name: its failure is a finding.
    if not 0 < len(failed) <= MOST_REPEATED or any("::" not in each or "_at_once" in each for each in failed):
        return []
    environment = {**os.environ, "MINSHENG_TRACES": str(FOLDER / "traces")}
    for each in failed:
        print(f"\n══ {lane.name}：单独重跑一次 {each}", flush=True)
        alone = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", each]
        if subprocess.run(alone, cwd=ROOT, env=environment, check=False).returncode != 0:
            return []
    note(failed, today=_today())
    return failed


def note(names: list[str], *, today: date) -> None:
    """Put the tests into the list; one that stands there already keeps its day."""
    known = {row["name"] for row in rows()}
    with UNSTEADY.open("a", encoding="utf-8") as file:
        for name in names:
            if name not in known:
                quoted = json.dumps(name, ensure_ascii=False)
                file.write(f"\n[[test]]\nname = {quoted}\non = {today}\nexpires = {today + EXPIRES_AFTER}\n")


def _today() -> date:
    return datetime.now(tz=UTC).date()


def rows() -> list[dict[str, object]]:
    """Return the tests that were once green only when repeated: name, on, expires."""
    found: list[dict[str, object]] = tomllib.loads(UNSTEADY.read_text(encoding="utf-8")).get("test", [])
    return found


def expired(listed: list[dict[str, object]], *, today: date) -> list[str]:
    """Return the names of the tests whose time to be mended is over."""
    return [str(row["name"]) for row in listed if isinstance(row["expires"], date) and row["expires"] < today]


def _say_expired(today: date) -> int:
    over = expired(rows(), today=today)
    for name in over:
        print(f"tests/unsteady.toml：{name} 到期未修复，请修复后删去这一行。", file=sys.stderr)
    return 1 if over else 0


def _sum_up(ended: list[tuple[str, bool, float]], steadied: list[str]) -> int:
    print("\n══ 小结")
    for name, is_green, seconds in ended:
        print(f"{'通过' if is_green else '失败'}  {name}（{seconds:.0f} 秒）")
    for name in steadied:
        print(f"重跑后才通过，已记入 tests/unsteady.toml：{name}（跟踪文件在 var/lanes/traces）")
    return 0 if all(is_green for _, is_green, _ in ended) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
