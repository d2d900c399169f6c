"""One measurement in a process of its own: what it printed as errors, what it set out to do, what it reached.

`python -m bench.running FILE` is that process; it leaves its goals in the file that `BENCH_GOALS` names.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import ground
from bench.ground import Goal

ROOT = Path(__file__).parents[1]
# A record of our own logs or of granian's, and whatever Python says of an exception that nobody caught.
_ERROR = re.compile(r"^(?:\d{4}-\d\d-\d\d \S+ (?:ERROR|CRITICAL) |\[(?:ERROR|CRITICAL)\]|Traceback \(most recent)")
# How long a process that a measurement left behind may keep its errors open.
_AFTERWARDS = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a measurement; `failures` in words."""

    name: str
    goals: tuple[Goal, ...]
    failures: tuple[str, ...]


def measure(path: Path, environment: Mapping[str, str]) -> Measured:
    """Run one measurement and return what came of it; its output is shown as it comes."""
    name = path.stem.removeprefix("bench_")
    print(f"== {name}", flush=True)
    began, errors = time.monotonic(), list[str]()
    with tempfile.TemporaryDirectory(prefix="ms-goals-") as folder:
        kept = Path(folder) / "goals.json"
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.running", str(path)],
            cwd=ROOT, env={**environment, "BENCH_GOALS": str(kept)},
            stderr=subprocess.PIPE, text=True, errors="replace",
        )  # fmt: skip
        hearing = threading.Thread(target=_hear, args=(child, errors), daemon=True)
        hearing.start()
        try:
            code = child.wait()
        finally:
            child.terminate()
        hearing.join(_AFTERWARDS)
        goals = tuple(Goal(**each) for each in json.loads(kept.read_text("utf-8"))) if kept.exists() else ()
    print(f"   （{name} 用时 {time.monotonic() - began:.1f} 秒）\n", flush=True)
    short = [each for each in goals if each.is_count and not each.met]
    failures = [f"{each.what}：应为 {each.goal}，实为 {each.figure}" for each in short]
    if errors:
        failures.insert(0, f"日志里有 {len(errors)} 处错误，第一处：{errors[0]}")
    if code:
        failures.insert(0, f"中途停止（退出码 {code}）")
    return Measured(name, goals, tuple(failures))


def _hear(child: subprocess.Popen[str], errors: list[str]) -> None:
    assert child.stderr is not None
    for line in child.stderr:
        sys.stderr.write(line)
        if _ERROR.match(line):
            errors.append(line.strip()[:200])


def told(measured: list[Measured]) -> int:
    """Print the table of all goals and what failed; return the exit status."""
    rows = [
        (each.name, goal.what, goal.goal, goal.figure, "达到" if goal.met else "未达到")
        for each in measured
        for goal in each.goals
    ]
    ground.table("全部目标与结果", ("测量项", "内容", "目标", "结果", "是否达到"), rows)
    failed = [each for each in measured if each.failures]
    for each in failed:
        print(f"失败的测量项 {each.name}：{'；'.join(each.failures)}", file=sys.stderr)
    return 1 if failed else 0


def _run(path: Path) -> int:
    """Be the measurement's process: run it, and leave its goals whatever happens."""
    import django

    django.setup()
    found = importlib.util.spec_from_file_location(f"bench.{path.stem}", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module  # what it starts by spawning finds it there
    try:
        found.loader.exec_module(module)
        module.run()
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        Path(os.environ["BENCH_GOALS"]).write_text(json.dumps([asdict(each) for each in ground.GOALS]), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(_run(Path(sys.argv[1])))
