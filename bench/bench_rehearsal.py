"""Rehearsal of all scenario files that come with the packs, as a newcomer would call it. Goal: under 2 s in all."""

from __future__ import annotations

import subprocess
import sys
import time

from bench import ground
from minsheng.gateways import packfiles


def run() -> None:
    """Measure the command from its start to its end."""
    files = sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml"))
    command = [sys.executable, "-m", "minsheng.app.cli.main", "rehearse", *(str(file) for file in files)]
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - begin)
        if done.returncode != 0:
            raise RuntimeError("a scenario does not hold")
    ground.goal("演练全部剧本", min(times), "秒", under=2)
    ground.table(
        "演练全部剧本（含启动，目标 < 2 秒）",
        ("文件", "最好", "最差"),
        [(len(files), f"{min(times):.2f} 秒", f"{max(times):.2f} 秒")],
    )
